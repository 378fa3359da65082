"""``kantadesk duty list``: every open duty, across all open incidents and breaches."""

from __future__ import annotations

from typing import Any

import click

from starter.language import names
from starter.language.moments import countdown, short
from starter.language.words import _
from starter.terminal.output import Table, json_option, say, say_json, show


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
        say(_("Nothing is overdue.") if overdue else _("Nothing is due."))


def _show(rows: list[dict[str, Any]]) -> None:
    from starter.terminal.time_input import now

    lines = [
        (
            short(row["due_at"]),
            _("ENDED FROM OUTSIDE")
            if row.get("ended_from_outside")
            else countdown(row["due_at"], row["clock"] or now()),
            names.whose(row["process"], row["incident"], is_drill=row["drill"], is_a_strangers=row["is_a_strangers"]),
            names.duty(row["kind"], row["id"]),
            names.recipient(row["recipient"]),
        )
        for row in rows
    ]
    show(Table((_("due"), "", _("incident or breach"), _("duty"), _("to")), lines))
    for row in rows:
        if row["id"] == "?":
            say(row["basis"])
    say(_('What to type for each: "kantadesk incident show REF" or "kantadesk breach show REF"'))
