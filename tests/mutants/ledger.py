"""What became of every mutant, read from the folder that mutmut leaves; who has explained what; and the sum of it."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Literal

Verdict = Literal["types", "killed", "survived", "wording", "unsettled"]

GOAL = 95.0
"""Percent of the mutants that only a test can find."""
BREACH_GOAL = 98.0
"""The same for the rules of a breach alone."""
BREACH_RULES = (
    *(f"workflows/procedure/breach/{name}.py" for name in ("duties", "risk_questions", "roles", "rules")),
    *(
        f"workflows/procedure/{name}.py"
        for name in (
            "other_laws", "arising", "duties", "deadlines", "dated", "authorities", "duty_contents", "tasks", "names",
            "local_time", "working_days", "public_holidays",
        )
    ),
)  # fmt: skip
"""The rules that derive the duties, laws, clocks and risk of a breach, and what these count and speak with."""
_BY_TYPES = 37
_KILLED = {1, 3}
_NEVER_ENDED = {-24, 24, 36, 152, 255}
"""The test did not come to its end: a mutant that turns in circles is noticed."""
_SURVIVED = {0, 5, 33}
"""No test failed (0), or none calls the function at all (5, 33)."""
_PROSE = re.compile(r"[a-zåäö0-9,;:.)] +[a-zåäö0-9({]", re.IGNORECASE)


@dataclass(frozen=True)
class Mutant:
    """One small change of a rule, and what became of it."""

    module: str
    """The file: ``workflows/procedure/incident/triage.py``."""
    name: str
    """As ``mutmut show`` wants it."""
    was: str
    becomes: str
    verdict: Verdict


@dataclass(frozen=True)
class Explained:
    """Why some mutants of a line may survive. By the text of the line: numbers change when other lines come and go."""

    module: str
    was: str
    becomes: tuple[str, ...]
    why: str

    def explains(self, mutant: Mutant) -> bool:
        """Whether it speaks of this mutant."""
        return (mutant.module, mutant.was) == (self.module, self.was) and mutant.becomes in self.becomes


@dataclass
class Row:
    """The numbers of one module."""

    module: str
    counts: dict[Verdict, int] = field(default_factory=dict)
    explained: int = 0

    def of(self, verdict: Verdict) -> int:
        """How many came to this end."""
        return self.counts.get(verdict, 0)

    @property
    def tested(self) -> int:
        """Those that only a test can find: the types let them pass, and they change more than a sentence."""
        return self.of("killed") + self.of("survived")

    @property
    def percent(self) -> float:
        """Killed by a test, of those that only a test can find; an explained survivor counts against it too."""
        return 100 * self.of("killed") / self.tested if self.tested else 100.0


@dataclass
class Reckoning:
    """Everything that the report says."""

    rows: list[Row]
    explained: list[tuple[Mutant, str]]
    faults: list[str]

    @property
    def total(self) -> Row:
        """All modules together."""
        total = Row("all", explained=sum(row.explained for row in self.rows))
        for row in self.rows:
            for verdict, count in row.counts.items():
                total.counts[verdict] = total.of(verdict) + count
        return total


def mutants_in(folder: Path) -> Iterator[Mutant]:
    """Every mutant that mutmut has made in its folder, module by module."""
    for meta in sorted(folder.rglob("*.py.meta")):
        ends: dict[str, int | None] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        source = meta.with_suffix("").read_text(encoding="utf-8")
        lines = source.splitlines()
        bodies = {
            node.name: (node, _as_written(node, lines[node.lineno - 1 : node.end_lineno]))
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        for name, end in ends.items():
            changed = name.rpartition(".")[2]
            original = f"{changed.partition('__mutmut_')[0]}__mutmut_orig"
            was, becomes = _difference(bodies[original][1], bodies[changed][1])
            is_wording = _silent(bodies[original][0]) == _silent(bodies[changed][0])
            module = str(meta.relative_to(folder).with_suffix(""))
            yield Mutant(module, name, was, becomes, "wording" if is_wording else _verdict(end))


def _as_written(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> list[str]:
    """A function's lines with the name that it has in the rules, since a default may be all that differs."""
    name = node.name.partition("__mutmut_")[0].removeprefix("x_").rpartition("ǁ")[2]
    return [lines[0].replace(node.name, name), *lines[1:]]


def _verdict(end: int | None) -> Verdict:
    if end == _BY_TYPES:
        return "types"
    if end in _KILLED | _NEVER_ENDED:
        return "killed"
    return "survived" if end in _SURVIVED else "unsettled"


def _difference(original: Iterable[str], changed: Iterable[str]) -> tuple[str, str]:
    """The lines of the bodies that differ, as one line each."""
    before, after = ([line.strip() for line in body] for body in (original, changed))
    lines = [line for line in unified_diff(before, after, n=0, lineterm="") if line[:3] not in ("---", "+++", "@@ ")]
    was, becomes = (" ".join(line[1:] for line in lines if line[0] == sign) for sign in "-+")
    return was, becomes


class _Silence(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Every sentence is the same sentence; a key, a name or a separator stays what it is."""
        is_prose = isinstance(node.value, str) and _PROSE.search(node.value)
        return ast.Constant("a sentence") if is_prose else node


def _silent(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """A function without its name and without the words of its sentences."""
    body = ast.Module(body=[*function.body], type_ignores=[])
    defaults = [*function.args.defaults, *(default for default in function.args.kw_defaults if default)]
    return ast.dump(_Silence().visit(ast.parse(ast.unparse(body)))) + "".join(map(ast.unparse, defaults))


def explanations(file: Path) -> list[Explained]:
    """What ``explained.toml`` says. Raises ``KeyError`` where a part is missing."""
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get("explained", [])
    return [Explained(e["module"], e["was"], tuple(e["becomes"]), e["why"]) for e in entries]


def reckon(mutants: Iterable[Mutant], known: Iterable[Explained], goal: float = GOAL) -> Reckoning:
    """Add up, and say what is not in order."""
    rows: dict[str, Row] = {}
    unused = {(entry, becomes) for entry in known for becomes in entry.becomes}
    entries = [entry for entry, _ in unused]
    explained: list[tuple[Mutant, str]] = []
    faults: list[str] = []
    for mutant in mutants:
        row = rows.setdefault(mutant.module, Row(mutant.module))
        row.counts[mutant.verdict] = row.of(mutant.verdict) + 1
        if mutant.verdict == "survived":
            entry = next((entry for entry in entries if entry.explains(mutant)), None)
            if entry:
                unused.discard((entry, mutant.becomes))
                row.explained += 1
                explained.append((mutant, entry.why))
            else:
                faults.append(f"{mutant.name} survives unexplained:\n    - {mutant.was}\n    + {mutant.becomes}")
    open_ = [row.module for row in rows.values() if row.of("unsettled")]
    faults += [f"{module}: {rows[module].of('unsettled')} mutants are not tested yet; run it again" for module in open_]
    faults += [
        f"explained.toml explains what does not survive: {entry.module}: {becomes}"
        for entry, becomes in sorted(unused, key=str)
        if entry.module in rows and entry.module not in open_
    ]
    reckoning = Reckoning(sorted(rows.values(), key=lambda row: row.module), explained, faults)
    if reckoning.total.percent < goal:
        faults.append(f"only {reckoning.total.percent:.1f} % are killed by a test; {goal:g} % are wanted")
    return reckoning
