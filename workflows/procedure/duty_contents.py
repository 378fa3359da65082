"""To whom, by which way and with which contents a duty is met: from the dated directory, for a reminder."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from workflows.procedure import rule_data
from workflows.procedure.authorities import Authority, Route, Task, UnknownAuthority, authority
from workflows.procedure.breach.rules import RULES
from workflows.procedure.dated import Dated, holding
from workflows.procedure.duties import DutyKind
from workflows.procedure.languages import Trilingual


class Contents(Dated):
    """What a report of some kinds holds."""

    kinds: tuple[DutyKind, ...]
    items: tuple[Trilingual, ...]


class Directions(NamedTuple):
    """How a duty is met on a day. ``recipient``: None where it is no authority; ``form``: whose form is filled in."""

    recipient: Trilingual | None
    routes: tuple[Route, ...]
    form: Trilingual | None
    contents: tuple[Trilingual, ...]
    is_checked: bool
    """Whether recipient, ways and contents were all verified."""


CONTENTS: tuple[Contents, ...] = tuple(
    Contents.model_validate(entry) for entry in rule_data.read("duty_contents")["contents"]
)


def contents_of(kind: str, on: date) -> Contents | None:
    """What a report of a kind holds on a day; None where nothing is known."""
    return holding([entry for entry in CONTENTS if kind in entry.kinds], on)


def directions(kind: str, on: date) -> Directions | None:
    """How a duty of a kind is met on a day; None for kinds of which no rule of a law is known."""
    rules = [rule for rule in RULES if rule.kind == kind]
    if not rules:
        return None
    rule = holding(rules, on) or rules[-1]
    told, form, contents = _who_holds(rule.authority, on), _who_holds(rule.form, on), contents_of(kind, on)
    checked = [rule.verified, *(entry.verified for entry in (told, form, contents) if entry)]
    return Directions(
        recipient=told.name if told else None,
        routes=told.routes if told else (),
        form=form.name if form else None,
        contents=contents.items if contents else (),
        is_checked=all(checked),
    )


def _who_holds(task: Task | None, on: date) -> Authority | None:
    try:
        return authority(task, on) if task else None
    except UnknownAuthority:
        return None
