"""A real SMTP server that counts what it accepts, and can be slow, silent or gone at a chosen moment."""

from __future__ import annotations

import asyncio
import email
import email.policy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

from activities.mail.transport import INCIDENT_HEADER
from tests.activities.mail.smtp_double import Postmaster


@dataclass
class Accepted:
    """One acceptance. ``at``, ``answered``: seconds since the epoch by this machine, before and after the answer.

    ``dated``: the date that the letter bears, which is the sender's own.
    """

    message_id: str
    incident: str
    to: str
    subject: str
    dated: str
    at: float
    answered: float = math.inf
    text: str = ""
    """What it says, of the watchdog's letters only."""


class LetterBox(Postmaster):
    """On a port that stays its own while it is closed.

    ``is_holding``: letters are on their way and get no answer before they were taken.

    ``is_mute``: letters are taken, but the answer is never given. ``takes_one``: all but the first wait as if it were
    holding. ``slow``: seconds before each answer.
    """

    def __init__(self, port: int) -> None:
        super().__init__()
        self.accepted: list[Accepted] = []
        self.is_holding = False
        self.is_mute = False
        self.takes_one = False
        self._has_one = False
        self.slow = 0.0
        self.on_their_way = 0
        self.port = port
        self._server: Controller | None = None

    def open(self) -> None:
        """Begin to serve."""
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    def close(self) -> None:
        """Refuse connections; what was accepted stays counted."""
        self.is_holding = self.is_mute = self.takes_one = False
        if self._server:
            self._server.stop()
        self._server = None

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.slow)
        is_first, self._has_one = not self._has_one, True
        await self._while(lambda: self.is_holding or (self.takes_one and not is_first))
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, _: SMTP, __: Any, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        letter = Accepted(
            str(message["Message-ID"]).strip("<>"),
            str(message[INCIDENT_HEADER]),
            ", ".join(envelope.rcpt_tos),
            str(message["Subject"]),
            str(message["Date"]),
            time.time(),
        )
        if letter.incident == "watchdog" and (body := message.get_body(("plain",))):
            letter.text = body.get_content().replace("\n", " ")
        self.accepted.append(letter)
        try:
            await asyncio.sleep(self.slow)
            await self._while(lambda: self.is_mute)
        finally:  # its sender may have gone meanwhile
            letter.answered = time.time()
        return "250 OK"

    async def _while(self, holds: Callable[[], bool]) -> None:
        self.on_their_way += 1
        try:
            while holds():  # noqa: ASYNC110  # set by another thread
                await asyncio.sleep(0.01)
        finally:
            self.on_their_way -= 1
