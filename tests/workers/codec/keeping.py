"""A process that keeps what it is told, as handlers of the desk do: one raw payload, read inside."""

from __future__ import annotations

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from workflows.process.payloads import why_undecodable

NOTHING = RawValue(Payload())


@workflow.defn
class Keeping:
    """Keeps each message, or why it couldn't be read, until the word ``end``."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    @workflow.run
    async def run(self) -> list[str]:
        """What was kept."""
        await workflow.wait_condition(lambda: '"end"' in self.kept)
        return self.kept

    @workflow.signal
    def say(self, said: RawValue = NOTHING) -> None:
        """Keep one message."""
        self.kept.append(why_undecodable(said.payload) or said.payload.data.decode("utf-8", "replace"))
