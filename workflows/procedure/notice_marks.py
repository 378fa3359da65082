"""By what a notice is known again: which one it is (key), and what it says (mark). Sixteen letters each."""

from __future__ import annotations

from hashlib import blake2b


def key_of(source: str, guid: str) -> str:
    """Which notice it is, by its source and its own id there."""
    return _digest(source, guid)


def mark_of(key: str, title: str, text: str, link: str) -> str:
    """What a notice says: the same words of the same notice have the same mark. Its dates are left out."""
    return _digest(key, title, text, link)


def _digest(*parts: str) -> str:
    return blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()
