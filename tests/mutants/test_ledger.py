"""The bookkeeping of ``make mutants``, on a small folder as mutmut leaves it: who survives unexplained is told."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.mutants import ledger
from tests.mutants.ledger import Explained, Mutant, explanations, mutants_in, reckon
from tests.mutants.report import BREACH_HEAD, report, table

MODULE = "workflows/procedure/rule.py"
HERE = Path(__file__).parent
SOURCE = '''
def x_late__mutmut_orig(at: int, due: int) -> str:
    """Whether it is late."""
    if at > due:
        return "it is late by now"
    return "in_time"


def x_late__mutmut_1(at: int, due: int) -> str:
    """Whether it is late."""
    if at >= due:
        return "it is late by now"
    return "in_time"


def x_late__mutmut_2(at: int, due: int) -> str:
    """Whether it is late."""
    if at > due:
        return "XXit is late by nowXX"
    return "in_time"


def x_late__mutmut_3(at: int, due: int) -> str:
    """Whether it is late."""
    if at > due:
        return "it is late by now"
    return "XXin_timeXX"


class Rule:
    def xǁRuleǁadd__mutmut_orig(self) -> int:
        return sum(
            (1,
             2)
        )

    def xǁRuleǁadd__mutmut_1(self) -> int:
        return sum(
            (1,
             3)
        )
'''
LATE = "workflows.procedure.rule.x_late__mutmut_"
ADD = "workflows.procedure.rule.xǁRuleǁadd__mutmut_1"
WHY = Explained(MODULE, "if at > due:", ("if at >= due:",), "nothing is due at that moment")


def folder(at: Path, **ends: int | None) -> Path:
    """As mutmut leaves it: the changed file, and how each of its mutants has ended; killed where nothing is said."""
    (at / MODULE).parent.mkdir(parents=True)
    (at / MODULE).write_text(SOURCE, encoding="utf-8")
    names = {"one": f"{LATE}1", "two": f"{LATE}2", "three": f"{LATE}3", "add": ADD}
    known = {"exit_code_by_key": {full: ends.get(short, 1) for short, full in names.items()}}
    (at / f"{MODULE}.meta").write_text(json.dumps(known), encoding="utf-8")
    return at


def test_each_mutant_is_known_by_the_lines_that_it_changes(tmp_path: Path) -> None:
    assert list(mutants_in(folder(tmp_path, one=0, three=37))) == [
        Mutant(MODULE, f"{LATE}1", "if at > due:", "if at >= due:", "survived"),
        Mutant(MODULE, f"{LATE}2", 'return "it is late by now"', 'return "XXit is late by nowXX"', "wording"),
        Mutant(MODULE, f"{LATE}3", 'return "in_time"', 'return "XXin_timeXX"', "types"),
        Mutant(MODULE, ADD, "2)", "3)", "killed"),
    ]


def test_a_mutant_of_a_default_is_known_by_its_signature(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(
        "def x_late__mutmut_orig(by: int = 0) -> bool:\n    return by > 0\n"
        "def x_late__mutmut_1(by: int = 1) -> bool:\n    return by > 0\n",
        encoding="utf-8",
    )
    (tmp_path / "rule.py.meta").write_text('{"exit_code_by_key": {"rule.x_late__mutmut_1": 0}}', encoding="utf-8")
    assert list(mutants_in(tmp_path)) == [
        Mutant(
            "rule.py", "rule.x_late__mutmut_1", "def late(by: int = 0) -> bool:", "def late(by: int = 1) -> bool:",
            "survived",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("end", "verdict"),
    [
        (0, "survived"), (5, "survived"), (33, "survived"), (1, "killed"), (3, "killed"), (36, "killed"),
        (-24, "killed"), (37, "types"), (None, "unsettled"), (2, "unsettled"), (-9, "unsettled"), (-11, "unsettled"),
    ],
)  # fmt: skip
def test_what_each_end_means(tmp_path: Path, end: int | None, verdict: str) -> None:
    first, *_ = mutants_in(folder(tmp_path, one=end))
    assert first.verdict == verdict


def test_a_survivor_that_nobody_has_explained_is_a_fault(tmp_path: Path) -> None:
    reckoning = reckon(mutants_in(folder(tmp_path, one=0)), [], goal=0)
    assert reckoning.faults == [f"{LATE}1 survives unexplained:\n    - if at > due:\n    + if at >= due:"]


def test_one_that_is_explained_is_none_and_still_counts_against_the_rule(tmp_path: Path) -> None:
    reckoning = reckon(mutants_in(folder(tmp_path, one=0)), [WHY], goal=60)
    assert reckoning.faults == []
    (row,) = reckoning.rows
    assert (row.tested, row.explained, round(row.percent, 1)) == (3, 1, 66.7)
    assert f"{WHY.why}\n  - `if at > due:` → `if at >= due:`" in report(reckoning)
    assert "66.7" in table(reckoning)


def test_too_few_killed_is_a_fault_also_where_all_are_explained(tmp_path: Path) -> None:
    reckoning = reckon(mutants_in(folder(tmp_path, one=0)), [WHY])
    assert reckoning.faults == ["only 66.7 % are killed by a test; 95 % are wanted"]


def test_an_explanation_that_explains_nothing_is_a_fault(tmp_path: Path) -> None:
    assert reckon(mutants_in(folder(tmp_path)), [WHY]).faults == [
        f"explained.toml explains what does not survive: {MODULE}: if at >= due:"
    ]
    elsewhere = Explained("workflows/procedure/other.py", WHY.was, WHY.becomes, WHY.why)
    assert reckon(mutants_in(tmp_path), [elsewhere]).faults == [], "what was not looked at is not judged"


def test_what_was_not_tested_is_a_fault(tmp_path: Path) -> None:
    assert reckon(mutants_in(folder(tmp_path, one=None)), []).faults == [
        f"{MODULE}: 1 mutants are not tested yet; run it again"
    ]


def test_wording_and_what_the_types_refuse_count_neither_way(tmp_path: Path) -> None:
    (row,) = reckon(mutants_in(folder(tmp_path, two=0, three=37)), []).rows
    assert (row.of("wording"), row.of("types"), row.tested, row.percent) == (1, 1, 2, 100)


def test_every_explanation_names_a_rule_that_is_there_and_a_line_that_stands_in_it() -> None:
    for entry in explanations(HERE / "explained.toml"):
        source = " ".join((HERE.parent.parent / entry.module).read_text(encoding="utf-8").split())
        assert " ".join(entry.was.split()) in source, entry.was
        assert entry.why, entry.was
        assert entry.becomes, entry.was


def test_the_rules_of_a_breach_are_there_and_all_of_them_are_counted() -> None:
    root = HERE.parent.parent
    assert ledger.BREACH_GOAL == 98
    assert all((root / rule).is_file() for rule in ledger.BREACH_RULES)
    own = {file for file in (root / "workflows/procedure/breach").glob("*.py") if "\ndef " in file.read_text("utf-8")}
    assert own <= {root / rule for rule in ledger.BREACH_RULES}


def test_the_page_of_the_breach_rules_has_their_own_goal(tmp_path: Path) -> None:
    reckoning = reckon(mutants_in(folder(tmp_path, one=0)), [WHY], ledger.BREACH_GOAL)
    assert reckoning.faults == ["only 66.7 % are killed by a test; 98 % are wanted"]
    page = report(reckoning, BREACH_HEAD)
    assert page.startswith(BREACH_HEAD)
    assert "What is not in order" in page


def test_the_goal_is_that_of_the_issue_and_mutmut_is_asked_about_all_rules() -> None:
    assert ledger.GOAL == 95
    known = tomllib.loads((HERE.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    assert known["only_mutate"] == ["workflows/procedure/*.py", "workflows/process/duty_timers.py"]
