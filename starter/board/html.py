"""The board as one HTML file for a screen on the wall: references and duties; no names, no texts, no health data.

The page loads itself again; a script in it counts down and, when nobody has written the page for long, says so in large
letters, since a wall that silently shows yesterday is worse than none.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from activities.evidence.case_folder import write_whole
from starter.board.lines import Line, summary
from starter.board.snapshot import Look
from starter.language.moments import short
from starter.language.words import Texts, _, spoken
from starter.views.html import html
from starter.views.kela import whom_at_kela

OLD_AFTER = timedelta(seconds=60)
"""A page is old after this, or after five times the interval at which it is written, whichever is longer."""
LINES_AT_MOST = 100
COUNTDOWN: Texts = {
    "days": "{days} d {hours} h", "hours": "{hours} h {minutes} min", "minutes": "{minutes} min",
    "shortest": "under a minute", "left": "in {length}", "late": "LATE by {length}", "mark": "LATE",
}  # fmt: skip
"""What the page's script counts down with: the same words as ``starter.language.moments``."""


def write_page(path: Path, look: Look, every: float) -> None:
    """Write the page whole or not at all, so that no screen ever loads half a page. ``every``: seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, page(look, every).encode("utf-8"))
    path.chmod(0o644)  # a web server, or the browser of another account, reads it


def page(look: Look, every: float) -> str:
    """The page as HTML."""
    return html(
        "board.html",
        rows=[_row(line, look) for line in look.lines[:LINES_AT_MOST]],
        left_out=max(len(look.lines) - LINES_AT_MOST, 0),
        summary=summary(look.lines, look.at, look.found.not_asked, look.unconfirmed, look.found.going_on),
        written=short(look.at),
        whom_to_call=whom_at_kela(look.at),
        language=spoken(),
        words={each: _(words) for each, words in COUNTDOWN.items()},
        written_ms=int(look.at.timestamp() * 1000),
        refresh=max(int(every), 5),
        old_after_ms=int(max(OLD_AFTER.total_seconds(), 5 * every) * 1000),
    )


def _row(line: Line, look: Look) -> dict[str, object]:
    """A line without its recipient: a controller's or a person's name is nobody's business on a wall."""
    state, due, left, whose, what, _recipient = line.cells(look.at)
    at_wall_clock = line.due_at - line.moved if line.due_at else None
    return {
        "urgency": line.urgency(look.at),
        "state": state,
        "due": due,
        "left": left,
        "whose": whose,
        "what": what,
        "due_ms": int(at_wall_clock.timestamp() * 1000) if at_wall_clock else "",
    }
