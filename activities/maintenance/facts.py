"""A planned break in words: its times, its windows, what is different after a change; for letters and text messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from activities.documents.text import cleaned, indented, one_line, shortened, word
from workflows.procedure.languages import Language
from workflows.procedure.local_time import local
from workflows.procedure.maintenance.plan import Plan, differing
from workflows.procedure.services import named
from workflows.procedure.window import Window

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NO_BREAK: dict[str, Any] = {
    "when": "", "when_short": "", "when_before": "", "windows": [], "window": "", "window_number": 1, "effect": "",
    "not_affected": "", "link": "", "notice": "", "is_kelas": False, "changes": [], "short_notice": False,
    "is_reminder": False, "withdrawn": False,
}  # fmt: skip
"""What a letter that is about no break says in these places."""


def break_facts(
    plan: Plan, before: Plan | None, language: Language, time_zone: str, *, window: int = 1
) -> dict[str, Any]:
    """What a template may name of a break. ``window``: the number of the one it is about."""
    stretches = plan.stretches
    this = stretches[min(window, len(stretches)) - 1]
    return {
        "when": _span(plan.starts_at, plan.ends_at, language, time_zone),
        "when_short": _span(plan.starts_at, plan.ends_at, language, time_zone, with_year=False),
        "when_before": _span(before.starts_at, before.ends_at, language, time_zone, with_year=False)
        if before and differing(before, plan, ("starts_at", "ends_at"))
        else "",
        "windows": [_of(each, language, time_zone) for each in plan.parts],
        "window": _of(this, language, time_zone),
        "window_number": window,
        "effect": _text(plan.effect, language),
        "not_affected": named(plan.not_affected, language),
        "link": one_line(plan.link),
        "notice": _text(plan.text, language),
        "is_kelas": plan.source == "kela",
        "changes": changes(before, plan, language, time_zone) if before else [],
    }


def changes(before: Plan, after: Plan, language: Language, time_zone: str) -> list[dict[str, str]]:
    """What is different for a recipient: the name of each thing, how it was, how it is now."""
    shown: dict[str, Callable[[Plan], str]] = {
        "times": lambda plan: _span(plan.starts_at, plan.ends_at, language, time_zone),
        "windows": lambda plan: "; ".join(_of(each, language, time_zone) for each in plan.parts),
        "services": lambda plan: named(plan.services, language),
        "not_affected": lambda plan: named(plan.not_affected, language),
        "title": lambda plan: one_line(plan.title),
        "effect": lambda plan: one_line(plan.effect, 500),
        "text": lambda plan: one_line(plan.text, 500),
        "link": lambda plan: one_line(plan.link),
    }
    nothing = word("break_change", "nothing", language)
    said = [(name, show(before), show(after)) for name, show in shown.items()]
    return [
        {"name": word("break_change", name, language), "before": old or nothing, "after": new or nothing}
        for name, old, new in said
        if old != new
    ]


def _text(text: str, language: Language) -> str:
    return indented(shortened(cleaned(text), word("text", "shortened", language)))


def _of(window: Window, language: Language, time_zone: str) -> str:
    return _span(window.starts_at, window.ends_at, language, time_zone)


def _span(start: datetime, end: datetime, language: Language, zone: str, *, with_year: bool = True) -> str:
    """From when to when: "ti 24.11.2026 klo 06.00–08.00". The offset is said where the clocks change between."""
    begins, ends = local(start, zone), local(end, zone)
    is_changing = begins.utcoffset() != ends.utcoffset()
    first = f"{_day(begins, language, with_year=with_year)} {_clock(begins, language, is_changing)}"
    if begins.date() == ends.date():
        return (
            f"{first}–{_clock(ends, language, is_changing).removeprefix(word('break_words', 'at', language)).strip()}"
        )
    return f"{first} – {_day(ends, language, with_year=with_year)} {_clock(ends, language, is_changing)}"


def _day(moment: datetime, language: Language, *, with_year: bool) -> str:
    weekday = word("break_weekday", str(moment.weekday()), language)
    if language == "en":
        return f"{weekday} {moment.day} {_MONTHS[moment.month - 1]}" + (f" {moment.year}" if with_year else "")
    return f"{weekday} {moment.day}.{moment.month}." + (str(moment.year) if with_year else "")


def _clock(moment: datetime, language: Language, is_changing: bool) -> str:
    at = word("break_words", "at", language)
    clock = f"{moment:%H:%M}" if language == "en" else f"{moment:%H.%M}"
    hours = int((moment.utcoffset() or moment - moment).total_seconds()) // 3600
    return f"{at} {clock}".strip() + (f" (UTC+{hours})" if is_changing else "")
