"""The clock of each open duty: one timer, whose summary says what it waits for. Used by every process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow

from workflows.procedure import duties
from workflows.procedure.duties import Alarm, Duty, in_words
from workflows.procedure.local_time import written
from workflows.process.record import Record

AT_ONCE = timedelta(0)
OnAlarm = Callable[[Duty, Alarm, timedelta], None]


async def wait_until(moment: datetime, why: str, *, cancel_if: Callable[[], bool] = lambda: False) -> bool:
    """Wait for a moment, or until ``cancel_if`` holds; whether the moment has come.

    Nobody waits for a moment that has passed: a negative duration would stop the process for good. ``cancel_if`` wins
    if both hold, since a message is older than the timer that fires beside it. Whatever else wakes the process after
    the moment makes up for a timer that the server has lost (met with time skipping, server 1.32).
    """
    left = moment - workflow.now()
    if cancel_if():
        return False
    if left <= AT_ONCE:
        return True
    with suppress(TimeoutError), waiting_for(moment):
        await workflow.wait_condition(
            lambda: cancel_if() or workflow.now() >= moment, timeout=left, timeout_summary=why
        )
    return not cancel_if()


class DutyTimers:
    """Keeps the clock of every open duty of a record, for as long as the duty is open."""

    def __init__(self, record: Record, on_alarm: OnAlarm, time_zone: Callable[[], str]) -> None:
        """``on_alarm(duty, alarm, gap)`` is called when an alarm goes off; ``gap``: time until the next one."""
        self._record, self.on_alarm, self._time_zone = record, on_alarm, time_zone
        self._kept: dict[str, asyncio.Task[None]] = {}

    async def keep_all(self) -> None:
        """Keep the clocks, now and as duties open, until cancelled."""
        while True:
            for duty in self._record.open_duties():
                if duty.id not in self._kept or self._kept[duty.id].done():
                    self._kept[duty.id] = asyncio.create_task(self._keep(duty.id))
            await workflow.wait_condition(self._is_one_unkept)

    def _is_one_unkept(self) -> bool:
        return any(duty.id not in self._kept or self._kept[duty.id].done() for duty in self._record.open_duties())

    async def _keep(self, duty_id: str) -> None:
        """Wait for one alarm after the other; start again from the record when the duty changes."""
        while self._record.is_open(duty_id):
            duty = self._record.duties[duty_id]
            alarm = duties.next_alarm(duty, workflow.now())
            if await wait_until(alarm.at, self._why(duty, alarm), cancel_if=partial(self._has_changed, duty)):
                self._record.duties[duty_id] = after = duties.fired(duty, alarm)
                self.on_alarm(after, alarm, duties.next_alarm(after, workflow.now()).at - workflow.now())

    def _has_changed(self, duty: Duty) -> bool:
        return self._record.duties.get(duty.id) is not duty

    def _why(self, duty: Duty, alarm: Alarm) -> str:
        when = written(alarm.at, self._time_zone())
        told = in_words(alarm.to)
        if alarm.kind == "reminder":
            due = f"; due {written(duty.due_at, self._time_zone())}" if duty.due_at else ""
            return f"Duty {duty.id}: remind {told} at {when}{due}"
        if alarm.at == duty.due_at:
            return f"Duty {duty.id}: due at {when}; then alarm {told}"
        if alarm.is_digest:
            return f"Duty {duty.id}: overdue, in the digest to {told} at {when}"
        return f"Duty {duty.id}: overdue, alarm {told} again at {when}"


def due_now(open_duties: Iterable[Duty], duty: Duty, alarm: Alarm, now: datetime) -> list[tuple[Duty, Alarm]]:
    """A duty whose digest has just gone off, and every other whose turn it is now, counted as gone off with it."""
    told = {duty.id: (duty, alarm)}
    for each in open_duties:
        following = duties.next_alarm(each, now)
        if following.is_digest and following.at <= now:
            before = told[each.id][1] if each.id in told else None
            told[each.id] = (duties.fired(each, following), duties.together(before, following))
    return list(told.values())


_NAME = "moments_awaited"


@contextmanager
def waiting_for(moment: datetime) -> Iterator[None]:
    """Somebody waits for this moment, while inside."""
    moments: list[datetime] = vars(workflow.instance()).setdefault(_NAME, [])
    moments.append(moment)
    try:
        yield
    finally:
        moments.remove(moment)


def has_come() -> bool:
    """Whether something has come that depends on the time, or on the length of the history, alone."""
    if workflow.info().is_continue_as_new_suggested():
        return True
    return any(moment <= workflow.now() for moment in vars(workflow.instance()).get(_NAME, ()))
