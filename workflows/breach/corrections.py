"""An assessment that is sent again: every fact that it names is corrected, and the duties are looked at once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from workflows.breach.messages import Assessed, BreachAssessment, BreachOpening, Controller
from workflows.breach.record import BreachRecord
from workflows.procedure.local_time import written
from workflows.procedure.names import folded

KNOWN_LATER = ("began_at", "cause", "measures_before")
"""What the assessment of the risk may say, too; the one that was said last holds."""


class Change(NamedTuple):
    """One fact that was corrected, before and after, in words."""

    field: str
    before: str
    after: str


def correct(record: BreachRecord, said: BreachAssessment, at: datetime) -> list[Change]:
    """Take every fact that an assessment names, but the time of awareness; what was left out stays.

    A controller that comes with the address of one that is gone is that one, renamed: its duty is the same.
    """
    named = {name: value for name, value in said.facts_said().items() if name != "aware_at"}
    for name in ("kinds", "registers"):
        if name in named:
            named[name] = tuple(dict.fromkeys(named[name]))
    before = record.opening
    known = {name: record.last_said(name) if name in KNOWN_LATER else getattr(before, name) for name in named}
    wrong = {name: value for name, value in named.items() if value != known[name]}
    if "controllers" in wrong:
        for old, new in _renamed(before.controllers, wrong["controllers"]):
            _rename(record, old, new)
    changes = [
        Change(name, in_words(known[name], record.time_zone), in_words(value, record.time_zone))
        for name, value in wrong.items()
    ]
    record.opening = BreachOpening.model_validate(before.model_dump() | wrong)
    record.corrected_at |= dict.fromkeys(wrong, at)
    record.services = record.opening.registers
    if "role" in wrong and not record.has_ended:
        is_assessed = bool(record.risks) or record.opening.role == "processor"
        record.phase = "notifying" if is_assessed else "assessing"
    for change in changes:
        what = f"Corrected: {change.field.replace('_', ' ')}"
        record.note(at, what, said.by, f"before: {change.before or '-'}; now: {change.after or '-'}")
    return changes


def remember(record: BreachRecord, said: BreachAssessment, changed: Iterable[str], at: datetime) -> None:
    """Keep that an assessment was taken, and which fields it corrected."""
    record.assessments.append(
        Assessed(at=at, by=said.by, event_id=said.event_id or "", outcome=said.outcome, changed=tuple(changed))
    )


def _renamed(before: tuple[Controller, ...], after: tuple[Controller, ...]) -> Iterable[tuple[Controller, Controller]]:
    old_names, new_names = {folded(c.name) for c in before}, {folded(c.name) for c in after}
    gone = {c.email.casefold(): c for c in before if c.email and folded(c.name) not in new_names}
    for new in after:
        if new.email and folded(new.name) not in old_names and (old := gone.pop(new.email.casefold(), None)):
            yield old, new


def _rename(record: BreachRecord, old: Controller, new: Controller) -> None:
    for duty_id, subject in record.subjects.items():
        duty = record.duties.get(duty_id)
        if duty and duty.kind == "notify_controller" and folded(subject) == folded(old.name):
            record.subjects[duty_id] = new.name
            record.duties[duty_id] = duty.model_copy(update={"recipient": new.name})


def in_words(value: Any, zone: str) -> str:
    """A fact for the timeline; empty where it is not known."""
    words = str(value)
    match value:
        case None | "" | ():
            words = ""
        case datetime():
            words = written(value, zone)
        case bool():
            words = "yes" if value else "no"
        case Controller():
            words = f"{value.name} <{value.email}>" if value.email else value.name
        case Mapping():
            words = "; ".join(f"{name}: {in_words(each, zone)}" for name, each in value.items())
        case tuple() | list():
            words = ", ".join(in_words(each, zone) for each in value)
    return words
