"""The door of ``kantadesk up``: an OS process of its own, so that no request can stop the worker.

It gets its sockets (bound by us, so the ports stay ours if it is started again) and a plan on its stdin; it ends when
that is closed: with us, however we end. One that ends by itself is started again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from workers.embedded.server import EmbeddedTemporal
    from workers.settings import Settings

READY = b"ready\n"
READY_WITHIN = 60.0
AGAIN_AFTER = 1.0
_log = logging.getLogger("kantadesk.door")


class DoorPlan(NamedTuple):
    """What the OS process is told. ``settings``: those of the command line. Sockets by their handles."""

    settings: dict[str, str]
    sockets: dict[str, int | None]
    inner: list[Any]


@asynccontextmanager
async def door_process(server: EmbeddedTemporal, settings: Settings) -> AsyncIterator[asyncio.Event]:
    """The door, started and kept while inside; gives an event that is set once it answers."""
    ready = asyncio.Event()
    keeping = asyncio.create_task(_kept(server, settings, ready))
    try:
        yield ready
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def until_open(ready: asyncio.Event) -> None:
    """Wait until the door answers. Raises ``Unreachable``."""
    from starter.terminal.errors import Unreachable

    try:
        await asyncio.wait_for(ready.wait(), READY_WITHIN)
    except TimeoutError:
        raise Unreachable(
            "the door before Temporal Web and the codec server does not start; see the lines above"
        ) from None


async def _kept(server: EmbeddedTemporal, settings: Settings, ready: asyncio.Event) -> None:
    plan = _plan(server, settings)
    handles = [handle for handle in plan.sockets.values() if handle is not None]
    while True:
        code = await _one_life(plan, handles, ready)
        _log.warning("the door ended by itself (%s); it is started again", code)
        await asyncio.sleep(AGAIN_AFTER)


async def _one_life(plan: DoorPlan, handles: list[int], ready: asyncio.Event) -> int:
    """The OS process from its start to its end; its exit code."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "starter.serve.door"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us
        pass_fds=handles,
    )
    try:
        with suppress(ConnectionError):  # it has ended at once
            if process.stdin and process.stdout:  # as asked for
                process.stdin.write(json.dumps(plan).encode() + b"\n")
                if await process.stdout.readline() == READY:
                    ready.set()
        return await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _plan(server: EmbeddedTemporal, settings: Settings) -> DoorPlan:
    given = [name for name, origin in settings.origins.items() if origin == "command line"]
    sockets = {name: place and place.fileno() for name, place in server.door._asdict().items()}
    return DoorPlan({name: str(getattr(settings, name)) for name in given}, sockets, list(server.inner))


def main() -> None:
    """Be the door, until whoever has started it is gone."""
    from starter.terminal.log_lines import log_to_stderr

    log_to_stderr()
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # a stranger's broken request is no line of ours
    plan = DoorPlan(*json.loads(sys.stdin.readline()))
    threading.Thread(target=_ends_with_parent, daemon=True).start()
    asyncio.run(_serve(plan))


def _ends_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


async def _serve(plan: DoorPlan) -> None:
    import socket

    from starter.serve.foreground import keys_of
    from workers.door.audit import audit_kept_in
    from workers.door.doors import door
    from workers.embedded.ports import DoorSockets, Inner
    from workers.settings import load

    settings = load(None, **plan.settings)
    sockets = {name: None if handle is None else socket.socket(fileno=handle) for name, handle in plan.sockets.items()}
    with audit_kept_in(settings.data_dir / "logs"):
        async with door(settings, keys_of(settings), DoorSockets(**sockets), Inner(*plan.inner)):  # type: ignore[arg-type]
            sys.stdout.buffer.write(READY)
            sys.stdout.buffer.flush()
            await asyncio.Event().wait()


if __name__ == "__main__":
    main()
