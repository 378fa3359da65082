"""A history told in words: who said what, what was done, which clocks ran for how long, at the process's times.

It keeps the order of cause and effect: what was done comes after what it was done for. Things that were begun for the
same reason run at once and end in any order; they are told by their words, so that the same life is always told alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter

MOMENT = re.compile(r" (?:at|until) (?=\d)")
"""Where a clock's summary begins to name its moment, which differs from run to run."""
INDENT = "    "
BEGINS_SOMETHING = (EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, EventType.EVENT_TYPE_TIMER_STARTED)


BUNDLED, LAST = "does    Bundle the evidence", 10_000
"""The evidence waits for everything that is being done, whichever of it ends last."""


class Line(NamedTuple):
    """One line of the telling. ``depth``: how many things had to be done before it, each for the one before."""

    minute: int
    depth: int
    words: str

    @property
    def is_said(self) -> bool:
        """Whether somebody speaks, or the story ends: nothing is told across such a line."""
        return self.words.startswith((">", "="))


def told(history: WorkflowHistory) -> str:
    """The story: one line an event that matters, under the time since the opening (virtual, to the minute)."""
    chapters = [
        (minute, [line.words for line in _in_order(list(lines))])
        for minute, lines in groupby(_lines(history.events), key=lambda line: line.minute)
    ]
    return "".join(_folded(chapters))


def _lines(events: Sequence[HistoryEvent]) -> Iterator[Line]:
    """The lines in the order of the history."""
    began = _first_task(events)
    depths = _depths(events)
    for event in events:
        if words := _words(event):
            depth = LAST if words == BUNDLED else depths.get(event.event_id, 0)
            yield Line(_minutes(event, began), depth, words)


def _first_task(events: Sequence[HistoryEvent]) -> datetime:
    """When the process began to live: one may be started for later."""
    tasks = (each for each in events if each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
    return next(tasks, events[0]).event_time.ToDatetime()


def _depths(events: Sequence[HistoryEvent]) -> dict[int, int]:
    """How many things had to be done before each activity and each timer was begun, by the id of its event.

    Whatever came to the process since its last workflow task may be the reason of what the task begins. Where several
    things came at once, the one that took the fewest steps is taken for it.
    """
    depths: dict[int, int] = {}
    came: list[int] = []
    reason = 0
    for event in events:
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                came.append(depths[event.activity_task_completed_event_attributes.scheduled_event_id])
            case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
                came.append(depths[event.activity_task_failed_event_attributes.scheduled_event_id])
            case EventType.EVENT_TYPE_TIMER_FIRED | EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                came.append(0)
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                reason, came = min(came, default=0), []
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                reason = 0
            case kind if kind in BEGINS_SOMETHING:
                depths[event.event_id] = reason + 1
    return depths


def _in_order(lines: list[Line]) -> Iterator[Line]:
    """Cause before effect between two things that somebody says; what is done for the same reason by its words."""
    for is_said, group in groupby(lines, key=lambda line: line.is_said):
        together = list(group)
        if not is_said:
            together.sort(key=lambda line: (line.depth, line.words))
        yield from together


def _folded(chapters: list[tuple[int, list[str]]]) -> Iterator[str]:
    """Each chapter under its time; chapters that only repeat the one before are one line with a count."""
    for words, same in groupby(chapters, key=lambda chapter: chapter[1]):
        (first, _), *again = same
        yield f"{_clock(first)}\n" + "".join(f"{INDENT}{line}\n" for line in words)
        if again:
            times = "once more, at" if len(again) == 1 else f"{len(again)} more times, until"
            yield f"{INDENT}... the same {times} {_clock(again[-1][0])}\n"


def _words(event: HistoryEvent) -> str | None:
    words: str | None = None
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            words = "> opened"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            asked = event.workflow_execution_update_accepted_event_attributes.accepted_request
            words = f"> says {asked.input.name}"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            words = f"> signals {event.workflow_execution_signaled_event_attributes.signal_name}"
        case EventType.EVENT_TYPE_TIMER_STARTED:
            lasts = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            words = f"clock   {MOMENT.split(_summary(event))[0]} (in {_rounded(lasts)})"
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            words = f"does    {_summary(event)}"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            words = "= the story ends"
    return words


def _summary(event: HistoryEvent) -> str:
    words: str = DataConverter.default.payload_converter.from_payload(event.user_metadata.summary, str)
    return words


def _minutes(event: HistoryEvent, began: datetime) -> int:
    return max(0, round((event.event_time.ToDatetime() - began) / timedelta(minutes=1)))


def _rounded(lasts: timedelta) -> str:
    minutes = round(lasts / timedelta(minutes=1))
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"  # an hour


def _clock(minute: int) -> str:
    return f"+{minute // 60:02}:{minute % 60:02}"
