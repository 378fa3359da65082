"""The fault report form (häiriöilmoituslomake): its fields, which must be filled, and what contradicts itself.

Our list of fields is a proposal (``data/report_form.toml``, ``verified = false``): Kela's own form was not found in
public. Values and remarks are Finnish; labels exist in three languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from workflows.procedure import rule_data
from workflows.procedure.incident.criteria import VERSIONS, Answer
from workflows.procedure.languages import Language, Trilingual
from workflows.procedure.model import Model, Moment

Must = Literal["always", "ended", "phone", "breach", "never"]
ReportType = Literal["new", "supplement", "resolved", "withdrawn"]


REPORT_TEXTS = ("title", "description", "symptoms", "error_message")
"""The free texts of a report, as an opening, a triage and a correction name them."""
DETAIL_TEXTS = ("function", "message_ids", "reproducible")
"""The free texts among ``ReportDetails``."""


class ReportDetails(Model):
    """What the desk may add to a report, where it knows; all of it optional."""

    began_at: Moment | None = None
    function: str = ""
    """The part of the service that does not work."""
    message_ids: str = ""
    """Ids of messages that failed, with their times."""
    reproducible: str = ""
    units_affected: int | None = None
    users_affected: int | None = None
    systems: tuple[str, ...] = ()
    """Names of our systems that are concerned; empty: those of the operating model that use the services."""


class FormField(Model):
    """One field. ``grounds``: the rule it stands on; ``source``: stated (S), seen on a page (P), known (G)."""

    id: str
    section: str
    label: Trilingual
    must: Must = "never"
    grounds: str
    source: Literal["S", "P", "G"]
    in_stand_in: bool = True
    """False: only for an organisation's own form; the stand-in shows the same in another way."""


class FormSection(Model):
    """A group of fields. ``wide_labels``: the labels are whole sentences."""

    id: str
    heading: Trilingual
    wide_labels: bool = False


class ReportForm(Model):
    """The form as published with this version of the rules, with the fixed words of its values (Finnish)."""

    version: str
    valid_from: date
    verified: bool
    source: str
    title: Trilingual
    stand_in: str
    stand_in_short: str
    drill: str
    shortened: str
    not_known: str
    missing: str
    words: dict[str, dict[str, str]]
    phrases: dict[str, str]
    remarks: dict[str, str]
    sections: tuple[FormSection, ...]
    fields: tuple[FormField, ...]

    def word(self, kind: str, value: str | None) -> str:
        """The Finnish word for a value of an enumeration; empty where there is none."""
        return self.words[kind].get(value or "", "")


FORM = ReportForm.model_validate(rule_data.read("report_form"))


def criterion_fields(version: str) -> tuple[FormField, ...]:
    """One field for each criterion of a version: ``criterion_{id}``, labelled with its number and text."""
    return tuple(
        FormField(
            id=f"criterion_{criterion.id}",
            section="criteria",
            label=Trilingual(
                fi=f"{criterion.number}. {criterion.text.fi}",
                sv=f"{criterion.number}. {criterion.text.sv}",
                en=f"{criterion.number}. {criterion.text.en}",
            ),
            grounds=VERSIONS[version].source,
            source="S",
        )
        for criterion in VERSIONS[version].criteria
    )


def fields_of(version: str) -> dict[str, FormField]:
    """Every field by id, with those of the criteria of one version; in the order of the form."""
    return {field.id: field for field in (*FORM.fields, *criterion_fields(version))}


ALL_FIELDS: dict[str, FormField] = {field.id: field for version in VERSIONS for field in fields_of(version).values()}
"""Every field that any version of the criteria has, by id."""


class ReportFacts(Model):
    """What the checks look at."""

    type: ReportType
    made_at: Moment
    noticed_at: Moment
    ended_at: Moment | None = None
    locality: str = "unknown"
    answers: dict[str, Answer] = Field(default_factory=dict)
    critical: bool = False
    extensive: bool = False
    kela_reached: bool = False
    breach: bool = False

    def conditions(self) -> set[Must]:
        """Which kinds of required field are required in this report."""
        holds: dict[Must, bool] = {
            "always": True,
            "ended": self.type == "resolved",
            "phone": self.critical or self.extensive,
            "breach": self.breach or self.answers.get("privacy") == "yes",
        }
        return {must for must, applies in holds.items() if applies}


def missing_fields(values: Mapping[str, str], facts: ReportFacts) -> tuple[FormField, ...]:
    """The required fields that are empty."""
    needed = facts.conditions()
    return tuple(field for field in FORM.fields if field.must in needed and not values.get(field.id, "").strip())


def contradictions(facts: ReportFacts) -> tuple[str, ...]:
    """What doesn't agree with itself, as ids of ``FORM.remarks``. Shown in the form, never in the way of sending it."""
    found = {
        "ended_before_noticed": facts.ended_at is not None and facts.ended_at < facts.noticed_at,
        "noticed_after_report": facts.noticed_at > facts.made_at,
        "ended_after_report": facts.ended_at is not None and facts.ended_at > facts.made_at,
        "ended_without_time": facts.type == "resolved" and facts.ended_at is None,
        **_contradictions_of_place(facts.locality, facts.answers),
        "call_missing": (facts.critical or facts.extensive) and not facts.kela_reached,
    }
    return tuple(remark for remark, applies in found.items() if applies)


def _contradictions_of_place(locality: str, answers: Mapping[str, Answer]) -> dict[str, bool]:
    localised, outside = answers.get("localised_to_kela"), answers.get("outside_kanta_blocks_use")
    return {
        "own_but_localised_to_kela": locality == "own" and localised == "yes",
        "kela_but_not_localised": locality == "kela" and localised == "no",
        "kela_but_outside_kanta": locality == "kela" and outside == "yes",
        "inside_and_outside": localised == "yes" and outside == "yes",
        "placed_but_unsure": locality != "unknown" and answers.get("locality_unsure_others_affected") == "yes",
    }


def remarks(values: Mapping[str, str], facts: ReportFacts) -> tuple[str, ...]:
    """The sentences for the form's remarks: what contradicts itself, then which required fields are empty."""
    sentences = [FORM.remarks[remark] for remark in contradictions(facts)]
    if empty := missing_fields(values, facts):
        sentences.append(FORM.missing.format(labels=", ".join(field.label.fi for field in empty)))
    return tuple(sentences)


def labels(field: FormField, languages: tuple[Language, ...]) -> str:
    """The label in several languages, for a sentence: "Kuvaus / Description"; each wording once."""
    return " / ".join(dict.fromkeys(field.label.in_(language) for language in languages))
