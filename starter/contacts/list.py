"""``kantadesk contacts list``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from starter.language import names
from starter.language.heard import heard
from starter.language.moments import day, short, without_year
from starter.language.words import _, n_
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starter.terminal.fitted import Column, GiveUp
    from workflows.contacts.messages import CheckState, ContactState

GIVEN_UP: tuple[GiveUp, ...] = ([("confirmed", "leave out")], [("owner", "leave out")], [("until", "leave out")])
CHECKS_GIVEN_UP: tuple[GiveUp, ...] = (
    [("last", "say otherwise"), ("next", "say otherwise")], [("by", "leave out")], [("last", "leave out")],
)  # fmt: skip
"""What a narrow terminal does without, in this order."""


@click.command("list")
@click.option("--doubtful", is_flag=True, help="Only what is to be confirmed or checked now.")
@json_option
def list_contacts(doubtful: bool, as_json: bool) -> None:
    r"""Each contact: who answers for it, when it was confirmed last, whether its details are in doubt.

    Below stands what others keep (Kela's list, suppliers, authorities) and when each number was called for a test.

    \b
      kantadesk contacts list
      kantadesk contacts list --doubtful
    """
    from starter.contacts.review_client import review
    from starter.contacts.standing import why_now

    status = review()
    if doubtful:
        contacts = tuple(each for each in status.contacts if why_now(each, status.at))
        checks = tuple(each for each in status.checks if each.due_at <= status.at)
        status = status.model_copy(update={"contacts": contacts, "checks": checks})
    if as_json:
        say_json(status)
        return
    _show(status.contacts, status.checks, status.at)
    for problem in status.problems:
        say(_("Look at this: {problem}", problem=heard(problem)))
    if not (status.contacts or status.checks):
        say(_("Every contact is confirmed, and everything else was looked at."))
    elif waiting := sum(bool(why_now(each, status.at)) for each in status.contacts):
        say(
            n_(
                "{n} contact is to be confirmed: kantadesk contacts verify ID",
                "{n} contacts are to be confirmed: kantadesk contacts verify ID",
                waiting,
            )
        )


def _show(contacts: tuple[ContactState, ...], checks: tuple[CheckState, ...], at: datetime) -> None:
    from starter.terminal.fitted import show_fitted

    if contacts:
        show_fitted(columns(contacts, at), GIVEN_UP)
    if checks:
        show_fitted(columns_of_checks(checks), CHECKS_GIVEN_UP)


def columns(contacts: Sequence[ContactState], at: datetime) -> list[Column]:
    """The columns of some contacts. ``at``: the present."""
    from starter.contacts.standing import in_words
    from starter.terminal.fitted import Column

    owners = [names.contact(each.owner) if each.owner else _("the desk") for each in contacts]
    return [
        Column("id", _("id"), [each.contact for each in contacts]),
        Column("contact", _("contact"), [names.contact(each.contact) for each in contacts], at_least=16),
        Column("owner", _("who answers"), owners, at_least=16),
        Column("confirmed", _("confirmed"), [day(each.confirmed_at) for each in contacts]),
        Column("until", _("to be confirmed by"), [day(each.due_at) for each in contacts]),
        Column("now", _("now"), [in_words(each, at) for each in contacts], at_least=14),
    ]


def columns_of_checks(checks: Sequence[CheckState]) -> list[Column]:
    """The columns of what else is looked at."""
    from starter.contacts.standing import check_in_words
    from starter.terminal.fitted import Column

    last = [short(each.done_at) or _("never") for each in checks]
    return [
        Column("what", _("what else"), [check_in_words(each) for each in checks], at_least=22),
        Column("last", _("last"), last, [without_year(each.done_at) or _("never") for each in checks]),
        Column("next", _("next"), [short(each.due_at) for each in checks], [without_year(e.due_at) for e in checks]),
        Column("by", _("by"), [each.done_by for each in checks], at_least=12),
    ]
