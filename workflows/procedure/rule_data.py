"""Rules are data: each file in ``data/`` has a date, a source and a ``verified`` flag, and is read once at import."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any


def read(name: str) -> dict[str, Any]:
    """The contents of ``data/{name}.toml``."""
    return tomllib.loads(
        resources.files("workflows.procedure").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    )
