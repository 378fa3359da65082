"""Attacks from outside: every test of this folder is marked ``attack`` (``make attack``).

Each line of the threat model (``docs/security.md``) is tried here as somebody without the key would, and must fail;
beside it stands the honest way, which must still work. An attack that costs milliseconds may also live beside its
module.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attack.house import CASE, Target
from tests.starter.conftest import started, stopped

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.attack)


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A running desk with an incident. Its HTTP API is asked for: closed, it could not be attacked."""
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "kantadesk.toml").write_text("http_api = true\n", encoding="utf-8")
    desk = started(folder)
    opened = desk("incident", "open", "--reference", CASE, "--title", "Reseptit", "--service", "PRESCRIPTION", "--json")
    assert opened.code == 0, opened.err
    try:
        yield Target(desk)
    finally:
        assert stopped(desk) == 0
