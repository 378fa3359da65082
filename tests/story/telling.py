"""A history told in words: who said what, what was done, which clocks ran for how long, at the process's times."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import groupby

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter

MOMENT = re.compile(r" (?:at|until) (?=\d)")
"""Where a clock's summary begins to name its moment, which differs from run to run."""


def told(history: WorkflowHistory) -> str:
    """The story: one line an event that matters, under the time since the opening (virtual, to the minute)."""
    events = history.events
    began = events[0].event_time.ToDatetime()
    moments = [(_minutes(event, began), line) for event in events if (line := _line(event))]
    chapters: dict[int, list[str]] = {}
    for minute, line in moments:
        chapters.setdefault(minute, []).append(line)
    return "".join(
        f"{_clock(minute)}\n" + "".join(f"    {line}\n" for line in _in_order(lines))
        for minute, lines in chapters.items()
    )


def _in_order(lines: list[str]) -> list[str]:
    """What is done between two things that somebody says has no order of its own: it is told by its words.

    What is looked up or written comes first, since it goes into what is sent.
    """
    ordered: list[str] = []
    for is_said, group in groupby(lines, key=lambda line: line.startswith((">", "="))):
        told_together = list(group)
        if not is_said:
            told_together.sort(key=lambda line: (line.startswith("does    Send"), line))
        ordered += told_together
    return ordered


def _line(event: HistoryEvent) -> str | None:
    line: str | None = None
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            line = "> opened"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            asked = event.workflow_execution_update_accepted_event_attributes.accepted_request
            line = f"> says {asked.input.name}"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            line = f"> signals {event.workflow_execution_signaled_event_attributes.signal_name}"
        case EventType.EVENT_TYPE_TIMER_STARTED:
            lasts = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            line = f"clock   {MOMENT.split(_summary(event))[0]} (in {_rounded(lasts)})"
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            line = f"does    {_summary(event)}"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            line = "= the story ends"
    return line


def _summary(event: HistoryEvent) -> str:
    words: str = DataConverter.default.payload_converter.from_payload(event.user_metadata.summary, str)
    return words


def _minutes(event: HistoryEvent, began: datetime) -> int:
    return round((event.event_time.ToDatetime() - began) / timedelta(minutes=1))


def _rounded(lasts: timedelta) -> str:
    minutes = round(lasts / timedelta(minutes=1))
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"  # an hour


def _clock(minute: int) -> str:
    return f"+{minute // 60:02}:{minute % 60:02}"
