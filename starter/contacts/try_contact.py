"""``kantadesk contacts test``: a mail and a text message that really go out, marked as a test."""

from __future__ import annotations

import asyncio
import secrets
import sys
from typing import TYPE_CHECKING, Any

import click

from starter.client.completions import completed
from starter.language import names
from starter.language.heard import heard
from starter.language.words import Texts, _, n_
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from activities.contacts.trial import Tried
    from workers.settings import Settings
    from workflows.procedure.operating_model.model import OperatingModel

STATES: Texts = {
    "accepted": "accepted by the provider", "kept": "KEPT HERE: nothing leaves this machine", "failed": "DID NOT GO",
    "unknown": "NOT KNOWN whether it went",
}  # fmt: skip


@click.command("test")
@click.argument("contact", required=False, default="", shell_complete=completed("contacts"))
@click.option("--group", metavar="GROUP", help="Everybody in a group instead of one contact; asked first.")
@click.option("--yes", is_flag=True, help="Don't ask before a group is written to.")
@json_option
def try_contact(contact: str, group: str | None, yes: bool, as_json: bool) -> None:
    r"""Send a mail, and a text message where the contact has a number, marked as a test, in the contact's language.

    They really go out by the ways that are set here. What was accepted stands with the contact; a number or address
    that was refused is asked about at once. That a test was accepted confirms nothing: that is what verify is for.

    \b
      kantadesk contacts test ward-3
      kantadesk contacts test --group pharmacies
    """
    from starter.client.configuration import operating_model, settings_in_force
    from starter.contacts.say import not_there
    from starter.maintenance.groups import group_meant
    from starter.terminal import prompts
    from starter.terminal.errors import Faulty, Wrong

    settings = settings_in_force()
    if (model := operating_model(settings)) is None:
        raise Wrong(_('the operating model can\'t be used as it is: "kantadesk doctor" says why'))
    if bool(contact) == bool(group):
        raise Wrong(_("give one contact, or --group GROUP"))
    if contact and contact not in model.contacts:
        raise not_there(contact, model.contacts)
    chosen = (contact,) if contact else model.members((group_meant(group, model, "--group"),))
    if group and not yes:
        if not sys.stdin.isatty():
            raise Wrong(_("--yes: nothing was sent; say --yes where nobody can be asked"))
        question = n_("Send a test to {n} contact?", "Send a test to {n} contacts?", len(chosen))
        if not prompts.agree(question, default=False):
            raise Wrong(_("nothing was sent"))
    tried = asyncio.run(_try_all(settings, model, chosen))
    unheard = _recorded(tried)
    if as_json:
        say_json({"tests": [each._asdict() for each in tried], "recorded": not unheard})
    else:
        _show(tried, unheard)
    if bad := sum(each.state in ("failed", "unknown") for each in tried):
        raise Faulty(n_("{n} test did not go", "{n} tests did not go", bad))


async def _try_all(settings: Settings, model: OperatingModel, chosen: tuple[str, ...]) -> list[Tried]:
    """One after the other: a provider is not flooded with tests."""
    from activities.contacts.trial import ContactTrials
    from workers.mail import transport
    from workers.store import ledger_in, store_of
    from workers.wiring import text_transport_of

    texts = text_transport_of(settings, lambda: model)
    trials = ContactTrials(transport(settings), texts, ledger_in(store_of(settings), settings))
    return [each for contact in chosen for each in await trials.try_all(contact, model)]


def _recorded(tried: list[Tried]) -> str:
    """Tell the review what became of them; why that can't be, empty where it is told."""
    from starter.contacts.review_client import tell_review
    from starter.sending.who import user
    from starter.terminal.errors import NotThere, Refused, Unreachable
    from workflows.contacts.messages import ContactTested, WrongDetails
    from workflows.procedure.operating_model.channels import OF_EVERYBODY

    try:
        for each in tried:
            shared: dict[str, Any] = {
                "by": user(), "source": "cli", "event_id": f"cli-{secrets.token_hex(8)}",
                "contact": each.contact, "channel": each.channel if each.channel in OF_EVERYBODY else "other",
            }  # fmt: skip
            if each.state == "accepted":
                tell_review("tested", ContactTested(**shared))
            elif each.is_about_contact:
                tell_review("wrong_details", WrongDetails(**shared, failed=True))
    except (NotThere, Refused, Unreachable) as error:
        return error.message
    return ""


def _show(tried: list[Tried], unheard: str) -> None:
    from starter.contacts.standing import CHANNELS

    rows = [
        (names.contact(each.contact), names.name(CHANNELS, each.channel), names.name(STATES, each.state),
         heard(each.detail))
        for each in tried
    ]  # fmt: skip
    show(Table((_("contact"), _("by"), _("what became of it"), _("why")), rows))
    if any(each.state == "kept" for each in tried):
        say(_("Set mail_transport and text_transport, then it goes out: kantadesk doctor says what is set."))
    if any(each.state == "accepted" for each in tried):
        say(
            _("Accepted is not yet read: ask, then kantadesk contacts verify ID. What comes back is noticed by itself.")
        )
    if any(each.state in ("failed", "unknown") for each in tried):
        say(_("Correct the address or number, or the way out (kantadesk doctor says which), and test again."))
    if unheard:
        say(_("It is not recorded with the contact: {why}", why=unheard))
