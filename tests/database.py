"""The database of an embedded server, put aside and back as an administrator would."""

from __future__ import annotations

import shutil
from pathlib import Path

from workers.embedded.desks import DATABASE


def copied(source: Path, target: Path) -> None:
    """Copy it from one folder to another, in place of what lies there. No server may run on either."""
    target.mkdir(exist_ok=True)
    for old in target.glob(f"{DATABASE}*"):
        old.unlink()
    for file in source.glob(f"{DATABASE}*"):
        shutil.copy2(file, target / file.name)
