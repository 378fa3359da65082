"""Our own fault report form, used until the organisation points to another docx. It is not Kela's form, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from activities.documents.docx_file import filled, repeatable
from activities.fault_report.stand_in_template import TEMPLATE
from workflows.procedure.incident.report_form import FORM, FormField, fields_of
from workflows.procedure.languages import Language, Trilingual

_LONG_VALUE, _MANY_LINES = 1200, 15
"""From here on a row may run over two pages."""


def stand_in(
    values: Mapping[str, str], remarks: tuple[str, ...], languages: tuple[Language, ...], version: str
) -> bytes:
    """The stand-in as docx. ``languages``: of the labels, Finnish always first; ``version``: of the criteria."""
    return repeatable(filled(TEMPLATE.read_bytes(), view(values, remarks, languages, version)))


def view(
    values: Mapping[str, str], remarks: tuple[str, ...], languages: tuple[Language, ...], version: str
) -> dict[str, Any]:
    """What the template is filled with: sections of rows. An optional field without a value has no row."""
    others: tuple[Language, ...] = tuple(dict.fromkeys(language for language in languages if language != "fi"))
    fields = [field for field in fields_of(version).values() if field.in_stand_in and _is_shown(field, values)]
    sections = [
        {
            "heading": " / ".join(dict.fromkeys([section.heading.fi, *(section.heading.in_(o) for o in others)])),
            "wide_labels": section.wide_labels,
            "rows": [_row(field, values, others) for field in fields if field.section == section.id],
        }
        for section in FORM.sections
    ]
    return {
        "title": FORM.title.fi,
        "other_titles": _others(FORM.title, others),
        "stand_in": FORM.stand_in,
        "stand_in_short": FORM.stand_in_short,
        "not_known": FORM.not_known,
        "form_version": f"{FORM.version} ({FORM.valid_from:%d.%m.%Y})",
        "remarks_heading": fields_of(version)["remarks"].label.fi,
        "remarks": remarks,
        "sections": [section for section in sections if section["rows"]],
        **{field: values.get(field, "") for field in ("type", "number", "own_reference", "organisation")},
    }


def _is_shown(field: FormField, values: Mapping[str, str]) -> bool:
    return field.must == "always" or bool(values.get(field.id))


def _row(field: FormField, values: Mapping[str, str], others: tuple[Language, ...]) -> dict[str, str | bool]:
    value = values.get(field.id, "")
    is_long = len(value) > _LONG_VALUE or value.count("\n") > _MANY_LINES
    return {"label": field.label.fi, "also": _others(field.label, others), "value": value, "is_long": is_long}


def _others(text: Trilingual, others: tuple[Language, ...]) -> str:
    """The text in the other languages, without those that only repeat the Finnish."""
    return " / ".join(dict.fromkeys(text.in_(other) for other in others if text.in_(other) != text.fi))
