"""Killed workers: the same record as in a quiet night, every acknowledged message once, every letter once."""

from __future__ import annotations

import pytest

from activities.mail import IN_DOUBT
from tests.chaos.campaigns import Night
from tests.chaos.conftest import Nights
from tests.chaos.script import SCRIPT

pytestmark = pytest.mark.chaos


@pytest.mark.night("killed_worker")
async def test_a_worker_killed_in_every_phase_changes_nothing(nights: Nights) -> None:
    night: Night = await nights.running["killed_worker"]
    account = await nights.reckoned("killed worker", night)
    assert len(night.kills) == len(SCRIPT)
    assert not [hit for hit in night.hit if "opened: 0 letters" in hit], "the kill should hit letters on their way"
    assert account.lost == account.doubled == account.different == []
    assert all(life.status.phase == "closed" for life in night.lives)


@pytest.mark.night("silent_provider")
async def test_a_letter_taken_without_an_answer_comes_again_as_the_same_letter(nights: Nights) -> None:
    """The one documented window: the worker dies between the acceptance and the ledger."""
    night: Night = await nights.running["silent_provider"]
    account = await nights.reckoned("silent provider", night)
    (sent,) = night.lives[0].status.messages
    assert [letter.message_id for letter in night.accepted] == [sent.id, sent.id]
    assert IN_DOUBT in sent.detail
    assert len(account.in_the_window) == 1
    assert account.lost == account.doubled == []
