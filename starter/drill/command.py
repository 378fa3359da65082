"""``kantadesk drill``: the clock of a drill, and drills that come every week."""

from __future__ import annotations

from datetime import timedelta

import click

from starter.client.references import Reference
from starter.language.words import N_, _
from starter.lazy import Entry, LazyGroup
from starter.terminal.needed import NeededArgument
from starter.terminal.output import json_option, say, say_json

FURTHEST = timedelta(days=366)

drill = LazyGroup(
    "drill",
    entries={
        "advance": Entry("drill.command:advance", "Move the clock of a drill forward."),
        "schedule": Entry("drill.schedule:schedule", "A drill every week."),
    },
    help="""A drill is an incident or a breach opened with --drill: the same process, but nothing leaves the house.

\b
  kantadesk incident open --drill --title "Drill: MyKanta is down" --service MYKANTA
  kantadesk drill advance INC-20261122-7F3K 2h
  kantadesk drill schedule --weekly "Mon 09:00" --title "Drill: MyKanta is down" --service MYKANTA""",
)


@click.command
@click.argument("ref", cls=Reference, processes=("incident", "breach", "maintenance"), then="duration", drills=True)
@click.argument("duration", cls=NeededArgument, asks=N_("How far? For example 30min, 2h or 3d"))
@json_option
def advance(ref: str, duration: str, as_json: bool) -> None:
    r"""Move the clock of a drill forward: reminders and due times come as they would.

    DURATION is 15min, 2h, 3d or 1h30min.

    \b
      kantadesk drill advance INC-20261122-7F3K 2h
    """
    from starter.client.client import talk
    from starter.drill.clocks import advance as move
    from starter.language.moments import in_words

    reference, length = ref, _length(duration)
    moved = talk(lambda client, _settings: move(client, reference, length))
    if as_json:
        say_json(moved.as_json())
        return
    say(_("The drill's clock was moved forward by {duration}{which}.", duration=in_words(length), which=moved.which()))
    moved.show()


def _length(text: str) -> timedelta:
    from pydantic import TypeAdapter, ValidationError

    from starter.terminal.errors import Wrong
    from starter.terminal.length_input import length_meant
    from workflows.procedure.model import Duration

    try:
        length: timedelta = length_meant(text) or TypeAdapter(Duration).validate_python(text)
    except ValidationError:
        raise Wrong(_('DURATION: is written as "15min", "2h", "3d" or "1h30min"')) from None
    if not timedelta(0) < length <= FURTHEST:
        raise Wrong(_("DURATION: must be more than zero and at most 366 days"))
    return length
