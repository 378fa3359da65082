"""``kantadesk duty list``: every open duty, across all open incidents and breaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from starter.language import names
from starter.language.moments import age, countdown, short, without_year
from starter.language.words import _, n_
from starter.terminal.output import json_option, say, say_json, wide_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starter.client.open_duties import Owed
    from starter.terminal.fitted import Column, GiveUp

ASKED = 30
"""Of so many processes, those with the soonest duty, each duty is shown; more fill no screen."""

LONGEST_WORD = 22
"""Letters of the longest word in a duty's name (tietosuojavaltuutetun), and one more."""
GIVEN_UP: tuple[GiveUp, ...] = (
    [("to", "leave out")], [("title", "leave out"), ("whose", "say otherwise")], [("due", "say otherwise")],
    [("left", "leave out"), ("due", "say otherwise")], [("age", "leave out"), ("due", "say otherwise")],
)  # fmt: skip
"""What a narrow terminal does without, in this order."""


@click.command
@click.option("--overdue", is_flag=True, help="Only those past their time.")
@click.option("--drills/--no-drills", default=None, help="Only those of drills, or none.")
@click.option("--all", "every", is_flag=True, help="Ask every process, however many there are.")
@wide_option
@json_option
def list_duties(as_json: bool, overdue: bool, drills: bool | None, every: bool, wide: bool) -> None:
    r"""What is due, across all open incidents and breaches, soonest first; what is live before drills.

    Where many are open, the soonest are asked what they owe, and each of the others is one line with its next time;
    --all asks them all, as --json does. The times show where no worker answers, too.

    \b
      kantadesk duty list
      kantadesk duty list --overdue --no-drills
    """
    from starter.board.lines import summary
    from starter.client.client import talk
    from starter.client.open_duties import live_first, owed_anywhere
    from starter.terminal.errors import Unreachable
    from starter.terminal.time_input import now

    at_most = None if as_json or every else ASKED
    found = talk(
        lambda client, settings: owed_anywhere(
            client, settings.data_dir, overdue=overdue, drills=drills, at_most=at_most
        )
    )
    rows = [row for row in found.rows if not overdue or row["state"] == "overdue"]
    if as_json:
        say_json(rows)
    elif rows:
        _show(live_first(rows), found, wide=wide)
    else:
        say(_("Nothing is overdue.") if overdue else summary([], now(), going_on=found.going_on))
    if not as_json:
        _say_who_is_on_duty()
    if found.silent:
        raise Unreachable(found.silent)


def _say_who_is_on_duty() -> None:
    from starter.client.configuration import settings_in_force
    from starter.contacts.on_duty import duties_here, said
    from starter.terminal.time_input import now

    for line in said(duties_here(settings_in_force(), now())):
        say(line)


def _show(rows: list[dict[str, Any]], found: Owed, *, wide: bool) -> None:
    from starter.client.open_duties import CONTACT_REVIEW
    from starter.terminal.fitted import show_fitted
    from starter.terminal.time_input import now

    show_fitted(columns(rows, now()), GIVEN_UP, wide=wide)
    silent = dict.fromkeys(row["basis"] for row in rows if row["id"] == "?")
    for why in silent:
        if why and why != found.silent:
            say(why)
    if found.not_asked:
        others = n_(
            "Of {n} process only the next duty is shown",
            "Of {n} processes only the next duty is shown",
            found.not_asked,
        )
        say(others + _("; all of them: kantadesk duty list --all"))
    if any(row["process"] == CONTACT_REVIEW for row in rows):
        say(_('Which contact details: "kantadesk contacts list --doubtful"'))
    say(_('What to type for each: "kantadesk incident show REF" or "kantadesk breach show REF"'))


def columns(rows: list[dict[str, Any]], at: datetime) -> list[Column]:
    """The columns of some rows. ``at``: the present."""
    from starter.terminal.fitted import Column, below, title_column, with_title

    ended = _("ENDED FROM OUTSIDE")
    left = [ended if row.get("ended_from_outside") else countdown(row["due_at"], row["clock"] or at) for row in rows]
    ages = [age(row.get("process_opened_at"), at) for row in rows]
    due = [without_year(row["due_at"]) for row in rows]
    narrower = [below(due, left), below(due, ages, _("age"))]
    return [
        Column("due", _("due"), [short(row["due_at"]) for row in rows], due, narrower=narrower),
        Column("left", _("left"), left),
        Column(
            "whose",
            _("incident or breach"),
            [_whose(row, names.whose) for row in rows],
            [with_title(_whose(row, names.whose_in_short), row.get("title", "")) for row in rows],
            then_wraps=True,
        ),
        title_column([row.get("title", "") for row in rows]),
        Column("duty", _("duty"), [_duty(row) for row in rows], at_least=LONGEST_WORD),
        Column("to", _("to"), [names.recipient(row["recipient"]) for row in rows], at_least=LONGEST_WORD),
        Column("age", _("age"), ages),
    ]


def _whose(row: dict[str, Any], said: Callable[..., str]) -> str:
    strangers = row.get("is_a_strangers", False)
    return said(row["process"], row["incident"], is_drill=row["drill"], is_a_strangers=strangers)


def _duty(row: dict[str, Any]) -> str:
    """The duty in words; of a process that was not asked, or does not answer, that it has one."""
    from starter.board.lines import NOT_ASKED

    if row["id"] == "?" and row["basis"]:
        return _("does not answer")
    return _(NOT_ASKED) if row["id"] == "?" else names.duty(row["kind"], row["id"])
