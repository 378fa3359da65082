"""``kantadesk duty list``: every open duty, across all open incidents."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from starter.printing import countdown, json_option, say, say_json, show, table

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.settings import Settings

ASKED_AT_ONCE = 10
FAR = datetime.max.replace(tzinfo=UTC)


@click.command
@click.option("--overdue", is_flag=True, help="Only those past their time.")
@click.option("--drills/--no-drills", default=None, help="Only those of drills, or none.")
@json_option
def list_duties(as_json: bool, overdue: bool, drills: bool | None) -> None:
    r"""What is due, across all open incidents, soonest first.

    \b
      kantadesk duty list
      kantadesk duty list --overdue --no-drills
    """
    from starter.listing import visibility_query
    from starter.speaking import talk

    query = visibility_query({"overdue": overdue, "drills": drills}) + " AND KantaNextDue IS NOT NULL"
    rows = talk(lambda client, _settings: _all_open(client, _settings, query))
    rows = [row for row in rows if not overdue or row["state"] == "overdue"]
    if as_json:
        say_json(rows)
    elif rows:
        _show(rows)
    else:
        say("Nothing is overdue." if overdue else "Nothing is due.")


async def _all_open(client: Client, _settings: Settings, query: str) -> list[dict[str, Any]]:
    """The open duties of the incidents that match, each with its incident's reference and clock."""
    from starter.listing import found
    from starter.speaking import clock_of, duties_of, within_reach
    from starter.status_view import open_duties

    few = asyncio.Semaphore(ASKED_AT_ONCE)

    async def of(reference: str, drill: bool) -> list[dict[str, Any]]:
        async with few:
            duties = open_duties(await duties_of(client, reference))
            at = await clock_of(client, reference) if drill else None
        return [{"incident": reference, "drill": drill, "clock": at, **dict(duty)} for duty in duties]

    incidents = await within_reach(found(client, query), "list of incidents")
    answers = await asyncio.gather(*(of(row.reference, row.drill) for row in incidents))
    return sorted((row for rows in answers for row in rows), key=lambda row: row["due_at"] or FAR)


def _show(rows: list[dict[str, Any]]) -> None:
    from starter.moments import now
    from workflows.procedure.local_time import written

    lines = [
        (
            written(row["due_at"]) if row["due_at"] else "",
            countdown(row["due_at"], row["clock"] or now()),
            ("DRILL " if row["drill"] else "") + row["incident"],
            row["id"],
            row["recipient"],
            row["basis"],
        )
        for row in rows
    ]
    show(table(("due", "", "incident", "duty", "to", "because"), lines))
    say('What to type for each: "kantadesk incident show INCIDENT"')
