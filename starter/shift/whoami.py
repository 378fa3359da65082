"""``kantadesk whoami``: in whose name commands speak here."""

from __future__ import annotations

import click

from starter.language.heard import heard
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json


@click.command
@json_option
def whoami(as_json: bool) -> None:
    r"""In whose name commands speak here, and what says so: --by of a command goes before it.

    \b
      kantadesk whoami
    """
    from starter.client.configuration import settings_in_force
    from starter.sending.who import follows, known

    settings = settings_in_force()
    found = known(settings)
    if as_json:
        say_json({"by": found.name or None, "origin": found.origin, "since": found.since})
    elif found.name:
        say(f"{found.name} ({heard(found.origin)})")
    else:
        if coming := follows(settings):
            say(_("Handed over to {name}, who has not begun.", name=coming))
        say(_('Nobody is named here: "kantadesk shift start --by NAME" begins a shift; or set KANTADESK_BY.'))
