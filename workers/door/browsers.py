"""The right of a browser to open Temporal Web: a link that works once leaves a cookie.

Who can read the door's file (the desk's own account) can make a link; ``kantadesk up`` and ``kantadesk web`` do. Link
and right are for one account of this machine: nobody else can use what was seen of them. New secrets
(``kantadesk keys door --rotate``) end every right at once.
"""

from __future__ import annotations

import os
import secrets
from collections import OrderedDict
from urllib.parse import quote

from itsdangerous import BadData, URLSafeTimedSerializer

from workers.door.paths import ENTRY
from workers.door.secrets_file import DoorFile, DoorSecrets

LINK_FOR = 12 * 60 * 60
"""Seconds that a link waits to be opened."""
COOKIE_FOR = 30 * 24 * 60 * 60
"""Seconds that a browser keeps its right."""
LINKS_REMEMBERED = 10_000


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
        self._used: OrderedDict[str, None] = OrderedDict()

    def path_of(self, ticket: str, uid: int | None) -> str | None:
        """Where a link leads, which is used up by this; None where it is no link for this account, or too old, or used.

        ``uid``: the account whose browser it is; None where that is not known.
        """
        try:
            once, path, account = _signer(self._file.secrets(), "link").loads(ticket, max_age=LINK_FOR)
        except (BadData, ValueError, TypeError):
            return None
        if (
            once in self._used
            or (uid is not None and uid != account)
            or not str(path).startswith("/")
            or str(path).startswith("//")
        ):
            return None
        self._used[once] = None
        while len(self._used) > LINKS_REMEMBERED:
            self._used.popitem(last=False)
        return str(path)

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


def _signer(held: DoorSecrets, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(held.browsers, salt=f"kantadesk door {purpose}")
