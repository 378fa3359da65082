"""What stays true of a process whatever is said to it: checked between two looks at its status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.fuzz.plans import Act, Say, Wait
from workflows.procedure.incident.progress import EDGES

CLOSED = ("met", "met_late", "waived")
BREACH_EDGES = {
    "assessing": ("notifying", "closed", "cancelled"),
    "notifying": ("closed", "cancelled"),
    "closed": (),
    "cancelled": (),
}
FRESH = timedelta(hours=24)
SAID = ("decisions", "calls", "awareness", "risks", "notifications", "measures")
"""Lists that only grow, and only by messages."""


class Violation(AssertionError):
    """Something that must always be true isn't."""


class Moment(NamedTuple):
    """A process at one moment of its own time."""

    status: Any
    now: datetime
    timeline: list[dict[str, Any]]


def check(act: Act, before: Moment, after: Moment, expected: str) -> None:
    """Raise ``Violation`` for the first thing that isn't true any more."""
    for fault in _faults(act, before, after, expected):
        raise Violation(f"after {act}: {fault}")


def _faults(act: Act, before: Moment, after: Moment, expected: str) -> Iterator[str]:
    yield from _phase(act, before.status.phase, after.status.phase)
    yield from _duties(act, before, after)
    yield from _silenced(before, after)
    for name in SAID:
        was, now = getattr(before.status, name, ()), getattr(after.status, name, ())
        if now[: len(was)] != was:
            yield f"{name} lost or changed an entry"
        if expected == "nothing" and now != was:
            yield f"{name} changed by a message that must change nothing"
    if getattr(before.status, "aware_at", None) != getattr(after.status, "aware_at", None):
        yield "the first instant of awareness changed"
    for refused in after.status.rejected:
        if refused.reason.startswith("could not be applied"):
            yield f"{refused.message} was not refused but failed: {refused.reason}"
    if any("it went wrong" in problem for problem in after.status.problems):
        yield f"something done meanwhile failed: {after.status.problems}"
    if _lines(after) < _lines(before):
        yield "the timeline lost a line"
    if [line["at"] for line in after.timeline] != sorted(line["at"] for line in after.timeline):
        yield "the timeline is not in order"


def _lines(moment: Moment) -> int:
    """The lines of the timeline, those that only the evidence holds among them."""
    return len(moment.timeline) + int(moment.status.only_in_evidence.get("timeline", 0))


def _silenced(before: Moment, after: Moment) -> Iterator[str]:
    """A fault that meets a criterion is left out only for what the published rules name (decision 0064)."""
    for decision in getattr(after.status, "decisions", ())[len(getattr(before.status, "decisions", ())) :]:
        yield from _left_out(decision, after)


def _left_out(decision: Any, after: Moment) -> Iterator[str]:
    met = {name for name, answer in decision.answers.items() if answer != "no"}
    is_grave = decision.severity == "critical" or decision.extensive or met & {"safety", "privacy"}
    if decision.report or not met:
        return
    if decision.reported_by_supplier:
        kinds = {duty.kind for duty in after.status.duties}
        if (decision.severity == "critical" or decision.extensive) and "phone_kela" not in kinds:
            yield "the supplier has reported a grave fault, and nobody is to phone"
        return
    changed_at = after.status.notice_changed_at
    if decision.same_as_notice != "yes" or after.status.known_notice is None or changed_at is None:
        yield f"not reported, and nobody said that the notice is about it: {decision.why}"
    elif is_grave or decision.at - changed_at > FRESH:
        yield f"not reported in spite of how grave it is, or how old the notice: {decision.why}"


def _phase(act: Act, was: str, now: str) -> Iterator[str]:
    edges: Any = EDGES if was in EDGES and now in EDGES else BREACH_EDGES
    reached, frontier = {was}, [was]
    while frontier:
        for target in edges.get(frontier.pop(), ()):
            if target not in reached:
                reached.add(target)
                frontier.append(target)
    if now not in reached or (not isinstance(act, Say | Wait) and was not in (now, "watch")):
        yield f"the phase went from {was} to {now}"


def _duties(act: Act, before: Moment, after: Moment) -> Iterator[str]:
    came_back = isinstance(act, Say) and act.name == "delivery_report"
    corrected = isinstance(act, Say) and act.name == "awareness_correction"
    now = {duty.id: duty for duty in after.status.duties}
    if len(now) != len(after.status.duties):
        yield "two duties have one id"
    for was in before.status.duties:
        duty = now.get(was.id)
        if duty is None:
            yield f"duty {was.id} disappeared"
            continue
        if was.state in CLOSED and duty.state not in CLOSED and not came_back:
            yield f"duty {was.id} was {was.state} and is {duty.state}"
        if (
            duty.due_at
            and was.due_at
            and duty.due_at > was.due_at
            and not (corrected or (came_back and not duty.legal))
        ):
            yield f"duty {was.id} is due later than it was, and nobody said so"
        if duty.kind != was.kind or duty.legal != was.legal or duty.opened_at != was.opened_at:
            yield f"duty {was.id} is another one"
        if duty.reminders_sent < was.reminders_sent:
            yield f"duty {was.id} has forgotten its reminders"
    for duty in now.values():
        yield from _one(duty, after.now, is_over=after.status.phase in ("closed", "cancelled"))
    if after.status.phase == "closed" and any(duty.state not in CLOSED for duty in now.values()):
        yield "it is closed over an open duty"


def _one(duty: Any, now: datetime, *, is_over: bool) -> Iterator[str]:
    if duty.state in CLOSED and not (duty.met_at and duty.by):
        yield f"duty {duty.id} is {duty.state} by nobody"
    if duty.state == "waived" and not duty.waived_reason:
        yield f"duty {duty.id} is waived without a reason"
    if duty.state == "met_late" and not (duty.due_at and duty.met_at > duty.due_at):
        yield f"duty {duty.id} is not late"
    if duty.state == "met" and duty.due_at and duty.met_at > duty.due_at:
        yield f"duty {duty.id} was met late and is called met"
    if duty.state == "overdue" and duty.due_at and duty.due_at > now and not is_over:
        yield f"duty {duty.id} is called overdue before its time"
