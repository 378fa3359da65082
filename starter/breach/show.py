"""``kantadesk breach show`` and ``timeline``."""

from __future__ import annotations

import click

from starter.client.references import Reference
from starter.terminal.output import json_option, say_json, wide_option


@click.command("show")
@click.argument("ref", cls=Reference, processes=("breach",))
@json_option
def show_breach(ref: str, as_json: bool) -> None:
    r"""All about one breach: the clock, what to do and until when, what was done, where the papers lie.

    \b
      kantadesk breach show INC-20261122-7F3K
      kantadesk breach show INC-20261122-7F3K --json
    """
    from starter.breach.situation import situation
    from starter.views.breach import show_breach_status
    from starter.views.outside import ended_json, show_ended

    here = situation(ref)
    if as_json:
        say_json(ended_json(here.status, here.ended))
    elif here.ended:
        show_ended("breach", here.status, here.ended)
    else:
        show_breach_status(here.status, here.at)


@click.command
@click.argument("ref", cls=Reference, processes=("breach",))
@wide_option
@json_option
def timeline(ref: str, as_json: bool, wide: bool) -> None:
    r"""What happened, in order, in plain words.

    \b
      kantadesk breach timeline INC-20261122-7F3K
    """
    from starter.views.timeline import show_timeline

    show_timeline(ref, "breach", as_json=as_json, wide=wide)
