"""Why the door turns a request away: a status and one line that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from starlette.responses import JSONResponse, PlainTextResponse, Response

API = "/api/"


class NotLetIn(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers

    def response(self, path: str) -> Response:
        """The answer to it: for the HTTP API in the form in which Temporal itself refuses, else plain text."""
        if path.startswith(API):
            return JSONResponse({"message": self.text}, self.status, dict(self.headers))
        return PlainTextResponse(f"{self.text}\n", self.status, dict(self.headers))


def needs_token(text: str) -> NotLetIn:
    """Nobody known asks."""
    return NotLetIn(401, text, {"WWW-Authenticate": "Bearer"})
