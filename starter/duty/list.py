"""``kantadesk duty list``: every open duty, across all open incidents and breaches."""

from __future__ import annotations

from typing import Any

import click

from starter.terminal.output import Table, countdown, json_option, say, say_json, short, show


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
    from starter.client.client import talk
    from starter.client.open_duties import owed_anywhere

    found = talk(lambda client, settings: owed_anywhere(client, settings.data_dir, overdue=overdue, drills=drills))
    rows = [row for row in found.rows if not overdue or row["state"] == "overdue"]
    if as_json:
        say_json(rows)
    elif rows:
        _show(rows)
    else:
        say("Nothing is overdue." if overdue else "Nothing is due.")


def _show(rows: list[dict[str, Any]]) -> None:
    from starter.terminal.time_input import now

    lines = [
        (
            short(row["due_at"]),
            "ENDED FROM OUTSIDE" if row.get("ended_from_outside") else countdown(row["due_at"], row["clock"] or now()),
            ("DRILL " if row["drill"] else "") + f"{row['process']} {row['incident']}",
            row["id"],
            row["recipient"],
        )
        for row in rows
    ]
    show(Table(("due", "", "incident or breach", "duty", "to"), lines))
    for row in rows:
        if row["id"] == "?":
            say(row["basis"])
    say('What to type for each: "kantadesk incident show REF" or "kantadesk breach show REF"')
