"""Talking to the review of the contacts, in the words of the command line."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starter.client.client import ask_process, by_command, clock_of_process, talk, within_reach
from starter.client.names import ANSWER_WITHIN
from starter.language.words import N_, _
from starter.sending.who import person, user
from starter.terminal.errors import NotThere, Refused, Unreachable
from workflows.contacts.messages import ContactReviewStatus, LookAtContacts
from workflows.process.ids import CONTACT_REVIEW_ID

if TYPE_CHECKING:
    from temporalio.client import Client

    from workflows.process.messages import Message

NOT_RUNNING = N_('the review of the contacts is not running; "kantadesk up" or "kantadesk setup" starts it')
OF = N_("review of the contacts")


class Asked(ContactReviewStatus):
    """The review as it stands, and what time it is there."""

    at: datetime


def review() -> Asked:
    """The review as it stands. Raises ``NotThere``, ``Unreachable``."""
    return talk(lambda client, _settings: review_status(client))


async def review_status(client: Client) -> Asked:
    """Likewise, in a conversation."""
    try:
        answer = await ask_process(client, CONTACT_REVIEW_ID, _(OF), "status")
        return Asked.model_validate(answer | {"at": await clock_of_process(client, CONTACT_REVIEW_ID, _(OF))})
    except NotThere:
        raise NotThere(_(NOT_RUNNING)) from None


def tell_review(name: str, said: Message) -> Asked:
    """Tell the review something; as it stands then. Raises ``NotThere``, ``Refused``, ``Unreachable``."""

    async def conversation(client: Client, _settings: Any) -> Asked:
        handle = client.get_workflow_handle(CONTACT_REVIEW_ID)
        sent = said.model_copy(update={"through": by_command()})

        async def told() -> Any:
            async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
                return await handle.execute_update(name, sent, id=sent.event_id)

        try:
            await within_reach(told(), _(OF))
        except NotThere:
            raise NotThere(_(NOT_RUNNING)) from None
        return await review_status(client)

    return talk(conversation)


def shared_fields(typed: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Who says it, when it was, what else is to be noted. Raises ``Wrong``."""
    from starter.sending.values import moment

    fields: dict[str, Any] = {"by": person(typed["by"], "--by") if typed["by"] else user(), "source": "cli"}
    fields["event_id"] = typed["event_id"] or f"cli-{secrets.token_hex(8)}"
    if typed["occurred_at"]:
        fields["occurred_at"] = moment(typed["occurred_at"], at, "--occurred-at")
    return fields | ({"note": typed["note"]} if typed["note"] else {})


def review_looks() -> bool:
    """Let the review look at the operating model now; where it does not run it does so at its next look."""
    try:
        tell_review("look_now", LookAtContacts(by=user(), source="cli"))
    except (NotThere, Refused, Unreachable):
        return False
    return True
