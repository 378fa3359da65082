"""The right of a browser to open Temporal Web: a link that works once leaves a cookie.

Who can read the door's file (the desk's own account) can make a link; ``kantadesk up`` and ``kantadesk web`` do. Link
and right are for one account of this machine: nobody else can use what was seen of them. New secrets
(``kantadesk keys door --rotate``) end every right at once.
"""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from urllib.parse import quote

from itsdangerous import BadData, URLSafeTimedSerializer

from activities.evidence.case_folder import write_whole
from workers.door.paths import ENTRY
from workers.door.secrets_file import DoorFile, DoorFileError, DoorSecrets

LINK_FOR = 12 * 60 * 60
"""Seconds that a link waits to be opened."""
COOKIE_FOR = 30 * 24 * 60 * 60
"""Seconds that a browser keeps its right."""


def link(held: DoorSecrets, web: str, path: str = "/", account: int | None = None) -> str:
    """The address that opens Temporal Web in a browser that has no right yet; it works once.

    ``account``: the uid of whose browser it is; our own where it is not said.
    """
    ticket = _signer(held, "link").dumps([secrets.token_urlsafe(12), path, os.getuid() if account is None else account])
    return f"{web}{ENTRY}?ticket={quote(str(ticket))}"


class Browsers:
    """Who may enter, and who has entered."""

    def __init__(self, file: DoorFile) -> None:
        self._file = file
        self._used = UsedLinks(file.path.with_suffix(".used"))

    def path_of(self, ticket: str, uid: int | None) -> str | None:
        """Where a link leads, which is used up by this; None where it is no link for this account, or too old, or used.

        ``uid``: the account whose browser it is; None where that is not known. Raises ``DoorFileError`` where it
        can't be written down that the link was used.
        """
        try:
            (once, path, account), made = _signer(self._file.secrets(), "link").loads(
                ticket, max_age=LINK_FOR, return_timestamp=True
            )
        except (BadData, ValueError, TypeError):
            return None
        leads_here = str(path).startswith("/") and not str(path).startswith("//")
        is_theirs = uid is None or uid == account
        return str(path) if leads_here and is_theirs and self._used.take(str(once), made.timestamp()) else None

    def right(self, uid: int | None) -> str:
        """A new right of this account, for the cookie."""
        return str(_signer(self._file.secrets(), "browser").dumps([secrets.token_urlsafe(12), uid]))

    def has_right(self, cookie: str | None, uid: int | None) -> bool:
        """Whether the cookie is a right that holds, shown by the account that got it."""
        try:
            _, account = _signer(self._file.secrets(), "browser").loads(cookie or "", max_age=COOKIE_FOR)
        except (BadData, ValueError, TypeError):
            return False
        return bool(account == uid)


class UsedLinks:
    """The links that were opened: on the disk before the browser gets its right, so that a new door knows them too.

    A line is what names the link and when it was made (Unix time). Those that are too old anyway go at the next start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: set[str] | None = None

    def take(self, link: str, made: float) -> bool:
        """Use a link up; whether it was still unused. Raises ``DoorFileError``."""
        try:
            known = self._known = self._read() if self._known is None else self._known
            if link in known:
                return False
            with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
                file.write(f"{link} {made:.0f}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as fault:
            raise DoorFileError(f"{self._path} can't be used: {fault.strerror}") from None
        known.add(link)
        return True

    def _read(self) -> set[str]:
        """Those of the door before."""
        lines = self._path.read_text(encoding="ascii", errors="replace").splitlines() if self._path.exists() else []
        kept = [line for line in lines if _made(line) >= time.time() - LINK_FOR]
        if kept != lines:
            write_whole(self._path, "".join(f"{line}\n" for line in kept).encode())
        return {line.partition(" ")[0] for line in kept}


def _made(line: str) -> float:
    """When the link of a line was made; of a line that was cut off by a crash: never, its browser got no right."""
    made = line.partition(" ")[2]
    return float(made) if made.isdecimal() else 0.0


def _signer(held: DoorSecrets, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(held.browsers, salt=f"kantadesk door {purpose}")
