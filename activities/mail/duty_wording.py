"""What a letter says of duties: what a due time is, to whom and how a report goes, what it holds, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from activities.documents.text import WORDS, one_line, word
from workflows.procedure.breach.rules import RULES, TIMED_BY_LAW
from workflows.procedure.duties import SettledDuty
from workflows.procedure.duty_contents import directions
from workflows.procedure.languages import Language
from workflows.procedure.local_time import local
from workflows.procedure.other_laws import SYSTEM
from workflows.procedure.tasks import what_to_do
from workflows.process.ports import Letter

NAMED = {"notify_controller", "confirm_joint_notification"}
"""Duties that are owed to somebody by name; there may be several of a kind."""
_OF_A_BREACH = {rule.kind for rule in RULES}


def duty_name(kind: str, duty: str, towards: str, language: Language) -> str:
    """A duty in words, with the name of whom it is owed to where there may be several."""
    known = next((each for each in (f"{kind}_{towards}", kind) if each in WORDS["duty"]), "other")
    name = word("duty", known, language).format(duty=duty)
    return f"{name}: {one_line(towards)}" if kind in NAMED and towards else name


def due_word(kind: str, language: Language) -> str:
    """What a due time is called: the law's own, the law's as far as anybody has checked, or our own target."""
    if kind in TIMED_BY_LAW:
        is_checked = all(rule.verified for rule in RULES if rule.kind == kind)
        return word("due", "law" if is_checked else "unverified", language)
    return word("due", "own" if kind in _OF_A_BREACH else "other", language)


def directions_in_words(letter: Letter, zone: str, suppliers: Iterable[str] = ()) -> dict[str, Any]:
    """Recipient, ways and contents of a report, as the dated directory has them on the day of the letter.

    ``suppliers``: those of the organisation's systems, by name.
    """
    nothing = {"report_to": "", "report_ways": [], "report_holds": [], "report_unchecked": ""}
    if letter.asked_at is None or not letter.duty_kind:
        return nothing
    found = directions(letter.duty_kind, local(letter.asked_at, zone).date())
    if found is None:
        return nothing
    language = letter.language
    ways = [_way(route.by, route.to, language, is_checked=route.verified) for route in found.routes]
    ways += [_way("form", found.form.in_(language), language, is_checked=True)] if found.form else []
    return {
        "report_to": found.recipient.in_(language) if found.recipient else _recipient(letter, suppliers),
        "report_ways": ways or ([word("way", "unknown", language)] if letter.duty_kind not in NAMED else []),
        "report_holds": [item.in_(language) for item in found.contents],
        "report_unchecked": "" if found.is_checked else word("due", "unchecked", language),
    }


def _recipient(letter: Letter, suppliers: Iterable[str]) -> str:
    if letter.duty_kind in NAMED:
        return one_line(letter.towards)
    known = [f"{letter.duty_kind}_{letter.towards}", letter.duty_kind]
    told = next((word("report_to", each, letter.language) for each in known if each in WORDS["report_to"]), "")
    names = "; ".join(map(one_line, suppliers)) if letter.towards == SYSTEM else ""
    return f"{told} ({names})" if names else told


def _way(by: str, to: str, language: Language, *, is_checked: bool) -> str:
    mark = "" if is_checked else f" ({word('due', 'unchecked', language)})"
    return f"{word('way', by, language)}: {one_line(to)}{mark}"


def settled_in_words(letter: Letter, when: Callable[[datetime | None], str], phone: str) -> list[dict[str, str]]:
    """The duties that a letter is about: which, when it was due, what became of it, what is to be done for it."""
    return [
        {
            "name": duty_name(duty.kind, duty.duty, duty.towards, letter.language),
            "due_word": due_word(duty.kind, letter.language),
            "due": when(duty.due_at),
            "state": word("settled", duty.state, letter.language),
            "what_to_do": _what_to_do(letter, duty, phone),
        }
        for duty in letter.settled
    ]


def _what_to_do(letter: Letter, duty: SettledDuty, phone: str) -> str:
    task = "no_longer_owed" if duty.state == "no_longer" else duty.kind
    said = what_to_do(
        task, letter.language, reference=letter.reference, duty=duty.duty, phone=phone, towards=duty.towards
    )
    return one_line(said)
