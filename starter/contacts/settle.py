"""``kantadesk contacts settle``: somebody has found out whether a letter without an answer reached its recipient."""

from __future__ import annotations

import sys
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import click

from starter.language.moments import short
from starter.language.words import N_, _
from starter.terminal.needed import NeededArgument
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from activities.mail.ledger import Waiting

SHOWN = 8
"""Characters of a letter's name, as the watchdog names it."""


def _without_an_answer(_ctx: click.Context) -> dict[str, str]:
    """The letters that can be settled, by the beginning of their names: when each was handed over."""
    from activities.store.port import StoreFault
    from starter.client.configuration import settings_in_force
    from starter.language.heard import heard
    from starter.terminal.errors import NotThere, Unreachable
    from workers.store import ledger_in, store_of

    settings = settings_in_force()
    try:
        waiting = ledger_in(store_of(settings), settings).unanswered()
    except StoreFault as fault:
        raise Unreachable(heard(str(fault))) from None
    if not waiting:
        raise NotThere(_("no letter waits for an answer: there is nothing to settle"))
    return {letter[:SHOWN]: _("handed over on {moment}", moment=short(since)) for letter, since in waiting}


@click.command("settle")
@click.argument("letter", cls=NeededArgument, asks=N_("Which letter?"), choices=_without_an_answer)
@click.option("--yes", is_flag=True, help="Don't ask before it is settled.")
@json_option
def settle(letter: str, yes: bool, as_json: bool) -> None:
    r"""Settle a letter of which nobody knew whether it went: you have asked the recipient.

    The watchdog names such letters. It is shown to whom it went and when; then the ledger lets go of it, and the
    watchdog is content. Nothing is sent. The beginning of the letter's name is enough.

    \b
      kantadesk contacts settle 8d358e5c
    """
    from activities.store.port import StoreFault
    from starter.client.configuration import settings_in_force
    from starter.language.heard import heard
    from starter.terminal import prompts
    from starter.terminal.errors import NotThere, Unreachable, Wrong
    from workers.store import ledger_in, store_of

    settings = settings_in_force()
    try:
        ledger = ledger_in(store_of(settings), settings)
        found = ledger.waiting(letter)
        if len(found) > 1:
            raise Wrong(_("several letters begin with {letter}: give more of the name", letter=letter))
        if not found:
            raise NotThere(_("no letter without an answer begins with {letter}", letter=letter))
        if not as_json:
            _show(found[0])
        if not yes:
            if not sys.stdin.isatty():
                raise Wrong(_("--yes: nothing was settled; say --yes where nobody can be asked"))
            if not prompts.agree(_("Is it known by now whether it arrived?"), default=False):
                raise Wrong(_("nothing was settled"))
        ledger.settle(found[0])
    except StoreFault as fault:
        raise Unreachable(heard(str(fault))) from None
    if as_json:
        say_json({"settled": found[0].letter})
    else:
        say(_("Settled. If its process tries again, the letter goes as a new one."))


def _show(waiting: Waiting) -> None:
    message = message_from_bytes(waiting.content, policy=default)
    say(_("Handed over on {moment}: {subject}", moment=short(waiting.since), subject=message["Subject"] or "?"))
    say(_("To: {to}", to=message["To"] or "?"))
