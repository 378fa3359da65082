"""The page by which a contact acknowledges: in the contact's language, for a telephone, without script or cookie."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from activities.acknowledging.links import SeenLink, moment_of
from activities.acknowledging.standing import Standing
from activities.documents.moments import moment_in
from activities.documents.templates import environment
from activities.documents.text import one_line, word
from activities.mail.duty_wording import duty_name
from workflows.procedure.languages import LANGUAGES, Language, Trilingual
from workflows.procedure.operating_model.model import OperatingModel

PASSED_ON_AT_MOST = 200
"""Letters of whom an instruction was passed on to."""
_WORDS: dict[str, Trilingual] = {
    name: Trilingual.model_validate(words)
    for name, words in tomllib.loads(
        resources.files("activities").joinpath("templates", "seen.toml").read_text(encoding="utf-8")
    ).items()
}
_TEMPLATES = environment(autoescape=True)


def asking_page(
    link: SeenLink, found: Standing, model: OperatingModel | None, *, wrong: str = "", typed: str = ""
) -> str:
    """What is to be acknowledged, with the one button; or who has acknowledged it and when, or that nobody waits.

    ``wrong``: the word for what is wrong with what was ``typed``.
    """
    language = link.language
    zone = model.organisation.time_zone if model else "Europe/Helsinki"
    facts: dict[str, str] = {
        "reference": found.reference,
        "contact": _name(link.contact, model),
        "what": _what(link, found, language),
        "received": moment_in(language, found.received_at, zone),
        "due": moment_in(language, found.due_at, zone),
        "by": one_line(found.by),
        "at": moment_in(language, found.at, zone),
        "passed_on": one_line(found.passed_on_to),
    }
    return _page(
        language,
        title=_said("title", language),
        state=found.state,
        kind=link.kind,
        stands_in=_name(link.recipient, model) if link.recipient != link.contact else "",
        mark=word("drill", "mark", language) if found.drill else "",
        wrong=_said(wrong, language) if wrong else "",
        typed=typed,
        facts=facts,
        sentence=_sentence(found, facts, language),
        organisation=one_line(model.organisation.name_in(language)) if model else "",
    )


def _sentence(found: Standing, facts: Mapping[str, str], language: Language) -> str:
    if found.state == "done":
        return _said("done" if found.by and found.at else "done_before", language).format_map(facts)
    return _said("settled", language) if found.state == "settled" else ""


def closed_page(link: SeenLink, model: OperatingModel | None) -> str:
    """That the link's time is over."""
    zone = model.organisation.time_zone if model else "Europe/Helsinki"
    closed = _said("closed", link.language).format(at=moment_in(link.language, moment_of(link.until), zone))
    return _sentences(link.language, [(link.language, closed)])


def trouble_page(link: SeenLink, trouble: str) -> str:
    """Why nothing was recorded: "unreachable", "refused", "too_often"."""
    return _sentences(link.language, [(link.language, _said(trouble, link.language))])


def foreign_page() -> str:
    """That this is no link of ours: in all three languages, since nobody knows whose it is."""
    return _sentences("fi", [(language, _said("foreign", language)) for language in LANGUAGES])


def _what(link: SeenLink, found: Standing, language: Language) -> str:
    if link.kind == "instruction":
        return _said("instruction", language).format(authority=one_line(found.authority) or link.what)
    return duty_name(found.duty_kind or "other", link.what, "", language)


def _name(contact: str, model: OperatingModel | None) -> str:
    return one_line(model.contacts[contact].name) if model and contact in model.contacts else contact


def _sentences(language: Language, sentences: list[tuple[Language, str]]) -> str:
    return _page(language, title=_said("title", language), sentences=sentences)


def _page(language: Language, **facts: Any) -> str:
    words = {name: each.in_(language) for name, each in _WORDS.items()}
    template = "seen_sentences.html" if "sentences" in facts else "seen.html"
    return _TEMPLATES.get_template(template).render(language=language, words=words, at_most=PASSED_ON_AT_MOST, **facts)


def _said(name: str, language: Language) -> str:
    return _WORDS[name].in_(language)
