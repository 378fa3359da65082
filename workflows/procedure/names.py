"""Names of organisations, as people type them."""

from __future__ import annotations


def folded(name: str) -> str:
    """A name as it is compared: case and spaces do not matter."""
    return " ".join(name.casefold().split())
