"""The table of threats in docs/security.md: each line has what it promises, and each test that it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SECTION = "## Threats, and what stops each"


def _lines() -> list[list[str]]:
    """The cells of each threat, in the order of the table; its headings left out."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition(SECTION)[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows[2:] if row[1]]


def _tests(cell: str) -> list[tuple[str, str]]:
    return [tuple(each.partition("::")[::2]) for each in re.findall(r"`([\w/]+\.py(?:::\w+)?)`", cell)]


@pytest.mark.parametrize("line", _lines(), ids=lambda line: line[0][:50])
def test_each_threat_says_who_what_stops_it_and_a_test_that_exists(line: list[str]) -> None:
    _threat, who, what, tests = line
    assert who
    assert what
    named = _tests(tests)
    assert named, "no test"
    for path, name in named:
        tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert not name or name in there, f"{path} has no {name}"


def test_every_file_of_attacks_stands_in_the_table() -> None:
    named = {path for line in _lines() for path, _ in _tests(line[3])}
    there = {path.relative_to(ROOT / "tests").as_posix() for path in (ROOT / "tests" / "attack").glob("test_*.py")}
    assert there <= named
