"""The keys that encrypt what goes into a history: one writes, older ones still read, a newer one may wait for its turn.

The key file is TOML. Keys stand in the order of their age::

    current = "key-1f3a90c2"
    next = "key-77e0b1d4"          # only during a rotation

    [keys]
    "key-1f3a90c2" = "<32 bytes as base64>"
    "key-77e0b1d4" = "<32 bytes as base64>"

    [made]
    "key-1f3a90c2" = 2026-11-22T08:00:00Z

    [stopped]                      # since when an older key doesn't write any more

With this file anybody can read every incident; without it nobody can. Back it up apart from the database.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NewType

from activities.edited_file import BYTE_ORDER_MARK, read_edited
from activities.evidence.case_folder import private_folder, write_whole

KeyId = NewType("KeyId", str)
KEY_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class KeyFileError(ValueError):
    """The key file can't be used. The message says what is wrong and what to do."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by id, in the order of their age. ``current`` encrypts; each decrypts. Key material never shows in a log.

    ``waiting``: the key that a current rotation has added; it writes once every worker knows it. ``made`` and
    ``stopped``: when a key was made, and when it ceased to write, as far as that is known.
    """

    current: KeyId
    keys: Mapping[KeyId, bytes] = field(repr=False)
    waiting: KeyId | None = None
    made: Mapping[KeyId, datetime] = field(default_factory=dict, compare=False)
    stopped: Mapping[KeyId, datetime] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Raises ``KeyFileError`` unless each id is plain, each key 256 bits long and the current one there."""
        for key_id, key in self.keys.items():
            if not is_key_id(key_id):
                raise KeyFileError(
                    f"key id {key_id[:64]!r}: use 1 to 64 of the characters A-Z a-z 0-9 . _ -, a letter or digit first"
                )
            if len(key) != KEY_BYTES:
                raise KeyFileError(f"key {key_id!r} is {len(key)} bytes long: it must be {KEY_BYTES}")
        if self.current not in self.keys:
            raise KeyFileError(f"the current key {self.current!r} is not among the keys")
        if self.waiting is not None and (self.waiting not in self.keys or self.waiting == self.current):
            raise KeyFileError(f"the next key {self.waiting!r} must be among the keys, and not the current one")

    def with_next(self, at: datetime) -> KeyRing:
        """A ring that also reads with a new key, and goes on writing with the old one. First half of a rotation."""
        if self.waiting is not None:
            return self
        newest = generate(at)
        return replace(
            self, keys={**self.keys, **newest.keys}, waiting=newest.current, made={**self.made, **newest.made}
        )

    def promoted(self, at: datetime) -> KeyRing:
        """A ring that writes with the key that was waiting. Second half of a rotation."""
        if self.waiting is None:
            return self
        return replace(self, current=self.waiting, waiting=None, stopped={**self.stopped, self.current: at})

    def without(self, key_id: KeyId) -> KeyRing:
        """A ring that has forgotten a key for good. Raises ``KeyFileError`` for the one that writes."""
        made, stopped = ({k: v for k, v in each.items() if k != key_id} for each in (self.made, self.stopped))
        kept = {k: v for k, v in self.keys.items() if k != key_id}
        return replace(
            self, keys=kept, made=made, stopped=stopped, waiting=None if self.waiting == key_id else self.waiting
        )


def is_key_id(text: str) -> bool:
    """Whether the text may name a key."""
    return _ID.fullmatch(text) is not None


def new_key_id() -> KeyId:
    """An id for a new key. It says nothing; the order in the file is the order of age."""
    return KeyId(f"key-{secrets.token_hex(4)}")


def generate(at: datetime | None = None) -> KeyRing:
    """A ring with one new key, made at this moment."""
    key_id = new_key_id()
    return KeyRing(key_id, {key_id: secrets.token_bytes(KEY_BYTES)}, made={key_id: at} if at else {})


def make_where_missing(path: Path, database: Path) -> bool:
    """Make the key file at a first start; whether one was made. One that is there is never touched.

    Raises ``KeyFileError`` where it is missing although the database is there (a new key could read none of it), and
    where it can't be made.
    """
    if path.exists():
        return False
    if database.exists():
        raise KeyFileError(f"key file {path} is missing, and nothing in {database} can be read without: restore it")
    try:
        save(path, generate(datetime.now(UTC)))  # noqa: TID251  # the date of a key, for people
    except OSError as fault:
        raise KeyFileError(
            f"key file {path} is missing and can't be made ({fault.strerror}): put it there, or set KANTADESK_KEY_FILE"
        ) from None
    return True


def load(path: Path) -> KeyRing:
    """Read a key file. Raises ``KeyFileError`` with one line; key material is never part of it."""
    try:
        text = read_edited(path)
    except UnicodeDecodeError:
        raise KeyFileError(f"key file {path} is not TOML: restore it from your backup") from None
    except OSError as fault:
        raise KeyFileError(f"key file {path}: {fault.strerror}. Restore it, or set KANTADESK_KEY_FILE") from None
    return parse(text, f"key file {path}")


def parse(text: str, where: str) -> KeyRing:
    """The ring in the text of a key file. Raises ``KeyFileError`` with one line that begins with ``where``."""
    try:
        written = tomllib.loads(text.removeprefix(BYTE_ORDER_MARK))
    except ValueError:
        raise KeyFileError(f"{where} is not TOML: restore it from your backup") from None
    current, waiting, keys = written.get("current"), written.get("next"), written.get("keys")
    if not isinstance(current, str) or not isinstance(keys, dict) or not isinstance(waiting, str | None):
        raise KeyFileError(f'{where}: needs current = "<id>" and a table [keys]')
    try:
        return KeyRing(
            KeyId(current),
            {KeyId(key_id): _bytes(key_id, text) for key_id, text in keys.items()},
            KeyId(waiting) if waiting else None,
            _moments(written.get("made")),
            _moments(written.get("stopped")),
        )
    except KeyFileError as fault:
        raise KeyFileError(f"{where}: {fault}") from None


def save(path: Path, ring: KeyRing) -> None:
    """Write a key file whole or not at all, readable by its owner only (0600)."""
    lines = [
        "# Encryption keys of kantadesk. Who has this file can read every incident; without it nobody can.",
        f'current = "{ring.current}"',
        *([f'next = "{ring.waiting}"'] if ring.waiting else []),
        "",
        "[keys]",
        *(f'"{key_id}" = "{base64.b64encode(key).decode()}"' for key_id, key in ring.keys.items()),
        *_table("made", ring.made),
        *_table("stopped", ring.stopped),
        "",
    ]
    private_folder(path.parent)
    write_whole(path, "\n".join(lines).encode())


def _bytes(key_id: str, text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error:
        raise KeyFileError(f"key {key_id!r} is not base64") from None


def _table(name: str, moments: Mapping[KeyId, datetime]) -> list[str]:
    lines = [f'"{key_id}" = {moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}' for key_id, moment in moments.items()]
    return ["", f"[{name}]", *lines] if lines else []


def _moments(written: object) -> dict[KeyId, datetime]:
    """Dates are for people and for caution: one that can't be read is left out, the keys matter."""
    listed = written.items() if isinstance(written, dict) else ()
    return {KeyId(key_id): at for key_id, at in listed if isinstance(at, datetime) and at.tzinfo}


KEY_ID = "encryption-key-id"
