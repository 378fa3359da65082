"""Golden texts of letters; ``KANTADESK_RETELL=1`` writes them again: read each difference as who gets the letter."""

from __future__ import annotations

import os
from pathlib import Path

_GOLDEN = Path(__file__).parent / "golden"


def compared_with_golden(name: str, told: str) -> None:
    """Compare with the golden text, which is written first where that is wanted."""
    golden = _GOLDEN / f"{name}.txt"
    if os.environ.get("KANTADESK_RETELL"):
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")
