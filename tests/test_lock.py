"""requirements.lock: everything by hash, complete, and without the address of any package index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINNED = re.findall(
    r"^([a-z0-9.-]+)==\S+(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", LOCK, re.MULTILINE
)


def test_every_line_is_a_package_with_hashes() -> None:
    lines = sum(1 + hashes.count("\n") for _, hashes in PINNED)

    assert lines + LOCK.count("\n#") + 1 == LOCK.count("\n")


def test_no_address_stands_in_it() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^-", LOCK, re.MULTILINE)


def test_what_pyproject_asks_for_is_in_it() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*pyproject["project"]["dependencies"], *pyproject["dependency-groups"]["dev"]]
    names = {re.sub(r"[._-]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower() for requirement in wanted}

    assert names - {name for name, _ in PINNED} == set()
