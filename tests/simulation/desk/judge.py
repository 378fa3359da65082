"""Looks on after every event.

Is each duty watched by a timer? Was each letter owed by then? Is each message in the record? It knows what has come to
each process and what the published rules make of it (``heard.py``); of the product it sees what anybody sees from
outside: events, timers, letters, and now and then the answer to ``status``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.chaos.crowd import Life
from tests.chaos.letter_box import Accepted
from tests.chaos.script import To
from tests.chaos.short_clocks import address, alarms, alarms_until, holders, members
from tests.simulation.desk.heard import Heard, status_in
from tests.simulation.desk.house import House
from tests.simulation.desk.onlooker import Onlooker
from tests.simulation.engine.execution import Run
from tests.simulation.engine.virtual_time import running

LATE = timedelta(minutes=2)
"""By how much a timer may go off after its moment: it is set when the answer to a task has reached the server."""
BY_A_CLOCK = ("reminder", "overdue")
OF_A_KIND: dict[str, To] = {"Incident": "incident", "DataBreach": "breach"}
CLOSED_BY_ITSELF = ("report_to_kela",)
"""Duties that a letter meets: closed by the mail, not by a person."""
OPENED_BY_TIME = ("assess_breach",)


class Judge(Onlooker):
    """Looks on at one house. ``violations``: what must not be, one plain line each; ``asks``: how often it asks."""

    def __init__(self, home: House, *, asks: float = 1.0) -> None:
        super().__init__(home)
        self._asks = asks
        self._heard: dict[str, Heard] = {}
        self._lives: dict[str, Life] = {}
        self._letters: dict[str, set[tuple[str, str, str]]] = {}
        self.leaves: frozenset[str] = frozenset()
        """Addresses of whom another judge looks at the letters."""
        home.server.watchers.append(self._event)
        home.provider.watchers.append(self._letter)

    def knows(self, lives: Sequence[Life]) -> None:
        """These are the people's plans."""
        self._lives = {life.reference: life for life in lives}

    # --- after every event ----------------------------------------------------------------------------------

    def _event(self, run: Run, event: HistoryEvent) -> None:
        heard = self._of(run)
        if heard is None:
            return
        heard.hear(run, event)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            self._home.server.later(0.0, self._looks, run, heard)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            self._ended(run, heard)

    def _ended(self, run: Run, heard: Heard) -> None:
        """Nothing is over while a person still owes something."""
        self.checks["ends"] += 1
        if left := {each for each in heard.open_ids() if not each.startswith(CLOSED_BY_ITSELF)}:
            self._is_wrong(f"{run.workflow_id}: it is over, and {', '.join(sorted(left))} is owed")

    def _of(self, run: Run) -> Heard | None:
        life = self._lives.get(run.workflow_id.partition("-")[2])
        to = OF_A_KIND.get(run.workflow_type)
        if life is None or to is None:
            return None
        return self._heard.setdefault(run.workflow_id, Heard(to, life))

    def _looks(self, run: Run, heard: Heard) -> None:
        """What must hold whenever a process has answered and nothing is left for it to take in."""
        if not run.is_open or run.task is not None or not heard.has_begun or heard.model is None:
            return
        self._timers(run, heard)
        if not run.activities and self._home.chance.between(0, 1) < self._asks:
            status = self._home.server.questions.peek(run, "status")
            if status is not None:
                self._record(run, heard, status_in(status))

    # --- no duty without a timer ----------------------------------------------------------------------------

    def _timers(self, run: Run, heard: Heard) -> None:
        """Each duty that is owed has a timer that goes off when its ladder says."""
        assert heard.model is not None
        moments = [_fires_at(run, begun) for begun, _ in run.timers.values()]
        for owed in heard.model.duties.values():
            if owed.state != "open" or owed.kind in CLOSED_BY_ITSELF or not owed.counts_from:
                continue
            self.checks["clocks"] += 1
            following = next(each.at for each in alarms(owed.kind, owed.counts_from) if each.at > running().now())
            if not any(moment <= following + LATE for moment in moments):
                self._is_wrong(
                    f"{run.workflow_id}: {owed.id} is owed and no timer goes off by {following:%m-%d %H:%M:%S}"
                )

    # --- nothing told before it is so, nothing without a cause, nothing twice --------------------------------

    def _letter(self, letter: Accepted, purpose: str) -> None:
        """A letter has gone."""
        if letter.incident not in self._lives:
            return  # of what stands beside: it has a judge of its own
        if letter.to in self.leaves:
            return
        self.checks["letters"] += 1
        mine = [h for w, h in self._heard.items() if w.partition("-")[2] == letter.incident and h.model is not None]
        if purpose in BY_A_CLOCK:
            if not any(self._has_come(heard, purpose, letter.to) for heard in mine):
                self._is_wrong(
                    f"{letter.incident}: a {purpose} went to {letter.to} with no such alarm in any ladder yet"
                )
            return
        if purpose == "unanswered":
            self._digest(letter, mine)
            return
        if purpose == "instruction_reminder":
            if not any(self._may_be_reminded(heard, letter.to) for heard in mine):
                self._is_wrong(f"{letter.incident}: {letter.to} was reminded of no instruction that waits for it")
            return
        if purpose == "not_sent":
            return  # something could not be sent: the model knows of no such thing
        known = self._letters.setdefault(letter.incident, set())
        known.add((purpose, letter.to, letter.message_id))
        count = len([each for each in known if each[:2] == (purpose, letter.to)])
        owed = sum(
            number
            for heard in mine
            if heard.model is not None
            for (what, contact), number in (heard.model.letters + heard.model.perhaps).items()
            if what == purpose and address(contact) == letter.to
        )
        if count > owed:
            self._is_wrong(
                f"{letter.incident}: letter {count} ({purpose} to {letter.to}) went, {owed} were owed by then"
            )

    def _digest(self, letter: Accepted, mine: Sequence[Heard]) -> None:
        """A letter about what nobody answers: to whom it concerns, and no more than one for each morning."""
        self.checks["digests"] += 1
        known = self._letters.setdefault(f"{letter.incident}, digests", set())
        known.add(("unanswered", letter.to, letter.message_id))
        owed = [duty for heard in mine if heard.model for duty in heard.model.duties.values()]
        if any(each.counts_from is None for each in owed):
            return  # its clock began with its opening, which the model does not know: the checker looks at it
        now = running().now() + timedelta(seconds=1)
        came = [
            (heard.to, alarm)
            for heard in mine
            if heard.model
            for duty in heard.model.duties.values()
            if duty.counts_from
            for alarm in alarms_until(duty.kind, duty.counts_from, now)
            if alarm.is_digest
        ]
        roles: dict[tuple[To, datetime], set[str]] = {}
        for of, alarm in came:
            roles.setdefault((of, alarm.at), set()).update(alarm.roles)
        mornings = [
            moment for moment, each in roles.items()
            if letter.to in map(address, holders(tuple(sorted(each)), deputies="management" in each))
        ]  # fmt: skip
        count = sum(to == letter.to for _, to, _ in known)
        if count > len(mornings) and not any(kind not in {each.kind for each in owed} for kind in OPENED_BY_TIME):
            self._is_wrong(f"{letter.incident}: digest {count} went to {letter.to}, {len(mornings)} mornings had come")

    @staticmethod
    def _may_be_reminded(heard: Heard, to: str) -> bool:
        """Whether this address was asked to acknowledge an instruction, and an alarm of passing it on has come.

        One who has just answered may still get it: when the answer came in, the model can't know.
        """
        assert heard.model is not None
        now = running().now() + timedelta(seconds=1)
        owed = [each for each in heard.model.duties.values() if each.kind == "distribute_instruction"]
        has_come = any(not d.counts_from or alarms_until(d.kind, d.counts_from, now) for d in owed)
        return has_come and to in [address(contact) for contact in members("instruction")]

    @staticmethod
    def _has_come(heard: Heard, purpose: str, to: str) -> bool:
        """Whether an alarm of some duty that tells this address has come by now."""
        assert heard.model is not None
        now = running().now() + timedelta(seconds=1)
        for owed in heard.model.duties.values():
            if owed.counts_from is None:
                return True  # its clock began with its opening, which the model does not know: the checker looks at it
            for alarm in alarms_until(owed.kind, owed.counts_from, now):
                if alarm.purpose == purpose and to in [address(contact) for contact in alarm.told]:
                    return True
        return any(kind not in heard.model.duties for kind in OPENED_BY_TIME)

    # --- the record -----------------------------------------------------------------------------------------

    def _record(self, run: Run, heard: Heard, status: dict[str, Any]) -> None:
        """Every message is in the record, and what is owed is what is owed."""
        self.checks["records"] += 1
        counted = status["applied_count"] + status["repeated_count"] + status["rejected_count"]
        in_hand = sum(not update.outcome.done() for update in run.updates.values())
        refused = sum(update.is_accepted and has_failed(update) for update in run.updates.values())
        if not counted <= heard.came <= counted + in_hand + refused:
            self._is_wrong(f"{run.workflow_id}: {heard.came} messages came, {counted} are in the record")
        there = {duty["id"] for duty in status["duties"] if duty["state"] in ("open", "overdue")}
        owed = heard.open_ids()
        perhaps = tuple(heard.model.perhaps_owed) if heard.model else ()
        if more := {each for each in there - owed if not each.startswith((*OPENED_BY_TIME, *perhaps))}:
            self._is_wrong(f"{run.workflow_id}: {', '.join(sorted(more))} is open and owed to nobody")
        if less := {each for each in owed - there if not each.startswith(CLOSED_BY_ITSELF)}:
            self._is_wrong(f"{run.workflow_id}: {', '.join(sorted(less))} is owed and not open")


def has_failed(update: Any) -> bool:
    return bool(update.outcome.done() and update.outcome.result().HasField("failure"))


def _fires_at(run: Run, begun: int) -> datetime:
    event = run.history[begun - 1]
    after = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
    return event.event_time.ToDatetime(tzinfo=UTC) + after
