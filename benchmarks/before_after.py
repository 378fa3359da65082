"""How a house grows and what a burst takes, before and after: two pictures and where their numbers are kept.

``results/before`` holds what was measured on 0.2.0, ``results/after`` what was measured on later code; and what the
benchmarks have found last counts as after, as soon as its raw numbers are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.plot import Line, picture
from benchmarks.results import kept
from benchmarks.sections import OPEN_LOAD, WORDS, table, when
from benchmarks.tables import columns

GROWTH, BURST = "performance-growth.svg", "performance-burst.svg"
COLOURS = {"before": "#b3541e", "after": "#1f5fa8"}
SIZE = re.compile(r"([\d,]+) legal clocks due within one second, ([\d,]+) incidents open")
ARMS = {"desk": "breaches", "bare": "bare timers"}
CHARTS = (
    ("worker, MB", "worker_mb"),
    ("database on disk, MB", "database_mb"),
    ("opened a second", "opened_per_second"),
    ("worker killed: seconds until all answer", "restart_all_s"),
)
LATE = (("noticed_p99", "noticed, p99, s late"), ("told_p99", "everybody told, p99, s late"))
Part = Mapping[str, Any]


def files(when_: str, of: str) -> list[str]:
    """The results of a kind (``open_load`` or ``burst``) that are kept of before, or of after; by name."""
    names = [f"{when_}/{path.stem}" for path in sorted((results.FOLDER / when_).glob(f"{of}*.json"))]
    last = [of] if when_ == "after" and "found" in (kept(of) or {}) else []
    return names + last


def points(part: Part) -> list[dict[str, float]]:
    """What was seen at each size: raw, or read from the text of the section."""
    if "found" in part:
        return list(part["found"]["points"])
    by_key = {key: columns(part, what) for what, key, _ in OPEN_LOAD}
    sizes = list(by_key["opened_per_second"])
    return [
        {"size": float(head.split()[0].replace(",", ""))}
        | {key: found[head] for key, found in by_key.items() if head in found}
        for head in sizes
    ]


def burst(part: Part) -> dict[str, Any]:
    """Clocks, incidents beside, and seconds late of both sides: raw, or read from the text of the section."""
    if "found" in part:
        found = part["found"]
        return {"count": found["count"], "open": found["open"], **{arm: found[arm] for arm in ARMS}}
    heading = SIZE.search(part["text"][0])
    if not heading:
        raise LookupError("the text of this burst does not begin with its heading")
    count, beside = (int(number.replace(",", "")) for number in heading.groups())
    late = {
        arm: {
            f"{what}_{at}": numbers[f"{'noticed' if what == 'noticed' else 'everybody told'}, s late, {at}"]
            for what in ("noticed", "told")
            for at in ("p50", "p99", "max")
        }
        for arm, row in ARMS.items()
        for numbers in [columns(part, row)]
    }
    return {"count": count, "open": beside, **late}


def growth_picture() -> str:
    """Four charts: one line for each growth that is kept."""
    return picture([(title, list(_grown(key))) for title, key in CHARTS])


def _grown(key: str) -> Iterable[Line]:
    for state, colour in COLOURS.items():
        for path in files(state, "open_load"):
            part = kept(path) or {}
            line = [(p["size"], p[key]) for p in points(part) if p.get(key)]
            yield Line(f"{state}, {_day(part)}, load {_load(part):.1f}", line, colour)


def burst_picture() -> str:
    """Two charts: breaches as full lines, bare timers dashed, over the clocks that fall due at once."""
    return picture([(title, list(_lines(key))) for key, title in LATE])


def _lines(key: str) -> Iterable[Line]:
    """One line for each day: another day is another machine, or another load."""
    for state, colour in COLOURS.items():
        days = dict[str, list[Part]]()
        for path in files(state, "burst"):
            part = kept(path) or {}
            days.setdefault(_day(part), []).append(part)
        for day, parts in days.items():
            loads = "–".join(f"{load:.1f}" for load in sorted({_load(part) for part in parts}))
            found = sorted(map(burst, parts), key=lambda one: one["count"])
            for arm, name in ARMS.items():
                line = [(one["count"], one[arm][key]) for one in found]
                yield Line(f"{name}, {state}, {day}, load {loads}", line, colour, is_dashed=arm == "bare")


def section() -> list[str]:
    """The part of the page: the pictures, and when and on what each line was measured."""
    rows = [
        (
            f"`{path}.json`",
            state,
            _size(of, part),
            when(about),
            f"{_load(part):.1f}",
            f"{about['cores']} cores, {about['system']}",
        )
        for of in ("open_load", "burst")
        for state in COLOURS
        for path in files(state, of)
        for part in [kept(path) or {}]
        for about in [part["about"]]
    ]
    heads = ("result", "", "size", "measured (UTC)", "load average", "machine")
    drawn = [f"![Growth before and after]({GROWTH})", "", f"![Bursts before and after]({BURST})", ""]
    return ["## Before and after", "", WORDS["before_after"].strip(), "", *drawn, *table(heads, rows), "", *bursts()]


def bursts() -> list[str]:
    """The bursts as numbers, breaches against bare timers of the same run."""
    rows = []
    for state in COLOURS:
        for path in files(state, "burst"):
            one = burst(kept(path) or {})
            desk, bare = one["desk"], one["bare"]
            each = [f"{desk[key]:.1f}" for key, _ in LATE]
            ratios = [f"{desk[key] / bare[key]:.2f}" if bare[key] else "–" for key, _ in LATE]
            rows.append((f"{one['count']:,} clocks, {one['open']:,} open", state, *each, *ratios))
    heads = ("burst", "", "noticed p99, s", "told p99, s", "noticed p99 / bare", "told p99 / bare")
    return [*table(heads, rows), ""]


def write(folder: Path) -> None:
    """Write both pictures."""
    (folder / GROWTH).write_text(growth_picture(), encoding="utf-8")
    (folder / BURST).write_text(burst_picture(), encoding="utf-8")


def _size(of: str, part: Part) -> str:
    if of == "open_load":
        return ", ".join(f"{p['size']:,.0f}" for p in points(part)) + " open"
    one = burst(part)
    return f"{one['count']:,} clocks, {one['open']:,} open"


def _day(part: Part) -> str:
    return str(part["about"]["ended"][:10])


def _load(part: Part) -> float:
    return float(part.get("found", {}).get("load", part["about"]["load"][0]))
