"""A form filled with sample values, so that a person sees what goes where before the night on which it counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from activities.documents.docx_file import marked
from activities.fault_report.form_file import UnusableForm
from activities.fault_report.own_form import FormPlaces, form_places, own_form
from activities.fault_report.stand_in import stand_in
from workflows.procedure.incident.criteria import DEFAULT_VERSION
from workflows.procedure.incident.report_form import ALL_FIELDS
from workflows.procedure.operating_model.model import Report

MARK = "ESIMERKKI – EXEMPEL – SAMPLE: kantadesk doctor --form"


def sample_values() -> Mapping[str, str]:
    """Each field's own name as its value: what stands in the wrong place shows at once."""
    return {name: f"Esimerkki: {field.label.fi}" for name, field in ALL_FIELDS.items()}


def sample_form(report: Report, folder: Path) -> tuple[FormPlaces, bytes | None]:
    """Where the fields go in the form of an operating model, and the form; none of it where it can't be filled.

    ``folder``: what relative paths start from. Raises ``UnusableForm`` where a file can't be read.
    """
    values = sample_values()
    if not report.template and not report.mapping:
        return FormPlaces(), marked(stand_in(values, (), report.label_languages, DEFAULT_VERSION), MARK)
    if not (report.template and report.mapping):
        raise UnusableForm("report.template and report.mapping are given together or not at all")
    template, mapping = folder / report.template, folder / report.mapping
    places = form_places(template, mapping)
    return places, None if places.problems() else own_form(template, mapping, values, MARK)
