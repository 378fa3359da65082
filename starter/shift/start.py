"""``kantadesk shift start``: who works at this account from now on."""

from __future__ import annotations

import click

from starter.language.words import _
from starter.terminal.output import json_option, say, say_json


@click.command
@click.option("--by", metavar="NAME", help="Your name, as it shall stand in the evidence.")
@json_option
def start(by: str | None, as_json: bool) -> None:
    r"""From now on it is you who speaks here: what is typed at this account stands in the evidence under your name.

    It holds until the handover, for a day at most. The name is kept encrypted. --by of a command, and the setting by
    (KANTADESK_BY), go before it.

    \b
      kantadesk shift start --by "Anna Virtanen"
    """
    from starter.client.configuration import settings_in_force
    from starter.sending import who
    from starter.terminal.asking import may_ask
    from starter.terminal.errors import Wrong

    settings = settings_in_force()
    if not by and not may_ask():
        raise Wrong(_('--by: say who you are, for example --by "Anna Virtanen"'))
    begun = who.begin(settings, by or who.asked(settings))
    if as_json:
        say_json({"by": begun.name, "since": begun.since})
        return
    say(_("{name}: {origin}, until the handover, for a day at most.", name=begun.name, origin=begun.origin))
    if settings.by:
        facts = {"by": settings.by, "origin": settings.origins["by"]}
        say(_("But the setting by says {by} ({origin}), and that goes before the shift.", **facts))
