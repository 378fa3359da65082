"""``kantadesk incident list``: from the search attributes alone, without asking each incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from starter.client.completions import completed
from starter.client.search import LISTED_AT_MOST, PHASES, SEVERITIES, Row, found, left, visibility_query, with_missing
from starter.language import names
from starter.language.moments import short
from starter.language.words import _
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.settings import Settings


@click.command
@click.option("--phase", type=click.Choice(PHASES), help="Only this phase.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Only this severity.")
@click.option(
    "--service",
    metavar="SERVICE",
    shell_complete=completed("services"),
    help="Only those that concern this service (id or name).",
)
@click.option("--overdue", is_flag=True, help="Only those with a duty past its time.")
@click.option("--drills/--no-drills", default=None, help="Only drills, or none.")
@click.option("--all", "also_closed", is_flag=True, help="Also those that are over.")
@json_option
def list_incidents(as_json: bool, **filters: Any) -> None:
    r"""The incidents that are open, the most urgent first.

    \b
      kantadesk incident list
      kantadesk incident list --overdue
      kantadesk incident list --all --service Reseptikeskus --no-drills
    """
    from starter.client.client import talk, within_reach
    from starter.sending.values import service_named

    if filters["service"]:
        filters["service"] = service_named(filters["service"])
    query = visibility_query(filters)
    is_narrowed = any(filters[name] for name in ("phase", "severity", "service"))  # the book knows none of these

    async def conversation(client: Client, settings: Settings) -> list[Row]:
        rows = await within_reach(found(client, query), _("list of incidents"))
        if is_narrowed:
            return rows
        return await with_missing(client, settings.data_dir, rows, "incident", drills=filters["drills"])

    rows = talk(conversation)
    if as_json:
        say_json([row._asdict() for row in rows])
    elif rows:
        _show(rows)
    else:
        say(_("No incident is open.") if query == visibility_query({}) else _("No incident matches."))


def _show(rows: list[Row]) -> None:
    from starter.terminal.time_input import now

    at = now()
    headings = (_("incident"), _("phase"), _("severity"), _("services"), _("next due"))
    lines = [
        (
            row.shown_reference,
            row.shown_phase,
            names.name(names.SEVERITIES, row.severity),
            names.services(row.services),
            "  ".join([short(row.next_due), left(row, at)]),
        )
        for row in rows
    ]
    show(Table(headings, lines))
    if len(rows) == LISTED_AT_MOST:
        say(
            _(
                "Only the first {listed_at_most} are listed: narrow the list down with --phase, --severity or "
                "--service.",
                listed_at_most=LISTED_AT_MOST,
            )
        )
