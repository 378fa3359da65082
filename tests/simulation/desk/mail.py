"""A mail provider that counts what it accepts, and can be slow, away, or silent after it has accepted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.chaos.letter_box import Accepted
from tests.simulation.desk.product import (
    INCIDENT_HEADER,
    LiveMail,
    LiveText,
    TextTransport,
    Transport,
    not_now,
    refused,
    unknown,
)
from tests.simulation.engine.chance import Chance
from tests.simulation.engine.virtual_time import running


class Provider(Transport):
    """One provider. ``is_away``: asked before each letter; ``loses_answers``: how often an answer is lost."""

    channel = "email"
    provider = "the provider of the simulation"

    def __init__(self, chance: Chance, *, loses_answers: float = 0.0) -> None:
        self.accepted: list[Accepted] = []
        self.read: set[str] = set()
        """Of whom the letters are read: their texts are kept."""
        self.texts: dict[str, str] = {}
        self.watchers: list[Callable[[Accepted, str], None]] = []
        self.at_lost: Callable[[Accepted], None] = lambda _: None
        self.is_away: Callable[[], bool] = lambda: False
        self._chance, self._loses_answers = chance, loses_answers

    async def deliver(self, mail: LiveMail) -> str:
        """Accept a letter."""
        step = (mail.message[INCIDENT_HEADER], purpose_of(mail.file_name), mail.message["To"])
        await asyncio.sleep(self._chance.latency("letter", *step))
        if self.is_away():
            raise not_now("the provider does not answer")
        message = mail.message
        letter = Accepted(
            message_id=mail.message_id.strip("<>"),
            incident=str(message[INCIDENT_HEADER]),
            to=str(message["To"].addresses[0].addr_spec),
            subject=str(message["Subject"]),
            dated=str(message["Date"]),
            at=running().now().timestamp(),
        )
        self.accepted.append(letter)
        if letter.incident in self.read:
            body = message.get_body()
            self.texts[letter.message_id] = body.get_content() if body else ""
        for watch in self.watchers:
            watch(letter, purpose_of(mail.file_name))
        await asyncio.sleep(self._chance.latency("answer of the provider", *step))
        letter.answered = running().now().timestamp()
        if self._chance.strikes(self._loses_answers, "the provider's answer is lost", *step):
            self.at_lost(letter)
            raise unknown("the provider's answer was lost")
        return ""


class Pager(TextTransport):
    """Another channel than mail, which fails by chance: for good, or for a while."""

    provider = "the pager of the simulation"

    def __init__(self, chance: Chance, *, refuses: float, is_down: float) -> None:
        self._chance, self._refuses, self._is_down = chance, refuses, is_down
        self.watchers: list[Callable[[str, str, str], None]] = []
        self.failed = 0

    async def deliver(self, message: LiveText, *, is_mailing: bool = False) -> None:  # noqa: ARG002  # as the port has it
        """Accept a message, or not."""
        step = ("pager", message.file_name)
        await asyncio.sleep(self._chance.latency(*step))
        if self._chance.between(0, 1, "refuses", *step) < self._refuses:
            self.failed += 1
            raise refused("the pager knows no such number", act="Nobody")
        if self._chance.between(0, 1, "is down", *step) < self._is_down:
            self.failed += 1
            raise not_now("the pager is down")
        reference = message.file_name.partition("-pager-")[0]
        for watch in self.watchers:
            watch(reference, purpose_of(message.file_name), message.file_name)


def purpose_of(file_name: str) -> str:
    """What a letter is for, as its file says: reference, purpose, a hash."""
    return file_name.rsplit("-", 2)[1]
