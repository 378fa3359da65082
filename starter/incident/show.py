"""``kantadesk incident show`` and ``timeline``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from starter.terminal.output import json_option, say_json

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.settings import Settings
    from workflows.incident.messages import IncidentStatus


@click.command
@click.argument("ref")
@json_option
def show_incident(ref: str, as_json: bool) -> None:
    r"""All about one incident: where it stands, what is next and until when, what was sent, where the files lie.

    \b
      kantadesk incident show INC-20261122-7F3K
      kantadesk incident show INC-20261122-7F3K --json
    """
    from starter.client.client import clock_of, status_of, talk
    from starter.client.references import reference_named
    from starter.views.incident import show_status

    reference = reference_named(ref)
    if as_json:
        say_json(talk(lambda client, _settings: status_of(client, reference)))
        return

    async def conversation(client: Client, _settings: Settings) -> tuple[IncidentStatus, datetime]:
        return await status_of(client, reference), await clock_of(client, reference)

    show_status(*talk(conversation))


@click.command
@click.argument("ref")
@json_option
def timeline(ref: str, as_json: bool) -> None:
    r"""What happened, in order, in plain words.

    \b
      kantadesk incident timeline INC-20261122-7F3K
    """
    from starter.views.timeline import show_timeline

    show_timeline(ref, "incident", as_json=as_json)
