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
from starter.language.moments import short
from starter.language.words import _
from starter.terminal.output import Table, clean, console, json_option, say, say_json
from starter.views.said_by import said_by

if TYPE_CHECKING:
    from rich.console import Group
    from temporalio.client import Client

    from workers.settings import Settings
    from workflows.incident.messages import IncidentStatus
    from workflows.process.messages import Happening

LOOK_EVERY = 2.0
"""Seconds between two looks; a query costs a worker some 8 ms."""
LINES_SHOWN = 12


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

    try:
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

    with Live(console=console(), auto_refresh=False, screen=False) as live:
        while True:
            status, lines, at = await _look(client, reference)
            live.update(_view(status, lines, at), refresh=True)
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


def _view(status: IncidentStatus, lines: list[Happening], at: datetime) -> Group:
    from rich.console import Group

    from starter.views.incident import parts

    rows = [(short(line.at), heard(line.what), said_by(line)) for line in lines[-LINES_SHOWN:]]
    return Group(*parts(status, at)[:-1], Table((_("when"), _("what"), _("by")), rows, _("Latest")))
