"""The directory of authorities: by task and date, each with a source, without gaps where one follows another."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.authorities import AUTHORITIES, Task, UnknownAuthority, authority
from workflows.procedure.dated import in_words
from workflows.procedure.languages import LANGUAGES

TASKS: tuple[Task, ...] = get_args(Task)


@pytest.mark.parametrize(
    ("on", "who"),
    [
        (date(2019, 6, 1), "valvira"),
        (date(2025, 6, 1), "valvira"),
        (date(2025, 12, 31), "valvira"),
        (date(2026, 1, 1), "lvv"),
        (date(2026, 6, 1), "lvv"),
    ],
)
def test_the_same_incident_in_three_years(on: date, who: str) -> None:
    assert authority("significant_deviation", on).id == who


@pytest.mark.parametrize(
    ("task", "on", "who"),
    [
        ("device_hazard", date(2019, 12, 31), "valvira"),
        ("device_hazard", date(2020, 1, 1), "fimea"),
        ("certificates", date(2019, 12, 31), "vrk"),
        ("certificates", date(2020, 1, 1), "dvv"),
        ("nis2_health", date(2025, 12, 31), "valvira"),
        ("nis2_health", date(2026, 1, 1), "lvv"),
        ("nis2_form", date(2026, 1, 1), "traficom"),
        ("data_protection", date(2018, 5, 25), "data-protection-ombudsman"),
        ("kela_technical_support", date(2015, 1, 1), "kela"),
    ],
)
def test_who_holds_a_task(task: Task, on: date, who: str) -> None:
    assert authority(task, on).id == who


@pytest.mark.parametrize(
    ("task", "on"), [("nis2_health", date(2019, 6, 1)), ("data_protection", date(2018, 5, 24)), ("nis2_form", date.min)]
)
def test_nobody_is_made_up(task: Task, on: date) -> None:
    with pytest.raises(UnknownAuthority, match=f"{task} on {on.isoformat()}"):
        authority(task, on)


def test_every_task_is_held_today() -> None:
    assert {authority(task, date(2026, 11, 22)).task for task in TASKS} == set(TASKS)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(TASKS))
def test_nobody_shares_a_task(on: date, task: Task) -> None:
    assert len([entry for entry in AUTHORITIES if entry.task == task and entry.holds_on(on)]) <= 1


@pytest.mark.parametrize("task", TASKS)
def test_one_follows_the_other_without_a_gap(task: Task) -> None:
    for before, after in pairwise(entry for entry in AUTHORITIES if entry.task == task):
        assert before.valid_until is not None
        assert after.valid_from == before.valid_until + timedelta(days=1)


def test_every_entry_and_route_has_its_source_and_its_names() -> None:
    for entry in AUTHORITIES:
        assert entry.source
        assert all(entry.name.in_(language) for language in LANGUAGES)
        assert all(route.source and route.to for route in entry.routes)
        assert entry.routes or entry.note or entry.valid_until, f"{entry.id}: no way to reach them, and no word why"


def test_what_nobody_has_checked_is_marked() -> None:
    doubted = {(entry.task, entry.id) for entry in AUTHORITIES if not entry.verified}
    assert ("nis2_form", "traficom") in doubted
    assert not authority("significant_deviation", date(2026, 6, 1)).routes, "the route of LVV was not found"


def test_a_day_in_words() -> None:
    assert in_words(date(2026, 1, 1)) == "1.1.2026"
