"""One try of a letter at a time: who waits for whom, for how long, and what is left of the one that waited."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail import ledger as sent_ledger
from activities.mail.sender import IN_DOUBT
from activities.mail.transport import LiveMail, all_handed_over, not_now
from tests.activities.mail.post_office import RecordingTransport, letter
from tests.activities.mail.room import room, shelf
from tests.store import ledger_in
from workflows.process.messages import SentMessage

pytestmark = pytest.mark.usefixtures("home")


class SlowTransport(RecordingTransport):
    """A provider that accepts and takes its time to say so."""

    async def deliver(self, mail: LiveMail) -> str:
        answer = await super().deliver(mail)
        await asyncio.sleep(0.5)
        return answer


class StandsUntilASecondComes(RecordingTransport):
    """A provider that answers the first try only once it has the second. ``first_one``: what it answers to that."""

    def __init__(self, first_one: ApplicationError | None = None) -> None:
        super().__init__()
        self._first_one, self._has_two = first_one, asyncio.Event()

    async def deliver(self, mail: LiveMail) -> str:
        answer = await super().deliver(mail)
        if len(self.messages) == 2:
            self._has_two.set()
            return answer
        await self._has_two.wait()
        if self._first_one:
            await asyncio.sleep(0.5)  # the other one is noted meanwhile
            raise self._first_one
        return answer


async def test_a_worker_that_is_still_at_a_letter_is_waited_for(tmp_path: Path) -> None:
    """What a worker that was silent for too long looks like: its step was given to another one."""
    transport = SlowTransport()
    first, second = room(tmp_path, transport), room(tmp_path, transport)
    sent, again = await asyncio.gather(first.send_letter(letter()), second.send_letter(letter()))
    assert len(transport.messages) == 1
    assert sent == again
    assert IN_DOUBT not in sent.detail


async def test_an_answer_is_noted_while_all_other_threads_are_busy(tmp_path: Path) -> None:
    ended = threading.Event()
    busy = [asyncio.create_task(asyncio.to_thread(ended.wait)) for _ in range(100)]
    try:
        async with asyncio.timeout(30):
            sent = await room(tmp_path, RecordingTransport()).send_letter(letter())
    finally:
        ended.set()
        await asyncio.gather(*busy)
    assert sent.state == "accepted"


async def test_a_worker_that_stands_at_a_letter_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_ledger, "PATIENCE", timedelta(seconds=0.1))
    transport = StandsUntilASecondComes()
    first, second = room(tmp_path, transport), room(tmp_path, transport)
    async with asyncio.timeout(30):
        await asyncio.gather(first.send_letter(letter()), second.send_letter(letter()))
    one, two = transport.messages
    assert one["Message-ID"] == two["Message-ID"]


async def test_what_another_try_has_noted_is_not_taken_away_by_one_that_did_not_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A try stands for so long that another one sends the letter; then it hears that its own did not go."""
    monkeypatch.setattr(sent_ledger, "PATIENCE", timedelta(seconds=0.1))
    transport = StandsUntilASecondComes(first_one=not_now("421 busy"))
    async with asyncio.timeout(30):
        both = await asyncio.gather(
            *(room(tmp_path, transport).send_letter(letter()) for _ in range(2)), return_exceptions=True
        )
    (went,) = (each for each in both if isinstance(each, SentMessage))
    assert [each for each in both if isinstance(each, ApplicationError)]
    assert await room(tmp_path, transport).send_letter(letter()) == went
    assert (len(transport.messages), len(shelf(tmp_path))) == (2, 1)


async def test_a_try_that_is_given_up_while_another_is_at_the_letter_sends_nothing(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path / "ledger")
    held = await ledger.alone_at(letter().key)
    transport = RecordingTransport()
    waiting = asyncio.create_task(room(tmp_path, transport).send_letter(letter()))
    await asyncio.sleep(2 * sent_ledger.LOOKS_EVERY)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await ledger.let_go(held)
    async with asyncio.timeout(sent_ledger.PATIENCE.total_seconds() / 2):
        await ledger.let_go(await ledger.alone_at(letter().key))
    await all_handed_over()
    assert transport.messages == []


async def test_a_letter_that_nobody_waits_for_any_more_is_noted_before_everything_ends(tmp_path: Path) -> None:
    transport = SlowTransport()
    sending = asyncio.create_task(room(tmp_path, transport).send_letter(letter()))
    async with asyncio.timeout(30):
        while not transport.messages:  # noqa: ASYNC110  # the thread of the ledger comes first
            await asyncio.sleep(0.01)
    sending.cancel()
    await all_handed_over()
    note = ledger_in(tmp_path / "ledger").look_up(letter().key)
    assert note is not None
    assert note.sent is not None
    assert len(shelf(tmp_path)) == 1
