"""A mailbox into which returned mail comes: read from where the last look stopped, and changed by nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import NamedTuple

AT_A_LOOK = 50
"""Mails: what is left waits for the next look."""
AT_FIRST = timedelta(days=14)
"""How far back the first look goes."""
OF_A_MAIL = 256 * 1024
"""Bytes that are read of one: what a mail system says stands before the letter that it brings back."""


class Arrived(NamedTuple):
    """One mail. ``mark``: where the next look begins once this one has been dealt with."""

    content: bytes
    mark: str


class Mailbox(ABC):
    """One folder of one mailbox. ``name``: for people, without an address."""

    name: str

    @abstractmethod
    async def since(self, mark: str) -> list[Arrived]:
        """What has come since a mark, the oldest first; empty mark: the last two weeks.

        Raises ``ApplicationError`` of the types that a transport raises.
        """

    @abstractmethod
    async def check(self) -> None:
        """Open it and read nothing. Raises ``ApplicationError``."""
