"""``kantadesk incident show`` and ``timeline``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from starter.client.references import Reference
from starter.terminal.output import json_option, say_json, wide_option

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.settings import Settings
    from workflows.incident.messages import IncidentStatus


@click.command
@click.argument("ref", cls=Reference, processes=("incident",))
@json_option
def show_incident(ref: str, as_json: bool) -> None:
    r"""All about one incident: where it stands, what is next and until when, what was sent, where the files lie.

    \b
      kantadesk incident show INC-20261122-7F3K
      kantadesk incident show INC-20261122-7F3K --json
    """
    from starter.client.client import clock_of, status_of, talk
    from starter.client.names import workflow_id_of
    from starter.client.outside import how_ended
    from starter.views.incident import show_status
    from starter.views.outside import ended_json, show_ended

    async def conversation(client: Client, _settings: Settings) -> tuple[IncidentStatus, datetime, str]:
        status, at = await status_of(client, ref), await clock_of(client, ref)
        return status, at, await how_ended(client, workflow_id_of(ref, "incident"))

    status, at, ended = talk(conversation)
    if as_json:
        say_json(ended_json(status, ended))
    elif ended:
        show_ended("incident", status, ended)
    else:
        show_status(status, at)


@click.command
@click.argument("ref", cls=Reference, processes=("incident",))
@wide_option
@json_option
def timeline(ref: str, as_json: bool, wide: bool) -> None:
    r"""What happened, in order, in plain words.

    \b
      kantadesk incident timeline INC-20261122-7F3K
    """
    from starter.views.timeline import show_timeline

    show_timeline(ref, "incident", as_json=as_json, wide=wide)
