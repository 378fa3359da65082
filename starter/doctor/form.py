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
from starter.language.heard import heard, system_says
from starter.language.words import Texts, _, n_
from starter.terminal.errors import Faulty, Wrong
from starter.terminal.output import Table, say, say_json, show
from workers.settings import Settings
from workflows.procedure.incident.report_form import ALL_FIELDS
from workflows.procedure.operating_model.reporting import Report

HOW: Texts = {
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
        raise Wrong(heard(str(fault))) from None
    except OSError as fault:
        raise Wrong(_("--form: {out} can't be written ({strerror})", out=out, strerror=system_says(fault))) from None
    problems = places.problems()
    if as_json:
        say_json(_document(report, places, out if content else None))
    else:
        _show(report, places, out)
    if problems:
        raise Faulty(_("the form can't be filled: {faults}", faults=n_("{n} fault", "{n} faults", len(problems))))


def _refuse_sources(report: Report, model: Path, out: Path) -> None:
    """Refuse to write over what the form is made from."""
    sources = [model, *(model.parent / name for name in (report.template, report.mapping) if name)]
    if any(source.exists() and out.exists() and source.samefile(out) for source in sources):
        raise Wrong(_("--form: {out} is what the form is made from; give another file", out=out))


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
        (field, spot.label, _(HOW[spot.how]), _where(spot), spot.row_heading, spot.column_heading, spot.replaces)
        for field, spot in places.spots.items()
    ]
    if rows:
        columns = (
            _("field"),
            _("found by"),
            _("goes"),
            _("table, row, column"),
            _("row heading"),
            _("column heading"),
            _("replaces"),
        )
        show(Table(columns, rows, _("Places in {template}", template=report.template)))
    elif not report.template:
        say(_("No form of your own is named under [report]: the form that comes with kantadesk is filled."))
    if places.unplaced:
        say(_("Optional fields without a place: {unplaced}", unplaced=", ".join(places.unplaced)))
    for problem in places.problems():
        say(f"  {_('FAULT'):<8} {heard(problem)}")
    if not places.problems():
        say(_("Written: {out}. Look at it: each value is the name of its field.", out=out))


def _where(spot: Spot) -> str:
    return f"{spot.table}, {spot.row}, {spot.column}" if spot.table else ""
