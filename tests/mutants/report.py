"""The report of ``make mutants``, as a page and as a table for a terminal."""

from __future__ import annotations

from collections import defaultdict

from tests.mutants.ledger import BREACH_GOAL, GOAL, Reckoning, Row

HEAD = f"""# Would a test notice?

Written by `make mutants`; change nothing here by hand. mutmut changes `workflows/procedure/` and
`workflows/process/duty_timers.py` a little, one change at a time (a `<` becomes `<=`, a number one more, a condition
always true, an argument is left out), and runs the tests that call the changed function. A change that no test notices
survives: nothing holds the rule.

- **by types**: mypy, strict as in `make check`, refuses the change (`mypy.ini` beside this page says which of its
  checks are left out, because they would refuse a change by its shape alone).
- **wording**: only the words of a sentence for people change. Not counted, neither way: tests hold what a sentence
  names, and the golden stories show its words.
- **killed** by a test, or by never coming to an end.
- **percent**: killed, of those that only a test can find. An explained survivor counts against it. Wanted: {GOAL:g} %
  of all together.

mutmut leaves alone what stands outside functions (tables, patterns, defaults of models) and functions with a decorator
(`@property`, `@cache`, validators): this page says nothing about them. Tests of mutants run with fewer examples of each
property than `make test`, always the same ones (the profile `mutants` in `tests/conftest.py`).

The rules of a breach have a page and a goal of their own: [breach.md](breach.md), by `make mutants ARGS=--breach`.
"""

BREACH_HEAD = f"""# Would a test notice? The rules of a breach

Written by `make mutants ARGS=--breach`; change nothing here by hand. The same as `README.md` beside this page, which
says what the columns mean, for the rules alone that derive the duties, laws, clocks and risk of a breach
(`BREACH_RULES` in `ledger.py`). Wanted: {BREACH_GOAL:g} % of all together. A survivor is explained below as a change
that makes no difference, or the page says that something is not in order.
"""


def report(reckoning: Reckoning, head: str = HEAD) -> str:
    """The whole page."""
    page = [
        head,
        "| module | mutants | by types | wording | killed | survived | percent |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    page += [_line(row) for row in reckoning.rows]
    page.append(_line(reckoning.total))
    page += ["", "## Who survives, and why that is right", ""]
    by_reason: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mutant, why in reckoning.explained:
        by_reason[mutant.module, why].append(f"`{mutant.was}` → `{mutant.becomes or '(left out)'}`")
    for (module, why), changes in by_reason.items():
        page += [f"- `{module}`: {why}", *(f"  - {change}" for change in changes)]
    if reckoning.faults:
        page += ["", "## What is not in order", "", f"{len(reckoning.faults)}; `make mutants` prints them."]
    return "\n".join(page) + "\n"


def _line(row: Row) -> str:
    numbers = (sum(row.counts.values()), row.of("types"), row.of("wording"), row.of("killed"), row.of("survived"))
    name = row.module.removeprefix("workflows/") if row.module != "all" else "**all**"
    return f"| {name} | {' | '.join(map(str, numbers))} | {row.percent:.1f} |"


def table(reckoning: Reckoning) -> str:
    """The numbers for a terminal."""
    lines = [f"{'module':36} mutants  types  wording  killed  survived  explained  percent"]
    lines += [
        f"{row.module:36} {sum(row.counts.values()):7} {row.of('types'):6} {row.of('wording'):8} {row.of('killed'):7} "
        f"{row.of('survived'):9} {row.explained:10} {row.percent:7.1f}"
        for row in (*reckoning.rows, reckoning.total)
    ]
    return "\n".join(lines)
