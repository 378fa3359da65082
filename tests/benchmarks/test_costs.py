"""The house of the costs that tells many is one whose operating model is read without a fault."""

from __future__ import annotations

from pathlib import Path

from activities.operating_model.file import load_operating_model
from benchmarks.costs import MORE_RECIPIENTS, many_recipients
from benchmarks.house import operating_model


def contacts(folder: Path, rules: dict[str, str]) -> int:
    path = folder / "operating-model.toml"
    path.write_text(operating_model(rules), encoding="utf-8")
    return len(load_operating_model(path).contacts)


def test_a_house_that_tells_many_has_so_many_contacts_more(tmp_path: Path) -> None:
    assert contacts(tmp_path, many_recipients()) == contacts(tmp_path, {}) + MORE_RECIPIENTS
