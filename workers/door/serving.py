"""The door's listening side: one ASGI application behind any number of sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from workers.door.connections import IDLE_FOR, LONGEST_HEAD, BoundedConnection

HANDSHAKE_WITHIN = 10.0
STOPPED_WITHIN = 2.0
BACKLOG = 128


@asynccontextmanager
async def serving(app: ASGIApp, sockets: Mapping[socket.socket, ssl.SSLContext | None]) -> AsyncIterator[None]:
    """Answer on bound sockets while inside; on those with a context by https."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE_FOR,
        h11_max_incomplete_event_size=LONGEST_HEAD,
    )
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(
            lambda: BoundedConnection(config, state, {}),
            sock=each,
            backlog=BACKLOG,
            ssl=tls,
            ssl_handshake_timeout=HANDSHAKE_WITHIN if tls else None,
        )
        for each, tls in sockets.items()
    ]
    try:
        yield
    finally:
        for server in servers:
            server.close()
        await _closed(state)


async def _closed(state: ServerState) -> None:
    """Let the answers that are being given end, for a moment; then cut off what is left."""
    for connection in list(state.connections):
        connection.shutdown()
    if state.tasks:
        await asyncio.wait(set(state.tasks), timeout=STOPPED_WITHIN)
    for connection in list(state.connections):
        connection.transport.abort()
    for task in list(state.tasks):
        task.cancel()
    await asyncio.sleep(0)
