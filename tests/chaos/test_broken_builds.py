"""The suite's own test: the checker that finds nothing in the storm finds each build of which one line is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.builds import Change, build
from tests.chaos.checker import Account, reckon
from tests.chaos.conftest import BROKEN, Nights
from tests.chaos.nights import Told
from tests.chaos.records import Night
from tests.chaos.storm import replay

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),  # a mail server that was cut off leaves connections
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
FOUND_BY = {
    "reminder skipped": ("skipped", "triage: alarm 0 of"),
    "message dropped": ("lost", "situation_update B1/4 was acknowledged and not applied"),
    "mail doubled": ("doubled", "desk_opened to desk was accepted 2 times"),
    "reminder early": ("early", "triage: went off at"),
    "duty forgotten": ("duties", "['phone_kela'] are missing"),
    "letter not kept": ("evidence", "is not there as it was sent"),
}


@pytest.mark.night("good")
async def test_a_good_build_is_found_good(night: Nights) -> None:
    told: Told = await night("good")
    assert told.account.faults() == told.account.in_the_window == []
    assert told.account.numbers["alarms"] >= 2


@pytest.mark.night(*BROKEN)
@pytest.mark.parametrize("how", BROKEN)
async def test_a_build_that_is_broken_on_purpose_is_found(night: Nights, how: str) -> None:
    told: Told = await night(how)
    kind, words = FOUND_BY[how]
    found = getattr(told.account, kind)
    assert [fault for fault in found if words in fault], told.account.faults()


@pytest.mark.night("untold")
async def test_a_build_that_does_not_tell_what_was_done_from_outside_is_found(night: Nights) -> None:
    told: Told = await night("untold")
    assert sorted(told.account.lost) == [
        "breach-X-REPLACE-3: replaced was told to nobody",
        "breach-X-RESET-2: was_reset was told to nobody",
    ]


@pytest.mark.night("good")
async def test_a_build_that_breaks_running_incidents_is_found(night: Nights) -> None:
    told: Told = await night("good")
    line = "        changes = self.record.change(said)\n"
    unpatched = Change("workflows/stories/incident.py", line, line + "        await self.take_rules()\n")
    told.house.tree = build(told.house.folder / "unpatched", unpatched)
    account = Account()
    await replay(told.house, told.night.courses, account)
    assert any("incident-G1 does not replay" in fault for fault in account.replay)


def _a_letter_came_twice(night: Night) -> Night:
    return night._replace(accepted=[*night.accepted, night.accepted[0]])


def _a_letter_never_came(night: Night) -> Night:
    return night._replace(accepted=night.accepted[1:])


def _a_letter_came_that_nobody_knows(night: Night) -> Night:
    return night._replace(accepted=[*night.accepted, replace(night.accepted[0], message_id="stray@example.org")])


def _a_letter_went_somewhere_else(night: Night) -> Night:
    return night._replace(accepted=[replace(night.accepted[0], to="nobody@example.org"), *night.accepted[1:]])


def _changed(night: Night, **changes: Any) -> Night:
    """The status of the first incident is another one."""
    life = night.lives[0]
    life.ended["incident"] = life.ended["incident"].model_copy(update=changes)
    return night


DOCTORED = {
    "a letter came twice": (_a_letter_came_twice, "doubled"),
    "a letter never came": (_a_letter_never_came, "lost"),
    "a letter came that nobody knows": (_a_letter_came_that_nobody_knows, "lost"),
    "a letter went somewhere else": (_a_letter_went_somewhere_else, "lost"),
    "another phase": (lambda night: _changed(night, phase="watch"), "status"),
    "a message counted twice": (lambda night: _changed(night, applied_count=99), "status"),
    "no duties": (lambda night: _changed(night, duties=()), "duties"),
    "a problem that nobody expects": (lambda night: _changed(night, problems=("it burns",)), "status"),
}


@pytest.mark.night("good")
@pytest.mark.parametrize("how", DOCTORED)
async def test_a_doctored_night_is_found(night: Nights, how: str) -> None:
    told: Told = await night("good")
    doctor, kind = DOCTORED[how]
    kept = dict(told.night.lives[0].ended)
    try:
        assert getattr(reckon(doctor(told.night)), kind)
    finally:
        told.night.lives[0].ended.update(kept)
    assert reckon(told.night).faults() == []
