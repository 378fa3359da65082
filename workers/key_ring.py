"""The keys that encrypt what goes into a history: one writes, older ones still read.

The key file is TOML::

    current = "key-1f3a90c2"

    [keys]
    "key-1f3a90c2" = "<32 bytes as base64>"

Who has this file can read every incident; who loses it can read none. Back it up apart from the database.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NewType

from activities.case_folder import private_folder, write_whole

KeyId = NewType("KeyId", str)
KEY_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class KeyFileError(ValueError):
    """The key file can't be used. The message says what is wrong and what to do."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by id. ``current`` encrypts; each decrypts. Key material never shows in a log."""

    current: KeyId
    keys: Mapping[KeyId, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        """Raises ``KeyFileError`` unless each id is plain, each key 256 bits long and the current one there."""
        for key_id, key in self.keys.items():
            if not is_key_id(key_id):
                raise KeyFileError(f"key id {key_id[:64]!r}: use 1 to 64 of the characters A-Z a-z 0-9 . _ -")
            if len(key) != KEY_BYTES:
                raise KeyFileError(f"key {key_id!r} is {len(key)} bytes long: it must be {KEY_BYTES}")
        if self.current not in self.keys:
            raise KeyFileError(f"the current key {self.current!r} is not among the keys")

    def rotated(self) -> KeyRing:
        """A ring that writes with a new key and still reads with all the others."""
        newest = generate()
        return KeyRing(newest.current, {**self.keys, **newest.keys})


def is_key_id(text: str) -> bool:
    """Whether the text may name a key."""
    return _ID.fullmatch(text) is not None


def new_key_id() -> KeyId:
    """An id for a new key. It says nothing; the order in the file is the order of age."""
    return KeyId(f"key-{secrets.token_hex(4)}")


def generate() -> KeyRing:
    """A ring with one new key."""
    key_id = new_key_id()
    return KeyRing(key_id, {key_id: secrets.token_bytes(KEY_BYTES)})


def make_where_missing(path: Path, database: Path) -> bool:
    """Make the key file at a first start; whether one was made. One that is there is never touched.

    Raises ``KeyFileError`` where it is missing although the database is there: a new key could read none of it.
    """
    if path.exists():
        return False
    if database.exists():
        raise KeyFileError(f"key file {path} is missing, and nothing in {database} can be read without: restore it")
    save(path, generate())
    return True


def load(path: Path) -> KeyRing:
    """Read a key file. Raises ``KeyFileError`` with one line; key material is never part of it."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise KeyFileError(f"key file {path}: {fault.strerror}. Restore it, or set KANTADESK_KEY_FILE") from None
    except ValueError:
        raise KeyFileError(f"key file {path} is not TOML: restore it from your backup") from None
    current, keys = written.get("current"), written.get("keys")
    if not isinstance(current, str) or not isinstance(keys, dict):
        raise KeyFileError(f'key file {path}: needs current = "<id>" and a table [keys]')
    try:
        return KeyRing(KeyId(current), {KeyId(key_id): _bytes(key_id, text) for key_id, text in keys.items()})
    except KeyFileError as fault:
        raise KeyFileError(f"key file {path}: {fault}") from None


def save(path: Path, ring: KeyRing) -> None:
    """Write a key file whole or not at all, readable by its owner only (0600)."""
    lines = [
        "# Encryption keys of kantadesk. Who has this file can read every incident; without it nobody can.",
        f'current = "{ring.current}"',
        "",
        "[keys]",
        *(f'"{key_id}" = "{base64.b64encode(key).decode()}"' for key_id, key in ring.keys.items()),
        "",
    ]
    private_folder(path.parent)
    write_whole(path, "\n".join(lines).encode())


def _bytes(key_id: str, text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error:
        raise KeyFileError(f"key {key_id!r} is not base64") from None
