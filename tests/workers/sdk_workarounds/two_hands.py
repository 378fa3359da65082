"""A process that does one thing or another by whether a step is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import activity, workflow

A_MINUTE = timedelta(minutes=1)


class Step:
    """A step that is over once the test lets it go."""

    def __init__(self) -> None:
        """It is held."""
        self.let_go = asyncio.Event()

    @activity.defn
    async def lay_down(self) -> None:
        """Wait until it is let go."""
        await self.let_go.wait()


@workflow.defn
class TwoHands:
    """Has a hand free once the step is over."""

    def __init__(self) -> None:
        """No hand is free."""
        self.is_free = self.is_over = False

    @workflow.signal
    def look(self) -> None:
        """Something that asks for nothing."""

    @workflow.update
    async def take(self) -> bool:
        """Whether a hand was free; where none was, that is noted."""
        if self.is_free:
            await workflow.execute_activity_method(Step.lay_down, start_to_close_timeout=A_MINUTE)
        else:
            workflow.upsert_memo({"had to wait": True})
        self.is_over = True
        return self.is_free

    @workflow.run
    async def run(self) -> None:
        """The step, after which nothing is asked of Temporal."""
        await workflow.execute_activity_method(Step.lay_down, start_to_close_timeout=A_MINUTE)
        self.is_free = True
        await workflow.wait_condition(lambda: self.is_over)


@workflow.defn
class OneStep:
    """Is over with its step, or goes on in a new run, once."""

    def __init__(self) -> None:
        """Nothing was said."""
        self.said: list[str] = []

    @workflow.signal
    def hear(self, what: str) -> None:
        """Something that must not be lost."""
        self.said.append(what)

    @workflow.update
    def say(self, what: str) -> str:
        """The same, with an answer."""
        self.said.append(what)
        return what

    @workflow.run
    async def run(self, goes_on: bool, before: list[str]) -> list[str]:
        """The step; what was said, in an earlier run too."""
        await workflow.execute_activity_method(Step.lay_down, start_to_close_timeout=A_MINUTE)
        if goes_on:
            workflow.continue_as_new(args=[False, before + self.said])
        return before + self.said
