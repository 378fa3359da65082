"""``kantadesk maintenance show``, ``timeline`` and ``list``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from starter.client.completions import completed
from starter.client.references import Reference
from starter.language import names
from starter.language.lists import some
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json, wide_option
from starter.terminal.word_types import WordOf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from temporalio.client import Client

    from starter.client.search import Listed, Row
    from workers.settings import Settings
    from workflows.maintenance.messages import MaintenanceStatus


@click.command("show")
@click.argument("ref", cls=Reference, processes=("maintenance",))
@json_option
def show_maintenance(ref: str, as_json: bool) -> None:
    r"""All about one planned break: its times, who was told what, what comes next, where the files lie.

    \b
      kantadesk maintenance show MNT-20261122-7F3K
      kantadesk maintenance show MNT-20261122-7F3K --json
    """
    from starter.client.client import clock_of, maintenance_status_of, talk
    from starter.views.maintenance import show_maintenance_status

    async def conversation(client: Client, _settings: Settings) -> tuple[MaintenanceStatus, datetime]:
        return await maintenance_status_of(client, ref), await clock_of(client, ref, "maintenance")

    status, at = talk(conversation)
    if as_json:
        say_json(status)
    else:
        show_maintenance_status(status, at)


@click.command
@click.argument("ref", cls=Reference, processes=("maintenance",))
@wide_option
@json_option
def timeline(ref: str, as_json: bool, wide: bool) -> None:
    r"""What happened, in order, in plain words.

    \b
      kantadesk maintenance timeline MNT-20261122-7F3K
    """
    from starter.views.timeline import show_timeline

    show_timeline(ref, "maintenance", as_json=as_json, wide=wide)


@click.command("list")
@click.option(
    "--phase",
    type=WordOf(some(names.PHASES, "planned", "under_way", "completed", "cancelled")),
    help="Only this phase.",
)
@click.option(
    "--service",
    metavar="SERVICE",
    shell_complete=completed("services"),
    help="Only those that concern this service (id or name).",
)
@click.option("--drills/--no-drills", default=None, help="Only drills, or none.")
@click.option("--all", "also_closed", is_flag=True, help="Also those that are over.")
@wide_option
@json_option
def list_maintenance(as_json: bool, wide: bool, **filters: Any) -> None:
    r"""The breaks that are planned or have begun, in the order of what comes next.

    \b
      kantadesk maintenance list
      kantadesk maintenance list --phase under_way
      kantadesk maintenance list --all --service Reseptikeskus
    """
    from starter.client.client import talk, within_reach
    from starter.client.search import listed, titles, visibility_query
    from starter.sending.values import service_named

    if filters["service"]:
        filters["service"] = service_named(filters["service"])
    query = visibility_query(filters, "Maintenance")

    async def conversation(client: Client, _settings: Settings) -> tuple[Listed, dict[str, str]]:
        found = await within_reach(listed(client, query), _("maintenance list"))
        return found, {} if as_json else await within_reach(titles(client, found.rows), _("maintenance list"))

    known, called = talk(conversation)
    rows = known.rows
    if as_json:
        say_json([row._asdict() for row in rows])
    elif rows:
        _show(rows, called, wide=wide)
    else:
        say(_("No break matches."))
    if known.not_ours and not as_json:
        say(known.said)


def _show(rows: list[Row], called: Mapping[str, str], *, wide: bool) -> None:
    from starter.views.listed import show_rows

    phases = [names.name(names.PHASES, row.phase) if row.phase else _("just planned") for row in rows]
    show_rows(rows, called, whose=_("break"), next_at=_("what comes next, at"), phases=phases, wide=wide)
    say(_('All about one: "kantadesk maintenance show REF"'))
