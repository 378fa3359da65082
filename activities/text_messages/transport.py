"""The ways in which a text message leaves, and the outbox for those that do not.

As with mail, a live message and a drill are two types, and a ``TextTransport`` takes live ones only.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

from activities.evidence.case_folder import private_folder, write_whole
from activities.mail.transport import not_now

THIS_RECIPIENT = "this recipient"
"""Detail of a refusal that is about the recipient's own number or address, and not about the provider."""


@dataclass(frozen=True)
class LiveText:
    """A text that is to reach somebody. ``target``: a number or an address, with secrets by reference."""

    text: str
    file_name: str
    target: str = field(repr=False)


@dataclass(frozen=True)
class DrillText:
    """A text of a drill. It is kept, never sent, and has no address."""

    text: str
    file_name: str


class TextTransport(ABC):
    """One way of sending text messages. ``provider``: who accepts, in words."""

    provider: str

    @abstractmethod
    async def deliver(self, message: LiveText, *, is_mailing: bool = False) -> None:
        """Hand a message over; return once the provider has accepted it. ``is_mailing``: one of many of a group.

        Raises ``ApplicationError``: of type ``RefusedByProvider`` where trying again is of no use, ``ProviderNotReady``
        where the message surely did not go, ``DeliveryUnknown`` where it may have gone.
        """


class TextOutbox(TextTransport):
    """Keeps text messages as ``.txt`` files in a folder, each once, readable by the owner only."""

    provider = "the outbox folder"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def deliver(self, message: LiveText, *, is_mailing: bool = False) -> None:  # noqa: ARG002  # all find room
        """Keep a live message."""
        await asyncio.to_thread(self._keep, message)

    async def divert(self, message: DrillText) -> None:
        """Keep a drill's message."""
        await asyncio.to_thread(self._keep, message)

    def _keep(self, message: LiveText | DrillText) -> None:
        try:
            path = private_folder(self.folder) / message.file_name
            if not path.exists():
                write_whole(path, message.text.encode())
        except OSError as error:
            raise not_now(f"the outbox folder {self.folder} can't be written ({error.strerror})") from None
