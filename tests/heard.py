"""A web server in the test's own loop that answers every request as one function says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.door.serving import serving
from workers.embedded.ports import LOOPBACK, bound_socket


@asynccontextmanager
async def answering(answer: Callable[[Request], Awaitable[Response]]) -> AsyncIterator[str]:
    """The address of a server whose every path answers so."""
    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "HEAD", "PUT"])])
    with bound_socket(LOOPBACK, 0) as bound:
        async with serving(app, {bound: None}):
            yield f"http://{LOOPBACK}:{bound.getsockname()[1]}"
