"""What the review of the contacts asks of the world."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from workflows.contacts.messages import ContactsSeen, Standings
from workflows.process.sealed.asking import NOBODY, Asking


class ContactsToReview(ABC):
    """The contacts of the operating model, without names, addresses and numbers."""

    @activity.defn(name="contacts_to_review")
    @abstractmethod
    async def contacts_to_review(self, asked: Asking = NOBODY) -> ContactsSeen:
        """Each contact with its owner, the day it was verified on, a mark of its details, and whether mail came back.

        A file that became invalid is not taken: the last valid one holds.
        """

    @activity.defn(name="keep_standings")
    @abstractmethod
    async def keep_standings(self, standings: Standings) -> None:
        """Keep how every contact stands where senders and commands look. The latest call holds."""
