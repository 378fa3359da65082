"""What processes, workers and rules write in English, as ``heard`` recognises it; ``{…}`` is what varies."""

from __future__ import annotations

HEARD: tuple[str, ...] = ()
