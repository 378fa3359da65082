"""The keys as they stand now: read again whenever their file has changed, while the desk is at work.

A changed file that can't be used is not taken (the last valid ring holds, one log line says why), and a key that this
OS process has held is never let go: what it could read this morning it can read until it ends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Protocol

from activities.edited_file import stamp_of
from workers.keys import ring as key_ring
from workers.keys.ring import KeyFileError, KeyId, KeyRing, is_key_id
from workers.settings import Settings, environment_secret

_log = logging.getLogger(__name__)

Stamp = tuple[int, ...]


class KeyMissing(RuntimeError):
    """Another worker knows this key and this one does not: whatever it did now could freeze an incident."""


class Keys(Protocol):
    """Where the codec takes its keys from."""

    def ring(self) -> KeyRing:
        """The keys now."""

    def sought(self, key_id: KeyId) -> bytes | None:
        """A key that the ring lacks, after another look; None where nobody knows it. May raise ``KeyMissing``."""


class FixedKeys:
    """Keys that never change (tests, one short command)."""

    def __init__(self, ring: KeyRing) -> None:
        self.on_alarm = ring

    def ring(self) -> KeyRing:
        """The keys."""
        return self.on_alarm

    def sought(self, key_id: KeyId) -> bytes | None:  # noqa: ARG002  # the protocol's argument
        """Another look would not help."""
        return None


class LiveKeys:
    """Keys of a source that may change. Raises ``KeyFileError`` where it can't be used at the start.

    ``known_elsewhere``: asked before a payload is given up as undecodable; a worker's own says whether another
    one knows the key. ``lacking``: the key for which that was so: this worker has to stop.
    """

    def __init__(self, where: str, read: Callable[[], KeyRing], stamp: Callable[[], Stamp]) -> None:
        self.where = where
        self.known_elsewhere: Callable[[KeyId], bool] = lambda _key_id: False
        self.lacking: KeyId | None = None
        self._read, self._stamp_of = read, stamp
        self._reading = Lock()
        self._stamp = stamp()
        self._written = self._held = read()

    def ring(self) -> KeyRing:
        """The keys now: those of the source, and any other that this OS process has held."""
        with self._reading:
            stamp = self._stamp_of()
            if stamp != self._stamp:
                self._take(stamp)
            return self._held

    def written(self) -> KeyRing:
        """The keys as the source has them, without those that it has forgotten since this OS process started."""
        self.ring()
        return self._written

    def sought(self, key_id: KeyId) -> bytes | None:
        """A key that the ring lacks, after another look. Raises ``KeyMissing`` if another worker has it."""
        with self._reading:
            self._take(self._stamp_of())
            key = self._held.keys.get(key_id)
        if key is None and is_key_id(key_id) and self.known_elsewhere(key_id):
            self.lacking = key_id
            raise KeyMissing(f"the key {key_id} is not in {self.where}, but another worker knows it")
        return key

    def _take(self, stamp: Stamp) -> None:
        """Take what the source holds now, whole or not at all."""
        if stamp != self._stamp:
            self._stamp = stamp
            say = _log.warning
        else:
            say = _log.debug  # said when it changed
        try:
            ring = self._read()
            merged = _merged(self._held.keys, ring.keys)
        except KeyFileError as fault:
            say("encryption keys: the changed source is not taken, the last valid one holds: %s", fault)
            return
        if ring != self._written:
            _log.info("encryption keys: %s writes, %s", ring.current, _listed(ring))
        self._written, self._held = ring, replace(ring, keys=merged)


def live_keys(settings: Settings) -> LiveKeys:
    """The keys that the settings name: an environment variable's, or a file's. Raises ``KeyFileError``."""
    if variable := settings.key_env:
        return LiveKeys(f"environment variable {variable}", lambda: _from_environment(variable), lambda: ())
    path = settings.key_file
    return LiveKeys(f"key file {path}", lambda: key_ring.load(path), lambda: stamp_of(path))


def _from_environment(variable: str) -> KeyRing:
    text = environment_secret(variable)
    if not text:
        raise KeyFileError(f"environment variable {variable} (key_env) is empty: put the text of the key file into it")
    return key_ring.parse(text, f"environment variable {variable}")


def _merged(held: Mapping[KeyId, bytes], read: Mapping[KeyId, bytes]) -> Mapping[KeyId, bytes]:
    """All of both. Raises ``KeyFileError`` where one id means two keys."""
    if two := [key_id for key_id in held.keys() & read.keys() if held[key_id] != read[key_id]]:
        raise KeyFileError(f"{two[0]} is another key than before under the same id: restore the key file")
    return {**held, **read}


def _listed(ring: KeyRing) -> str:
    others = [key_id for key_id in ring.keys if key_id != ring.current]
    return f"{', '.join(others)} read" if others else "there is no other"
