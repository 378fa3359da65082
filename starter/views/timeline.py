"""The timeline of a process of any kind, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starter.language.heard import heard
from starter.language.ids import in_few_letters
from starter.language.moments import short, without_year
from starter.language.words import _
from starter.terminal.output import say_json
from starter.views.said_by import said_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starter.client.names import Process
    from starter.terminal.fitted import Column, GiveUp
    from workflows.process.messages import Happening

IN_ONE_COLUMN: tuple[GiveUp, ...] = (
    [("what", "say otherwise"), ("recorded", "leave out"), ("by", "leave out"), ("detail", "leave out")],
    [("when", "say otherwise")],
)  # fmt: skip
"""In a narrow terminal who, what and why stand in one column, one after the other."""


def show_timeline(ref: str, process: Process, *, as_json: bool, wide: bool = False) -> None:
    """Print what happened in a process, in order. Raises ``NotThere``, ``Unreachable``, ``Wrong``."""
    from starter.client.client import talk, timeline_of
    from starter.terminal.fitted import show_fitted

    lines = talk(lambda client, _settings: timeline_of(client, ref, process))
    if as_json:
        say_json(lines)
        return
    show_fitted(columns(lines), IN_ONE_COLUMN, wide=wide, is_whole=True)


def columns(lines: Sequence[Happening]) -> list[Column]:
    """The columns of what happened."""
    from starter.terminal.fitted import Column

    what = [heard(line.what) for line in lines]
    detail, by = [in_few_letters(heard(line.detail)) for line in lines], [said_by(line) for line in lines]
    late = [_("(recorded {moment})", moment=short(line.recorded_at)) if line.recorded_at else "" for line in lines]
    whole = [" – ".join(filter(None, parts)) for parts in zip(what, by, detail, late, strict=True)]
    return [
        Column("when", _("when"), [short(line.at) for line in lines], [without_year(line.at) for line in lines]),
        Column("recorded", _("recorded"), [short(line.recorded_at) for line in lines]),
        Column("what", _("what"), what, whole, at_least=30),
        Column("by", _("by"), by, at_least=12),
        Column("detail", "", detail, at_least=24),
    ]
