"""One worker of several that send the same letters, as an OS process that dies where it is told to."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from activities.evidence.case_folder import CaseFolders
from activities.mail.ledger import SentLedger
from activities.mail.sender import MailRoom
from activities.mail.transport import LiveMail, Transport
from tests.activities.mail.post_office import letter, operating_model
from tests.store import ledger_in


class Provider(Transport):
    """A provider for all of them: each letter that it takes is a file, however often it comes."""

    channel = "email"
    provider = "the provider"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "provider"

    async def deliver(self, mail: LiveMail) -> str:
        """Take it."""
        self._folder.mkdir(exist_ok=True)
        name = secrets.token_hex(8)
        beside = self._folder / f".{name}"  # this process may be killed while it writes: then nothing was taken
        beside.write_text(mail.message_id.strip("<>"), encoding="utf-8")
        beside.replace(self._folder / name)
        return ""

    def taken(self) -> Counter[str]:
        """How often each came."""
        return Counter(path.read_text("utf-8") for path in self._folder.glob("[!.]*"))


def room_of(folder: Path, place: str) -> MailRoom:
    """The mail room of a worker: folders of its own, and the common store."""
    own = folder / place
    ledger = ledger_in(folder / "store")
    return MailRoom(Provider(folder), own / "outbox", CaseFolders(own / "cases"), operating_model, ledger)


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _then_die(whole: Callable[..., Any]) -> Callable[..., Any]:
    def dying(*about: Any, **named: Any) -> None:
        whole(*about, **named)
        _die()

    return dying


def _dies_at(stage: str) -> None:
    """The first letter that comes so far ends this process."""
    deliver = Provider.deliver

    async def gone(provider: Provider, mail: LiveMail) -> str:
        await deliver(provider, mail)
        _die()
        return ""

    places: dict[str, tuple[type, str, Callable[..., Any]]] = {
        "claimed": (SentLedger, "handing_over", _die),
        "noted": (SentLedger, "handing_over", _then_die(SentLedger.handing_over)),
        "gone": (Provider, "deliver", gone),
        "answered": (SentLedger, "accepted", _then_die(SentLedger.accepted)),
        "kept": (SentLedger, "_let_go", _die),
    }
    setattr(*places[stage])


async def _send(folder: Path, place: str, number: int) -> None:
    desk = room_of(folder, place)
    await asyncio.gather(*(desk.send_letter(letter(key=f"k{each}")) for each in range(number)))


if __name__ == "__main__":
    where, who, how_many, *dies = sys.argv[1:]
    for at in dies:
        _dies_at(at)
    asyncio.run(_send(Path(where), who, int(how_many)))
