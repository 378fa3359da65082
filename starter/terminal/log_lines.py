"""Log lines: where they go, and that none stands before the one line with which a command fails.

A command that only asks has no log: the SDK's lines go nowhere (with --debug to stderr). What runs until it is stopped
writes them to stderr, from the moment when it has started.
"""

from __future__ import annotations

import logging
import sys
import traceback
from functools import cache
from logging.handlers import MemoryHandler
from pathlib import Path
from typing import Any

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HELD_AT_MOST = 1000
SDK = "temporalio"


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


def log_to_stderr(*, once_started: bool = False) -> None:
    """Log lines go to stderr: ours from INFO, everybody else's from WARNING; none tells what people wrote.

    ``once_started``: they are held until ``started``; where that never comes, the command's own line says why.
    """
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutWhatWasSaid(FORMAT))
    if once_started and not is_debugging():
        handler = MemoryHandler(HELD_AT_MOST, flushLevel=logging.CRITICAL + 1, target=handler, flushOnClose=False)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for ours in ("kantadesk", "activities", "workers"):
        logging.getLogger(ours).setLevel(logging.INFO)


def started() -> None:
    """What was held is written, and every line from now on as it comes."""
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, MemoryHandler) and handler.target:
            handler.flush()
            root.addHandler(handler.target)
            root.removeHandler(handler)


@cache
def sdk_lines_are_logged() -> None:
    """The SDK's core writes its lines into Python's log instead of to the terminal; where there is no log, nowhere."""
    from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

    logger = logging.getLogger(SDK)
    if not logging.getLogger().handlers and not is_debugging():
        logger.addHandler(logging.NullHandler())
    lines = LoggingConfig(
        TelemetryFilter(core_level="WARN", other_level="ERROR"),
        forwarding=LogForwardingConfig(logging.getLogger(f"{SDK}.core")),
    )
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=lines)), error_if_already_set=False)


def is_debugging() -> bool:
    """Whether the command was called with --debug."""
    import click

    ctx = click.get_current_context(silent=True)
    return bool(ctx and ctx.find_root().params.get("debug"))
