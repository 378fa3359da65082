"""Lines that were cut off at the end of a case's chain while the case is open, and what tells of them."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from activities.book.open_ids import FILE
from activities.evidence.case_folder import CaseFolders
from activities.evidence.chain import CHAIN
from activities.evidence.live import differences
from tests.attack.cases import Case, bundled, key_of, witness_of
from workers.keys.signing import signing_key
from workflows.process.messages import ChainHead

pytestmark = pytest.mark.attack
CUT_OFF, MISSING, WRITTEN_ON = (
    "was cut off at its end",
    "is missing, and 8 lines",
    "it was cut off and written on since",
)


@pytest_asyncio.fixture
async def case(tmp_path: Path) -> Case:
    """A case whose letters came last: a chain of eight lines, and a record that names them."""
    return await bundled(tmp_path / "evidence")


def faults(case: Case) -> list[str]:
    """What ``evidence verify REF`` finds in the folder of the open case."""
    return differences(case.folder, case.record, witness_of(case.root))[1]


def lines_of(case: Case) -> list[bytes]:
    return (case.folder / CHAIN).read_bytes().splitlines(keepends=True)


def test_a_whole_chain_is_found_whole_also_after_another_line(case: Case) -> None:
    assert faults(case) == []
    case.folders.keep("INC-1", "messages", "later.eml", b"Subject: later")
    assert (len(lines_of(case)), faults(case)) == (9, [])


@pytest.mark.parametrize("left", [7, 4, 1, 0])
def test_what_was_cut_off_is_told_with_how_much_it_was(case: Case, left: int) -> None:
    (case.folder / CHAIN).write_bytes(b"".join(lines_of(case)[:left]))
    told = [fault for fault in faults(case) if CUT_OFF in fault]
    assert told == [f"{CHAIN}: was cut off at its end: 8 lines had been written, and {left} are there"]


def test_a_line_that_was_cut_in_the_middle_is_told_by_its_number(case: Case) -> None:
    (case.folder / CHAIN).write_bytes((case.folder / CHAIN).read_bytes()[:-40])
    assert f"{CHAIN}: was changed or damaged at line 8 (it can't be read)" in faults(case)


def test_a_chain_that_was_deleted_is_told(case: Case) -> None:
    (case.folder / CHAIN).unlink()
    assert [fault for fault in faults(case) if MISSING in fault]


@pytest.mark.parametrize("left", [7, 0])
async def test_what_was_cut_off_stays_told_however_long_the_chain_grows(
    case: Case, left: int, caplog: pytest.LogCaptureFixture
) -> None:
    (case.folder / CHAIN).write_bytes(b"".join(lines_of(case)[:left]))
    with caplog.at_level(logging.ERROR):
        for number in range(10):
            case.folders.keep("INC-1", "messages", f"later-{number}.eml", b"Subject: later")
    assert [fault for fault in faults(case) if WRITTEN_ON in fault]
    assert "case-INC-1: lines of its chain were cut off or changed" in caplog.text
    await bundled(case.root)
    assert [fault for fault in faults(case) if WRITTEN_ON in fault]


def test_a_line_whose_head_a_crash_kept_from_the_book_is_no_fault(case: Case) -> None:
    alone = CaseFolders(case.root, signing_key(key_of(case.root)))
    alone.keep("INC-1", "messages", "later.eml", b"Subject: later")
    assert faults(case) == []
    case.folders.keep("INC-1", "messages", "last.eml", b"Subject: last")
    assert witness_of(case.root).head_of("case-INC-1") == case.folders.head("INC-1")


def test_a_case_that_the_book_does_not_know_is_not_accused(case: Case) -> None:
    folders = CaseFolders(case.root, signing_key(key_of(case.root)))
    folders.keep("INC-2", "messages", "start.eml", b"Subject: start")
    record: dict[str, Any] = {"reference": "INC-2", "documents": [], "messages": []}
    assert differences(case.root / "case-INC-2", record, witness_of(case.root))[1] == []


def test_a_book_that_can_not_be_read_keeps_no_letter_back_and_is_told(
    case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    book = case.root.parent / f"{case.root.name}-data" / FILE
    for beside in book.parent.glob(f"{FILE}-*"):
        beside.unlink()
    book.write_bytes(b"no database" * 100)
    with caplog.at_level(logging.WARNING):
        kept = case.folders.keep("INC-1", "messages", "later.eml", b"Subject: later")
    assert kept.chained
    assert kept.chained.length == 9
    assert "how far its chain goes is not written down" in caplog.text
    assert [fault for fault in faults(case) if "can't be told" in fault]


def test_a_book_of_before_takes_heads_from_the_next_line_on(tmp_path: Path) -> None:
    witness = witness_of(tmp_path / "evidence")
    head = ChainHead(length=1, sha256="0" * 64)
    witness.keep_head("case-A", head, lambda _: True)
    with sqlite3.connect(tmp_path / "evidence-data" / FILE) as book:
        book.execute("drop table heads")
    again = witness_of(tmp_path / "evidence")
    assert again.head_of("case-A") is None
    again.keep_head("case-A", head, lambda _: True)
    assert again.head_of("case-A") == head
