"""A stopping worker finishes its current activities, and stops even if the SDK's own shutdown never returns."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from tests.desks.desk import PATIENCE, Desk
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import running_worker, server, world
from workers.sdk_workarounds import shutdown
from workflows.process.messages import SentMessage
from workflows.process.ports import Letter

__all__ = ["server", "world"]


async def test_a_shutdown_that_never_returns_is_left_behind(
    server: WorkflowEnvironment, world: FakeWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    never = asyncio.Event()
    async with asyncio.timeout(20):
        async with running_worker(server, world) as worker:
            monkeypatch.setattr(shutdown, "SHUTDOWN_AT_MOST", timedelta(milliseconds=50))
            whole = worker.shutdown
            monkeypatch.setattr(worker, "shutdown", never.wait)
        assert "left behind" in caplog.text
        await whole()


class SlowMail(FakeWorld):
    """Its letters are with the provider until it is told that they have arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.is_with_provider, self.has_arrived = asyncio.Event(), asyncio.Event()
        self.tries = 0

    @activity.defn(name="send_letter")
    async def send_letter(self, letter: Letter) -> SentMessage:
        self.tries += 1
        self.is_with_provider.set()
        await self.has_arrived.wait()
        return await super().send_letter(letter)


async def test_a_letter_on_its_way_is_waited_for_and_not_sent_again(server: WorkflowEnvironment) -> None:
    mail, queue = SlowMail(), f"test-{uuid.uuid4().hex}"
    async with asyncio.timeout(PATIENCE):
        async with running_worker(server, mail, queue=queue) as first:
            desk = await Desk(server, mail, queue).open()
            await mail.is_with_provider.wait()
            stop = asyncio.create_task(first.shutdown())
            await asyncio.sleep(0.1)
            assert not stop.done()
            mail.has_arrived.set()
            await stop
        async with running_worker(server, mail, queue=queue):
            status = await desk.until(lambda s: bool(s.messages))
            await desk.incident.terminate()
    assert [message.purpose for message in status.messages] == ["desk_opened"]
    assert mail.tries == 1
