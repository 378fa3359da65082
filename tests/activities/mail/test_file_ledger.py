"""The ledger of 0.2.0, as that release has written it, is taken over into either home: once, whole, repeatable."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from activities.mail import file_ledger
from activities.mail.file_ledger import take_over
from activities.mail.ledger import SentLedger, hashed
from activities.store.port import Store
from tests.activities.mail.post_office import NOTICED, RecordingTransport, letter
from tests.activities.mail.room import room
from tests.store import store_in

pytestmark = pytest.mark.usefixtures("home")
RECORDED = Path(__file__).parent / "ledger_0_2_0"
ACCEPTED, UNKEPT, UNKNOWN = (f"incident-INC-1/run/start/desk/{number}" for number in (1, 2, 3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RECORDED, tmp_path / "sent"))


def as_recorded(store: Store) -> None:
    """The store knows what the folder knew."""
    ledger = SentLedger(store)
    accepted, unkept, unknown = (ledger.look_up(key) for key in (ACCEPTED, UNKEPT, UNKNOWN))
    assert accepted
    assert unkept
    assert unknown
    assert accepted.sent
    assert (accepted.message_id, accepted.sent.to) == ("accepted@organisation.example", "desk")
    assert (ledger.as_sent(ACCEPTED), ledger.as_sent(UNKEPT)) == (None, b"accepted, not yet kept")
    assert ledger.unanswered() == [(hashed(UNKNOWN), NOTICED)]
    assert unknown.first_tried_at == NOTICED


def test_all_of_it_is_taken_over_once(folder: Path, tmp_path: Path) -> None:
    store = store_in(tmp_path / "store")
    assert take_over(folder, store) == 3
    as_recorded(store)
    assert not folder.exists()
    assert take_over(folder, store) == 0
    as_recorded(store)


async def test_no_letter_of_then_goes_again_and_the_one_in_doubt_says_so(folder: Path, tmp_path: Path) -> None:
    store, transport = store_in(tmp_path / "store"), RecordingTransport()
    take_over(folder, store)
    desk = room(tmp_path, transport, SentLedger(store))
    for key in (ACCEPTED, UNKEPT):
        await desk.send_letter(letter(key=key))
    assert transport.messages == []
    again = await desk.send_letter(letter(key=UNKNOWN))
    assert (again.id, len(transport.messages)) == ("unknown@organisation.example", 1)
    assert "delivery of an earlier try is unknown" in again.detail


@pytest.mark.parametrize("dies_after", [0, 1, 2])
def test_broken_off_anywhere_it_can_be_repeated(
    dies_after: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared: list[object] = []
    clear = file_ledger._clear

    def dying(found: file_ledger._Found) -> None:
        if len(cleared) == dies_after:
            raise KeyboardInterrupt
        cleared.append(found)
        clear(found)

    monkeypatch.setattr(file_ledger, "AT_ONCE", 1)
    monkeypatch.setattr(file_ledger, "_clear", dying)
    with pytest.raises(KeyboardInterrupt):
        take_over(folder, store_in(tmp_path / "store"))
    monkeypatch.setattr(file_ledger, "_clear", clear)
    store = store_in(tmp_path / "store")
    assert take_over(folder, store) == 3 - dies_after
    as_recorded(store)


def test_what_two_folders_know_of_one_letter_is_put_together(folder: Path, tmp_path: Path) -> None:
    """Two workers without a common folder: one has no answer for a letter that the provider took from the other."""
    other, store = Path(shutil.copytree(RECORDED, tmp_path / "other")), store_in(tmp_path / "store")
    accepted = (other / f"{hashed(ACCEPTED)}.json").read_text("utf-8")
    (other / f"{hashed(UNKNOWN)}.json").write_text(accepted, encoding="utf-8")
    without_answer = (folder / f"{hashed(UNKNOWN)}.json").read_text("utf-8").replace("T12:05", "T11:05")
    (other / f"{hashed(ACCEPTED)}.json").write_text(without_answer, encoding="utf-8")
    take_over(folder, store)
    take_over(other, store)
    ledger = SentLedger(store)
    for key in (ACCEPTED, UNKNOWN):
        note = ledger.look_up(key)
        assert note
        assert note.sent
        assert note.message_id == "accepted@organisation.example"
    note = ledger.look_up(ACCEPTED)
    assert note
    assert note.first_tried_at.hour == 11
    assert ledger.unanswered() == []


async def test_a_note_that_cannot_be_read_counts_as_doubt_and_is_set_aside(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / f"{hashed(ACCEPTED)}.json").write_text("{", encoding="utf-8")
    store = store_in(tmp_path / "store")
    assert take_over(folder, store) == 3
    assert "can't be read" in caplog.text
    assert os.listdir(folder) == [f"{hashed(ACCEPTED)}.unreadable"]  # noqa: PTH208  # names are wanted
    assert take_over(folder, store) == 0
    sent = await room(tmp_path, RecordingTransport(), SentLedger(store)).send_letter(letter(key=ACCEPTED))
    assert "delivery of an earlier try is unknown" in sent.detail
    assert sent.id
