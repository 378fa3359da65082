"""The judge of pairs of incidents of one fault: what must hold while one follows the other, and in the end.

It knows what people did (``links.py``) and what anybody sees from outside. What it holds: what a follower leaves to the
other is owed or done there; Kela is told of the fault, by form and by telephone, and not twice while one follows the
other; each recipient hears of the fault once, and of its end; nothing is owed in the end; no message is missing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.chaos.letter_box import Accepted
from tests.chaos.model import Owed
from tests.chaos.short_clocks import KELA, address, due_after, members
from tests.simulation.desk.heard import status_in
from tests.simulation.desk.house import House
from tests.simulation.desk.judge import goes_off_at, has_failed, last_worked
from tests.simulation.desk.ladders import Clock, Ladders
from tests.simulation.desk.links import OPEN, LinkedPair, Lived, Pair
from tests.simulation.desk.onlooker import Onlooker
from tests.simulation.engine.execution import Run
from tests.simulation.engine.virtual_time import running

ON_ITS_WAY = timedelta(minutes=30)
"""Within which what one says has reached the other, whatever workers do meanwhile."""
GIVEN_UP = timedelta(minutes=2)
"""A letter that is given up for a link may still arrive in this time."""
LOOKS_EVERY = timedelta(hours=1)
LEFT = "same fault as "


class Linked(Onlooker):
    """Looks on at some pairs. ``violations``: what must not be, one plain line each."""

    def __init__(self, home: House, pairs: list[Pair], seed: str) -> None:
        super().__init__(home)
        self.lives = [LinkedPair(home, pair, seed) for pair in pairs]
        self._of = {
            name: each.lived for each in self.lives for name in (each.lived.pair.lead, each.lived.pair.follower)
        }
        self._letters: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        """By reference: purpose and address."""
        self._reported: dict[str, list[datetime]] = defaultdict(list)
        self._known: set[str] = set()
        home.server.watchers.append(self._event)
        home.provider.watchers.append(self._letter)

    def _letter(self, letter: Accepted, purpose: str) -> None:
        if letter.incident not in self._of or letter.message_id in self._known:
            return
        self._known.add(letter.message_id)
        self._letters[letter.incident][purpose, letter.to] += 1
        if (purpose, letter.to) == ("fault_report", address(KELA)):
            self._reported[letter.incident].append(running().now())

    # --- after every event --------------------------------------------------------------------------------------

    def _event(self, run: Run, event: HistoryEvent) -> None:
        reference = run.workflow_id.removeprefix("incident-")
        if reference in self._of and event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            self._home.server.later(0.0, self._looks, run, self._of[reference])

    def _looks(self, run: Run, lived: Lived) -> None:
        if not run.is_open or run.task is not None or run.activities:
            return
        if (status := self._asked(run)) is None:
            return
        self.checks["records of pairs"] += 1
        self._messages(run, status)
        self._timers(run, status)
        for kind in self._left_alone(lived, status):
            self._home.server.later(ON_ITS_WAY.total_seconds(), self._looks_again, run, lived, kind)

    def _asked(self, run: Run) -> dict[str, Any] | None:
        told = self._home.server.questions.peek(run, "status")
        return status_in(told) if told is not None else None

    def _looks_again(self, run: Run, lived: Lived, kind: str) -> None:
        status = self._asked(run) if run.is_open and run.task is None else None
        if status is not None and kind in self._left_alone(lived, status):
            self._is_wrong(f"{run.workflow_id}: {kind} is left to another, which neither owes it nor has done it")

    def _left_alone(self, lived: Lived, status: dict[str, Any]) -> Iterator[str]:
        """Duties that are left to the other, and that nobody has."""
        other = self._home.server.runs.get(self._home.server.current.get(f"incident-{lived.pair.lead}", ""))
        if other is None or other.status == "Completed":
            return
        theirs = self._asked(other) if other.is_open else {"duties": []}
        if theirs is None or (other.closed_at and running().now() < other.closed_at + LOOKS_EVERY + ON_ITS_WAY):
            return
        held = {duty["kind"] for duty in theirs["duties"] if duty["state"] != "waived"}
        link = status.get("same_as") or {}
        for duty in status["duties"]:
            is_left = duty["state"] == "waived" and str(duty.get("waived_reason", "")).startswith(LEFT)
            if is_left and link.get("state") == "follows":
                self.checks["duties left to another"] += 1
                if duty["kind"] not in held:
                    yield str(duty["kind"])

    def _timers(self, run: Run, status: dict[str, Any]) -> None:
        """Each duty that it says is open is due when its ladder says, and has a timer of its own for its next alarm.

        What was left to another and comes back counts from then.
        """
        ladders = Ladders()
        ladders.worked(last_worked(run))
        for duty in status["duties"]:
            if duty["state"] in OPEN:
                opened, due = (datetime.fromisoformat(duty[name]) for name in ("opened_at", "due_at"))
                begins = due - due_after(duty["kind"])
                if begins != opened and not (status.get("same_as") and opened < begins <= ladders.last_worked):
                    self._is_wrong(f"{run.workflow_id}: {duty['id']} is due {due}, opened {opened}")
                ladders.clocks[duty["id"]] = Clock(
                    Owed(duty["id"], duty["kind"], "", counts_from=begins), (begins, begins)
                )
        timers = [goes_off_at(run, begun) for begun, _ in run.timers.values()]
        for clock, at in ladders.without_timer(timers, is_busy=False):
            self._is_wrong(f"{run.workflow_id}: {clock.owed.id} is open and no timer goes off at {at:%m-%d %H:%M:%S}")
        self.checks["clocks of pairs"] += ladders.looked_at

    def _messages(self, run: Run, status: dict[str, Any]) -> None:
        """Each message is in the record."""
        runs = [each for each in self._home.server.runs.values() if each.workflow_id == run.workflow_id]
        came = sum(event.event_type in _MESSAGES for each in runs for event in each.history)
        counted = status["applied_count"] + status["repeated_count"] + status["rejected_count"]
        waiting = sum(not update.outcome.done() for update in run.updates.values())
        refused = sum(update.is_accepted and has_failed(update) for update in run.updates.values())
        if not counted <= came <= counted + waiting + refused:
            self._is_wrong(f"{run.workflow_id}: {came} messages came, {counted} are in the record")

    # --- at the end ---------------------------------------------------------------------------------------------

    def reckon(self) -> None:
        """What must have come of each pair."""
        for each in self.lives:
            self.checks["pairs"] += 1
            self.checks["pairs the other way round"] += each.lived.pair.is_reversed
            self.violations += [f"{each.lived.pair.what}: {line}" for line in self._faults(each.lived)]

    def _faults(self, lived: Lived) -> Iterator[str]:
        yield from lived.wrong
        pair = lived.pair
        for reference, status in lived.ended.items():
            phase = "cancelled" if (pair.what, reference) == ("cancelled", pair.follower) else "closed"
            if status["phase"] != phase:
                yield f"{reference} is {status['phase']} instead of {phase}"
            if owed := [duty["id"] for duty in status["duties"] if duty["state"] in OPEN]:
                yield f"{reference} has ended and owes {owed}"
        yield from self._of_kela(lived)
        yield from self._of_people(lived)

    def _of_kela(self, lived: Lived) -> Iterator[str]:
        pair = lived.pair
        alone = pair.both if pair.what in ("nobody there", "taken back") else ()
        for reference in alone or ((pair.follower,) if not self._reported[pair.lead] else ()):
            if not self._reported[reference]:
                yield f"{reference}: Kela was not told of it"
        called = [name for name, status in lived.ended.items() for each in status["calls"] if each["reached"]]
        if pair.severity == "critical" and pair.what != "vanishes" and not {*(alone or (pair.lead,))} <= {*called}:
            yield f"Kela was phoned about {called or 'neither'}"
        if lived.follows_from and not lived.had_been_judged and pair.what != "vanishes":
            until = lived.follows_until or datetime.max.replace(tzinfo=lived.follows_from.tzinfo)
            if twice := [at for at in self._reported[pair.follower] if lived.follows_from + GIVEN_UP < at < until]:
                yield f"{pair.follower}: Kela was told of it at {twice[0]:%m-%d %H:%M:%S}, while it followed"

    def _of_people(self, lived: Lived) -> Iterator[str]:
        pair = lived.pair
        stood_alone = pair.what in ("nobody there", "taken back", "vanishes") or lived.had_been_judged
        most = {"start": 2 if stood_alone else 1, "end": (2 if stood_alone else 1) + 2 * lived.has_come_back}
        for purpose, at_most in most.items():
            for contact in members(purpose):
                told = sum(self._letters[name][purpose, address(contact)] for name in pair.both)
                if not 1 <= told <= at_most:
                    yield f"{contact} was told of the {purpose} {told} times, and at most {at_most} were owed"


_MESSAGES = frozenset({
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
})  # fmt: skip
