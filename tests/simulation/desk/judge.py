"""Looks on after every event.

Is each duty watched by a timer? Was each letter owed by then? Is each message in the record? It knows what has come to
each process and what the published rules make of it (``heard.py``); of the product it sees what anybody sees from
outside: events, timers, letters, and now and then the answer to ``status``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.chaos.crowd import Life
from tests.chaos.letter_box import Accepted
from tests.chaos.script import To
from tests.chaos.short_clocks import address
from tests.simulation.desk.heard import Heard, letter_asked, status_in
from tests.simulation.desk.house import House
from tests.simulation.desk.ladders import OF_A_LADDER, Asked, asked_in
from tests.simulation.desk.onlooker import Onlooker
from tests.simulation.engine.execution import Run
from tests.simulation.engine.virtual_time import running

OF_A_KIND: dict[str, To] = {"Incident": "incident", "DataBreach": "breach"}
CLOSED_BY_ITSELF = ("report_to_kela",)
"""Duties that a letter meets: closed by the mail, not by a person."""


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
        home.server.watchers.append(self.looks(self._event))
        home.provider.watchers.append(self.looks(self._letter))

    def knows(self, lives: Sequence[Life]) -> None:
        """These are the people's plans."""
        self._lives = {life.reference: life for life in lives}

    # --- after every event ----------------------------------------------------------------------------------

    def _event(self, run: Run, event: HistoryEvent) -> None:
        heard = self._of(run)
        if heard is None:
            return
        heard.hear(run, event)
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED and (letter := letter_asked(event)):
            self._asked(run, heard, asked_in(letter, running().now()))
        owed_before = heard.ladders.owed
        for untold in heard.ladders.untold(running().now()):
            self._is_wrong(f"{run.workflow_id}: {untold}")
        self.checks["letters owed by ladders"] += heard.ladders.owed - owed_before
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            self._home.server.later(0.0, self.looks(self._looks), run, heard)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            self._ended(run, heard)

    def _asked(self, run: Run, heard: Heard, asked: Asked) -> None:
        """A process asks for a letter: one of a ladder must be owed at this moment."""
        if asked.purpose in OF_A_LADDER and address(asked.contact) not in self.leaves:
            self.checks["letters of ladders"] += 1
            self.checks["digests"] += asked.purpose == "unanswered"
            if fault := heard.ladders.fault_of(asked):
                self._is_wrong(f"{run.workflow_id}: {fault}")

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
        """Each duty that is owed has a timer of its own that goes off when its ladder says."""
        self.checks["looks at clocks"] += 1
        if not run.activities:
            heard.ladders.over(running().now())
        moments = [goes_off_at(run, begun) for begun, _ in run.timers.values()]
        looked_at = heard.ladders.looked_at
        without = heard.ladders.without_timer(moments, is_busy=bool(run.activities))
        self.checks["clocks"] += heard.ladders.looked_at - looked_at
        for clock, at in without:
            self._is_wrong(f"{run.workflow_id}: {clock.owed.id} is owed and no timer goes off at {at:%m-%d %H:%M:%S}")

    # --- nothing told before it is so, nothing without a cause, nothing twice --------------------------------

    def _letter(self, letter: Accepted, purpose: str) -> None:
        """A letter has gone."""
        if letter.incident not in self._lives:
            return  # of what stands beside: it has a judge of its own
        if letter.to in self.leaves:
            return
        self.checks["letters"] += 1
        mine = [h for w, h in self._heard.items() if w.partition("-")[2] == letter.incident and h.model is not None]
        if purpose in OF_A_LADDER:
            self._of_a_ladder(letter, purpose, mine)
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

    def _of_a_ladder(self, letter: Accepted, purpose: str, mine: Sequence[Heard]) -> None:
        """A letter that a ladder asks for: as many as were asked for, each of which was owed then."""
        known = self._letters.setdefault(letter.incident, set())
        known.add((purpose, letter.to, letter.message_id))
        count = len([each for each in known if each[:2] == (purpose, letter.to)])
        asked = sum(
            number
            for heard in mine
            for (what, contact), number in heard.ladders.asked.items()
            if what == purpose and address(contact) == letter.to
        )
        if count > asked:
            self._is_wrong(f"{letter.incident}: letter {count} ({purpose} to {letter.to}) went, {asked} were asked for")

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
        if more := {each for each in there - owed if not each.startswith(perhaps)}:
            self._is_wrong(f"{run.workflow_id}: {', '.join(sorted(more))} is open and owed to nobody")
        if less := {each for each in owed - there if not each.startswith(CLOSED_BY_ITSELF)}:
            self._is_wrong(f"{run.workflow_id}: {', '.join(sorted(less))} is owed and not open")


def has_failed(update: Any) -> bool:
    return bool(update.outcome.done() and update.outcome.result().HasField("failure"))


def goes_off_at(run: Run, begun: int) -> datetime:
    """For which moment a timer was set: counted from the task that set it, as the process did."""
    set_by = run.history[begun - 1].timer_started_event_attributes
    return last_worked(run, begun - 2) + set_by.start_to_fire_timeout.ToTimedelta()


def last_worked(run: Run, place: int = -1) -> datetime:
    """When the task began that was answered last, up to a place in its history."""
    place = place if place >= 0 else len(run.history) - 1
    while run.history[place].event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
        place -= 1
    began = run.history[place].workflow_task_completed_event_attributes.started_event_id
    return run.history[began - 1].event_time.ToDatetime(tzinfo=UTC)
