"""The plan that the bare workflow of this worker follows. Passed through the sandbox: read once, never changed."""

from __future__ import annotations

from pathlib import Path

from benchmarks.plan import Command, Plan, activities_of

AFTER: dict[str, list[Command]] = {}
ANSWERS: dict[str, str] = {}
REFERENCE: list[str] = []


def follow(path: Path) -> None:
    """Follow the plan in a file from now on; where there is none, only what needs no plan can be done."""
    if not path.exists():
        return
    plan = Plan.read(path)
    AFTER.update(plan.after)
    ANSWERS.update({command.name.partition(" ")[2]: command.answer for command in activities_of(plan)})
    REFERENCE.append(plan.reference)
