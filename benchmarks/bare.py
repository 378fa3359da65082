"""The floor: a workflow that asks of Temporal what an incident asks, with the same payloads, and decides nothing.

It takes the same messages, starts and cancels the same timers and runs the same number of activities in the same order,
by the same worker options and through the same encryption. It has no record, no rules, no search attributes, no
refusals, no current details. Its activities either do nothing at all (``idle``) or what the incident's do (the real
adapters, on copies of the same orders).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from benchmarks.plan import Command
    from benchmarks.plan_in_force import AFTER, ANSWERS, REFERENCE

PATIENCE = timedelta(minutes=2)
NOTHING = RawValue(Payload())
TOLD = 4
"""Letters when the clock of a breach rings: the officer, the management, and the deputy of each."""


def as_payload(text: str) -> RawValue:
    """A JSON text as a payload, without being parsed."""
    return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=text.encode()))


@workflow.defn(name="Bare")
class Bare:
    """Follows the plan of its worker."""

    def __init__(self) -> None:
        self._reference = workflow.info().workflow_id.partition("-")[2]
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._answers: dict[str, str] = {}
        self._under_way = self._heard = 0
        self._result: str | None = None
        self._has_begun = False

    @workflow.run
    async def run(self, opening: RawValue) -> RawValue:  # noqa: ARG002  # as long as an incident's, and not read
        """Give the commands, until the last."""
        self._go_on("started")
        await workflow.wait_condition(lambda: self._result is not None and not self._under_way)
        return as_payload(self._result or "")

    @workflow.update
    async def say(self, said: RawValue = NOTHING) -> RawValue:  # noqa: ARG002
        """Take a message, once it has begun; answer when its commands have been followed as far as the incident had."""
        number, self._heard = f"said-{self._heard}", self._heard + 1
        await workflow.wait_condition(lambda: self._has_begun)
        self._go_on(number)
        await workflow.wait_condition(lambda: number in self._answers)
        return as_payload(self._answers[number])

    def _go_on(self, event: str, was: str = "", now: str = "") -> None:
        """Give the commands that the event leads to; an activity's answer is passed on, as the incident does."""
        for command in AFTER.get(event, ()):
            match command.kind:
                case "activity":
                    self._under_way += 1
                    given = command.given.replace(was, now) if was else command.given
                    given = given.replace(REFERENCE[0], self._reference)
                    asyncio.create_task(self._act(command, given))  # noqa: RUF006  # counted, and waited for
                case "timer":
                    self._timers[command.name] = asyncio.create_task(self._wait(command))
                case "cancel":
                    self._timers[command.name].cancel()
                case "answer":
                    self._answers[command.name] = command.answer
                case "end":
                    self._result = command.answer

    async def _act(self, command: Command, given: str) -> None:
        name, _, kind = command.name.partition(" ")
        args = [as_payload(given)] if given else []
        answer = await workflow.execute_activity(
            kind, args=args, start_to_close_timeout=PATIENCE, summary=command.summary, result_type=RawValue
        )
        self._has_begun = True  # the first are the rules: an incident's messages wait for them, too
        self._go_on(name, command.answer, answer.payload.data.decode())
        self._under_way -= 1

    async def _wait(self, command: Command) -> None:
        await workflow.sleep(command.seconds, summary=command.summary)
        self._go_on(command.name)


@workflow.defn(name="BareTalk")
class BareTalk:
    """Keeps what it is told, and says so in a status that grows with each message as an incident's does."""

    def __init__(self) -> None:
        self._status: dict[str, Any] = {}

    @workflow.run
    async def run(self, status: dict[str, Any]) -> None:
        """Take the status; then be told things, for ever."""
        self._status = status
        await workflow.wait_condition(lambda: False)

    @workflow.signal(name="say")
    async def hear(self, said: dict[str, Any]) -> None:
        """Take a message."""
        self._keep(said)

    @workflow.update(name="say")
    async def answer(self, said: dict[str, Any]) -> dict[str, Any]:
        """Take a message and answer with the status."""
        self._keep(said)
        return self._status

    @workflow.query(name="status")
    def status(self) -> dict[str, Any]:
        """How it stands."""
        return self._status

    def _keep(self, said: dict[str, Any]) -> None:
        self._status["applied_count"] += 1
        self._status["calls"].append(said)


@activity.defn(dynamic=True)
async def idle(given: Sequence[RawValue]) -> RawValue:  # noqa: ARG001
    """Do nothing, and answer as much as the real one has answered."""
    return as_payload(ANSWERS.get(activity.info().activity_type, '""'))


@workflow.defn(name="BareClock")
class BareClock:
    """One timer until a moment, then one activity and four at once, as when the clock of a breach rings."""

    @workflow.run
    async def run(self, due: str) -> tuple[float, float]:
        """Wait; by how many seconds it woke too late, and by how many its activities were done after the moment."""
        moment = datetime.fromisoformat(due)
        await workflow.sleep(moment - workflow.now(), summary="A legal clock")
        noticed = (workflow.now() - moment).total_seconds()
        await self._act()
        await asyncio.gather(*(self._act() for _ in range(TOLD)))
        return noticed, (workflow.now() - moment).total_seconds()

    async def _act(self) -> None:
        await workflow.execute_activity(
            "anything", args=[], start_to_close_timeout=PATIENCE, summary="Tell somebody", result_type=RawValue
        )
