"""The notification to the authority, field by field in the order of its form: for the paper and for the packet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from activities.breach.facts import paper_facts
from activities.documents.text import word
from workflows.breach.ports import BreachPaper
from workflows.procedure.breach.authority_form import FORM, AuthorityField
from workflows.procedure.languages import Language
from workflows.procedure.operating_model.model import OperatingModel


class Field(NamedTuple):
    """One field. ``texts``: what to write into it, a row each; ``is_known``: false where they say that it is not."""

    id: str
    label: str
    texts: Sequence[str]
    is_known: bool


class Section(NamedTuple):
    """Fields under one title."""

    title: str
    fields: Sequence[Field]


def notification(paper: BreachPaper, model: OperatingModel, language: Language) -> list[Section]:
    """The notification that a paper makes, in one language."""
    return sections(paper_facts(paper, model, language), language)


def sections(facts: Mapping[str, Any], language: Language) -> list[Section]:
    """The sections that have something to say, in the order of the form."""
    filled = _by_field(facts, language)
    return [
        Section(
            section.title.in_(language),
            [_field(field, filled[field.id], facts, language) for field in section.fields if _is_shown(field, filled)],
        )
        for section in FORM.sections
        if not section.only_if or facts[section.only_if]
    ]


def _is_shown(field: AuthorityField, filled: Mapping[str, Sequence[str]]) -> bool:
    return bool(filled[field.id]) or not field.if_known


def _field(field: AuthorityField, texts: Sequence[str], facts: Mapping[str, Any], language: Language) -> Field:
    unknown = facts.get(f"unknown_{field.id}", facts["unknown"])
    label = field.in_(language).replace("{hours}", facts["hours"])
    return Field(field.id, label, texts or [unknown], bool(texts))


def _by_field(facts: Mapping[str, Any], language: Language) -> dict[str, Sequence[str]]:
    """The facts by the ids of the form's fields, each as a list of texts; empty where nothing is known."""
    renamed = {
        "recipient": facts["authority"],
        "phase": facts["phase_and_number"],
        "organisation": facts["organisation_full"],
        "role": facts["role_name"],
        "awareness": facts["awareness"] if len(facts["awareness"]) > 1 else [],
        "target": facts["target_explained"],
        "to_come": _to_come(facts, language),
    }
    filled = {**facts, **renamed}
    ids = [field.id for section in FORM.sections for field in section.fields]
    return {
        each: [filled[each]] if isinstance(filled[each], str) and filled[each] else filled[each] or [] for each in ids
    }


def _to_come(facts: Mapping[str, Any], language: Language) -> list[str]:
    """What is still missing; at the end, what could not be found out."""
    is_final = facts["phase"] == "final"
    if not facts["missing"]:
        return [word("breach_to_come", "nothing" if is_final else "if_more", language)]
    head = word("breach_to_come", "for_good" if is_final else "still_missing", language)
    return ["\n".join([head, *(f"– {point}" for point in facts["missing"])])]
