"""The watchdog's findings in words: what it is, and what to do about it (``data/watching.toml``)."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.procedure import rule_data
from workflows.procedure.languages import Language, Trilingual
from workflows.procedure.model import Model
from workflows.procedure.watchdog.findings import Finding
from workflows.procedure.watchdog.rota_reasons import rota_reason

SAID_AT_MOST = 15
"""How many findings one letter spells out."""
FIRST_AT_MOST = 120
"""Letters of the first of them in a subject, so that the number of the others is still to be seen."""


class Words(Model):
    """The words of one kind of finding; ``{name}`` stands for a fact."""

    what: Trilingual
    to_do: Trilingual


_DATA = rule_data.read("watching")
WORDS: dict[str, Words] = {kind: Words.model_validate(words) for kind, words in _DATA["kinds"].items()}
TERMS: dict[str, Trilingual] = {name: Trilingual.model_validate(words) for name, words in _DATA["terms"].items()}
_HEADINGS = {name: Trilingual.model_validate(words) for name, words in _DATA["headings"].items()}
_NAMED_BY_TERM = ("how", "work", "area", "role")


def what(finding: Finding, language: Language) -> str:
    """What was found, in one sentence."""
    return _words(finding).what.in_(language).format_map(_facts(finding, language))


def to_do(finding: Finding, language: Language) -> str:
    """What to do about it."""
    return _words(finding).to_do.in_(language).format_map(_facts(finding, language))


def _words(finding: Finding) -> Words:
    """The words of its kind; a kind that only a newer worker knows is named as it is."""
    return WORDS.get(finding.kind, WORDS["other"])


def headline(findings: Sequence[Finding], language: Language) -> str:
    """The first finding, and how many more there are; for a subject."""
    first = what(findings[0], language)
    if len(first) > FIRST_AT_MOST:
        first = first[: FIRST_AT_MOST - 1].rstrip() + "…"
    more = len(findings) - 1
    return first + (" " + _HEADINGS["more"].in_(language).format(number=more) if more else "")


def listed(findings: Sequence[Finding], language: Language, *, is_over: bool = False) -> str:
    """Every finding with what to do; of very many, the first 15."""
    lines: list[str] = []
    for number, finding in enumerate(findings[:SAID_AT_MOST], 1):
        lines.append(f"{number}. {what(finding, language)}")
        if not is_over:
            lines.append(f"   -> {to_do(finding, language)}")
    if (more := len(findings) - SAID_AT_MOST) > 0:
        lines.append(_HEADINGS["more"].in_(language).format(number=more))
    return "\n".join(lines)


def _facts(finding: Finding, language: Language) -> dict[str, str]:
    """The facts, with the terms among them in the reader's language; one that is missing shows as "-"."""
    facts = _Facts(finding.facts, kind=finding.kind)
    if finding.kind.startswith("rota_") and "why" in facts:
        facts["why"] = rota_reason(facts["why"], language)
    for name in _NAMED_BY_TERM:
        if (term := facts.get(name)) in TERMS:
            facts[name] = TERMS[str(term)].in_(language)
    return facts


class _Facts(dict[str, str]):
    def __missing__(self, _name: str) -> str:
        return "-"
