"""A server for everything that is watched: a stuck process shows itself after its second failure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.desks.temporal_fixtures import skipping_server, world
from tests.watchdog.house import House, house_on

__all__ = ["world"]
SOON = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2"
DELETES_SOON = tuple(f'history.{queue}ProcessorUpdateAckInterval="100ms"' for queue in ("transfer", "visibility"))
"""A run is deleted once the server has written down that it did what its end led to: else every 30 s or so."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def watched_server() -> AsyncIterator[WorkflowEnvironment]:
    """The server of the session."""
    async with skipping_server(SOON, *DELETES_SOON) as environment:
        yield environment


@pytest_asyncio.fixture(loop_scope="session")
async def house(watched_server: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[House]:
    """A house without a worker."""
    async with house_on(watched_server, tmp_path) as made:
        yield made
