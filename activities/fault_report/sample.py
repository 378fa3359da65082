"""A form filled with sample values, so that a person sees what goes where before the night on which it counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from activities.fault_report.form import filled_form, own_files
from activities.fault_report.own_form import FormPlaces, form_places
from workflows.procedure.incident.report_form import ALL_FIELDS
from workflows.procedure.operating_model.reporting import Report

MARK = "ESIMERKKI – EXEMPEL – SAMPLE: kantadesk doctor --form"


def sample_values() -> Mapping[str, str]:
    """Each field's own name as its value: what stands in the wrong place shows at once."""
    return {name: f"Esimerkki: {field.label.fi}" for name, field in ALL_FIELDS.items()}


def sample_form(report: Report, folder: Path) -> tuple[FormPlaces, bytes | None]:
    """Where the fields go in the form of an operating model, and the form; none of it where it can't be filled.

    ``folder``: what relative paths start from. Raises ``UnusableForm`` where a file can't be read.
    """
    own = own_files(report, folder)
    places = form_places(*own) if own else FormPlaces()
    return places, None if places.problems() else filled_form(report, folder, sample_values(), MARK)
