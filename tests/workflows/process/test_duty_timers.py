"""The clock engine by itself, on a clock that the test moves: which alarm rings when, and what its timer says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest

from tests.builders import NOON
from workflows.notices.record import NoticeWatchRecord
from workflows.procedure import duties
from workflows.procedure.duties import Alarm, Duty, Ladder, Rung
from workflows.process import duty_timers
from workflows.process import duty_timers as engine
from workflows.process.duty_timers import DutyTimers, wait_until

MINUTE = timedelta(minutes=1)
TURNS = 20
"""Rounds of the event loop in which everything that can happen at one moment has happened."""
LADDER = Ladder(
    due_after=60 * MINUTE,
    reminders=(Rung(after=10 * MINUTE, to="desk"), Rung(after=30 * MINUTE, to="duty_officer")),
    overdue_to=("management", "duty_officer"),
    overdue_every=10 * MINUTE,
    overdue_at_most_every=30 * MINUTE,
)


class Wait:
    """One condition that somebody waits for, with the timer beside it."""

    def __init__(self, holds: Callable[[], bool], ends_at: datetime | None, summary: str | None) -> None:
        self.holds, self.ends_at, self.summary = holds, ends_at, summary
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Clockwork:
    """What the engine asks of Temporal: the time, and waiting for a condition or a timer."""

    def __init__(self) -> None:
        self.at = NOON
        self.waits: list[Wait] = []
        self.loses_timers = False

    def now(self) -> datetime:
        return self.at

    def instance(self) -> Clockwork:
        """Where the engine notes what is waited for."""
        return self

    async def wait_condition(
        self,
        fn: Callable[[], bool],
        *,
        timeout: timedelta | None = None,  # noqa: ASYNC109  # as Temporal names it
        timeout_summary: str | None = None,
    ) -> None:
        if not fn():
            wait = Wait(fn, None if timeout is None else self.at + timeout, timeout_summary)
            self.waits.append(wait)
            await wait.over

    def timers(self) -> list[str]:
        """What the timers say that are waited for, soonest first."""
        running = [(wait.ends_at, wait.summary) for wait in self.waits if wait.ends_at and not wait.over.done()]
        return [summary or "" for _, summary in sorted(running)]

    async def settle(self) -> None:
        """Let everything happen that can happen now; conditions first, as on the server."""
        for _ in range(TURNS):
            for wait in [wait for wait in self.waits if not wait.over.done()]:
                if wait.holds():
                    wait.over.set_result(None)
                elif wait.ends_at and wait.ends_at <= self.at and not self.loses_timers:
                    wait.over.set_exception(TimeoutError())
            await asyncio.sleep(0)

    async def advance(self, to: datetime) -> None:
        """Move the clock from timer to timer."""
        await self.settle()
        while moments := [w.ends_at for w in self.waits if w.ends_at and not w.over.done() and w.ends_at <= to]:
            self.at = max(self.at, min(moments))
            await self.settle()
            if self.loses_timers:
                break
        self.at = to
        await self.settle()


class House:
    """A record whose clocks are kept, and what has rung."""

    def __init__(self, clockwork: Clockwork) -> None:
        self.clock = clockwork
        self.record = NoticeWatchRecord(
            reference="notice-watch", phase="watching", services=(), opened_at=NOON, next_look_at=NOON
        )
        self.rung: list[tuple[float, str, str, tuple[str, ...], float]] = []
        self.zone = "Europe/Helsinki"
        self.keeping = asyncio.create_task(DutyTimers(self.record, self.ring, lambda: self.zone).keep_all())

    def ring(self, duty: Duty, alarm: Alarm, gap: timedelta) -> None:
        after = (self.clock.at - NOON) / MINUTE
        self.rung.append((after, duty.id, f"{alarm.kind} {duty.alarms_fired}", alarm.to, gap / MINUTE))

    def open(self, id_: str = "phone_kela", ladder: Ladder = LADDER) -> Duty:
        duty = Duty(
            id=id_,
            kind="phone_kela",
            recipient="Kela",
            basis="test",
            opened_at=self.clock.at,
            clock_started_at=self.clock.at,
            due_at=self.clock.at + ladder.due_after,
            ladder=ladder,
        )
        self.record.duties[id_] = duty
        return duty

    async def advance(self, minutes: int) -> None:
        await self.clock.advance(NOON + minutes * MINUTE)


@pytest.fixture
def clockwork(monkeypatch: pytest.MonkeyPatch) -> Clockwork:
    clockwork = Clockwork()
    for module in (engine, duty_timers):
        monkeypatch.setattr(module, "workflow", clockwork)
    return clockwork


@pytest.fixture
async def house(clockwork: Clockwork) -> AsyncIterator[House]:
    house = House(clockwork)
    yield house
    assert not house.keeping.done(), "the clocks are kept until somebody ends that"
    house.keeping.cancel()
    await asyncio.gather(house.keeping, return_exceptions=True)


async def test_every_alarm_rings_at_its_time_and_is_told_the_time_until_the_next(house: House) -> None:
    house.open()
    await house.advance(95)
    assert house.rung == [
        (10, "phone_kela", "reminder 1", ("desk",), 20),
        (30, "phone_kela", "reminder 2", ("duty_officer",), 30),
        (60, "phone_kela", "overdue 3", ("management", "duty_officer"), 10),
        (70, "phone_kela", "overdue 4", ("management", "duty_officer"), 20),
        (90, "phone_kela", "overdue 5", ("management", "duty_officer"), 30),
    ]
    assert house.record.duties["phone_kela"].state == "overdue"


async def test_a_timer_says_what_it_waits_for_in_the_organisations_time(house: House) -> None:
    house.open()
    said = []
    for minutes in (0, 10, 30, 60):
        await house.advance(minutes)
        said.extend(house.clock.timers())
    assert said == [
        "Duty phone_kela: remind desk at 22.11.2026 12:10 (+02:00); due 22.11.2026 13:00 (+02:00)",
        "Duty phone_kela: remind duty officer at 22.11.2026 12:30 (+02:00); due 22.11.2026 13:00 (+02:00)",
        "Duty phone_kela: due at 22.11.2026 13:00 (+02:00); then alarm management, duty officer",
        "Duty phone_kela: overdue, alarm management, duty officer again at 22.11.2026 13:10 (+02:00)",
    ]


async def test_a_due_time_is_told_in_the_organisations_time_too(house: House) -> None:
    house.zone = "Europe/Stockholm"
    house.open()
    await house.clock.settle()
    assert house.clock.timers() == [
        "Duty phone_kela: remind desk at 22.11.2026 11:10 (+01:00); due 22.11.2026 12:00 (+01:00)"
    ]


async def test_the_time_zone_is_asked_for_anew_and_a_duty_without_a_due_time_names_none(house: House) -> None:
    house.zone = "Europe/Stockholm"
    house.record.duties["phone_kela"] = house.open().model_copy(update={"due_at": None})
    await house.clock.settle()
    assert house.clock.timers() == ["Duty phone_kela: remind desk at 22.11.2026 11:10 (+01:00)"]
    house.zone = "Europe/Helsinki"
    await house.advance(10)
    assert house.clock.timers() == ["Duty phone_kela: remind duty officer at 22.11.2026 12:30 (+02:00)"]


async def test_a_duty_that_is_met_rings_no_more_and_the_others_ring_on(house: House) -> None:
    met = house.open("phone_kela")
    house.open("report_to_kela")
    await house.advance(5)
    house.record.duties["phone_kela"] = duties.met(met, at=house.clock.at, by="desk")
    await house.advance(40)
    assert [(after, duty) for after, duty, *_ in house.rung] == [(10, "report_to_kela"), (30, "report_to_kela")]
    assert len(house.clock.timers()) == 1


async def test_a_duty_that_opens_later_is_kept_too_each_by_one_clock(house: House) -> None:
    await house.advance(5)
    assert house.clock.timers() == []
    house.open("report_to_kela")
    await house.advance(7)
    house.open("phone_kela")
    await house.advance(17)
    assert [(after, duty) for after, duty, *_ in house.rung] == [(15, "report_to_kela"), (17, "phone_kela")]
    assert len(house.clock.timers()) == 2


async def test_a_duty_that_changes_starts_again_from_the_record(house: House) -> None:
    duty = house.open()
    await house.advance(5)
    later = LADDER.model_copy(update={"reminders": (Rung(after=50 * MINUTE, to="management"),)})
    house.record.duties["phone_kela"] = duty.model_copy(update={"ladder": later})
    await house.clock.settle()
    assert [timer.split(" at ")[0] for timer in house.clock.timers()] == ["Duty phone_kela: remind management"]
    await house.advance(55)
    assert [(after, to) for after, _, _, to, _ in house.rung] == [(50, ("management",))]


async def test_a_duty_that_was_met_and_is_open_again_is_kept_again(house: House) -> None:
    duty = house.open()
    await house.advance(5)
    met = duties.met(duty, at=house.clock.at, by="desk")
    house.record.duties["phone_kela"] = met
    await house.advance(20)
    house.record.duties["phone_kela"] = duties.reopened(met, house.clock.at)
    await house.advance(30)
    assert [(after, kind) for after, _, kind, *_ in house.rung] == [(30, "reminder 1")]


async def test_a_duty_that_has_left_the_record_is_no_longer_kept(house: House) -> None:
    house.open()
    await house.advance(5)
    del house.record.duties["phone_kela"]
    await house.advance(100)
    assert house.rung == []
    assert house.clock.timers() == []


async def test_a_message_that_meets_the_duty_at_the_moment_of_the_alarm_wins(house: House) -> None:
    duty = house.open()
    await house.clock.settle()
    house.clock.at = NOON + 10 * MINUTE
    house.record.duties["phone_kela"] = duties.met(duty, at=house.clock.at, by="desk")
    await house.advance(11)
    assert house.rung == []


async def test_a_moment_is_waited_for_and_has_come_exactly_then(clockwork: Clockwork) -> None:
    waiting = asyncio.create_task(wait_until(NOON + MINUTE, "why"))
    await clockwork.advance(NOON + MINUTE - timedelta(microseconds=1))
    assert not waiting.done()
    assert clockwork.timers() == ["why"]
    await clockwork.advance(NOON + MINUTE)
    assert waiting.done()
    assert await waiting is True


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1), timedelta(days=400)])
async def test_a_moment_that_has_come_is_not_waited_for(clockwork: Clockwork, late: timedelta) -> None:
    assert await wait_until(NOON - late, "why") is True
    assert await wait_until(NOON - late, "why", cancel_if=lambda: True) is False
    assert clockwork.waits == []


async def test_what_makes_waiting_needless_ends_it_and_wins_over_the_moment(clockwork: Clockwork) -> None:
    happened: list[str] = []
    early = asyncio.create_task(wait_until(NOON + MINUTE, "why", cancel_if=lambda: bool(happened)))
    await clockwork.settle()
    happened.append("a message")
    await clockwork.settle()
    assert early.done()
    assert await early is False
    happened.clear()
    both = asyncio.create_task(wait_until(NOON + MINUTE, "why", cancel_if=lambda: bool(happened)))
    await clockwork.settle()
    happened.append("a message")
    await clockwork.advance(NOON + MINUTE)
    assert await both is False


async def test_a_lost_timer_is_made_up_for_by_whatever_wakes_the_process_after_the_moment(clockwork: Clockwork) -> None:
    waiting = asyncio.create_task(wait_until(NOON + MINUTE, "why"))
    await clockwork.settle()
    clockwork.loses_timers = True
    await clockwork.advance(NOON + MINUTE)
    assert waiting.done()
    assert await waiting is True
