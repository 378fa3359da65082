"""How well published notices are read: per part, language and kind, and above all what was certain and wrong.

make bench-notices               every part, in figures; the notices by another hand first
make bench-notices ARGS=build    with every mistake of the build sets, to work on (never with those of a judge set)
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from tests.procedure.notices.corpus import (
    KINDS,
    PARTS,
    Part,
    Rate,
    Read,
    Score,
    rate,
    read_part,
    score_of_kind,
    score_of_services,
    score_of_windows,
)
from tests.procedure.notices.other_hand_corpus import SETS, Set
from tests.procedure.notices.other_hand_score import (
    Judged,
    certain_and_wrong,
    judge_set,
    left_to_a_person,
    reasons_left,
    score_of_kinds,
    score_of_spared,
)
from tests.procedure.notices.other_hand_score import score_of_services as score_of_affected
from tests.procedure.notices.other_hand_score import score_of_windows as score_of_stretches
from workflows.procedure.languages import LANGUAGES

WIDTH = 110


def main() -> None:
    """Print the tables of all parts; with the argument ``build`` also what was read wrongly in the build sets."""
    console = Console(width=WIDTH)
    for name in SETS:
        console.print(_by_another_hand(name, judge_set(name)))
    console.print(_reasons({name: judge_set(name) for name in SETS}))
    for part in PARTS:
        began = time.perf_counter()
        reads = read_part(part)
        took = (time.perf_counter() - began) * 1000 / len(reads)
        console.print(_figures(part, reads, took))
        console.print(_kinds(reads))
    if "build" in sys.argv[1:]:
        _mistakes(console, read_part("build"))
        _mistakes_by_another_hand(console, judge_set("build"))


def _by_another_hand(name: Set, judged: Sequence[Judged]) -> Table:
    table = Table(title=f"by another hand, {name}: {len(judged)} notices", title_justify="left")
    groups = {"all": judged} | {
        tongue: [one for one in judged if one.notice.language == tongue] for tongue in LANGUAGES
    }
    for heading in ("", *groups):
        table.add_column(heading, justify="right" if heading else "left")
    rows: dict[str, Callable[[Sequence[Judged]], str]] = {
        "certain and wrong (0)": lambda group: _rate(certain_and_wrong(group)),
        "left to a person, of those labelled certain (15 %)": lambda group: _rate(left_to_a_person(group)),
        "kind, precision / recall": lambda group: _score(score_of_kinds(group)),
        "services, precision / recall": lambda group: _score(score_of_affected(group)),
        "spared services, precision / recall": lambda group: _score(score_of_spared(group)),
        "windows, precision / recall": lambda group: _score(score_of_stretches(group)),
    }
    for row, of in rows.items():
        table.add_row(row, *(of(group) for group in groups.values()))
    return table


def _reasons(sets: dict[Set, Sequence[Judged]]) -> Table:
    """Why notices are left, most frequent first; of the judge set no more than this may be looked at."""
    table = Table(title="by another hand: why notices are left to a person", title_justify="left")
    for heading in ("kind, then reason (a notice may have several)", *sets):
        table.add_column(heading, justify="right" if heading in sets else "left")
    for kind in KINDS:
        of_kind = [[one for one in judged if one.notice.kind == kind] for judged in sets.values()]
        table.add_row(kind, *(_rate(left_to_a_person(group)) for group in of_kind))
    table.add_section()
    counted = [reasons_left(judged) for judged in sets.values()]
    for reason, _ in sum(counted, Counter[str]()).most_common():
        table.add_row(reason, *(str(one[reason]) for one in counted))
    return table


def _figures(part: Part, reads: Sequence[Read], took: float) -> Table:
    table = Table(title=f"{part}: {len(reads)} notices, {took:.1f} ms each", title_justify="left")
    groups = {"all": reads} | {tongue: [r for r in reads if r.notice.language == tongue] for tongue in LANGUAGES}
    for heading in ("", *groups):
        table.add_column(heading, justify="right" if heading else "left")
    rows: dict[str, Callable[[Sequence[Read]], str]] = {
        "certain and wrong": lambda group: _rate(rate(group, lambda one: one.wrong_action)),
        "  of these, a fault or an end": lambda group: _rate(rate(group, _wrong_fault_or_end)),
        "said to be uncertain": lambda group: _rate(rate(group, lambda one: not one.reading.certain)),
        "  although a person would act": lambda group: _rate(rate(group, _needless)),
        "kind right": lambda group: _rate(rate(group, lambda one: one.notice.kind == one.reading.kind)),
        "services, precision / recall": lambda group: _score(score_of_services(group, "services")),
        "not affected, precision / recall": lambda group: _score(score_of_services(group, "not_affected")),
        "windows, precision / recall": lambda group: _score(score_of_windows(group)),
        "every window of a notice right": lambda group: _rate(rate(group, _windows_right)),
        "repeat told": lambda group: _rate(rate(group, lambda one: one.notice.repeat == one.reading.is_repeat)),
        "language told": lambda group: _rate(rate(group, lambda one: one.notice.language == one.reading.language)),
    }
    for name, of in rows.items():
        table.add_row(name, *(of(group) for group in groups.values()))
    return table


def _kinds(reads: Sequence[Read]) -> Table:
    table = Table()
    for heading in ("kind: precision / recall", "all", *LANGUAGES):
        table.add_column(heading, justify="right" if heading != "kind: precision / recall" else "left")
    groups = [reads, *([one for one in reads if one.notice.language == language] for language in LANGUAGES)]
    for kind in KINDS:
        table.add_row(kind, *(_score(score_of_kind(group, kind)) for group in groups))
    return table


def _wrong_fault_or_end(one: Read) -> bool:
    return one.wrong_action and one.reading.kind in ("fault", "end")


def _needless(one: Read) -> bool:
    return one.notice.certain and not one.reading.certain


def _windows_right(one: Read) -> bool:
    return one.notice.kind == "other" or set(one.notice.windows) == one.windows


def _rate(part: Rate) -> str:
    return f"{part.hits}/{part.of} ({part.share:.0%})"


def _score(score: Score) -> str:
    return f"{score.precision.share:.2f} / {score.recall.share:.2f}"


def _mistakes(console: Console, reads: Sequence[Read]) -> None:
    for one in reads:
        if one.faults or one.wrong_action or _needless(one):
            console.print(f"{one.notice.id}: {one.notice.title}", markup=False)
            for fault in one.faults:
                console.print(f"    {fault}", markup=False)
            console.print(f"    {one.reading.why}", markup=False)


def _mistakes_by_another_hand(console: Console, judged: Sequence[Judged]) -> None:
    for one in judged:
        if one.certain_and_wrong or one.left_to_a_person or one.faults:
            verdict = "WRONG" if one.certain_and_wrong else "left" if one.left_to_a_person else "uncertain"
            console.print(f"{verdict} {one.notice.id} ({one.notice.verdict}): {one.notice.title}", markup=False)
            for fault in one.faults:
                console.print(f"    {fault}", markup=False)
            console.print(f"    {one.reading.why}", markup=False)


if __name__ == "__main__":
    main()
