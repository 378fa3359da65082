"""Tells the review of the contacts that something has changed, so that it need not wait for its next look."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from activities.contacts.seen import ContactsInForce
from workflows.process.ids import CONTACT_REVIEW_ID
from workflows.process.ports import OtherProcessMessage
from workflows.process.sealed.senders import OUR_OWN_PROCESSES

Tell = Callable[[OtherProcessMessage], Awaitable[bool]]


class ContactsChanged:
    """Compares the contacts, and what mail came back, with what they were at its last look."""

    def __init__(self, contacts: ContactsInForce, tell: Tell) -> None:
        self._contacts, self._tell = contacts, tell
        self._told = ""

    async def look(self) -> None:
        """Tell the review where something is another than before; once after each start, since nobody looked till then.

        A review that does not run looks by itself when it begins.
        """
        seen = (await asyncio.to_thread(self._contacts.seen)).model_dump_json()
        mark = hashlib.sha256(seen.encode()).hexdigest()
        if mark == self._told:
            return
        payload = {"by": "watchdog", "source": OUR_OWN_PROCESSES}
        told = OtherProcessMessage(key=mark, workflow_id=CONTACT_REVIEW_ID, message="look_now", payload=payload)
        if await self._tell(told):
            self._told = mark
