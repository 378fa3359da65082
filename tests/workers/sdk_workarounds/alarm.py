"""A process with an alarm: it knows after how many seconds something happened to it."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

RINGS_AFTER = 3600
"""Seconds of the process's own clock, which a test moves: nothing rings because a machine is slow."""


@workflow.defn
class Alarm:
    """Rings once and hears signals; tells after how many seconds."""

    def __init__(self) -> None:
        """Nothing has happened."""
        self.heard: dict[str, float] = {}

    @workflow.signal
    def called(self) -> None:
        """Somebody calls."""
        self.heard["called"] = self._passed()

    @workflow.query
    def tell(self) -> dict[str, float]:
        """What happened after how many seconds."""
        return self.heard

    @workflow.run
    async def run(self) -> None:
        """Ring, and wait until somebody has called."""
        await workflow.sleep(RINGS_AFTER)
        self.heard["rang"] = self._passed()
        await workflow.wait_condition(lambda: "called" in self.heard)
        await workflow.sleep(timedelta(days=1))

    def _passed(self) -> float:
        return (workflow.now() - workflow.info().start_time).total_seconds()
