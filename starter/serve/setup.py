"""``kantadesk setup``: what a Temporal namespace needs before the first incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from starter.language.heard import heard
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.settings import Settings


@click.command
@json_option
def setup(as_json: bool) -> None:
    r"""Register search attributes and schedules, raise the retention in Temporal; make the key file if there is none.

    Starts what always runs, such as the watch of the published notices.

    May be run again at any time: what is there stays. "kantadesk up" does it by itself.

    \b
      TEMPORAL_ADDRESS=temporal.example.org:7233 kantadesk setup
    """
    from starter.client.client import talk
    from starter.client.configuration import settings_in_force
    from starter.client.elsewhere import refuse_other_desk
    from starter.serve.foreground import make_keys

    settings = settings_in_force()
    refuse_other_desk(settings)
    made = make_keys(settings)
    answer: dict[str, Any] = talk(_set_up) | {"key_file_made": made}
    if as_json:
        say_json(answer)
        return
    say(
        _(
            "Namespace {namespace} is ready: search attributes registered, closed incidents are kept {days} days.",
            namespace=answer["namespace"],
            days=answer["retention_days"],
        )
    )
    if made:
        say(
            _(
                "A new key file was made: {key_file}. Back it up: without it nobody can read an incident.",
                key_file=answer["key_file"],
            )
        )


async def _set_up(client: Client, settings: Settings) -> dict[str, Any]:
    from starter.client.client import within_reach
    from starter.terminal.errors import Unreachable
    from workers.setup import SetUpError, retention, set_up
    from workers.singletons import ensure_standing

    try:
        await within_reach(set_up(client, settings), "namespace")
    except SetUpError as error:
        raise Unreachable(heard(str(error))) from None
    started = await within_reach(ensure_standing(client), "namespace")
    kept = await within_reach(retention(client), "namespace")
    return {
        "namespace": client.namespace,
        "retention_days": kept.days,
        "key_file": str(settings.key_file),
        "started": started,
    }
