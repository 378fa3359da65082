"""The judge of what stands beside the incidents: breaks, the watch of the notices, the watchdog and their schedule.

It knows the plan of the year (who plans what, what is published when, who ends what) and what anybody sees from
outside: events, timers, letters. What it holds: no point of a break is missed or told twice; a notice reaches each open
incident of its service once and nobody else; an announced break is planned once; a board that can't be read for long is
told once, and once that it can be read again; a finding is told once a week at most; what must always run is there
again in time.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.chaos.letter_box import Accepted
from tests.chaos.short_clocks import address
from tests.simulation.desk.board import DAY, HOUR, Outage
from tests.simulation.desk.onlooker import Onlooker
from tests.simulation.desk.standing import LOOKED_AFTER_EVERY, SCHEDULE, Standing, starts_of
from tests.simulation.desk.told_of_breaks import ToldOfBreak, points_in
from tests.simulation.engine.execution import Run
from tests.simulation.engine.virtual_time import running

LATE = timedelta(minutes=2)
LOOK_EVERY, DOWN_AFTER, WATCHED_EVERY, TOLD_AGAIN_AFTER = 8 * HOUR, 6 * HOUR, DAY, 7 * DAY
SEEN_WITHIN = 2 * LOOK_EVERY + HOUR
"""By then the watch has looked at the board, whatever workers do meanwhile."""
BACK_WITHIN = LOOKED_AFTER_EVERY + HOUR
ALWAYS = {"watchdog": "Watchdog", "notice-watch": "NoticeWatch"}
_FINDING = re.compile(r"^ *\d+\. (.+)$", re.MULTILINE)


class Beside(Onlooker):
    """Looks on at what stands beside. ``violations``: what must not be, one plain line each."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.home)
        self._standing = standing
        self._points = points_in(self._home.model)
        self._breaks: dict[str, ToldOfBreak] = {}
        self._letters: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._known: set[tuple[str, str]] = set()
        self._said: list[tuple[datetime, str, str, set[str]]] = []
        """Letters of the watchdog: when, which kind, to whom, what."""
        self._of_the_watch: list[tuple[datetime, str, str]] = []
        self._begun: dict[str, list[datetime]] = defaultdict(list)
        """When runs began, by their workflow: old ones are cleared away."""
        self._heard: set[str] = set()
        self._home.provider.read.add("watchdog")
        self._home.server.watchers.append(self._event)
        self._home.provider.watchers.append(self._letter)

    async def live(self) -> None:
        """Let all of it live through the year, and what it has begun come to its end."""
        await self._standing.live()
        await asyncio.sleep((DAY + SEEN_WITHIN).total_seconds())

    # --- events -----------------------------------------------------------------------------------------------

    def _event(self, run: Run, event: HistoryEvent) -> None:
        if run.workflow_type == "Maintenance":
            self._of_a_break(run, event)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            self._begun[run.workflow_id].append(run.started_at)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            self._terminated(run)
        if run.workflow_type in (*ALWAYS.values(), "Maintenance") and (
            event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        ):
            self._home.server.later(0.0, self._looks, run)

    def _terminated(self, run: Run) -> None:
        """Nothing ends what must always run, or a break, but the people of the plan."""
        is_beside = run.workflow_type in (*ALWAYS.values(), "Maintenance")
        if is_beside and (running().now(), run.workflow_id) not in self._standing.killed:
            self._is_wrong(f"{run.workflow_id}: it was terminated, and nobody of the plan has done that")

    def _of_a_break(self, run: Run, event: HistoryEvent) -> None:
        reference = run.workflow_id.removeprefix("maintenance-")
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED and reference not in self._breaks:
            said = _read(event.workflow_execution_started_event_attributes.input.payloads)
            begins, ends = (datetime.fromisoformat(said[name]).astimezone(UTC) for name in ("starts_at", "ends_at"))
            self._breaks[reference] = ToldOfBreak(reference, self._points, begins, ends, run.started_at)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            request = event.workflow_execution_update_accepted_event_attributes.accepted_request
            self._message(reference, request.input.name, request.input.args.payloads)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            told = event.workflow_execution_signaled_event_attributes
            self._message(reference, told.signal_name, told.input.payloads)

    def _message(self, reference: str, name: str, payloads: Any) -> None:
        facts = _read(payloads)
        token = str(facts.get("event_id", ""))
        if token not in self._heard:
            self._heard.add(token)
            self._breaks[reference].hear(name, facts, running().now())

    def _looks(self, run: Run) -> None:
        """Whenever one has answered and waits: a timer goes off by its next moment."""
        if not run.is_open or run.task is not None or run.activities:
            return
        self.checks["clocks beside"] += 1
        by = self._next_moment(run) + LATE
        if not any(_fires_at(run, begun) <= by for begun, _ in run.timers.values()):
            self._is_wrong(f"{run.workflow_id}: no timer goes off by {by:%m-%d %H:%M:%S}")

    def _next_moment(self, run: Run) -> datetime:
        now = running().now()
        if run.workflow_type == "Maintenance":
            told = self._breaks[run.workflow_id.removeprefix("maintenance-")]
            told.until(now - LATE)
            return max(now, told.next_moment()) if not told.is_over else datetime.max.replace(tzinfo=UTC) - DAY
        return now + (LOOK_EVERY if run.workflow_type == "NoticeWatch" else WATCHED_EVERY)

    # --- letters ----------------------------------------------------------------------------------------------

    def _letter(self, letter: Accepted, purpose: str) -> None:
        if (letter.incident, letter.message_id) in self._known:
            return  # once more under the same id: the one documented window
        now = running().now()
        if told := self._breaks.get(letter.incident):
            self._known.add((letter.incident, letter.message_id))
            self._told(told, letter, purpose, now)
        elif letter.incident == "watchdog":
            self._known.add((letter.incident, letter.message_id))
            self._found(letter, purpose, now)
        elif letter.incident == "notice-watch":
            self._known.add((letter.incident, letter.message_id))
            self._of_the_watch.append((now, purpose, letter.to))

    def _told(self, told: ToldOfBreak, letter: Accepted, purpose: str, now: datetime) -> None:
        """No letter about a break that was not owed by now."""
        self.checks["letters beside"] += 1
        told.until(now + timedelta(seconds=1))
        self._letters[told.reference][purpose, letter.to] += 1
        owed = _by_address(told)[purpose, letter.to]
        if (count := self._letters[told.reference][purpose, letter.to]) > owed:
            self._is_wrong(
                f"{told.reference}: letter {count} ({purpose} to {letter.to}) went, {owed} were owed by then"
            )

    def _found(self, letter: Accepted, purpose: str, now: datetime) -> None:
        """A finding is told once, and again after a week at the earliest, unless it was over.

        A watchdog that was ended from outside is begun anew by the schedule, and knows of nothing that was told.
        """
        self.checks["findings told"] += 1
        said = {re.sub(r"\d+", "#", each) for each in _FINDING.findall(self._home.provider.texts[letter.message_id])}
        known = [now - TOLD_AGAIN_AFTER + 5 * LATE]
        known += [at for at, name in self._standing.killed if name == "watchdog"]
        for at, kind, to, before in reversed(self._said):
            if to != letter.to or at <= max(known):
                continue
            if purpose == "watch_finding" and kind == "watch_finding" and (twice := said & before):
                self._is_wrong(f"the watchdog has told twice within a week: {min(twice)[:200]}")
            said = said - before if kind == "watch_over" else said
        self._said.append((now, purpose, letter.to, said))

    # --- at the end -------------------------------------------------------------------------------------------

    def reckon(self) -> None:
        """What must have come of the year."""
        for line in self._faults():
            if line not in self.violations:
                self.violations.append(line)

    def _faults(self) -> Iterator[str]:
        now = running().now()
        for told in self._breaks.values():
            yield from self._of_break_at_the_end(told, now)
        yield from self._of_the_board()
        for outage in self._standing.board.outages:
            yield from self._of_outage(outage)
        yield from self._of_what_was_ended(now)

    def _of_break_at_the_end(self, told: ToldOfBreak, now: datetime) -> Iterator[str]:
        self.checks["breaks"] += 1
        told.until(now)
        runs = [r for r in self._home.server.runs.values() if r.workflow_id == f"maintenance-{told.reference}"]
        if told.is_over and runs[-1].status != "Completed":
            yield f"{told.reference}: it is over, and its process is {runs[-1].status}"
        if told.is_over and (less := _by_address(told) - self._letters[told.reference]):
            yield f"{told.reference}: {sorted(less.items())} did not go"

    def _of_the_board(self) -> Iterator[str]:
        """Each notice of a fault came to each open incident of its service, once, and to no other."""
        planned = Counter(
            starts
            for run in self._home.server.runs.values()
            if run.workflow_id.startswith("maintenance-MAINT-") and (starts := starts_of(run))
        )
        for item in self._standing.board.items:
            if item.kind == "break" and item.planned is not None and planned[item.planned[0]] != 1:
                yield f"{item.guid}: {planned[item.planned[0]]} breaks were planned of it"
            if item.kind not in ("fault", "end"):
                continue
            for run in self._home.server.runs.values():
                if run.workflow_type == "Incident":
                    self.checks["notices in incidents"] += 1
                    yield from self._of_notice(item, run)

    def _of_notice(self, item: Any, run: Run) -> Iterator[str]:
        heard = {each for guid, each in _notices_in(run) if guid == item.guid}
        is_concerned = item.service in self._services_of(run)
        if heard and not is_concerned:
            yield f"{run.workflow_id}: it was told of {item.guid}, which is about {item.service}"
        if len(heard) > 1:
            yield f"{run.workflow_id}: it was told of {item.guid} as {len(heard)} notices"
        by = item.at + SEEN_WITHIN
        is_open = run.started_at < item.at and (run.closed_at is None or run.closed_at > by)
        if is_concerned and is_open and not heard and self._is_watched(item.at, by):
            yield f"{run.workflow_id}: it was not told of {item.guid} of {item.at:%Y-%m-%d %H:%M}"

    def _services_of(self, run: Run) -> set[str]:
        """What its incident was opened for. A run that continues another has no opening in its input."""
        runs = (each for each in self._home.server.runs.values() if each.workflow_id == run.workflow_id)
        return {str(service) for each in runs for service in _read(_input(each)).get("services", ())}

    def _is_watched(self, since: datetime, until: datetime) -> bool:
        """Whether the board could be read in that time, and nobody has ended the watch."""
        down = any(each.at < until and each.until > since for each in self._standing.board.outages)
        return not down and not any(
            since - BACK_WITHIN < at < until and name == "notice-watch" for at, name in self._standing.killed
        )

    def _of_outage(self, outage: Outage) -> Iterator[str]:
        """Told once where it lasts, and once that it is over; a watch that has begun anew may tell it again."""
        self.checks["outages of the board"] += 1
        until = outage.until + SEEN_WITHIN
        again = sum(outage.at <= at < until and name == "notice-watch" for at, name in self._standing.killed)
        told = [(kind, to) for at, kind, to in self._of_the_watch if outage.at <= at < until + DAY]
        downs, backs = (Counter(to for kind, to in told if kind == what) for what in ("feed_down", "feed_back"))
        lasts = outage.until - outage.at
        if downs and lasts < DOWN_AFTER:
            yield f"the board was away for {lasts}, and that was told"
        if lasts > DOWN_AFTER + SEEN_WITHIN and not again and not downs:
            yield f"the board was away for {lasts} since {outage.at}, and nobody was told"
        for to, count in downs.items():
            if count > 1 + again:
                yield f"the board was away since {outage.at}: {to} was told {count} times"
            if not again and backs[to] != 1:
                yield f"the board was away since {outage.at}: {to} was told {backs[to]} times that it is back"

    def _of_what_was_ended(self, now: datetime) -> Iterator[str]:
        """What somebody has ended is there again in time; of a break that was brought back the desk was told."""
        runs = list(self._home.server.runs.values())
        for at, name in self._standing.killed:
            self.checks["ended from outside"] += 1
            within = BACK_WITHIN if name in ALWAYS else WATCHED_EVERY + HOUR
            if not any(at < begun <= at + within for begun in self._begun[name]):
                yield f"{name}: it was ended at {at} and did not run again within {within}"
            is_told = any(at < when and any(name_in(name, each) for each in said) for when, _, _, said in self._said)
            if name not in ALWAYS and not is_told:
                yield f"{name}: it was ended at {at}, and nobody was told"
        for name in ALWAYS:
            if not any(run.workflow_id == name and run.is_open for run in runs) and not any(
                each == name and at > now - BACK_WITHIN for at, each in self._standing.killed
            ):
                yield f"{name}: it does not run at the end"
        if not any(name.startswith(SCHEDULE) for name in self._begun):
            yield "the schedule has started nothing"


def name_in(workflow_id: str, sentence: str) -> bool:
    """Whether a finding, whose numbers are hidden, names a process."""
    return re.sub(r"\d+", "#", workflow_id) in sentence


def _by_address(told: ToldOfBreak) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for (purpose, contact), number in told.letters.items():
        found[purpose, address(contact)] += number
    return found


def _notices_in(run: Run) -> Iterator[tuple[str, str]]:
    for event in run.history:
        told = event.workflow_execution_signaled_event_attributes
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED and told.signal_name == "notice":
            facts = _read(told.input.payloads)
            yield str(facts.get("guid", "")), str(facts.get("event_id", ""))


def _input(run: Run) -> Any:
    return run.history[0].workflow_execution_started_event_attributes.input.payloads


def _read(payloads: Any) -> dict[str, Any]:
    try:
        read = json.loads(payloads[0].data) if payloads else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _fires_at(run: Run, begun: int) -> datetime:
    event = run.history[begun - 1]
    after = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
    return event.event_time.ToDatetime(tzinfo=UTC) + after
