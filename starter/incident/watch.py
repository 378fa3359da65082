"""``kantadesk incident watch``: follow an incident live."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from starter.client.references import Reference
from starter.language import names
from starter.language.heard import heard
from starter.language.moments import countdown, short, without_year
from starter.language.words import _
from starter.terminal.output import TextLine, clean, console, json_option, say, say_json
from starter.views.said_by import said_by

if TYPE_CHECKING:
    from rich.console import Console, Group, RenderableType
    from temporalio.client import Client

    from starter.terminal.fitted import Column, GiveUp
    from workers.settings import Settings
    from workflows.incident.messages import IncidentStatus
    from workflows.procedure.duties import DutyState
    from workflows.process.messages import Happening

LOOK_EVERY = 2.0
"""Seconds between two looks; a query costs a worker some 8 ms."""
LINES_SHOWN, FEWEST_LINES = 12, 3
DUTIES_SHOWN, PROBLEMS_SHOWN = 5, 2
AROUND_THE_LATEST = 4
"""Lines of the screen: an empty one, two of the heading, the cursor."""
OWED_GIVEN_UP: tuple[GiveUp, ...] = ([("due", "say otherwise")], [("left", "leave out")])
LATEST_GIVEN_UP: tuple[GiveUp, ...] = ([("when", "say otherwise")], [("by", "leave out")])


@click.command
@click.argument("ref", cls=Reference, processes=("incident",))
@json_option
def watch(ref: str, as_json: bool) -> None:
    r"""Follow an incident live until it is closed; Ctrl-C stops following, not the incident.

    Without a terminal it prints each new line of the timeline; with --json it waits for the end and prints the status.

    \b
      kantadesk incident watch INC-20261122-7F3K
    """
    from starter.client.client import talk
    from starter.terminal.unechoed import unechoed

    try:
        with unechoed():
            status = talk(lambda client, settings: _follow(client, settings, ref, silent=as_json))
    except KeyboardInterrupt:
        return
    if as_json:
        say_json(status)
    else:
        say(_("{reference} is {phase}.", reference=status.reference, phase=names.name(names.PHASES, status.phase)))


async def _follow(client: Client, _settings: Settings, reference: str, *, silent: bool) -> IncidentStatus:
    if silent or not sys.stdout.isatty():
        return await _follow_by_line(client, reference, silent=silent)
    from rich.live import Live

    screen = console()
    with Live(console=screen, auto_refresh=False, screen=False, vertical_overflow="crop") as live:
        while True:
            status, lines, at = await _look(client, reference)
            live.update(view(status, lines, at, screen), refresh=True)
            if _is_over(status):
                return status
            await asyncio.sleep(LOOK_EVERY)


async def _follow_by_line(client: Client, reference: str, *, silent: bool) -> IncidentStatus:
    from starter.language.moments import written

    told: list[Happening] = []
    while True:
        status, lines, _at = await _look(client, reference)
        for line in () if silent else (line for line in lines if line not in told):
            recorded = "  " + _("(recorded {moment})", moment=written(line.recorded_at)) if line.recorded_at else ""
            say(
                clean(
                    f"{written(line.at)}  {heard(line.what)}  {said_by(line)}  {heard(line.detail)}".rstrip() + recorded
                )
            )
        sys.stdout.flush()
        told = lines
        if _is_over(status):
            return status
        await asyncio.sleep(LOOK_EVERY)


async def _look(client: Client, reference: str) -> tuple[IncidentStatus, list[Happening], datetime]:
    from starter.client.client import clock_of, status_of, timeline_of

    status = await status_of(client, reference)
    return status, await timeline_of(client, reference), await clock_of(client, reference)


def _is_over(status: IncidentStatus) -> bool:
    return status.closed_at is not None


def view(status: IncidentStatus, lines: list[Happening], at: datetime, screen: Console) -> Group:
    """Where it stands, what is owed and what happened last, on one screen; ``incident show`` tells the rest."""
    from rich.console import Group

    from starter.client.open_duties import open_duties
    from starter.terminal.fitted import drawn, fitted
    from starter.views.incident import expected_next, headline

    told = [headline(status), status.title, _("Next: {what_next}", what_next=expected_next(status))]
    told.append(_("Ctrl-C stops following; the incident goes on."))
    above: list[RenderableType] = [TextLine(text, strong=number == 0) for number, text in enumerate(told)]
    above += [TextLine(f"{_('LOOK AT')}: {heard(each)}") for each in status.problems[:PROBLEMS_SHOWN]]
    if owed := open_duties(status.duties)[:DUTIES_SHOWN]:
        above += ["", drawn(fitted(_owed(owed, at), OWED_GIVEN_UP, screen.width), screen.width)]
    room = screen.height - len(screen.render_lines(Group(*above))) - AROUND_THE_LATEST
    latest = lines[-max(FEWEST_LINES, min(LINES_SHOWN, room)) :]
    kept = fitted(_latest(latest), LATEST_GIVEN_UP, screen.width)
    return Group(*above, "", drawn(kept, screen.width))


def _owed(duties: list[DutyState], at: datetime) -> list[Column]:
    from starter.terminal.fitted import Column

    return [
        Column(
            "due", _("due"), [short(each.due_at) for each in duties], [without_year(each.due_at) for each in duties]
        ),
        Column("left", _("left"), [countdown(each.due_at, at) for each in duties]),
        Column("duty", _("duty"), [names.duty_of(each) for each in duties], at_least=20, gives="is cut"),
    ]


def _latest(lines: list[Happening]) -> list[Column]:
    from starter.terminal.fitted import Column

    return [
        Column("when", _("when"), [short(line.at) for line in lines], [without_year(line.at) for line in lines]),
        Column("what", _("what"), [heard(line.what) for line in lines], at_least=24, gives="is cut"),
        Column("by", _("by"), [said_by(line) for line in lines], at_least=10, gives="is cut"),
    ]
