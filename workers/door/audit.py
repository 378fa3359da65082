"""Where the audit lines of the door are kept for ``kantadesk up``, whose terminal would run full of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from activities.evidence.case_folder import private_folder
from workers.door import codec_room, seen_room, temporal_rooms

FILES = {
    "codec-audit.log": codec_room.AUDIT,
    "door-audit.log": temporal_rooms.AUDIT,
    "seen-audit.log": seen_room.AUDIT,
}
"""Who decrypted what; who wrote through Temporal Web or the HTTP API, entered, or was turned away; who opened a link of
a letter, or acknowledged by it."""
AUDIT_BYTES, AUDIT_FILES = 10_000_000, 5


@contextmanager
def audit_kept_in(folder: Path) -> Iterator[None]:
    """Keep the audit in files there while inside, apart from the other log lines: at most 60 MB in six files each."""
    private_folder(folder)
    with ExitStack() as kept:
        for name, audit in FILES.items():
            kept.enter_context(_in_file(folder / name, audit))
        yield


@contextmanager
def _in_file(path: Path, audit: logging.Logger) -> Iterator[None]:
    file = RotatingFileHandler(path, maxBytes=AUDIT_BYTES, backupCount=AUDIT_FILES, encoding="utf-8", delay=True)
    file.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z"))
    audit.addHandler(file)
    audit.setLevel(logging.INFO)
    audit.propagate = False
    try:
        yield
    finally:
        audit.propagate = True
        audit.removeHandler(file)
        file.close()
