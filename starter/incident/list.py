"""``kantadesk incident list``: from the search attributes alone, without asking each incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from starter.client.completions import completed
from starter.client.search import (
    LISTED_AT_MOST,
    PHASES,
    Listed,
    Row,
    left,
    listed,
    titles,
    visibility_query,
    with_missing,
)
from starter.language import names
from starter.language.lists import FIXED, some
from starter.language.moments import age, short, without_year
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json, wide_option
from starter.terminal.word_types import WordOf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from temporalio.client import Client

    from starter.terminal.fitted import Column, GiveUp
    from workers.settings import Settings

GIVEN_UP: tuple[GiveUp, ...] = (
    [("services", "leave out")], [("left", "leave out")], [("incident", "say otherwise")], [("phase", "leave out")],
    [("due", "say otherwise")], [("title", "leave out"), ("incident", "say otherwise")], [("severity", "leave out")],
    [("age", "leave out"), ("due", "say otherwise")],
)  # fmt: skip
"""What a narrow terminal does without, in this order."""


@click.command
@click.option("--phase", type=WordOf(some(names.PHASES, *PHASES)), help="Only this phase.")
@click.option("--severity", type=WordOf(FIXED["severity"]), help="Only this severity.")
@click.option(
    "--service",
    metavar="SERVICE",
    shell_complete=completed("services"),
    help="Only those that concern this service (id or name).",
)
@click.option("--overdue", is_flag=True, help="Only those with a duty past its time.")
@click.option("--drills/--no-drills", default=None, help="Only drills, or none.")
@click.option("--all", "also_closed", is_flag=True, help="Also those that are over.")
@wide_option
@json_option
def list_incidents(as_json: bool, wide: bool, **filters: Any) -> None:
    r"""The incidents that are open, the most urgent first; what is live before drills.

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

    async def conversation(client: Client, settings: Settings) -> tuple[Listed, dict[str, str]]:
        known = await within_reach(listed(client, query), _("list of incidents"))
        rows = known.rows
        if not is_narrowed:
            rows = await with_missing(client, settings.data_dir, rows, "incident", drills=filters["drills"])
        if as_json:
            return known._replace(rows=rows), {}
        rows.sort(key=lambda row: row.drill)  # what is live comes first
        return known._replace(rows=rows), await within_reach(titles(client, rows), _("list of incidents"))

    known, called = talk(conversation)
    rows = known.rows
    if as_json:
        say_json([row._asdict() for row in rows])
    elif rows:
        _show(rows, called, wide=wide)
    else:
        say(_("No incident is open.") if query == visibility_query({}) else _("No incident matches."))
    if known.not_ours and not as_json:
        say(known.said)


def _show(rows: list[Row], called: Mapping[str, str], *, wide: bool) -> None:
    from starter.terminal.fitted import show_fitted
    from starter.terminal.time_input import now

    show_fitted(columns(rows, called, now()), GIVEN_UP, wide=wide)
    if len(rows) == LISTED_AT_MOST:
        say(
            _(
                "Only the first {listed_at_most} are listed: narrow the list down with --phase, --severity or "
                "--service.",
                listed_at_most=LISTED_AT_MOST,
            )
        )


def columns(rows: list[Row], called: Mapping[str, str], at: datetime) -> list[Column]:
    """The columns of some rows. ``called``: their titles by workflow id; ``at``: the present."""
    from starter.terminal.fitted import Column, below, title_column, with_title

    ages = [age(row.opened_at, at) for row in rows]
    return [
        Column(
            "incident",
            _("incident"),
            [row.shown_reference for row in rows],
            [_in_short(row) for row in rows],
            then_wraps=True,
            narrower=[[with_title(_in_short(row), called.get(row.workflow_id, "")) for row in rows]],
        ),
        title_column([called.get(row.workflow_id, "") for row in rows]),
        Column("age", _("age"), ages),
        Column("phase", _("phase"), [row.shown_phase for row in rows]),
        Column("severity", _("severity"), [names.name(names.SEVERITIES, row.severity) for row in rows]),
        Column(
            "due",
            _("next due"),
            [short(row.next_due) for row in rows],
            due := [without_year(row.next_due) for row in rows],
            narrower=[below(due, ages, _("age"))],
        ),
        Column("left", _("left"), [left(row, at) for row in rows]),
        Column("services", _("services"), [names.services(row.services) for row in rows], at_least=16),
    ]


def _in_short(row: Row) -> str:
    return names.whose_in_short("incident", row.reference, is_drill=row.drill, is_a_strangers=row.is_a_strangers)
