"""What lies behind the door: Temporal Web, Temporal's HTTP API, and the codec server, each by its own port.

The application takes each request through the same steps: who and from where (the room's own check), the body within
its bounds, the answer, one line in the audit. Nothing is parsed before the check has let it pass.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from workers.door.bodies import Bodies, Limits
from workers.door.proxy import BrokenOff
from workers.door.refusals import NotLetIn
from workers.door.secrets_file import DoorFileError

LOG = logging.getLogger("kantadesk.door")


class Room(Protocol):
    """One thing that lies behind the door."""

    limits: Limits

    def check(self, request: Request) -> None:
        """Whether the request may come in. Raises ``NotLetIn``."""

    async def answer(self, request: Request, body: bytes) -> Response:
        """The answer to one that may. Raises ``NotLetIn``."""

    def finish(self, request: Request, response: Response) -> None:
        """The headers that every answer has, and the line in the audit."""


class Door:
    """The ASGI application: one room for each port."""

    def __init__(self, rooms: Mapping[int, Room]) -> None:
        self._rooms = rooms
        self._bodies = Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        room = self._rooms[scope["server"][1]]
        async with AsyncExitStack() as held:
            try:
                room.check(request)
                body = await held.enter_async_context(self._bodies.held(request, room.limits))
                response = await room.answer(request, body)
            except NotLetIn as refusal:
                response = refusal.response(request.url.path)
            except DoorFileError as fault:
                response = NotLetIn(503, str(fault)).response(request.url.path)
            room.finish(request, response)
            try:
                await response(scope, receive, send)
            except BrokenOff as fault:  # uvicorn cuts off the connection: what has come is not taken for the whole
                LOG.warning("%s", fault)
