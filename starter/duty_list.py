"""``kantadesk duty list``: every open duty, across all open incidents and breaches."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from starter.printing import countdown, json_option, say, say_json, short, show, table

if TYPE_CHECKING:
    from temporalio.client import Client

    from starter.failure import Unreachable
    from starter.listing import Row
    from workers.settings import Settings

ASKED_AT_ONCE = 10
FAR = datetime.max.replace(tzinfo=UTC)


@click.command
@click.option("--overdue", is_flag=True, help="Only those past their time.")
@click.option("--drills/--no-drills", default=None, help="Only those of drills, or none.")
@json_option
def list_duties(as_json: bool, overdue: bool, drills: bool | None) -> None:
    r"""What is due, across all open incidents and breaches, soonest first.

    \b
      kantadesk duty list
      kantadesk duty list --overdue --no-drills
    """
    from starter.listing import visibility_query
    from starter.speaking import talk

    query = (
        visibility_query({"overdue": overdue, "drills": drills}, "Incident", "DataBreach")
        + " AND KantaNextDue IS NOT NULL"
    )
    rows = talk(lambda client, _settings: _all_open(client, _settings, query))
    rows = [row for row in rows if not overdue or row["state"] == "overdue"]
    if as_json:
        say_json(rows)
    elif rows:
        _show(rows)
    else:
        say("Nothing is overdue." if overdue else "Nothing is due.")


async def _all_open(client: Client, _settings: Settings, query: str) -> list[dict[str, Any]]:
    """The open duties of the processes that match, each with its process, reference and clock."""
    from starter.failure import Unreachable
    from starter.listing import found
    from starter.speaking import clock_of, duties_of, within_reach
    from starter.status_view import open_duties

    few = asyncio.Semaphore(ASKED_AT_ONCE)

    async def of(row: Row) -> list[dict[str, Any]] | Unreachable:
        try:
            async with few:
                duties = open_duties(await duties_of(client, row.reference, row.process))
                at = await clock_of(client, row.reference, row.process) if row.drill else None
        except Unreachable as error:
            return error
        return [{**_whose(row), "clock": at, **dict(duty)} for duty in duties]

    incidents = await within_reach(found(client, query), "list of incidents")
    answers = await asyncio.gather(*(of(row) for row in incidents))
    silent = {row: answer for row, answer in zip(incidents, answers, strict=True) if isinstance(answer, Unreachable)}
    if silent and len(silent) == len(incidents):
        raise next(iter(silent.values()))
    listed = [line for answer in answers if not isinstance(answer, Unreachable) for line in answer]
    return sorted(listed + [_unknown(row, why) for row, why in silent.items()], key=lambda row: row["due_at"] or FAR)


def _whose(row: Row) -> dict[str, Any]:
    """Whose duty it is. ``incident``: the reference, kept for scripts; a breach mostly bears its incident's."""
    return {"incident": row.reference, "process": row.process, "drill": row.drill}


def _unknown(row: Row, why: Unreachable) -> dict[str, Any]:
    """A line for an incident that does not answer: one that is stuck must not hide, nor hide the others."""
    state = "overdue" if row.overdue else "open"
    when = {"clock": None, "due_at": row.next_due, "state": state}
    return {**_whose(row), **when, "id": "?", "kind": "?", "recipient": "", "basis": why.message}


def _show(rows: list[dict[str, Any]]) -> None:
    from starter.moments import now

    lines = [
        (
            short(row["due_at"]),
            countdown(row["due_at"], row["clock"] or now()),
            ("DRILL " if row["drill"] else "") + f"{row['process']} {row['incident']}",
            row["id"],
            row["recipient"],
        )
        for row in rows
    ]
    show(table(("due", "", "incident or breach", "duty", "to"), lines))
    for row in rows:
        if row["id"] == "?":
            say(row["basis"])
    say('What to type for each: "kantadesk incident show REF" or "kantadesk breach show REF"')
