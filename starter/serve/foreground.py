"""What the commands that run until they are stopped have in common: keys, Ctrl-C and SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

from starter.language.heard import heard
from starter.serve.secured import secure
from starter.terminal.errors import Wrong
from workers.keys import ring
from workers.keys.live import LiveKeys, live_keys
from workers.keys.ring import KeyFileError
from workers.settings import Settings

STOPPING = (signal.SIGINT, signal.SIGTERM)


def keys_of(settings: Settings) -> LiveKeys:
    """The encryption keys. Raises ``Wrong`` with what to do."""
    try:
        return live_keys(settings)
    except KeyFileError as error:
        raise Wrong(heard(str(error))) from None


def make_keys(settings: Settings) -> bool:
    """Make the key file at a first start; whether one was made. One that is there stays. Raises ``Wrong``."""
    secure(settings)
    if settings.key_env:  # who sets it makes the keys, too
        return False
    try:
        return ring.make_where_missing(settings.key_file, settings.data_dir / "temporal.db")
    except KeyFileError as error:
        raise Wrong(heard(str(error))) from None


@contextlib.asynccontextmanager
async def stop_wanted() -> AsyncIterator[asyncio.Event]:
    """An event that Ctrl-C and SIGTERM set, while inside."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sent in STOPPING:
        loop.add_signal_handler(sent, stop.set)
    try:
        yield stop
    finally:
        for sent in STOPPING:
            loop.remove_signal_handler(sent)
