"""A mailbox in memory, and the written samples that come into it."""

from __future__ import annotations

from pathlib import Path

from activities.returned_mail.mailbox import Arrived, Mailbox

SAMPLES = Path(__file__).parent / "samples"
ID = "0123456789abcdef0123456789abcdef@organisation.example"
"""The letter that the samples are about."""
BOUNCE, DELAY, ARRIVED, COMPLAINT = "postfix-failed.en", "postfix-delayed.en", "postfix-delivered.en", "arf-abuse.en"


def sample(name: str) -> bytes:
    """One of them."""
    return (SAMPLES / f"{name}.eml").read_bytes()


class Box(Mailbox):
    """A mailbox in memory; ``broken`` raises at the next look."""

    def __init__(self) -> None:
        self.name = "the folder INBOX at mail.example"
        self.mails: list[bytes] = []
        self.broken: Exception | None = None

    async def since(self, mark: str) -> list[Arrived]:
        if self.broken:
            raise self.broken
        return [Arrived(mail, str(at)) for at, mail in enumerate(self.mails, start=1) if at > int(mark or 0)]

    async def check(self) -> None:
        """It is there."""
