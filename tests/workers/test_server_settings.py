"""What a server has set otherwise than kantadesk does is said, with what to do; on real servers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.desks.temporal_fixtures import skipping_server
from tests.workers.conftest import Desk
from workers import server_settings
from workers.embedded.server import DYNAMIC_CONFIG
from workers.server_settings import differences, shorter_retention
from workers.settings import Settings

PAUSE = "frontend.WorkflowPauseEnabled"
STUCK = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute"


async def test_our_own_server_is_as_we_set_it_and_one_started_otherwise_is_named(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk() as (_server, client):
        assert await differences(client, settings) == []
        monkeypatch.setattr(server_settings, "DYNAMIC_CONFIG", (*DYNAMIC_CONFIG, "limit.blobSize.error=3000000"))
        (found,) = await differences(client, settings)
        assert "without limit.blobSize.error=3000000" in found.what
        assert "kantadesk up" in found.to_do


async def test_what_another_server_lets_others_do_is_named(settings: Settings) -> None:
    async with skipping_server(f"{PAUSE}=true", f"{STUCK}=0", "limit.blobSize.error=1000000") as server:
        found = [each.what for each in await differences(server.client, settings)]
    assert [what.split()[0] for what in found] == [STUCK, PAUSE, "limit.blobSize.error"]


def test_a_retention_that_somebody_has_made_shorter_is_named() -> None:
    day = timedelta(days=1)
    assert shorter_retention(day, day) == []
    (found,) = shorter_retention(day, 2 * day)
    assert "kept 1 days" in found.what
