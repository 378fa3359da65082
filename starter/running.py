"""What the commands that run until they are stopped have in common: keys, log lines, Ctrl-C and SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator

from starter.failure import Wrong
from workers import key_ring
from workers.key_ring import KeyFileError
from workers.live_keys import LiveKeys, live_keys
from workers.settings import Settings

STOPPING = (signal.SIGINT, signal.SIGTERM)


def log_to_stderr() -> None:
    """Log lines go to stderr: ours from INFO, everybody else's from WARNING."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for ours in ("kantadesk", "activities", "workers"):
        logging.getLogger(ours).setLevel(logging.INFO)


def keys_of(settings: Settings) -> LiveKeys:
    """The encryption keys. Raises ``Wrong`` with what to do."""
    try:
        return live_keys(settings)
    except KeyFileError as error:
        raise Wrong(str(error)) from None


def make_keys(settings: Settings) -> bool:
    """Make the key file at a first start; whether one was made. One that is there stays. Raises ``Wrong``."""
    if settings.key_env:  # whoever set it makes the keys, too
        return False
    try:
        return key_ring.make_where_missing(settings.key_file, settings.data_dir / "temporal.db")
    except KeyFileError as error:
        raise Wrong(str(error)) from None


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
