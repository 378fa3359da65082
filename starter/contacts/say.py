"""``kantadesk contacts verify``, ``wrong`` and ``checked``: what the review is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from starter.client.completions import completed
from starter.contacts.standing import CHECKS
from starter.language import names
from starter.language.fixed_lists import fixed
from starter.language.lists import CHANNELS
from starter.language.moments import day, said_back
from starter.language.words import N_, _
from starter.sending.command import WHEN
from starter.terminal.errors import NotThere
from starter.terminal.needed import NeededArgument, NeededOption
from starter.terminal.output import json_option, say, say_json
from starter.terminal.word_types import WordOf

F = TypeVar("F", bound=Callable[..., Any])


def _said(command: F) -> F:
    """The options that every message has."""
    for option in (
        click.option("--event-id", metavar="TEXT", help="Your own id of this message: the same id twice counts once."),
        click.option("--note", metavar="TEXT", help="What is to be noted. No names, identity codes or health data."),
        click.option("--occurred-at", metavar="WHEN", help="When that was (default: now)."),
        click.option("--by", metavar="TEXT", help="Who says it (default: you)."),
    ):
        command = option(command)
    return command


class _ContactType(click.ParamType[str]):
    """A contact by its id, or by a part of its name that no other has. One that is not known stays as it was typed."""

    name = "contact"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id."""
        from starter.terminal import prompts

        known = {} if ctx and ctx.resilient_parsing else names.contacts()
        meant = [value] if value in known else prompts.parts_of(known)(value)
        if len(meant) > 1:
            among = "; ".join(f"{known[each]} ({each})" for each in meant)
            self.fail(_("Please give one of these: {among}", among=among), param, ctx)
        return meant[0] if meant else value


def contact_argument(command: F) -> F:
    """The contact that is meant, by its id or its name; asked for where it is missing."""
    return _argument(N_("Which contact? Its id or its name"), _ContactType())(command)


def contact_id_argument(command: F) -> F:
    """The same by its id only: what a part of a name means could change while the command is typed."""
    return _argument(N_("Which contact? Its id"), click.STRING)(command)


def _argument(asks: str, kind: click.ParamType[str]) -> Callable[[F], F]:
    return click.argument(
        "contact", cls=NeededArgument, asks=asks, type=kind, metavar="CONTACT", shell_complete=completed("contacts")
    )


@click.command(epilog=WHEN)
@contact_argument
@_said
@json_option
def verify(contact: str, as_json: bool, **typed: Any) -> None:
    r"""Somebody has made sure that a contact is reached by its details. Nobody is asked again until the next cycle.

    \b
      kantadesk contacts verify ward-3
      kantadesk contacts verify ward-3 --note "Called and mailed" --occurred-at "today 9:30"
    """
    from workflows.contacts.messages import Confirmation

    _tell_of(contact, "confirmation", Confirmation, {}, typed, as_json=as_json)


@click.command(epilog=WHEN)
@contact_argument
@click.option(
    "--channel",
    cls=NeededOption,
    type=WordOf(fixed(CHANNELS)),
    help="By which way nobody was reached?",
)
@_said
@json_option
def wrong(contact: str, channel: str, as_json: bool, **typed: Any) -> None:
    r"""Nobody was reached by a contact's details. Who answers for them is asked at once; the record says who found it.

    \b
      kantadesk contacts wrong ward-3 --channel phone --note "Rings at a shop"
    """
    from workflows.contacts.messages import WrongDetails

    _tell_of(contact, "wrong_details", WrongDetails, {"channel": channel}, typed, as_json=as_json)


@click.command(epilog=WHEN)
@click.argument("what", cls=NeededArgument, asks=N_("What was checked?"), type=WordOf(fixed(CHECKS)))
@click.option("--number", metavar="ID", help="Which number was called: kela, call_back or a contact (default: all).")
@_said
@json_option
def checked(what: str, number: str | None, as_json: bool, **typed: Any) -> None:
    r"""What others keep was looked at (and corrected there), or an emergency number was called for a test.

    \b
      kantadesk contacts checked extranet
      kantadesk contacts checked test_call --number kela
    """
    from starter.contacts.review_client import shared_fields, tell_review
    from starter.contacts.standing import check_in_words
    from starter.sending.input_errors import checked as valid
    from starter.terminal.time_input import now
    from workflows.contacts.messages import Checked

    fields = {"what": what, **({"number": number} if number else {})}
    status = tell_review("checked", valid(Checked, fields | shared_fields(typed, now())))
    if as_json:
        say_json(status)
        return
    for each in status.checks:
        if each.what == what and number in (None, each.number):
            told = _("{what}: noted, next {moment}.", what=check_in_words(each), moment=said_back(each.due_at))
            say(told[:1].upper() + told[1:])


def _tell_of(
    contact: str, name: str, model: type[Any], fields: dict[str, Any], typed: dict[str, Any], *, as_json: bool
) -> None:
    from starter.contacts.review_client import shared_fields, tell_review
    from starter.contacts.standing import in_words
    from starter.sending.input_errors import checked as valid
    from starter.terminal.time_input import now

    status = tell_review(name, valid(model, {"contact": contact} | fields | shared_fields(typed, now())))
    if as_json:
        say_json(status)
        return
    state = next(each for each in status.contacts if each.contact == contact)
    how = in_words(state, status.at)
    say(_("{contact}: {how}.", contact=names.contact(contact), how=how))
    if state.why:
        owner = names.contact(state.owner) if state.owner else _("the desk")
        say(_("{owner} is asked to confirm the details (duty {duty}).", owner=owner, duty=state.duty or "-"))
    else:
        say(_("To be confirmed again by {moment}.", moment=day(state.due_at)))


def not_there(contact: str, known: Iterable[str]) -> NotThere:
    """There is no such contact; which one may have been meant."""
    near = get_close_matches(contact, list(known), n=2)
    meant = _("; did you mean {close}?", close=" / ".join(near)) if near else ""
    return NotThere(_("there is no contact {contact} in the operating model", contact=contact) + meant)
