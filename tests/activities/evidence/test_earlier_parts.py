"""What a process could not remember itself any more stands in the evidence again, whole and once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.evidence.timeline import earlier_parts, plain_timeline
from workflows.procedure.languages import Language
from workflows.process.messages import Happening, Sender

LINE = {"at": "2026-11-22T10:00:00Z", "what": "Call", "by": "desk", "detail": ""}


def keep(journal: Path, name: str, *, timeline: tuple[Any, ...] = (), **record: Any) -> None:
    journal.joinpath(f"{name}.json").write_text(json.dumps({"timeline": timeline, "record": record}), encoding="utf-8")


def test_the_entries_come_back_in_the_order_in_which_they_left(tmp_path: Path) -> None:
    keep(tmp_path, "evidence-9", first=0, left=[["calls", 1], ["timeline", LINE]])
    keep(tmp_path, "evidence-10", first=2, left=[["calls", 2], ["messages", "a"]])
    earlier = earlier_parts(tmp_path)
    assert earlier.with_lists_of({"calls": [3], "phase": "closed"}) == {
        "calls": [1, 2, 3],
        "messages": ["a"],
        "phase": "closed",
    }
    assert [line.what for line in earlier.timeline] == ["Call"]


def test_a_part_that_was_kept_twice_counts_once(tmp_path: Path) -> None:
    keep(tmp_path, "evidence-1", first=0, left=[["calls", 1], ["calls", 2]])
    keep(tmp_path, "evidence-2", first=0, left=[["calls", 1], ["calls", 2], ["calls", 3]])
    assert earlier_parts(tmp_path).lists == {"calls": [1, 2, 3]}


def test_a_part_of_the_first_releases_is_a_piece_of_the_timeline(tmp_path: Path) -> None:
    keep(tmp_path, "evidence-1", timeline=(LINE,), reference="INC-1", calls=[{"summary": "in the record still"}])
    earlier = earlier_parts(tmp_path)
    assert len(earlier.timeline) == 1
    assert not earlier.lists


def test_without_a_journal_there_is_nothing_to_add(tmp_path: Path) -> None:
    assert earlier_parts(tmp_path / "journal").with_lists_of({"calls": [1]}) == {"calls": [1]}


def test_the_plain_timeline_is_in_the_organisations_time_and_says_when_it_was_recorded() -> None:
    at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    lines = (
        Happening(at=at, what="Call to Kela", by="desk", recorded_at=at + timedelta(minutes=40)),
        Happening(at=at + timedelta(minutes=1), what="Message 'triage' refused: not now"),
    )
    text = plain_timeline("INC-1", lines, "Europe/Stockholm")
    assert "times in Europe/Stockholm" in text
    assert "22.11.2026 13:00 (+01:00)  Call to Kela – desk (recorded 22.11.2026 13:40 (+01:00))" in text
    assert "22.11.2026 13:01 (+01:00)  Message 'triage' refused: not now\n" in text


@pytest.mark.parametrize(
    ("language", "mark"),
    [("fi", "varmistamaton lähettäjä"), ("sv", "overifierad avsändare"), ("en", "unverified sender")],
)
def test_the_plain_timeline_marks_a_stranger_in_the_organisations_language(language: Language, mark: str) -> None:
    at = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    line = Happening(at=at, what="Situation changed", by="Head of IT", sender=Sender(came="clear"))
    assert f"Situation changed – Head of IT ({mark})\n" in plain_timeline("INC-1", (line,), language=language)
