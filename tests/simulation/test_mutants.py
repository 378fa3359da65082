"""The seeded bugs still fit the code: each changes one place, and each leaves code that can be read."""

from __future__ import annotations

import ast

import pytest

from tests.simulation.hook import ROOT
from tests.simulation.mutants import Mutant, mutants


def test_there_are_fifty_of_all_kinds() -> None:
    assert len({mutant.name for mutant in mutants()}) == len(mutants()) == 50
    assert len({mutant.kind for mutant in mutants()}) >= 8


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_a_seeded_bug_changes_one_place(mutant: Mutant) -> None:
    text = (ROOT / mutant.change.file).read_text(encoding="utf-8")
    assert text.count(mutant.change.line) == 1
    changed = text.replace(mutant.change.line, mutant.change.instead)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(text))
