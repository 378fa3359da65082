"""``kantadesk contacts list``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from starter.language import names
from starter.language.heard import heard
from starter.language.moments import day, short
from starter.language.words import _, n_
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from workflows.contacts.messages import CheckState, ContactState


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
    from starter.contacts.standing import check_in_words, in_words

    if contacts:
        rows = [
            (
                each.contact,
                names.contact(each.contact),
                names.contact(each.owner) if each.owner else _("the desk"),
                day(each.confirmed_at),
                day(each.due_at),
                in_words(each, at),
            )
            for each in contacts
        ]
        headings = (_("id"), _("contact"), _("who answers"), _("confirmed"), _("to be confirmed by"), _("now"))
        show(Table(headings, rows))
    if checks:
        others = [
            (check_in_words(each), short(each.done_at) or _("never"), short(each.due_at), each.done_by)
            for each in checks
        ]
        show(Table((_("what else"), _("last"), _("next"), _("by")), others))
