"""Texts that are kept for a day, encrypted with the desk's key: answers that were given and not sent yet.

A file each, for the owner only, under a name that tells nothing. What can't be read any more, or is older, goes.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from activities.evidence.case_folder import private_folder, write_whole
from workers.keys.ring import KeyId, KeyRing

KEPT_FOR = timedelta(days=1)
_NONCE = 12


class KeptTexts:
    """The texts in a folder, by name. Raises ``OSError`` where the folder can't be written."""

    def __init__(self, folder: Path, ring: KeyRing) -> None:
        self.folder = folder
        self._ring = ring

    def keep(self, name: str, text: str, at: datetime) -> None:
        """Keep a text in the place of an earlier one of this name."""
        nonce, key = secrets.token_bytes(_NONCE), self._ring.current
        head = f"{key}\n{int(at.timestamp())}\n"
        sealed = AESGCM(self._ring.keys[key]).encrypt(nonce, text.encode(), _bound(head, name))
        private_folder(self.folder)
        write_whole(self._path(name), head.encode() + nonce + sealed)

    def read(self, name: str, at: datetime) -> tuple[datetime, str] | None:
        """When a text was kept, and the text; None where there is none of this day. What is older is deleted."""
        self._tidy(at)
        path = self._path(name)
        try:
            key, since, sealed = path.read_bytes().split(b"\n", 2)
            head, cipher = f"{key.decode()}\n{since.decode()}\n", AESGCM(self._ring.keys[KeyId(key.decode())])
            text = cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(head, name)).decode()
            return datetime.fromtimestamp(int(since), at.tzinfo), text
        except FileNotFoundError:
            return None
        except (KeyError, ValueError, InvalidTag):
            self.forget(name)
            return None

    def forget(self, name: str) -> None:
        """It is sent, or not wanted any more."""
        self._path(name).unlink(missing_ok=True)

    def _tidy(self, at: datetime) -> None:
        for path in self.folder.glob("*.kept"):
            with suppress(OSError, ValueError):
                since = int(path.read_bytes().split(b"\n", 2)[1])
                if not timedelta(0) <= at - datetime.fromtimestamp(since, at.tzinfo) < KEPT_FOR:
                    path.unlink()

    def _path(self, name: str) -> Path:
        return self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.kept"


def _bound(head: str, name: str) -> bytes:
    return f"{head}{name}".encode()
