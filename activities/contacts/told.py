"""Tells the review of the contacts that a text message did not reach somebody."""

from __future__ import annotations

import hashlib
import logging

from temporalio.service import RPCError

from activities.contacts.changed import Tell
from activities.text_messages.sender import FailedText
from workflows.procedure.operating_model.channels import TEXT_MESSAGE
from workflows.process.ids import CONTACT_REVIEW_ID
from workflows.process.ports import OtherProcessMessage
from workflows.process.sealed.senders import OUR_OWN_PROCESSES

LOG = logging.getLogger("kantadesk.contacts")


class TextsFailed:
    """Tells it once for each message, however often that is tried."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    async def __call__(self, message: FailedText) -> None:
        """Tell of one message. Where nobody can be told, the log says so: the process that sent it has it anyway."""
        key = f"text-failed-{hashlib.sha256(message.key.encode()).hexdigest()[:32]}"
        payload = {
            "by": message.reference,
            "source": OUR_OWN_PROCESSES,
            "event_id": key,
            "contact": message.contact,
            "channel": TEXT_MESSAGE if message.channel == TEXT_MESSAGE else "other",
            "failed": True,
        }
        told = OtherProcessMessage(key=key, workflow_id=CONTACT_REVIEW_ID, message="wrong_details", payload=payload)
        try:
            is_told = await self._tell(told)
        except RPCError as error:
            LOG.warning("the review of the contacts was not told of a text that failed (%s)", error.status.name)
            return
        if not is_told:
            LOG.warning("the review of the contacts does not run: it was not told of a text that failed")
