"""The door's own secrets: tokens for those who write through it, and what signs the right of a browser.

One file (``door.toml`` in the data folder, mode 0600), made at the first start, read again as soon as it has changed:
a token that is taken out of it opens nothing from then on.
"""

from __future__ import annotations

import re
import secrets
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from activities.evidence.case_folder import private_folder, write_whole

FIRST_TOKEN = "integrations"  # noqa: S105  # its name
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,200}")
_OTHERS_MAY = 0o077
_HEAD = """\
# The door's secrets. Who shows a token (Authorization: Bearer ...) may write through the door; each has a name, which
# stands in the audit. `browsers` signs the right of a browser to open Temporal Web.
# New ones: kantadesk keys door --rotate
"""


class DoorFileError(RuntimeError):
    """The file can't be used. The message is one line: why, and what to do."""


class DoorSecrets(NamedTuple):
    """What the file holds. ``tokens``: token by name."""

    browsers: str
    tokens: Mapping[str, str]

    def __repr__(self) -> str:
        """Names only."""
        return f"DoorSecrets({', '.join(self.tokens)})"


class DoorFile:
    """The file, read again when it has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, ...], DoorSecrets] | None = None

    def secrets(self) -> DoorSecrets:
        """What it holds now. Raises ``DoorFileError``."""
        with self._lock:
            try:
                stat = self.path.stat()
                seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size, stat.st_mode)
                if self._read is None or self._read[0] != seen:
                    if stat.st_mode & _OTHERS_MAY:
                        raise DoorFileError(f"{self.path} may be read by others: chmod 600 {self.path}")
                    self._read = (seen, _parsed(self.path))
            except OSError as fault:
                raise DoorFileError(f"{self.path} can't be read: {fault.strerror}") from None
            return self._read[1]

    def make_where_missing(self) -> bool:
        """Make it at the first start; whether it was made."""
        if self.path.exists():
            return False
        self.write(fresh([FIRST_TOKEN]))
        return True

    def write(self, held: DoorSecrets) -> None:
        """Put these in the place of what it held."""
        private_folder(self.path.parent)
        lines = [f'browsers = "{held.browsers}"', "", "[tokens]", *(f'"{n}" = "{t}"' for n, t in held.tokens.items())]
        write_whole(self.path, (_HEAD + "\n".join(lines) + "\n").encode())


def fresh(names: list[str]) -> DoorSecrets:
    """New secrets: one token for each name, one for the browsers."""
    return DoorSecrets(_new(), {name: _new() for name in names})


def with_token(held: DoorSecrets, name: str) -> DoorSecrets:
    """The same with a new token for this name. Raises ``DoorFileError``."""
    if not _NAME.fullmatch(name):
        raise DoorFileError(f"{name[:64]!r} is no name of a token: use letters, digits, dots and dashes")
    return held._replace(tokens={**held.tokens, name: _new()})


def _new() -> str:
    return secrets.token_urlsafe(32)


def _parsed(path: Path) -> DoorSecrets:
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise DoorFileError(f"{path} is no TOML: {fault}") from None
    browsers, tokens = written.get("browsers"), written.get("tokens", {})
    if not isinstance(browsers, str) or not _SECRET.fullmatch(browsers):
        raise DoorFileError(f"{path}: browsers must be a secret of at least 20 letters: kantadesk keys door --rotate")
    for name, token in tokens.items() if isinstance(tokens, dict) else [("tokens", None)]:
        if not (_NAME.fullmatch(name) and isinstance(token, str) and _SECRET.fullmatch(token)):
            raise DoorFileError(f"{path}: token {name!r} must be at least 20 letters: kantadesk keys door --add {name}")
    return DoorSecrets(browsers, dict(tokens))
