"""``kantadesk breach list``: from the search attributes alone, without asking each breach."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from starter.language.words import _
from starter.terminal.output import json_option, say, say_json, wide_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from temporalio.client import Client

    from starter.client.search import Listed, Row
    from starter.terminal.period import Period
    from workers.settings import Settings


@click.command("list")
@click.option("--from", "from_day", metavar="DAY", help="Only those opened on this day or later.")
@click.option("--to", "to_day", metavar="DAY", help="Only those opened on this day or earlier.")
@click.option("--overdue", is_flag=True, help="Only those with a duty past its time.")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not over.")
@click.option("--drills/--no-drills", default=None, help="Only drills, or none.")
@wide_option
@json_option
def list_breaches(  # noqa: PLR0917  # click gives every option by name
    from_day: str | None,
    to_day: str | None,
    overdue: bool,
    only_open: bool,
    drills: bool | None,
    wide: bool,
    as_json: bool,
) -> None:
    r"""All breaches, also those that are over; the most urgent first. DAY is "2026-11-22" or "22.11.2026".

    \b
      kantadesk breach list
      kantadesk breach list --overdue
      kantadesk breach list --from 2026-01-01 --to 2026-12-31 --no-drills
    """
    from starter.client.client import talk, within_reach
    from starter.client.search import listed, titles, visibility_query, with_missing
    from starter.terminal.period import period

    opened = period(from_day, to_day)
    query = visibility_query({"also_closed": not only_open, "overdue": overdue, "drills": drills}, "DataBreach")
    query += opened_within(opened)

    async def conversation(client: Client, settings: Settings) -> tuple[Listed, dict[str, str]]:
        known = await within_reach(listed(client, query), _("breach list"))
        if from_day or to_day:  # when it was opened, only Temporal knows
            return known, await called(client, known.rows)
        rows = await with_missing(client, settings.data_dir, known.rows, "breach", drills=drills)
        return known._replace(rows=rows), await called(client, rows)

    async def called(client: Client, rows: list[Row]) -> dict[str, str]:
        return {} if as_json else await within_reach(titles(client, rows), _("breach list"))

    known, of_incident = talk(conversation)
    rows = known.rows
    if as_json:
        say_json([row._asdict() for row in rows])
    elif rows:
        _show(rows, of_incident, wide=wide)
    else:
        say(_("No breach matches."))
    if known.not_ours and not as_json:
        say(known.said)


def opened_within(opened: Period) -> str:
    """The condition on the day of opening, for a list filter; empty where there is none."""
    bounds = [(opened.start, ">="), (opened.end, "<")]
    return "".join(f" AND StartTime {sign} '{_utc(moment)}'" for moment, sign in bounds if moment)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _show(rows: list[Row], of_incident: Mapping[str, str], *, wide: bool) -> None:
    from starter.client.search import LISTED_AT_MOST
    from starter.views.listed import show_rows

    phases = [row.shown_phase for row in rows]
    show_rows(rows, of_incident, whose=_("breach"), next_at=_("next due"), phases=phases, wide=wide)
    say(_('All about one: "kantadesk breach show REF". The register for the authority: "kantadesk breach export"'))
    if len(rows) == LISTED_AT_MOST:
        say(
            _(
                "Only the first {listed_at_most} are listed: narrow the list down with --from and --to.",
                listed_at_most=LISTED_AT_MOST,
            )
        )
