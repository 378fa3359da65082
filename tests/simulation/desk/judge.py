"""Looks on after every event: is each legal duty watched, was each letter owed by then, is each message in the record?

It knows what the people said and what the published rules make of it (``tests/chaos/model.py``, with its own reading of
the operating model); of the product it sees what anybody sees from outside: events, timers and letters.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.chaos.crowd import Life
from tests.chaos.letter_box import Accepted
from tests.chaos.short_clocks import alarms, due_after
from tests.simulation.desk.house import House
from tests.simulation.engine.execution import Run
from tests.simulation.engine.virtual_time import running

SAME = timedelta(milliseconds=2)
LEGAL = ("notify_supervisory_authority", "notify_controller", "inform_data_subjects")
"""Duties of the law whose clock the judge follows from the opening of a breach on."""
FOR_KELA = ("PRESCRIPTION", "DMS")
_DONE_BY = {
    "authority_notified": "notify_supervisory_authority",
    "controller_notified": "notify_controller",
    "kela_notified": "notify_kela_of_breach",
    "subjects_informed": "inform_data_subjects",
}


@dataclass
class _Owed:
    """A duty of a breach that the judge follows. ``since``: when its clock began to count."""

    kind: str
    since: datetime
    is_over: bool = False


@dataclass
class _Seen:
    """What was seen of one process so far."""

    said: set[str] = field(default_factory=set)
    """Names of the messages that have come to it, by its history."""
    owed: list[_Owed] = field(default_factory=list)
    letters: Counter[tuple[str, str]] = field(default_factory=Counter)


class Judge:
    """Looks on at one house."""

    def __init__(self, home: House) -> None:
        self._home = home
        self._seen: dict[str, _Seen] = {}
        self._lives: dict[str, Life] = {}
        self.violations: list[str] = []
        self.checks = 0
        home.server.watchers.append(self._event)
        home.provider.watchers.append(self._letter)

    def knows(self, lives: Sequence[Life]) -> None:
        """These are the people's plans."""
        self._lives = {life.reference: life for life in lives}

    # --- events ---------------------------------------------------------------------------------------------

    def _event(self, run: Run, event: HistoryEvent) -> None:
        seen = self._seen.setdefault(run.workflow_id, _Seen())
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                seen.said.add(event.workflow_execution_signaled_event_attributes.signal_name)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                told = event.workflow_execution_update_accepted_event_attributes
                seen.said.add(told.accepted_request.input.name)
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                self._home.server.later(0.0, self._watched, run)

    def _watched(self, run: Run) -> None:
        """Each legal duty that is owed now has a timer that goes off when its ladder says, or its time has come."""
        if not run.is_open or run.workflow_type != "DataBreach" or run.task is not None:
            return
        moments = [self._fires_at(run, begun) for begun, _ in run.timers.values()]
        for owed in self._owed_by(run):
            self.checks += 1
            following = next(each.at for each in alarms(owed.kind, owed.since) if each.at > running().now() - SAME)
            if not any(moment <= following + SAME for moment in moments):
                self.violations.append(
                    f"{run.workflow_id}: {owed.kind} is owed and no timer goes off by {following:%Y-%m-%d %H:%M:%S}"
                )

    @staticmethod
    def _fires_at(run: Run, begun: int) -> datetime:
        event = run.history[begun - 1]
        after = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        return event.event_time.ToDatetime(tzinfo=UTC) + after

    def _owed_by(self, run: Run) -> list[_Owed]:
        """The legal duty towards the authority, as long as neither a notice nor a waiver has come and it goes on."""
        life = self._lives.get(run.workflow_id.partition("-")[2])
        said = self._seen[run.workflow_id].said
        if life is None or said & {"authority_notified", "duty_waived", "conclusion", "cancellation"}:
            return []
        facts = next((s.facts for s in life.said if s.facts.get("aware_at") and s.to in ("breach", "incident")), None)
        if facts is None or facts["role"] == "processor" or len(run.history) < 12:
            return []
        return [_Owed("notify_supervisory_authority", datetime.fromisoformat(facts["aware_at"]))]

    # --- letters --------------------------------------------------------------------------------------------

    def _letter(self, letter: Accepted) -> None:
        """A letter has gone: nothing is told before it is so, and nobody outside is told before the triage."""
        seen = self._seen.get(f"incident-{letter.incident}")
        self.checks += 1
        if seen is None:
            return
        outside = letter.to.startswith(("ward@", "pharmacy@", "kela@"))
        if outside and not seen.said & {"triage", "authority_instruction"}:
            self.violations.append(f"{letter.incident}: {letter.subject!r} went to {letter.to} before any triage came")


def digest(content: bytes) -> str:
    """By which name a signal stands in the history."""
    return hashlib.sha256(content).hexdigest()


__all__ = ["LEGAL", "Judge", "digest", "due_after"]
