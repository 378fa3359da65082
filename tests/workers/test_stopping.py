"""A worker stops, even where the last step of the SDK's own shutdown never comes back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.fakes import FakeWorld
from tests.temporal_fixtures import running_worker, server, world
from workers import stopping

__all__ = ["server", "world"]


async def test_a_shutdown_that_never_returns_is_left_behind(
    server: WorkflowEnvironment, world: FakeWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    never = asyncio.Event()
    async with asyncio.timeout(20):
        async with running_worker(server, world) as worker:
            monkeypatch.setattr(stopping, "STOPS_WITHIN", timedelta(milliseconds=50))
            whole = worker.shutdown
            monkeypatch.setattr(worker, "shutdown", never.wait)
        assert "left behind" in caplog.text
        await whole()
