"""How a contact stands, in the words of the command line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from starter.language import names
from starter.language.moments import short
from starter.language.words import Texts, _

if TYPE_CHECKING:
    from starter.contacts.review_client import Asked
    from workflows.contacts.messages import CheckState, ContactState

WHYS: Texts = {
    "cycle": "to be confirmed",
    "bounced": "MAIL CAME BACK",
    "text_failed": "A TEXT MESSAGE DID NOT GO",
    "wrong": "NOT REACHED",
    "changed": "changed, not confirmed",
}
CHANNELS: Texts = {"email": "e-mail", "phone": "telephone", "text_message": "text message", "other": "another channel"}
CHECKS: Texts = {
    "extranet": "the list in the Kanta Extranet, from which Kela mails",
    "suppliers": "the helpdesks of the suppliers",
    "directory": "the authorities' ways of notifying",
    "test_call": "test call",
}
NUMBERS: Texts = {"kela": names.KELA, "call_back": "our own number for calls back"}


def why_now(state: ContactState, at: datetime) -> str:
    """Why a contact is to be confirmed at a moment; empty where it is not."""
    return state.why or ("cycle" if state.due_at <= at else "")


def in_words(state: ContactState, at: datetime) -> str:
    """How it stands: confirmed, or why not."""
    why = why_now(state, at)
    if not why:
        return _("confirmed")
    said = names.name(WHYS, why)
    if why == "wrong" and state.channel:
        said += f" ({names.name(CHANNELS, state.channel)})"
    return f"{said} {short(state.since)}".rstrip() if why != "cycle" else said


def in_doubt(status: Asked) -> list[str]:
    """What is to be confirmed or checked now, a line each, and what to type."""
    contacts = [
        f"{names.contact(each.contact)} ({each.contact}): {in_words(each, status.at)}"
        for each in status.contacts
        if why_now(each, status.at)
    ]
    checks = [check_in_words(each) for each in status.checks if each.due_at <= status.at]
    return [*contacts, *checks, "", "kantadesk contacts verify ID", "kantadesk contacts checked WHAT"]


def check_in_words(state: CheckState) -> str:
    """What else is looked at: its name, with the number that is called."""
    called = names.name(NUMBERS, state.number) if state.number in NUMBERS else names.contact(state.number)
    return names.name(CHECKS, state.what) + (f": {called}" if state.number else "")
