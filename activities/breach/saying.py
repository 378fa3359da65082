"""How the papers of a breach say names, texts of persons, numbers and the moment of awareness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from activities.documents.text import WORDS, cleaned, one_line, shortened, word
from workflows.breach.messages import DATA_SUBJECTS, BreachStatus
from workflows.procedure.authorities import AUTHORITIES
from workflows.procedure.incident.report_form import FORM
from workflows.procedure.languages import Language
from workflows.procedure.names import folded

_KELA = ("kela", "fpa", "kansaneläkelaitos", "folkpensionsanstalten")


def is_kela(name: str) -> bool:
    """Whether a name is one of Kela's."""
    return folded(name) in _KELA


def named_in(language: Language, name: str) -> str:
    """A recipient's name in a language, where it is an authority's or Kela's; else as it was given, on one line."""
    if is_kela(name):
        return word("breach_recipient", "kela", language)
    if name == DATA_SUBJECTS:
        return word("breach_recipient", "data_subjects", language)
    found = next((one.name for one in AUTHORITIES if name in (one.name.fi, one.name.sv, one.name.en)), None)
    return found.in_(language) if found else one_line(name)


def channel_in(language: Language, channel: str) -> str:
    """A way in which persons were told, in a language where it is well known; else as it was typed, on one line."""
    wanted = folded(channel)
    for name, said in WORDS["breach_channel"].items():
        if wanted in map(folded, said.values()):
            return word("breach_channel", name, language)
    return one_line(channel)


def aware_at(status: BreachStatus) -> datetime:
    """When the organisation became aware, as the last entry says; the first instant stays among the entries."""
    return status.awareness[-1].aware_at if status.awareness else status.aware_at


def sayer(language: Language) -> Callable[[str], str]:
    """How a person's text goes into a paper: cleaned, and cut (with a remark) where it is very long."""
    remark = word("text", "shortened", language)
    return lambda text: shortened(cleaned(text), remark)


def estimate(number: int | None, language: Language) -> str:
    """An estimated number, said to be one: "about 1,200 (estimate)"; empty where there is none."""
    if number is None:
        return ""
    grouped = f"{number:,}" if language == "en" else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
    return word("breach_estimate", "about", language).format(number=grouped)


def marks_of(status: BreachStatus, language: Language) -> Iterator[str]:
    """What stands beside its reference: that it is a drill, that nobody knows who has opened it."""
    yield from [FORM.drill] * status.drill
    yield from [word("sender", "brief", language)] * status.is_a_strangers


def unverified_rule(rule: str, status: BreachStatus, language: Language) -> str:
    """A rule that nobody has checked, by the name of its duty."""
    named = {duty.id: duty.kind for duty in status.duties}
    kind = named.get(rule.partition(":")[0])
    name = word("duty", kind, language) if kind else one_line(rule)
    return word("breach_register_word", "unverified", language).format(duty=name)
