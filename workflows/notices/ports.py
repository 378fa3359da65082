"""What the watch of the notices asks of the world."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from workflows.notices.messages import FeedsAsked, FeedsSeen, IncidentsTold, NoticeForIncidents, NoticeToRead
from workflows.procedure.notices.reading import Reading


class NoticeReader(ABC):
    """Reads what is published, or was entered by hand."""

    @activity.defn(name="look_at_feeds")
    @abstractmethod
    async def look_at_feeds(self, asked: FeedsAsked) -> FeedsSeen:
        """What is new or has changed in each configured feed, read. Never raises for a feed; bounded in size.

        A feed that can't be trusted as a whole (cut off, too large, no feed) is a problem and has no entries.
        """

    @activity.defn(name="read_notice")
    @abstractmethod
    async def read_notice(self, told: NoticeToRead) -> Reading:
        """What a notice says that came another way. Done here, so that better rules never touch what was read."""


class IncidentsConcerned(ABC):
    """The open incidents that a published notice is about."""

    @activity.defn(name="tell_open_incidents")
    @abstractmethod
    async def tell_open_incidents(self, told: NoticeForIncidents) -> IncidentsTold:
        """Signal ``notice`` to every open incident of some services, at most 1,000. Key: its ``event_id``."""
