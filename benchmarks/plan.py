"""What an incident asked of Temporal, from its real history: for a workflow that asks the same and decides nothing.

Each command of the history (an activity, a timer, the answer to a message) is noted under the event that led to it, so
that the bare workflow can give the same commands after the same events, with the same payloads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory

LONG_ENOUGH = 100
"""Characters of an answer from which on it is no accident that another text holds it."""
Kind = Literal["activity", "timer", "cancel", "answer", "end"]


@dataclass(frozen=True)
class Command:
    """One thing that a workflow asks of Temporal. ``texts``: JSON that was given and that came back."""

    kind: Kind
    name: str
    given: str = ""
    answer: str = ""
    summary: str = ""
    seconds: float = 0.0


class Counted(NamedTuple):
    """How much of what makes work for Temporal a plan (or a history) holds."""

    messages: int
    timers: int
    activities: int


@dataclass(frozen=True)
class Plan:
    """The commands of one process, by the event after which they are given; and the reference that stands in them."""

    reference: str
    after: dict[str, list[Command]]

    def counted(self) -> Counted:
        """The messages, timers and activities of the plan."""
        kinds = [command.kind for commands in self.after.values() for command in commands]
        return Counted(kinds.count("answer"), kinds.count("timer"), kinds.count("activity"))

    def write(self, path: Path) -> None:
        """Write it for a worker in a process of its own."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Plan:
        """Read what ``write`` has written."""
        written = json.loads(path.read_text(encoding="utf-8"))
        after = {event: [Command(**command) for command in commands] for event, commands in written["after"].items()}
        return cls(written["reference"], after)


async def plan_of(client: Client, history: WorkflowHistory, reference: str) -> Plan:
    """The plan of a process that has lived to its end. Only what it asked for is in it, none of its reasons."""
    after: dict[str, list[Command]] = {"started": []}
    names = _names(history.events)
    answers = {
        event.activity_task_completed_event_attributes.scheduled_event_id: await _text(
            client, *event.activity_task_completed_event_attributes.result.payloads
        )
        for event in history.events
    }
    told = {names[number]: answer for number, answer in answers.items() if number in names}
    taken_in, is_command = ["started"], False
    for event in history.events:
        if (cause := _as_cause(event, names)) is not None:
            taken_in, is_command = [cause] if is_command else [*taken_in, cause], False
            after.setdefault(cause, [])
        elif (command := await _as_command(client, event, names, answers)) is not None:
            after[_cause(command, taken_in, told)].append(command)
            is_command = True
    return Plan(reference, after)


def _cause(command: Command, taken_in: Sequence[str], told: Mapping[str, str]) -> str:
    """Which of the events that one workflow task took in has led to a command: the last, or whose answer it has."""
    passed_on = [name for name in taken_in if len(told.get(name, "")) > LONG_ENOUGH and told[name] in command.given]
    return (passed_on or taken_in)[-1]


def _names(events: Any) -> dict[int, str]:
    """A name for each activity, timer and message, by the number of the event that brought it in."""
    names: dict[int, str] = {}
    for event in events:
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                names[event.event_id] = f"activity-{event.event_id}"
            case EventType.EVENT_TYPE_TIMER_STARTED:
                names[event.event_id] = f"timer-{event.event_id}"
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                names[event.event_id] = f"said-{sum(name.startswith('said') for name in names.values())}"
    return names


def _as_cause(event: HistoryEvent, names: dict[int, str]) -> str | None:
    match event.event_type:
        case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return names[event.activity_task_completed_event_attributes.scheduled_event_id]
        case EventType.EVENT_TYPE_TIMER_FIRED:
            return names[event.timer_fired_event_attributes.started_event_id]
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            return names[event.event_id]
        case _:
            return None


async def _as_command(
    client: Client, event: HistoryEvent, names: dict[int, str], answers: dict[int, str]
) -> Command | None:
    summary = await _summary(client, event)
    match event.event_type:
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            asked = event.activity_task_scheduled_event_attributes
            given, answer = await _text(client, *asked.input.payloads), answers[event.event_id]
            name = f"{names[event.event_id]} {asked.activity_type.name}"
            return Command("activity", name, given, answer, summary)
        case EventType.EVENT_TYPE_TIMER_STARTED:
            lasts = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            return Command("timer", names[event.event_id], summary=summary, seconds=lasts.total_seconds())
        case EventType.EVENT_TYPE_TIMER_CANCELED:
            return Command("cancel", names[event.timer_canceled_event_attributes.started_event_id])
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
            told = event.workflow_execution_update_completed_event_attributes
            return Command(
                "answer", names[told.accepted_event_id], answer=await _text(client, *told.outcome.success.payloads)
            )
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            result = event.workflow_execution_completed_event_attributes.result.payloads
            return Command("end", "end", answer=await _text(client, *result))
        case _:
            return None


async def _text(client: Client, *payloads: Payload) -> str:
    """The JSON text of the first payload, decrypted; empty where there is none."""
    codec = client.data_converter.payload_codec
    decoded = await codec.decode(payloads) if codec and payloads else payloads
    return decoded[0].data.decode() if decoded else ""


async def _summary(client: Client, event: HistoryEvent) -> str:
    return str(json.loads(await _text(client, event.user_metadata.summary) or '""'))


def activities_of(plan: Plan) -> Iterator[Command]:
    """The activities of a plan."""
    return (command for commands in plan.after.values() for command in commands if command.kind == "activity")
