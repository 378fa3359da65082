"""The mail server is gone for a while: nothing lost, nothing doubled, and the duty stays open meanwhile."""

from __future__ import annotations

import pytest

from tests.chaos.campaigns import Night
from tests.chaos.conftest import Nights

pytestmark = pytest.mark.chaos


@pytest.mark.night("mail_outage")
async def test_the_report_is_owed_until_the_mail_server_is_back(nights: Nights) -> None:
    night: Night
    night, seen = await nights.running["mail_outage"]
    account = await nights.reckoned("mail outage", night)
    assert seen == ["triage met", "report_to_kela open", "phone_kela met"]
    assert account == ([], [], [], [])
    assert {duty.id: duty.state for duty in night.lives[0].status.duties}["report_to_kela"] == "met"
