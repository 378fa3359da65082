"""Settings and servers of a test's own: nothing of this machine's user is read or written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from temporalio.client import Client

from workers.connection import connect
from workers.embedded.server import EmbeddedTemporal
from workers.keys import ring
from workers.settings import Settings, load

FREE_PORTS = {"port": 0, "ui_port": 0, "http_port": 0, "codec_port": 0}
Desk = Callable[[], AbstractAsyncContextManager[tuple[EmbeddedTemporal, Client]]]


@pytest.fixture(autouse=True)
def _no_temporal_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE", "TEMPORAL_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "no-profiles.toml"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of the test's own and free ports."""
    return load({}, data_dir=tmp_path / "data", **FREE_PORTS)


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """Starts the embedded server on the test's data folder, with a client; again and again if wanted."""

    @asynccontextmanager
    async def started() -> AsyncIterator[tuple[EmbeddedTemporal, Client]]:
        ring.make_where_missing(settings.key_file, settings.data_dir / "temporal.db")
        async with EmbeddedTemporal(settings) as server:
            yield server, await connect(settings)

    return started
