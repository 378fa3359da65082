"""Writes ``docs/performance.md`` from the results of all parts: a part that was measured is renewed, the others stay.

What was measured before the results were kept here stands in them as the text of its section.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import before_after, plot
from benchmarks.results import kept, say
from benchmarks.sections import GOALS, PICTURE, SECTIONS, WORDS, Found, Row, burst, table, when

DOCS = Path(__file__).parent.parent / "docs"
PAGE = "performance.md"
BURST = "burst"
"""Measured with the open load and kept for itself: it stands in that section."""
Parts = Mapping[str, Mapping[str, Any] | None]
"""What is kept of each part."""


def options(_parser: ArgumentParser) -> None:
    """Nothing can be chosen."""


async def measure(_chosen: Namespace) -> None:
    """Write the page and its picture."""
    write(DOCS)


def write(folder: Path) -> None:
    """Write the page from what is kept; its picture where its numbers are kept."""
    parts = {name: kept(name) for name in (*SECTIONS, BURST)}
    (folder / PAGE).write_text(page(parts), encoding="utf-8")
    if points := ((parts["open_load"] or {}).get("found") or {}).get("points"):
        (folder / PICTURE).write_text(plot.growth(points), encoding="utf-8")
    before_after.write(folder)
    say(f"written: {folder.name}/{PAGE}")


def page(parts: Parts) -> str:
    """The page."""
    lines = [WORDS["title"], *goals(parts), *machine(parts)]
    for name, (heading, _) in SECTIONS.items():
        lines += [f"## {heading}", "", WORDS["about"][name], *section(name, parts)]
        lines += [WORDS["remains"][name]] if name in WORDS["remains"] else []
    lines += before_after.section()
    return "\n".join(lines).rstrip() + "\n"


def section(name: str, parts: Parts) -> list[str]:
    """What was found by one part."""
    part = parts[name]
    if not part:
        return [f"Not measured yet: `make bench ARGS={name}`.", ""]
    lines = list(part["text"]) if "text" in part else SECTIONS[name][1](part["found"])
    return lines + (of_the_burst(parts[BURST]) if name == "open_load" else [])


def of_the_burst(part: Found | None) -> list[str]:
    """What was found where many clocks fell due at once."""
    if not part:
        return [WORDS["no_burst"].strip(), ""]
    return list(part["text"]) if "text" in part else burst(part["found"], part["about"])


def goals(parts: Parts) -> list[str]:
    """The goals, what was reached, and why not more."""
    rows: list[Row] = []
    for name, of in GOALS.items():
        if part := parts[name]:
            rows += [(r[0], r[1], r[2], r[3]) for r in part["goals"]] if "text" in part else of(part["found"])
    return ["## The goals", "", *table(("what", "goal", "reached", "why not more"), rows), ""]


def machine(parts: Parts) -> list[str]:
    """Where and when each part was run, and how busy the machine was with other things."""
    rows, machines = [], dict[str, list[str]]()
    for name, (heading, _) in SECTIONS.items():
        if part := parts[name]:
            about = part["about"]
            load = part.get("found", {}).get("load", about["load"][0])
            rows.append((heading, when(about), f"{load:.1f}"))
            machines.setdefault(_machine(about), []).append(heading)
    if len(machines) > 1:
        which = [*(f"- {', '.join(headings)}: {one}" for one, headings in machines.items()), ""]
    else:
        which = list(machines)
    return [
        "## The machine",
        "",
        *which,
        WORDS["shared"].strip(),
        "",
        *table(("part", "measured (UTC)", "load average at its end"), rows),
        "",
    ]


def _machine(about: Found) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in about["packages"].items())
    return f"{about['cores']} cores, {about['machine']}, {about['system']}; Python {about['python']}; {packages}."
