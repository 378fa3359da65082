"""What the watchdog asks of the world: to look, to bring back what was ended, to tell others that all is well.

Every look is bounded in what it takes and answers, however many processes are open.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta

from pydantic import Field
from temporalio import activity

from workflows.procedure.model import Model, Moment
from workflows.procedure.watchdog.endings import Ending, Fate
from workflows.procedure.watchdog.findings import Finding, Watching
from workflows.process.sealed.asking import NOBODY, Asking

OVERLAP = timedelta(hours=1)
"""Two looks overlap by this, since the visibility store may learn of an ending late."""
FINDINGS_AT_MOST = 200
ENDINGS_AT_MOST = 50
SETTLED_AT_MOST = 2000


class LookOrder(Model):
    """What to look at and by which rules."""

    at: Moment
    """The watchdog's own time: what is due is judged by it."""
    rules: Watching
    ended_since: Moment | None = None
    """Endings from here on are wanted; None: all that the namespace still has."""
    again: tuple[str, ...] = Field(default=(), max_length=1000)
    """Workflow ids that must be looked at closely, even if it is not their turn."""
    lost: tuple[Ending, ...] = Field(default=(), max_length=ENDINGS_AT_MOST)
    """Endings that no record could be had of so far, and whose turn it is to be tried again."""
    settled: tuple[str, ...] = Field(default=(), max_length=SETTLED_AT_MOST)
    """Run ids of endings that need nothing more, or nothing at this look."""
    turn: int = 0
    """Which part of the open processes is looked at closely this time."""
    known: tuple[str, ...] = Field(default=(), max_length=1000)
    """Keys of what has happened and passes, and is known: it need not be handed over again."""


class Seen(Model):
    """What was found in one part of the desk."""

    findings: tuple[Finding, ...] = Field(default=(), max_length=FINDINGS_AT_MOST + 1)
    looked_at: int = 0


class ProcessesSeen(Seen):
    """What was found among the processes."""

    endings: tuple[Ending, ...] = Field(default=(), max_length=2 * ENDINGS_AT_MOST)
    has_more_endings: bool = False
    asked_at: Moment | None = None
    """When the store was asked, by the clock that it keeps itself: endings before it are dealt with."""


class Watch(ABC):
    """Looks at the desk."""

    @activity.defn(name="rules_of_watching")
    @abstractmethod
    async def rules_of_watching(self, asked: Asking = NOBODY) -> Watching:
        """The organisation's rules as they stand now."""

    @activity.defn(name="look_at_processes")
    @abstractmethod
    async def look_at_processes(self, order: LookOrder) -> ProcessesSeen:
        """Every open process whatever its age, and each one that was ended from outside. Raises where it can't."""

    @activity.defn(name="look_at_workers")
    @abstractmethod
    async def look_at_workers(self, order: LookOrder) -> Seen:
        """Whether somebody takes up the work, and whether the schedule runs. Raises where it can't look."""

    @activity.defn(name="look_at_mail")
    @abstractmethod
    async def look_at_mail(self, order: LookOrder) -> Seen:
        """Letters that were handed over and never answered for. Raises where it can't look."""

    @activity.defn(name="look_at_contacts")
    @abstractmethod
    async def look_at_contacts(self, order: LookOrder) -> Seen:
        """Contacts that nobody has verified for long. Raises where it can't look."""

    @activity.defn(name="bring_back")
    @abstractmethod
    async def bring_back(self, ending: Ending) -> Fate:
        """Start a process again under its own id with its last known record. Key: the run that has ended.

        One that was ended is brought back once: where another run lives or has lived since, nothing is done.
        """

    @activity.defn(name="send_heartbeat")
    @abstractmethod
    async def send_heartbeat(self, asked: Asking = NOBODY) -> bool:
        """Tell the operator's address that everything was looked at and is well; False where none is configured.

        Nothing but the request itself is sent. Raises ``HeartbeatFailed``; the address is a secret and never named.
        """


class AlwaysRunning(ABC):
    """The processes of which there is always one."""

    @activity.defn(name="ensure_standing")
    @abstractmethod
    async def ensure_standing(self, asked: Asking = NOBODY) -> list[str]:
        """Start each that does not run; answers which were started. Repeatable."""

    @activity.defn(name="clear_away")
    @abstractmethod
    async def clear_away(self, asked: Asking = NOBODY) -> int:
        """Delete the oldest finished runs of the watchdog and its schedule, a few at a time; answers how many.

        They hold no evidence, and Temporal would keep them for as long as the records of incidents (six years).
        """
