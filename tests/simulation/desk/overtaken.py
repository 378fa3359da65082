"""Messages that overtake each other: some are on their way for long, and what is said next comes first.

Laid over a plan with a chance of its own. Only messages whose order leaves a life that can end: a question answered
before it was asked would be asked again, rightly, and this desk would not answer twice.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from temporalio.api.enums.v1 import EventType

from tests.chaos.crowd import Said
from tests.chaos.histories import START, Course
from tests.chaos.model import arrival
from tests.chaos.script import SOMETIME, Act, Late, Pause, Plan, Say, To, plan
from tests.simulation.desk.heard import told_by_others

MAY_COME_LATER = frozenset({
    "situation_update", "phone_escalation", "notice", "measures_taken", "kela_notified", "authority_notified",
})  # fmt: skip
RATE = 0.12
AN_HOUR = 3600.0
"""Seconds that the end of a fault may wait for a corrected triage: after twelve hours a question would be open."""


def overtaken(lived: Plan, chance: random.Random, delays: Sequence[float]) -> Plan:
    """The same life where some messages take as long as one of these, in seconds."""
    return lived._replace(acts=tuple(_late(lived.acts, chance, delays)))


def plan_overtaken(seed: str, number: int) -> Plan:
    """A life of the storm's kind in which messages overtake each other."""
    chance = random.Random(f"{seed}/{number}/overtaken")  # noqa: S311  # to be repeated, not to be secret
    return overtaken(plan(seed, number), chance, (0.5, 3.0, 9.0))


def _late(acts: Sequence[Act], chance: random.Random, delays: Sequence[float]) -> Iterator[Act]:
    was_judged = False
    for place, act in enumerate(acts):
        if isinstance(act, Say) and _may_come_later(act, was_judged=was_judged) and chance.random() < RATE:
            seconds = chance.choice(delays)
            yield Late(
                act, min(seconds, _until_the_end(acts[place:]) + AN_HOUR) if act.message == "triage" else seconds
            )
        else:
            yield act
        was_judged = was_judged or (isinstance(act, Say) and act.message == "triage")


def _until_the_end(acts: Sequence[Act]) -> float:
    """Seconds from here to the end of the fault, which waits for a triage that is on its way."""
    to_the_end = takewhile(lambda act: not (isinstance(act, Say) and act.message == "resolution"), acts)
    return sum(act.seconds for act in to_the_end if isinstance(act, Pause))


def _may_come_later(act: Say, *, was_judged: bool) -> bool:
    """A corrected triage may, where it asks for no breach; the first one may not: nothing can be said before it."""
    if act.message == "triage":
        return was_judged and act.facts(SOMETIME)["criteria"]["privacy"] == "no"
    return act.message in MAY_COME_LATER


def in_order_of_arrival(said: Sequence[Said], courses: Mapping[To, Course]) -> list[Said]:
    """What was said, as each process has heard it, one after the other. What left no trace stays where it was."""
    ordered = list(said)
    for to, course in courses.items():
        came_at = _places_in(course)
        places = [place for place, each in enumerate(said) if each.to == to]
        came, last = [], -1
        for place in places:
            last = came_at.get(arrival(said[place]), last)
            came.append((last, place))
        for place, (_, of) in zip(places, sorted(came), strict=True):
            ordered[place] = said[of]
    return ordered


def with_others(said: Sequence[Said], course: Course) -> list[Said]:
    """What an incident has heard, with what other processes have told it between; ``said``: in order of arrival."""
    merged, came_at = list(said), _places_in(course)
    for other in told_by_others(course.history.events, [each.token for each in said]):
        before = [n for n, each in enumerate(merged) if each.to == "incident" and _place(each, came_at) < _place(other)]
        merged.insert(max(before, default=-1) + 1, other)
    return merged


def _place(said: Said, came_at: Mapping[str, int] | None = None) -> int:
    """Where it stands in the history; what left no trace stands before everything."""
    return int(said.token[1:]) if said.of_another else (came_at or {}).get(arrival(said), 0)


def _places_in(course: Course) -> dict[str, int]:
    """The place in the history of each message, by its name there."""
    found = {START: 0}
    for event in course.history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            data = b"".join(each.data for each in event.workflow_execution_signaled_event_attributes.input.payloads)
            found.setdefault(hashlib.sha256(data).hexdigest(), event.event_id)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            meta = event.workflow_execution_update_accepted_event_attributes.accepted_request.meta
            found[meta.update_id] = event.event_id
    return found
