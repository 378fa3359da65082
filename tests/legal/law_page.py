"""The page ``docs/law.md``, made from the dated rules: paragraph, rule, test, line of the story."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from workflows.procedure.authorities import UnknownAuthority, authority
from workflows.procedure.breach.rules import RULES, DutyRule
from workflows.procedure.dated import in_words
from workflows.procedure.duties import DutyKind
from workflows.procedure.duty_contents import directions

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "law.md"
GOLDEN = "tests/story/golden"
ON = date(2026, 11, 22)
"""The day for which recipients and ways are shown; a fixed one, so that the page changes with the rules only."""
HEAD = """# Which law, which rule, which test

Made from `workflows/procedure/data/breach_duties.toml`, `duty_contents.toml` and `authorities.toml` by
`KANTADESK_RETELL=1 make test ARGS=tests/legal`; never write here by hand. Recipients and ways are those of {on}.

A rule that says *not verified* has not been compared with the text of the law by anybody; kantadesk shows it so.
*Own target* means that the law names no hours: the time is the organisation's own, and no letter calls it law.
"""


class Shown(NamedTuple):
    """Where a duty is held by tests, and lived through in a story."""

    tests: tuple[str, ...]
    story: str
    line: str


def shown_by() -> dict[str, Shown]:
    """The links of ``shown_by.toml``, by kind of duty."""
    links = tomllib.loads((Path(__file__).parent / "shown_by.toml").read_text(encoding="utf-8"))
    return {kind: Shown(tuple(each["tests"]), *each["story"]) for kind, each in links.items()}


def kinds() -> list[DutyKind]:
    """The kinds of duty of which there is a rule, in the order of the data."""
    return list(dict.fromkeys(rule.kind for rule in RULES))


def page() -> str:
    """The whole page."""
    return HEAD.format(on=in_words(ON)) + "".join(f"\n{part}" for kind in kinds() for part in _about(kind))


def _about(kind: DutyKind) -> Iterator[str]:
    found = directions(kind, ON)
    assert found
    yield f"## {kind}\n"
    yield (
        "| paragraph | holds | trigger | clock starts | due | recipient | verified |\n|---|---|---|---|---|---|---|\n"
        + "".join(
            f"| {rule.basis} | {_bounds(rule)} | {rule.trigger} | {rule.starts.replace('_', ' ')} | {_due(rule)} | "
            f"{_recipient(rule)} | {'yes' if rule.verified else '**no**'} |\n"
            for rule in RULES
            if rule.kind == kind
        )
    )
    ways = [
        f"{route.by.replace('_', '-')} {route.to}{'' if route.verified else ' (not verified)'}"
        for route in found.routes
    ]
    ways += [f"form of {found.form.en}"] if found.form else []
    yield f"- Way: {'; '.join(ways) or 'not known, or the own way of the recipient'}\n"
    yield (
        f"- Holds: {'; '.join(item.en for item in found.contents) or 'nothing of its own'}\n" if found.contents else ""
    )
    yield f"- Source: {'; '.join(dict.fromkeys(rule.source for rule in RULES if rule.kind == kind))}\n"
    links = shown_by()[kind]
    yield (
        "- Tests: "
        + ", ".join(f"[{test.partition('::')[2]}](../{test.partition('::')[0]})" for test in links.tests)
        + "\n"
    )
    yield f"- Story: [{links.story}](../{GOLDEN}/{links.story}): `{links.line}`\n"


def _bounds(rule: DutyRule) -> str:
    start = in_words(rule.valid_from) if rule.valid_from else ""
    end = in_words(rule.valid_until) if rule.valid_until else ""
    return f"{start}–{end}" if start or end else "always"


def _due(rule: DutyRule) -> str:
    if rule.months:
        length = f"{rule.months} month"
    elif rule.within is None:
        length = "72 h"
    else:
        hours = rule.within / timedelta(hours=1)
        length = f"{hours / 24:g} d" if hours > 72 else f"{hours:g} h"  # as people say it
    return f"{length}{'' if rule.due == 'law' else ', own target'}"


def _recipient(rule: DutyRule) -> str:
    if rule.authority is None:
        return rule.recipient or "each controller, by its name"
    try:
        return authority(rule.authority, min(ON, rule.valid_until or ON)).name.en
    except UnknownAuthority as unknown:
        return str(unknown)
