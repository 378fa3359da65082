"""Temporal is restored from an older backup: what it has forgotten is told by name; on the real embedded server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.database import copied
from tests.watchdog.house import House, until
from tests.watchdog.tampering import found
from workers.connection import connect_to
from workers.embedded.desks import DATABASE
from workers.embedded.server import EmbeddedTemporal
from workers.keys import ring
from workers.settings import Settings, load, packaged_operating_model
from workers.setup import set_up
from workers.singletons import ensure_standing

pytestmark = pytest.mark.attack
MEASURES = {"by": "dpo", "text": "The mailbox was closed."}


@asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[House]:
    """A worker with fake neighbours and the real watchdog on the embedded server of a data folder, while inside."""
    async with EmbeddedTemporal(settings) as server:
        client = await connect_to(server.addresses.address, ring.load(settings.key_file))
        await set_up(client, settings)
        await ensure_standing(client)
        house = House(client, settings.data_dir)
        async with house.worker():
            yield house


async def test_what_a_restored_server_has_forgotten_is_told_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEMPORAL_ADDRESS", raising=False)
    data, backup = tmp_path / "data", tmp_path / "backup"
    settings = load({}, data_dir=data, port=0, ui_port=0, http_port=0, codec_port=0)
    ring.make_where_missing(settings.key_file, data / DATABASE)
    (data / "operating-model.toml").write_text(packaged_operating_model().read_text("utf-8"), encoding="utf-8")
    async with desk(settings) as house:
        older = await house.breach("B-OLDER")
        await house.looked(1)
    copied(data, backup)
    async with desk(settings) as house:
        await house.client.get_workflow_handle(older.id).execute_update("measures_taken", MEASURES)
        await house.breach("B-NEWER")
        for _ in range(2):
            await house.next_look()
        assert (await house.status()).is_well
    copied(backup, data)
    async with desk(settings) as house:

        async def is_told() -> bool:
            return bool(found(await house.next_look(), "restored"))

        await until(is_told)
        status = await house.status()
        (restored,) = found(status, "restored")
        assert "breach-B-OLDER" in restored["names"]
        assert "watchdog" in restored["names"]
        assert [facts["process"] for facts in found(status, "gone")] == ["breach-B-NEWER"]
        titles = [letter.text for letter in house.world.letters if letter.kind == "watch_finding"]
        assert any("breach-B-NEWER" in text for text in titles)
