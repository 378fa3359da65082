"""The desk that is attacked: a real server and worker with encryption on, and a client without the key."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client

from tests.integrations.house import House, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def attacked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The desk, with fakes of its neighbours."""
    async with running(tmp_path_factory.mktemp("attacked") / "data") as house:
        yield house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def outside(attacked: House) -> Client:
    """A client of somebody who reaches Temporal and has no key."""
    return await Client.connect(attacked.addresses.address)
