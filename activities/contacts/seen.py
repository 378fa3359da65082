"""The contacts of the operating model as the review of them sees it: no name, no address, no number leaves here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from temporalio import activity

from activities.contacts.kept import KeptStandings
from activities.contacts.mark import mark_of
from activities.returned_mail.addresses import ReturnedAddresses
from workflows.contacts.messages import CONTACTS_AT_MOST, ContactsSeen, Standings
from workflows.contacts.ports import ContactsToReview
from workflows.procedure.contacts.standing import ContactInFile
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.ports import KELA
from workflows.process.sealed.asking import NOBODY, Asking

CALL_BACK = "call_back"
"""The organisation's own number, at which Kela reaches somebody around the clock."""


class ContactsInForce(ContactsToReview):
    """Reads the operating model in force. ``returned``: addresses from which mail came back; ``kept``: where it is."""

    def __init__(
        self,
        model: Callable[[], OperatingModel],
        returned: ReturnedAddresses | None = None,
        kept: KeptStandings | None = None,
    ) -> None:
        self._model, self._returned, self._kept = model, returned, kept

    @activity.defn(name="contacts_to_review")
    async def contacts_to_review(self, asked: Asking = NOBODY) -> ContactsSeen:  # noqa: ARG002  # sealed, and no more
        """The contacts as they stand now."""
        return await asyncio.to_thread(self.seen)

    @activity.defn(name="keep_standings")
    async def keep_standings(self, standings: Standings) -> None:
        """Keep how they stand, for whoever sends to them."""
        if self._kept:
            await asyncio.to_thread(self._kept.keep, standings)

    def seen(self) -> ContactsSeen:
        """Likewise, read here and now."""
        model = self._model()
        came_back = {each.contact: each.returned.at for each in self._returned.among(model)} if self._returned else {}
        known = [
            ContactInFile(
                contact=name,
                owner=contact.owner,
                verified_on=contact.verified_on,
                mark=mark_of(contact),
                returned_at=came_back.get(name),
            )
            for name, contact in model.contacts.items()
        ]
        return ContactsSeen(
            rules=model.contact_review,
            contacts=tuple(known[:CONTACTS_AT_MOST]),
            numbers=emergency_numbers(model)[:CONTACTS_AT_MOST],
            left_out=len(known[CONTACTS_AT_MOST:]),
        )


def emergency_numbers(model: OperatingModel) -> tuple[str, ...]:
    """The numbers that are called in an emergency, by their names: Kela's, ours, those who hold a role or stand in."""
    holders = model.holders(tuple(model.roles), deputies=True)
    ours = (CALL_BACK,) if model.organisation.call_back else ()
    return (KELA, *ours, *(contact for contact in holders if model.contacts[contact].phone))
