"""The timeline of a case in plain words, in local time."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workflows.messages import Happening
from workflows.procedure import local_time

# Characters that could make a terminal or an editor show something else than what is written. The JSON keeps them.
_MISLEADING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def whole_timeline(parts: Iterable[tuple[Happening, ...]]) -> tuple[Happening, ...]:
    """The parts as one timeline in order of time."""
    return tuple(sorted((happening for part in parts for happening in part), key=lambda happening: happening.at))


def plain_timeline(reference: str, happenings: tuple[Happening, ...]) -> str:
    """The timeline as a text: a line for each happening, longer words indented below it."""
    lines = [f"Timeline of {reference} (times in {local_time.HELSINKI})", ""]
    for happening in happenings:
        by = f" – {happening.by}" if happening.by else ""
        lines.append(_shown(f"{local_time.written(happening.at)}  {happening.what}{by}"))
        lines += [f"    {_shown(line)}" for line in happening.detail.splitlines() if line.strip()]
    return "\n".join(lines) + "\n"


def _shown(text: str) -> str:
    return _MISLEADING.sub("\ufffd", text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
