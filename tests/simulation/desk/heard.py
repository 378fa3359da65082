"""What has come to a process so far, read from the raw events of its history: the judge's own ear.

Each message is given to the model of the storm (``tests/chaos/model.py``) as soon as it has come, so that at every
moment it is known what is owed and what may have been told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.chaos.crowd import Life, Said
from tests.chaos.model import Expected, ExpectedBreach, ExpectedIncident
from tests.chaos.script import Garbage, To
from tests.chaos.short_clocks import holders
from tests.simulation.desk.ladders import Ladders
from tests.simulation.engine.execution import Run

Event = EventType
OWN = {"incident_ended", "breach_progress", "awareness_correction", "laws_passed_on", "followed_by", "lead_state"}
"""Messages that processes send each other."""


@dataclass
class Heard:
    """One process as it can be known from outside. ``came``: messages by name; ``model``: what follows from them."""

    to: To
    life: Life
    model: Expected | None = None
    came: int = 0
    refused_unread: int = 0
    has_begun: bool = False
    tokens: set[str] = field(default_factory=set)
    ladders: Ladders = field(default_factory=Ladders)
    _has_a_result: bool = False

    def hear(self, run: Run, event: HistoryEvent) -> None:
        """Take in an event of its history."""
        at = event.event_time.ToDatetime(tzinfo=UTC)
        self._until(at)
        self._hear(run, event, at)
        if self.model is not None:
            is_of_a_task = event.event_type == Event.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
            self.ladders.hear(self.model, self.ladders.last_worked if is_of_a_task else at)

    def _until(self, now: datetime) -> None:
        """What is out of reach for long raises the question of a breach by itself, once for each time that it lasts."""
        if not isinstance(self.model, ExpectedIncident):
            return
        since = self.model.asks_by_itself_from()
        if since is not None and since <= now:
            self.model.open_duty("assess_breach", "")
            self.ladders.hear(self.model, since)

    def _hear(self, run: Run, event: HistoryEvent, at: datetime) -> None:
        match event.event_type:
            case Event.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED if self.model is None:
                self._opened(_facts(event.workflow_execution_started_event_attributes.input.payloads), run)
            case Event.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                told = event.workflow_execution_signaled_event_attributes
                self._message(told.signal_name, told.input.payloads, run, as_signal=True)
            case Event.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                request = event.workflow_execution_update_accepted_event_attributes.accepted_request
                self._message(request.input.name, request.input.args.payloads, run, as_signal=False)
            case Event.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                self._has_a_result = True
                if letter := letter_asked(
                    run.history[event.activity_task_completed_event_attributes.scheduled_event_id - 1]
                ):
                    self.ladders.met_by_a_letter(letter["duty"], at)
                if self.model is not None and (notice := notice_looked_up(run.history, event, self.to)):
                    self.model.take(notice)
            case Event.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
                self.ladders.answered(event.workflow_execution_update_completed_event_attributes.meta.update_id)
            case Event.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                began = run.history[event.workflow_task_completed_event_attributes.started_event_id - 1]
                self.ladders.worked(began.event_time.ToDatetime(tzinfo=UTC))
                self.has_begun = self.has_begun or self._has_a_result

    def _opened(self, facts: dict[str, Any], run: Run) -> None:
        said = Said("", self.to, "" if self.to == "incident" else "opened", facts, "", run.started_at)
        if self.to == "incident":
            self.model = ExpectedIncident(self.life)
            self.model.take(said)
        else:
            self.model = ExpectedBreach(self.life, said)

    def _message(self, name: str, payloads: Any, run: Run, *, as_signal: bool) -> None:
        self.came += 1
        data = payloads[0].data if payloads else b""
        facts = _facts(payloads)
        token = str(facts.get("event_id", ""))
        if self.model is None or (token and token in self.tokens):
            return
        if name in OWN:
            self._from_another(name)
            return
        sha = hashlib.sha256(data).hexdigest()
        is_readable = sha not in _garbage(self.life)
        at = run.history[-1].event_time.ToDatetime(tzinfo=run.started_at.tzinfo)
        self.model.take(
            Said(token, self.to, name, facts, sha, at, is_readable, as_signal, of_another=is_another(facts))
        )
        self.tokens.add(token)

    def _from_another(self, name: str) -> None:
        assert self.model is not None
        if name == "incident_ended":
            self.model.tell("breach_incident_ended", *holders(("data_protection_officer", "desk")))

    def open_ids(self) -> set[str]:
        """The duties that are open by what has come."""
        return {duty.id for duty in self.model.duties.values() if duty.state == "open"} if self.model else set()


def letter_asked(event: HistoryEvent) -> dict[str, Any] | None:
    """The letter that an event asks for, where it asks for one."""
    asked = event.activity_task_scheduled_event_attributes
    return _facts(asked.input.payloads) if asked.activity_type.name == "send_letter" else None


def is_another(facts: dict[str, Any]) -> bool:
    """Whether another process says it, and no person."""
    by = str(facts.get("by", ""))
    return by == "notice-watch" or by.startswith("maintenance-")


def notice_looked_up(history: Sequence[HistoryEvent], event: HistoryEvent, to: To) -> Said | None:
    """What a process was told when it looked at the published notices itself: the first, where there was one."""
    done = event.activity_task_completed_event_attributes
    asked = history[done.scheduled_event_id - 1].activity_task_scheduled_event_attributes
    if asked.activity_type.name != "open_fault_notices" or not done.result.payloads:
        return None
    found = _facts(done.result.payloads)["notices"]
    at = event.event_time.ToDatetime(tzinfo=UTC)
    return Said(f"#{event.event_id}", to, "notice", found[0], "", at, of_another=True) if found else None


def told_by_others(history: Sequence[HistoryEvent], known: Collection[str]) -> list[Said]:
    """What an incident has heard of notices that no person of its own has said, named by their events."""
    found: list[Said] = []
    seen: set[str] = set()
    for event in history:
        if event.event_type == Event.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            looked_up = notice_looked_up(history, event, "incident")
            found += [looked_up] if looked_up else []
        elif event.event_type == Event.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            told = event.workflow_execution_signaled_event_attributes
            facts = _facts(told.input.payloads)
            token = str(facts.get("event_id", ""))
            if told.signal_name == "notice" and is_another(facts) and token not in seen | set(known):
                seen.add(token)
                at = event.event_time.ToDatetime(tzinfo=UTC)
                found.append(
                    Said(f"#{event.event_id}", "incident", "notice", facts, "", at, True, True, of_another=True)
                )
    return found


def _garbage(life: Life) -> set[str]:
    return {hashlib.sha256(act.text.encode()).hexdigest() for act in life.plan.acts if isinstance(act, Garbage)}


def _facts(payloads: Any) -> dict[str, Any]:
    try:
        read = json.loads(payloads[0].data) if payloads else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def status_in(payload: Payload) -> dict[str, Any]:
    """The answer of a query for the status."""
    read: dict[str, Any] = json.loads(payload.data)
    return read
