"""The timeline of a process of any kind, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starter.language.heard import heard
from starter.language.moments import short
from starter.language.words import _
from starter.terminal.output import Table, say_json, show
from starter.views.said_by import said_by

if TYPE_CHECKING:
    from starter.client.names import Process


def show_timeline(ref: str, process: Process, *, as_json: bool) -> None:
    """Print what happened in a process, in order. Raises ``NotThere``, ``Unreachable``, ``Wrong``."""
    from starter.client.client import talk, timeline_of

    lines = talk(lambda client, _settings: timeline_of(client, ref, process))
    if as_json:
        say_json(lines)
        return
    rows = [
        (short(line.at), short(line.recorded_at), heard(line.what), said_by(line), heard(line.detail)) for line in lines
    ]
    show(Table((_("when"), _("recorded"), _("what"), _("by"), ""), rows))
