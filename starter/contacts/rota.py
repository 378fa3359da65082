"""``kantadesk contacts rota``: who is on duty now, and in the week that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from starter.language import names
from starter.language.moments import said_back
from starter.language.words import _
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from activities.rota.rotas import RoleRota
    from workflows.procedure.contacts.rota import Stretch


@click.command("rota")
@json_option
def show_rota(as_json: bool) -> None:
    r"""Who is on duty now and in the coming week, in each role that a rota holds; gaps, overlaps, unknown names.

    The rota is a calendar that the operating model names: roles.NAME.rota is a file or an address (iCalendar). Whoever
    is on duty when an alarm goes off gets it; where nobody is, everybody in the role does.

    \b
      kantadesk contacts rota
    """
    import asyncio

    from starter.client.configuration import settings_in_force
    from starter.contacts.on_duty import role_named, rotas_here, said
    from starter.terminal.time_input import now

    found = asyncio.run(rotas_here(settings_in_force(), now()))
    if as_json:
        say_json([_document(each) for each in found])
        return
    if not found:
        say(_("No role is held by a rota: write roles.NAME.rota into the operating model, a file or an address."))
    for each in found:
        for line in said([each.on_duty()]):
            say(line)
        if rows := [_row(stretch) for stretch in each.coming()]:
            say("")
            show(Table((_("from"), _("until"), role_named(each.role), _("how")), rows))
            say("")


def _row(stretch: Stretch) -> tuple[str, ...]:
    from starter.contacts.on_duty import STANDINGS, people_named

    standing = names.name(STANDINGS, stretch.standing)
    if stretch.has_unmatched and stretch.standing != "unmatched":
        standing += "; " + names.name(STANDINGS, "unmatched")
    return said_back(stretch.start), said_back(stretch.end), people_named(stretch.contacts), standing


def _document(rota: RoleRota) -> dict[str, Any]:
    duty = rota.on_duty().model_dump(mode="json")
    return duty | {"coming": [each.model_dump(mode="json") for each in rota.coming()]}
