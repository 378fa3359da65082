"""``kantadesk doctor --form``: the form filled with sample values, and where each field went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from activities.evidence.case_folder import write_whole
from activities.fault_report.form_file import UnusableForm
from activities.fault_report.own_form import FormPlaces, Spot
from activities.fault_report.sample import sample_form
from activities.operating_model.faults import OperatingModelFault
from activities.operating_model.file import load_operating_model
from starter.terminal.errors import Faulty, Wrong
from starter.terminal.output import Table, counted, say, say_json, show
from workers.settings import Settings
from workflows.procedure.incident.report_form import ALL_FIELDS
from workflows.procedure.operating_model.reporting import Report

HOW = {
    "placeholder": "at its placeholder",
    "inside": "in the field beside the label",
    "beside": "in the cell beside the label",
    "below": "in the cell below the label",
}


def fill(settings: Settings, out: Path, *, as_json: bool) -> None:
    """Fill and print. Raises ``Wrong`` where a file can't be used, ``Faulty`` where the form can't be filled."""
    try:
        report = load_operating_model(settings.operating_model).report
        _refuse_sources(report, settings.operating_model, out)
        places, content = sample_form(report, settings.operating_model.parent)
        if content:
            write_whole(out, content)
    except (OperatingModelFault, UnusableForm) as fault:
        raise Wrong(str(fault)) from None
    except OSError as fault:
        raise Wrong(f"--form: {out} can't be written ({fault.strerror})") from None
    problems = places.problems()
    if as_json:
        say_json(_document(report, places, out if content else None))
    else:
        _show(report, places, out)
    if problems:
        raise Faulty(f"the form can't be filled: {counted(len(problems), 'fault')}")


def _refuse_sources(report: Report, model: Path, out: Path) -> None:
    """Refuse to write over what the form is made from."""
    sources = [model, *(model.parent / name for name in (report.template, report.mapping) if name)]
    if any(source.exists() and out.exists() and source.samefile(out) for source in sources):
        raise Wrong(f"--form: {out} is what the form is made from; give another file")


def _document(report: Report, places: FormPlaces, out: Path | None) -> dict[str, Any]:
    return {
        "ok": not places.problems(),
        "form": str(out) if out else None,
        "template": report.template or None,
        "mapping": report.mapping or None,
        "places": [
            {"field": field, "name": ALL_FIELDS[field].label.fi, **spot.model_dump()}
            for field, spot in places.spots.items()
        ],
        "unplaced": places.unplaced,
        "problems": places.problems(),
    }


def _show(report: Report, places: FormPlaces, out: Path) -> None:
    rows = [
        (field, spot.label, HOW[spot.how], _where(spot), spot.row_heading, spot.column_heading, spot.replaces)
        for field, spot in places.spots.items()
    ]
    if rows:
        columns = ("field", "found by", "goes", "table, row, column", "row heading", "column heading", "replaces")
        show(Table(columns, rows, f"Places in {report.template}"))
    elif not report.template:
        say("No form of your own is named under [report]: the form that comes with kantadesk is filled.")
    if places.unplaced:
        say(f"Optional fields without a place: {', '.join(places.unplaced)}")
    for problem in places.problems():
        say(f"  FAULT    {problem}")
    if not places.problems():
        say(f"Written: {out}. Look at it: each value is the name of its field.")


def _where(spot: Spot) -> str:
    return f"{spot.table}, {spot.row}, {spot.column}" if spot.table else ""
