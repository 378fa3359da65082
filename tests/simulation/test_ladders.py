"""Each letter of a ladder is owed at its moment: what is broken on purpose is found, by the words that say how."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import builds
from tests.simulation.desk.neglected import neglected
from tests.simulation.desk.running import simulated
from tests.simulation.hook import of_the_neglected
from tests.simulation.mutants import OF_A_LADDER, Mutant, mutants

OF_LADDERS = [each for each in mutants() if each.kind == OF_A_LADDER]


def test_nothing_is_wrong_with_what_nobody_answers() -> None:
    outcome = simulated(neglected())
    assert outcome.violations == []
    assert outcome.checks["letters of ladders"] > 20
    assert outcome.checks["letters owed by ladders"] > 20


@pytest.mark.simulation
@pytest.mark.parametrize("mutant", OF_LADDERS, ids=lambda mutant: mutant.name)
def test_a_letter_that_is_not_owed_is_found(mutant: Mutant, tmp_path: Path) -> None:
    tree = builds.build(tmp_path / "broken", mutant.change)
    verdict = of_the_neglected(tree, seconds=120)
    assert verdict.trouble == ""
    assert any(words in verdict.violations[0] for words in FOUND_BY), verdict.violations


FOUND_BY = ("is not owed", "owed since", "no timer goes off", "is about no duty", "whom none of them is for")
"""In the words of the judge of each single letter: none of these waits for the end of a life."""
