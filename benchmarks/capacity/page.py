"""``docs/capacity.md`` from what was simulated."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.capacity.check import ARMS, BAND, BURSTS
from benchmarks.capacity.outage import DATABASE_BY_HISTORY, letter
from benchmarks.sections import table

PAGE = "capacity.md"
WORDS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
KINDS = {"opening": "an incident opened", "triage": "its triage", "breach": "a breach opened", "alarm": "a legal alarm"}
ASKED_FOR = 15
"""Minutes."""
Found = Mapping[str, Any]


def page(found: Found) -> str:
    """The page."""
    lines = [
        *(WORDS["title"], *in_short(found), "## The outage", "", WORDS["outage"].strip(), "", *outage(found)),
        *("## What it takes", "", *needs(found), WORDS["needs"].strip(), ""),
        *("## The night, simulated", "", WORDS["nights"].strip(), "", *nights(found["nights"])),
        *("## Mail", "", WORDS["mail"].strip(), "", *mail(found), WORDS["mail_end"].strip(), ""),
        *("## How far the simulation can be trusted", "", WORDS["check"].strip(), "", *checks(found)),
        *(WORDS["missing"].strip(), "", "## What one costs", "", WORDS["costs"].strip(), "", *costs(found["costs"])),
        *("## The parameters", "", WORDS["parameters"].strip(), "", *parameters(found["parameters"])),
        *("## Not known", "", WORDS["unknown"].strip(), ""),
    ]
    return "\n".join(lines).lstrip().rstrip() + "\n"


def in_short(found: Found) -> list[str]:
    """The answer in one sentence, for the time that most would ask for."""
    of, row = found["outage"], next(row for row in found["needs"] if row["minutes"] == ASKED_FOR)
    alarm = found["costs"]["alarm"]["worker_s"] * 1000
    paper = next((one["value"] for one in found["parameters"]["today"] if one["name"].startswith("the paper")), 0.0)
    size = f"{of['organisations']:,} organisations with {of['recipients']:,} recipients"
    workers = f"{row['workers']:,} workers ({row['worker_gb']:,.1f} GB)"
    server = f"{row['server_cores']:,} cores for Temporal and PostgreSQL, {row['shards']:,} shards"
    mail_rate = f"a mail provider that takes {row['letters_per_second']:,.0f} letters a second"
    return [
        f"**In short**: {size}, everybody told within {row['minutes']} minutes: {workers}, {server}, {mail_rate}.",
        "",
        (
            f"Of the {alarm:.0f} ms of worker time that a legal alarm takes today, {paper:.0f} go to the paper that "
            "asks for the reasons of the delay; the worker that sends the letters writes it in the same minutes."
        ),
        "",
    ]


def outage(found: Found) -> list[str]:
    """The work of all, in processor hours and gigabytes."""
    of = found["outage"]
    rows = [(name, *_sums(part)) for name, part in found["work"].items()]
    rows.append(("**all of it**", *_sums(_sum(list(found["work"].values())))))
    heads = (
        "worker, hours of a core",
        "server, hours of a core",
        "letters",
        "history, GB",
        "database, GB",
        "written, GB",
    )
    return [
        f"{of['organisations']:,} organisations, {of['recipients']:,} recipients.",
        "",
        *table(("", *heads), rows),
        "",
        (
            "Server hours are those of the embedded server in a small database. *Database* is "
            f"{DATABASE_BY_HISTORY} bytes for each byte of history (derived: 813 MB for 20,000 openings of 0.2.0)."
        ),
        "",
    ]


def needs(found: Found) -> list[str]:
    """What does it within so many minutes."""
    rows = [
        (
            f"{row['minutes']} minutes",
            f"{row['workers']:,}",
            f"{row['worker_gb']:,.1f}",
            f"{row['server_cores']:,}",
            f"{row['shards']:,}",
            f"{row['letters_per_second']:,.0f}",
            f"{row['written_mb_per_second']:,.0f}",
        )
        for row in found["needs"]
    ]
    heads = (
        "all is done within",
        "workers",
        "their memory, GB",
        "server cores",
        "shards",
        "letters a second",
        "MB written a second",
    )
    return [*table(heads, rows), ""]


def nights(simulated: Sequence[Found]) -> list[str]:
    """Each plant, and how late it is."""
    rows = [
        (
            night["what"],
            f"{night['workers']}",
            f"{night['server_lanes']}",
            f"{night['cache']:,}",
            "no bound" if night["mail_per_second"] is None else f"{night['mail_per_second']:.0f}",
            *(f"{night[key]:,.0f}" for key in ("noticed_p50", "noticed_p99", "told_p50", "told_p99")),
            f"{night['read_again']:,}",
        )
        for night in simulated
    ]
    late = ("noticed, s late, p50", "p99", "everybody told, s late, p50", "p99")
    return [*table(("", "workers", "server cores", "memory", "mail a second", *late, "read again"), rows), ""]


def mail(found: Found) -> list[str]:
    """How long the letters take by what a provider allows."""
    letters = sum(part["letters"] for part in found["work"].values())
    rows = []
    for one in WORDS["providers"]:
        hours = letters / one["per_hour"] if "per_hour" in one else None
        rows.append(
            (one["name"], one["limit"], "not known" if hours is None else f"{hours / 24:,.0f} days", one["source"])
        )
    rate = found["outage"]["mail_per_second"]
    rows.append(
        (f"yours, {rate:,.0f} a second", "the reader's parameter", f"{letters / rate / 60:,.0f} minutes", "assumed")
    )
    return [*table(("provider", "limit", f"{letters:,.0f} letters take", "source"), rows), ""]


def checks(found: Found) -> list[str]:
    """Each burst beside its simulation."""
    rows = [
        (
            f"{BURSTS[one['path']][0]:,} {ARMS[one['arm']]}, {BURSTS[one['path']][1]:,} incidents beside",
            one["key"].replace("_", ", "),
            f"{one['measured']:.1f}",
            f"{one['simulated']:.1f}",
            f"{one['simulated'] / one['measured']:.2f}",
        )
        for one in found["checks"]
    ]
    return [
        f"Measured: {'; '.join(found['bursts'].values())}.",
        "",
        *table(("", "seconds late", "measured", "simulated", "simulated by measured"), rows),
        "",
        (
            f"**The band**: for breaches each ratio lies between {BAND[0]} and {BAND[1]}, and a test holds it there "
            f"(`tests/benchmarks/capacity`). **The margin**: the worst burst took {found['margin']:.1f} "
            "times as long as simulated until everybody was told (p99); workers and cores above are larger by that."
        ),
        "",
    ]


def costs(found: Found) -> list[str]:
    """Each kind of process, and a letter more."""
    parts = [(name, found[key]) for key, name in KINDS.items()] + [("one letter more", letter(found))]
    rows = [
        (
            name,
            *(f"{part[key] * 1000:.0f}" for key in ("worker_s", "server_s")),
            *(f"{part[key]:.1f}" for key in ("letters", "events")),
            *(f"{part[key] / 1000:,.0f}" for key in ("history_bytes", "server_written", "worker_written")),
        )
        for name, part in parts
    ]
    heads = (
        "worker, ms",
        "server, ms",
        "letters",
        "events",
        "history, kB",
        "written by the server, kB",
        "by the worker, kB",
    )
    many = f"{found['triage_of_many']['letters']:.0f} letters against {found['triage']['letters']:.0f}"
    return [
        *table(("", *heads), rows),
        "",
        f"{found['count']} of each; one letter more is derived: the triage of an incident with {many}.",
        "",
    ]


def parameters(found: Mapping[str, Sequence[Found]]) -> list[str]:
    """Where each number is from."""
    lines = []
    for title, those in found.items():
        rows = [
            (one["name"], f"{one['value']:,.2f} {one['unit']}".strip(), one["kind"], one["source"]) for one in those
        ]
        lines += [f"### {title}", "", *table(("", "value", "", "from `benchmarks/results`"), rows), ""]
    return lines


def _sums(part: Found) -> list[str]:
    hours = [f"{part[key] / 3600:,.2f}" for key in ("worker_s", "server_s")]
    history = part["history_bytes"]
    giga = [f"{value / 1e9:,.2f}" for value in (history, history * DATABASE_BY_HISTORY, part["server_written"])]
    return [*hours, f"{part['letters']:,.0f}", *giga]


def _sum(parts: Sequence[Found]) -> dict[str, float]:
    return {name: sum(part[name] for part in parts) for name in parts[0]}
