"""The page of an outage: made from what is kept, of numbers that were measured, and true about how far they hold."""

from __future__ import annotations

import shutil
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import results
from benchmarks.capacity import forecast
from benchmarks.capacity.check import BAND, BURSTS, compared, holds, margin
from benchmarks.capacity.outage import FIELDS, Outage, letter, needed, total, work
from benchmarks.capacity.page import PAGE, WORDS, mail, page
from benchmarks.capacity.parameters import measured
from benchmarks.results import kept
from benchmarks.tables import cell, columns

KEPT = (kept(forecast.NAME) or {})["found"]


def test_the_page_is_what_is_kept() -> None:
    assert page(KEPT) == (forecast.DOCS / PAGE).read_text(encoding="utf-8")


def test_what_is_kept_was_simulated_from_the_results_that_are_kept() -> None:
    """Where a result was measured again, the outage is to be simulated again: ``make bench ARGS=capacity``."""
    assert KEPT["costs"] == (kept("costs") or {})["found"]
    assert KEPT["parameters"] == {
        name: [vars(one) for one in measured(folder).parameters]
        for name, folder in (("0.2.0", "before"), ("today", ""))
    }
    assert KEPT["outage"] == vars(Outage())


def test_the_simulation_holds_against_the_measured_bursts() -> None:
    """It computes from stored numbers; nothing is timed here."""
    found = compared()
    assert {one.path for one in found} == set(BURSTS)
    assert holds(found) == []
    assert [vars(one) for one in found] == KEPT["checks"]
    assert margin(found) == KEPT["margin"] >= 1
    assert f"between {BAND[0]} and {BAND[1]}" in page(KEPT)


def test_a_simulation_beside_the_band_is_named() -> None:
    found = compared()
    slow = [type(one)(one.path, one.arm, one.key, one.measured, one.measured * 2) for one in found]
    assert [one.key for one in holds(slow)] == [one.key for one in found if one.arm == "desk"]


@pytest.mark.parametrize("said", ["measured", "derived"])
def test_each_parameter_says_from_where_it_is(said: str) -> None:
    those = [one for one in measured("").parameters if one.kind == said]
    assert those
    assert all("load" in one.source or "the alarm" in one.source for one in those)


def test_the_letters_are_those_of_all_recipients() -> None:
    costs = KEPT["costs"]
    parts = work(Outage(), costs)
    told = parts["judged, reported to Kela, the first told"]["letters"] + parts["everybody else told"]["letters"]
    assert told == pytest.approx(Outage().recipients + Outage().organisations), "and a report of each to Kela"
    assert total(parts)["worker_s"] == pytest.approx(sum(part["worker_s"] for part in parts.values()))


def test_fewer_recipients_than_a_triage_tells_are_no_letters_less_than_none() -> None:
    parts = work(Outage(organisations=10, recipients=1), KEPT["costs"])
    assert parts["everybody else told"] == dict.fromkeys(FIELDS, 0.0)


def test_half_the_time_takes_twice_as_much() -> None:
    found = total(work(Outage(), KEPT["costs"]))
    slow, fast = (needed(Outage(), found, measured(""), 1.5, minutes) for minutes in (30, 15))
    for name in ("workers", "server_cores"):
        assert slow[name] * 2 - 1 <= fast[name] <= slow[name] * 2
    assert fast["letters_per_second"] == pytest.approx(slow["letters_per_second"] * 2)
    assert fast["shards"] & (fast["shards"] - 1) == 0, "a power of two"  # type: ignore[operator]


def test_one_letter_more_costs_what_many_cost_more() -> None:
    few, many = dict.fromkeys(FIELDS, 10.0), dict.fromkeys(FIELDS, 90.0)
    few["letters"], many["letters"] = 8.0, 48.0
    assert letter({"triage": few, "triage_of_many": many})["worker_s"] == pytest.approx(2.0)


def test_each_limit_of_a_provider_has_a_source_and_the_reader_has_the_last_word() -> None:
    assert all(one["source"] and one["limit"] for one in WORDS["providers"])
    found = KEPT | {"outage": KEPT["outage"] | {"mail_per_second": 7.0}}
    assert any("yours, 7 a second" in line for line in mail(found))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the results of this repository, to simulate from."""
    shutil.copytree(results.FOLDER, tmp_path / "results")
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    monkeypatch.setattr(forecast, "DOCS", tmp_path)
    return tmp_path


SMALL: dict[str, Any] = {"organisations": 20, "recipients": 100, "mail_per_second": 3.0}


async def test_another_size_is_printed_and_leaves_page_and_results(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "results" / "capacity.json").read_bytes()
    await forecast.measure(Namespace(**SMALL))
    said = capsys.readouterr().out
    assert "20 organisations, 100 recipients" in said
    assert "yours, 3 a second" in said
    assert (folder / "results" / "capacity.json").read_bytes() == before
    assert not (folder / PAGE).exists()


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.usefixtures("folder")
async def test_nobody_to_tell_is_one_clear_line(name: str) -> None:
    with pytest.raises(SystemExit, match="must be more than 0"):
        await forecast.measure(Namespace(**SMALL | {name: 0}))


async def test_a_result_that_is_missing_is_named(folder: Path) -> None:
    (folder / "results" / "costs.json").unlink()
    with pytest.raises(LookupError, match="make bench ARGS=costs"):
        await forecast.measure(Namespace(**SMALL))


def test_a_table_that_is_only_text_is_read_by_row_and_column() -> None:
    part = {"text": ["words", "| | a | b |", "| --- | ---: | ---: |", "| row | 1,200 | 3.5 (more) |", "", "| | c |"]}
    assert columns(part, "row") == {"a": 1200.0}
    assert cell(part, "row", "a") == 1200
    with pytest.raises(LookupError, match="no number under 'b'"):
        cell(part, "row", "b")
    with pytest.raises(LookupError, match="has a row 'other'"):
        columns(part, "other")
