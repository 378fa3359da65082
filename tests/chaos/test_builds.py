"""The builds that are broken on purpose, and the next release, still fit the code: known before a night is lost."""

from __future__ import annotations

import pytest

from tests.chaos import builds
from tests.chaos.builds import Change
from tests.starter.conftest import ROOT

SAID = [
    (name, change)
    for name, said in vars(builds).items()
    for change in ((said,) if isinstance(said, Change) else said if isinstance(said, tuple) else ())
    if isinstance(change, Change)
]


def test_there_are_builds() -> None:
    assert len({name for name, _ in SAID}) >= 7


@pytest.mark.parametrize(("name", "change"), SAID)
def test_each_changes_one_place(name: str, change: Change) -> None:
    text = (ROOT / change.file).read_text(encoding="utf-8")
    assert text.count(change.line) == 1, f"{name}: {change.file} has changed"
