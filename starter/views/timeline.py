"""The timeline of a process of any kind, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starter.terminal.output import Table, say_json, short, show
from starter.views.said_by import said_by

if TYPE_CHECKING:
    from starter.client.names import Process


def show_timeline(ref: str, process: Process, *, as_json: bool) -> None:
    """Print what happened in a process, in order. Raises ``NotThere``, ``Unreachable``, ``Wrong``."""
    from starter.client.client import talk, timeline_of
    from starter.client.references import reference_named

    reference = reference_named(ref)
    lines = talk(lambda client, _settings: timeline_of(client, reference, process))
    if as_json:
        say_json(lines)
        return
    rows = [(short(line.at), short(line.recorded_at), line.what, said_by(line), line.detail) for line in lines]
    show(Table(("when", "recorded", "what", "by", ""), rows))
