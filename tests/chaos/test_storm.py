"""The storm: hundreds of processes while everything is broken by a plan; nothing lost, doubled, early or forgotten."""

from __future__ import annotations

import pytest

from tests.chaos import storm
from tests.chaos.conftest import FAULTS, PLAN, Nights
from tests.chaos.gremlin import WANTED
from tests.chaos.short_clocks import owners

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),  # a mail server that was cut off leaves connections
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

DOUBLED_BY_A_KILL = 2
"""Letters at most that a kill may double in the one documented window: those that were answered just then."""


@pytest.mark.night("storm")
async def test_the_promise_is_kept_while_everything_breaks(night: Nights, request: pytest.FixtureRequest) -> None:
    stormy = await night("storm")
    account, lives = stormy.account, request.config.getoption("--lives")
    FAULTS.update(stormy.done)
    PLAN.append(f"The disk was full by a {stormy.disk}.")
    assert {what: stormy.done[what] for what in WANTED} == WANTED
    assert account.faults() == []
    processes = account.numbers["incidents"] + account.numbers["breaches"]
    assert account.numbers["histories replayed"] >= processes >= lives
    assert account.numbers["alarms"] > 0
    assert account.numbers["questions answered"] > 0
    assert account.numbers["rounds of contacts"] == storm.ROUNDS * len(owners())
    assert account.numbers["told by name"] == account.numbers["done from outside"] == 5
    assert len(account.in_the_window) <= DOUBLED_BY_A_KILL * account.numbers["server and workers killed"]
    assert min(account.late + account.letters_late) >= 0
    assert 0 < account.numbers["closed by the next release"] < processes
