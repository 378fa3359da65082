"""What the commands that run until they are stopped have in common: keys, log lines, Ctrl-C and SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starter.language.heard import heard
from starter.serve.secured import secure
from starter.terminal.errors import Wrong
from workers.keys import ring
from workers.keys.live import LiveKeys, live_keys
from workers.keys.ring import KeyFileError
from workers.settings import Settings

STOPPING = (signal.SIGINT, signal.SIGTERM)


class _WithoutWhatWasSaid(logging.Formatter):
    """An exception in a log: which kind and where, without its text, which may tell what people wrote.

    The text stands in the process itself, encrypted: Temporal Web shows it under "Pending Activities".
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802  # logging's own name
        """Kinds and places of an exception and of what caused it."""
        error: BaseException | None = ei[1]
        lines = []
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
            lines.append(f"  {type(error).__name__}{where}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def log_to_stderr() -> None:
    """Log lines go to stderr: ours from INFO, everybody else's from WARNING; none tells what people wrote."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutWhatWasSaid("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for ours in ("kantadesk", "activities", "workers"):
        logging.getLogger(ours).setLevel(logging.INFO)


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
