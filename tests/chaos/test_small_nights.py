"""One thing breaks: the whole desk at once, the mail provider, the clocks and the time zones of the machines."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from activities.mail.sender import IN_DOUBT
from tests.chaos.conftest import Nights
from tests.chaos.nights import Told

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),  # a mail server that was cut off leaves connections
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.night("up")
async def test_up_killed_as_a_whole_goes_on_where_it_was(night: Nights) -> None:
    told: Told = await night("up")
    assert told.account.faults() == []
    assert told.account.numbers["server and workers killed"] == 8
    assert [seen for seen in told.seen if not seen.startswith("0 ")], "a kill should hit letters on their way"


@pytest.mark.night("silence")
async def test_a_letter_taken_without_an_answer_comes_again_as_the_same_letter(night: Nights) -> None:
    """The one documented window: the worker dies between the acceptance and the ledger."""
    told: Told = await night("silence")
    assert told.account.faults() == []
    assert len(told.account.in_the_window) == 1
    ((twice, times),) = Counter(letter.message_id for letter in told.night.accepted).most_common(1)
    assert times == 2
    (sent,) = [m for m in told.night.lives[0].ended["incident"].messages if m.id == twice]
    assert IN_DOUBT in sent.detail


@pytest.mark.night("outage")
async def test_the_report_is_owed_until_the_mail_server_is_back(night: Nights) -> None:
    told: Told = await night("outage")
    assert told.seen == ["triage met", "report_to_kela open"]
    assert told.account.faults() == told.account.in_the_window == []


@pytest.mark.night("clocks")
async def test_deadlines_follow_the_clock_of_the_server(night: Nights) -> None:
    """The machines of both workers are hours wrong; what is due is due by the server's time, and no alarm is early."""
    told: Told = await night("clocks")
    assert told.account.faults() == []
    assert told.account.numbers["alarms"] >= 2
    wrong_by = [
        parsedate_to_datetime(letter.dated).timestamp() - letter.at
        for letter in told.night.accepted
        if letter.incident.startswith(("C", "S"))
    ]
    assert max(wrong_by) > timedelta(hours=4).total_seconds(), "a worker's clock should have been ahead"
    assert min(wrong_by) < -timedelta(hours=2).total_seconds(), "a worker's clock should have been behind"
    for life in told.night.lives:
        for to, status in life.ended.items():
            course = told.night.courses[life.workflow_id(to)]
            sent = [message.sent_at for message in status.messages]
            assert course.at_work[0] <= min(sent) <= max(sent) <= course.at_work[-1]


@pytest.mark.night("outside")
async def test_what_is_done_from_outside_is_told_by_name(night: Nights) -> None:
    """Deleted, reset, started a second time, set back with the whole server, and younger than its backup."""
    told: Told = await night("outside")
    assert told.account.faults() == []
    assert told.account.numbers["told by name"] == told.account.numbers["done from outside"] == 5


@pytest.mark.night("zones")
async def test_other_time_zone_data_move_no_deadline(night: Nights) -> None:
    """Helsinki has Tokyo's clock from the middle on; without any data a worker says so and does not start."""
    told: Told = await night("zones")
    assert told.account.faults() == []
    (said,) = told.seen
    assert said.startswith("exit code 2: ")
    assert "Europe/Helsinki" in said
