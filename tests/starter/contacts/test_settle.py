"""``kantadesk contacts settle``: a letter without an answer is shown, asked about, and let go of."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.mail.ledger import SentLedger, hashed
from tests.activities.mail.post_office import NOTICED
from tests.starter.conftest import kantadesk
from tests.store import ledger_in

LETTER = b"To: desk@organisation.example\nSubject: INC-1: a fault\n\nwords of a letter\n"


@pytest.fixture
def ledger(tmp_path: Path) -> SentLedger:
    ledger = ledger_in(tmp_path / "store")
    for key in ("a", "b"):
        note = ledger.next_try(key, None, message_id=f"{key}@organisation.example", now=NOTICED)
        ledger.handing_over(key, note, LETTER)
    return ledger


def test_it_is_shown_and_let_go_of(ledger: SentLedger, tmp_path: Path) -> None:
    settled = kantadesk(tmp_path, "contacts", "settle", hashed("a")[:10], "--yes")
    assert settled.code == 0, settled.err
    assert "desk@organisation.example" in settled.out
    assert "INC-1: a fault" in settled.out
    assert "words of a letter" not in settled.out
    assert [letter for letter, _ in ledger.unanswered()] == [hashed("b")]
    assert ledger.as_sent("a") is None


def test_nothing_happens_unasked_or_to_another_one(ledger: SentLedger, tmp_path: Path) -> None:
    for given, code in ((hashed("a"), 2), ("0" * 12, 4), ("%", 4)):
        refused = kantadesk(tmp_path, "contacts", "settle", given, *(["--yes"] if code == 4 else []))
        assert refused.code == code, refused.err
    assert len(ledger.unanswered()) == 2


def test_a_store_that_does_not_answer_is_said_in_one_line(tmp_path: Path) -> None:
    nowhere = {"KANTADESK_STORE": "postgresql://desk@127.0.0.1:1/desk"}
    refused = kantadesk(tmp_path, "contacts", "settle", "abc", "--yes", **nowhere)
    assert refused.code == 5
    assert "the store can't be used" in refused.err
    assert len(refused.err.strip().splitlines()) == 1
