"""Two workers that share a store and nothing else: killed at every stage of a letter, or both at it at once."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from activities.mail.ledger import PATIENCE, hashed
from activities.mail.sender import IN_DOUBT
from tests.activities.mail.post_office import letter
from tests.activities.mail.room import shelf
from tests.activities.mail.workers import Provider, room_of
from tests.store import ledger_in

pytestmark = pytest.mark.usefixtures("home")
STAGES = ("claimed", "noted", "gone", "answered", "kept")
"""Where a worker dies: before it has noted anything, before the provider has the letter, before its answer is noted,
before the letter lies with the evidence, before the claim is let go of."""


async def worker(folder: Path, place: str, *dies: str, letters: int = 1) -> int:
    """A worker of its own folder sends letters; its exit code."""
    command = [sys.executable, "-m", "tests.activities.mail.workers", str(folder), place, str(letters), *dies]
    return (await asyncio.to_thread(subprocess.run, command, check=False, timeout=90)).returncode


@pytest.mark.parametrize("stage", STAGES)
async def test_what_one_was_at_when_it_died_the_other_one_finishes(stage: str, tmp_path: Path) -> None:
    assert await worker(tmp_path, "one", stage) == -signal.SIGKILL
    async with asyncio.timeout(PATIENCE.total_seconds() / 2):  # nobody waits for the dead
        sent = await room_of(tmp_path, "two").send_letter(letter(key="k0"))
    gone = Provider(tmp_path).taken()
    assert gone == Counter({sent.id: 2 if stage == "gone" else 1})
    assert (IN_DOUBT in sent.detail) == (stage in ("noted", "gone"))
    assert list(chain.from_iterable(shelf(tmp_path / place) for place in ("one", "two")))
    ledger = ledger_in(tmp_path / "store")
    assert (ledger.unanswered(), ledger.as_sent("k0")) == ([], None)


async def test_both_at_the_same_letters_send_each_once(tmp_path: Path) -> None:
    assert await asyncio.gather(*(worker(tmp_path, place, letters=25) for place in ("one", "two"))) == [0, 0]
    assert sorted(Provider(tmp_path).taken().values()) == [1] * 25


@pytest.mark.slow
async def test_both_at_it_and_killed_again_and_again_lose_nothing_and_double_only_in_the_window(tmp_path: Path) -> None:
    for first, second in zip(STAGES, STAGES[2:] + STAGES[:2], strict=True):
        await asyncio.gather(worker(tmp_path, "one", first, letters=8), worker(tmp_path, "two", second, letters=8))
    assert await worker(tmp_path, "three", letters=8) == 0
    ledger, taken = ledger_in(tmp_path / "store"), Provider(tmp_path).taken()
    for number in range(8):
        note = ledger.look_up(f"k{number}")
        assert note is not None
        assert note.sent is not None
        assert taken[note.sent.id] == 1 or (taken[note.sent.id] > 1 and IN_DOUBT in note.sent.detail)
    assert (len(taken), ledger.unanswered()) == (8, [])


def test_what_is_claimed_is_kept_as_a_hash(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path / "store")
    claim = asyncio.run(ledger.alone_at("incident-INC-1/ward"))
    assert claim.letter == hashed("incident-INC-1/ward")
