"""``kantadesk contacts show``: one contact with its details, as the operating model has them here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from starter.contacts.say import contact_argument, not_there
from starter.language import names
from starter.language.moments import day, short
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from workflows.contacts.messages import ContactState
    from workflows.procedure.operating_model.model import OperatingModel


@click.command("show")
@contact_argument
@json_option
def show_contact(contact: str, as_json: bool) -> None:
    r"""By which details a contact is reached, how sure they are, and who is asked about them.

    \b
      kantadesk contacts show ward-3
    """
    from starter.client.configuration import operating_model, settings_in_force
    from starter.contacts.review_client import review

    status = review()
    state = next((each for each in status.contacts if each.contact == contact), None)
    if state is None:
        raise not_there(contact, [each.contact for each in status.contacts])
    known = _details(operating_model(settings_in_force()), contact)
    if as_json:
        say_json(state.model_dump(mode="json") | known)
        return
    for line in _lines(state, known, status.at):
        say(line)
    for line in _on_duty(contact, status.at):
        say(f"  {line}")


def _on_duty(contact: str, at: datetime) -> list[str]:
    """In which roles the contact is on duty now, and until when."""
    from starter.client.configuration import settings_in_force
    from starter.contacts.on_duty import duties_here, sentence

    return [sentence(each) for each in duties_here(settings_in_force(), at) if contact in each.contacts]


def _details(model: OperatingModel | None, contact: str) -> dict[str, Any]:
    """What the operating model of this machine says of a contact; nothing where it doesn't know it."""
    if model is None or contact not in model.contacts:
        return {}
    entry = model.contacts[contact]
    roles = [role for role, held in model.roles.items() if contact in (*held.contacts, *held.deputies)]
    shown = (
        "name",
        "email",
        "phone",
        "text_message",
        "addresses",
        "channels",
        "quiet_hours",
        "one_message_per",
        "language",
        "groups",
        "deputies",
    )
    return {name: value for name, value in entry.model_dump(mode="json").items() if name in shown} | {"roles": roles}


def _by(known: dict[str, Any]) -> str:
    """The channels in the order in which they are tried; empty where e-mail is the only one."""
    from workflows.procedure.operating_model.channels import in_order

    return ", ".join(
        names.name(names.CHANNELS, each) for each in in_order(known.get("channels", ())) if known.get("channels")
    )


def _lines(state: ContactState, known: dict[str, Any], at: Any) -> list[str]:
    from starter.contacts.standing import in_words

    owner = names.contact(state.owner) if state.owner else _("the desk")
    by = f" ({state.confirmed_by})" if state.confirmed_by else ""
    facts = [
        (_("e-mail"), known.get("email", "")),
        (_("telephone"), known.get("phone", "")),
        (_("text message"), known.get("text_message", "")),
        *known.get("addresses", {}).items(),
        (_("told by, in this order"), _by(known)),
        (_("quiet hours"), known.get("quiet_hours", "")),
        (_("groups"), "; ".join(map(names.role, known.get("groups", ())))),
        (_("roles"), "; ".join(map(names.role, known.get("roles", ())))),
        (_("who answers"), owner),
        (_("confirmed"), day(state.confirmed_at) + by),
        (_("tested"), short(state.tested_at)),
        (_("to be confirmed by"), day(state.due_at)),
        (_("duty"), state.duty),
    ]
    title = f"{known.get('name', state.contact)} ({state.contact}): {in_words(state, at)}"
    return [title, *(f"  {label}: {value}" for label, value in facts if value)]
