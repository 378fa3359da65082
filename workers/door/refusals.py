"""Why the door turns a request away: a status and one line that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from starlette.responses import PlainTextResponse, Response


class NotLetIn(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers

    def response(self) -> Response:
        """The answer to it."""
        return PlainTextResponse(f"{self.text}\n", self.status, dict(self.headers))


def needs_token(text: str) -> NotLetIn:
    """Nobody known asks."""
    return NotLetIn(401, text, {"WWW-Authenticate": "Bearer"})
