"""Crashes at every point between "about to be handed over" and "kept with the evidence"."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from activities.evidence.case_folder import CaseFolders
from activities.mail.ledger import Note, SentLedger
from activities.mail.sender import IN_DOUBT, MailRoom
from activities.mail.transport import not_now, unknown
from tests.activities.mail.post_office import NOTICED, RecordingTransport, letter, operating_model
from tests.activities.mail.room import room, shelf
from tests.store import ledger_in, store_in
from workflows.process.messages import SentMessage

pytestmark = pytest.mark.usefixtures("home")


class Crash(BaseException):
    """What a killed worker looks like from inside: nothing after it runs."""


class LedgerOfDoom(SentLedger):
    """Crashes at one of its steps."""

    def __init__(self, folder: Path, crash_at: str) -> None:
        super().__init__(store_in(folder))
        self.crash_at = crash_at

    def accepted(self, key: str, note: Note, sent: SentMessage) -> None:
        if self.crash_at == "accepted":
            raise Crash
        super().accepted(key, note, sent)

    def as_sent(self, key: str) -> bytes | None:
        if self.crash_at == "as_sent":
            raise Crash
        return super().as_sent(key)


async def test_a_crash_before_the_provider_answered_is_tried_again_with_the_same_id(tmp_path: Path) -> None:
    with pytest.raises(Crash):
        await room(tmp_path, RecordingTransport(Crash())).send_letter(letter())
    transport = RecordingTransport()
    sent = await room(tmp_path, transport).send_letter(letter())

    assert transport.messages[0]["Message-ID"] == f"<{sent.id}>"
    assert sent.detail.endswith(IN_DOUBT)


async def test_a_crash_after_the_provider_accepted_sends_the_same_bytes_again_and_says_so(tmp_path: Path) -> None:
    transport = RecordingTransport()
    with pytest.raises(Crash):
        await room(tmp_path, transport, LedgerOfDoom(tmp_path / "ledger", "accepted")).send_letter(letter())
    sent = await room(tmp_path, transport).send_letter(letter())

    first, second = transport.messages
    assert bytes(first) == bytes(second)
    assert IN_DOUBT in sent.detail


async def test_a_crash_after_the_answer_was_noted_sends_nothing_again_and_keeps_what_was_sent(tmp_path: Path) -> None:
    transport = RecordingTransport()
    with pytest.raises(Crash):
        await room(tmp_path, transport, LedgerOfDoom(tmp_path / "ledger", "as_sent")).send_letter(letter())
    assert not (tmp_path / "cases").exists()
    sent = await room(tmp_path, transport).send_letter(letter(text="something else by now"))

    assert shelf(tmp_path) == [bytes(transport.messages[0])]
    assert IN_DOUBT not in sent.detail


async def test_the_id_stays_even_where_the_organisation_moves_to_another_domain(tmp_path: Path) -> None:
    with pytest.raises(Crash):
        await room(tmp_path, RecordingTransport(Crash())).send_letter(letter())
    moved = operating_model(email="desk@moved.example")
    ledger, folders = ledger_in(tmp_path / "ledger"), CaseFolders(tmp_path / "cases")
    sent = await MailRoom(RecordingTransport(), tmp_path, folders, lambda: moved, ledger).send_letter(letter())
    assert sent.id.endswith("@organisation.example")


async def test_a_try_that_surely_did_not_go_leaves_no_doubt(tmp_path: Path) -> None:
    transport = RecordingTransport(not_now("busy"), not_now("busy"))
    for _ in range(2):
        with pytest.raises(ApplicationError, match="busy"):
            await room(tmp_path, transport).send_letter(letter())
    sent = await room(tmp_path, transport).send_letter(letter())
    assert sent.detail == "accepted by the recorder as R-1"


async def test_a_doubt_outlives_later_tries_that_surely_did_not_go(tmp_path: Path) -> None:
    transport = RecordingTransport(unknown("silence"), not_now("busy"))
    for words in ("silence", "busy"):
        with pytest.raises(ApplicationError, match=words):
            await room(tmp_path, transport).send_letter(letter())
    sent = await room(tmp_path, transport).send_letter(letter())
    assert sent.detail.endswith(IN_DOUBT)


def test_two_tries_of_one_letter_at_once_end_with_one_note(tmp_path: Path) -> None:
    """A frozen worker goes on after another one has sent the letter: it finds the note that lies there."""
    ledger = ledger_in(tmp_path)
    note = ledger.next_try("k", None, message_id="m@x", now=NOTICED)
    ledger.handing_over("k", note, b"letter")
    sent = SentMessage(id="m@x", to="ward", state="accepted")
    for _ in range(2):
        ledger.accepted("k", note, sent)
    assert ledger.look_up("k") == note.model_copy(update={"sent": sent})
    assert (ledger.unanswered(), ledger.as_sent("k")) == ([], b"letter")


def test_a_key_that_was_never_handed_over_is_not_known(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    assert ledger.look_up("k") is None
    begun = ledger.next_try("incident-1/run/k", None, message_id="m@x", now=NOTICED)
    assert begun == Note(message_id="m@x", process="incident-1", first_tried_at=NOTICED)


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from activities.mail.outbox import Outbox
from tests.activities.mail.post_office import letter
from tests.activities.mail.room import room

class Killed(Outbox):
    async def deliver(self, mail):
        if sys.argv[2] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        await super().deliver(mail)
        os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[1])
asyncio.run(room(folder, Killed(folder / "provider")).send_letter(letter()))
"""


@pytest.mark.parametrize(("when", "taken"), [("before", 0), ("after", 1)])
async def test_a_worker_really_killed_leaves_a_note_that_the_next_one_reads(
    when: str, taken: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), when]
    killed = await asyncio.to_thread(subprocess.run, command, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert len(list((tmp_path / "provider").glob("*.eml"))) == taken

    sent = await room(tmp_path, RecordingTransport()).send_letter(letter())
    assert IN_DOUBT in sent.detail
    assert len(shelf(tmp_path)) == 1
