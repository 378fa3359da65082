"""Killed Temporal servers, alone and together with the worker: it goes on where it was."""

from __future__ import annotations

import pytest

from tests.chaos.campaigns import Night
from tests.chaos.conftest import Nights
from tests.chaos.script import SCRIPT

pytestmark = pytest.mark.chaos


@pytest.mark.night("killed_server")
async def test_a_server_killed_in_every_phase_changes_nothing(nights: Nights) -> None:
    night: Night = await nights.running["killed_server"]
    account = await nights.reckoned("killed server", night)
    assert [what for _, what in night.kills] == ["server"] * len(SCRIPT)
    assert account.lost == account.doubled == account.different == []
    assert all(life.status.phase == "closed" for life in night.lives)


@pytest.mark.night("killed_up")
async def test_up_killed_as_a_whole_in_every_phase_goes_on_where_it_was(nights: Nights) -> None:
    night: Night = await nights.running["killed_up"]
    account = await nights.reckoned("killed up", night)
    assert [what for _, what in night.kills] == ["worker", "server"] * (len(SCRIPT) + 1)
    assert account.lost == account.doubled == account.different == []
    assert all(life.status.phase == "closed" for life in night.lives)
