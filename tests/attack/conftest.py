"""Attacks from outside: every test of this folder is marked ``attack`` (``make attack``).

Each line of the threat model (``docs/security.md``) is tried here as somebody without the key would, and must fail;
beside it stands the honest way, which must still work. An attack that costs milliseconds may also live beside its
module.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.attack)
