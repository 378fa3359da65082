"""The book of processes, which lies outside Temporal: what it keeps, whatever it is written into.

Temporal can't tell that it has forgotten something. So every run is written down here once it does its first step, and
the watchdog compares. Every method is short, may be called from any thread, and is on the disk when it returns.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from pydantic import Field

from workflows.procedure.model import Model, Moment
from workflows.procedure.watchdog.book import KeyMoments, KnownRun


class Happened(Model):
    """Something that was done to a process from outside. ``key``: what tells it from any other."""

    key: str
    kind: str
    workflow_id: str
    at: Moment
    facts: dict[str, str] = Field(default_factory=dict)


class BookUnreadable(RuntimeError):
    """The book can't be read or written. The message is one line: why, and where it lies."""


class ProcessBook(ABC):
    """The book. Each method raises ``BookUnreadable`` where it can't be read or written."""

    @abstractmethod
    def see(self, runs: Iterable[KnownRun]) -> None:
        """Write down runs that are alive: new ones whole; of known ones when they were seen, and what is told of them.

        A run that was missed counts as open again.
        """

    @abstractmethod
    def note(self, workflow_id: str, run_id: str, moments: KeyMoments, key_run: str = "") -> None:
        """Write down the key moments that a run has told; what it did not tell stays as it was known."""

    @abstractmethod
    def change(self, run: KnownRun, **changes: Any) -> None:
        """Change single facts of a run: its state, how it ended, whether it is judged, its first run, its length."""

    @abstractmethod
    def runs_of(self, workflow_id: str) -> list[KnownRun]:
        """Every run of a process, in the order in which they were first seen."""

    @abstractmethod
    def latest(self) -> list[KnownRun]:
        """Of each process that is not over the run that stands for it: the last that no other has followed."""

    @abstractmethod
    def unjudged(self) -> list[KnownRun]:
        """The runs of which it is not known yet how they came to follow the one before."""

    @abstractmethod
    def write_down(self, happened: Happened) -> None:
        """Write down what was done from outside; a second time under the same key changes nothing."""

    @abstractmethod
    def happened(self, *, since: Moment | None = None, also_told: bool = False) -> list[Happened]:
        """What was done from outside, the oldest first; ``also_told``: also what the watchdog has taken already."""

    @abstractmethod
    def told(self, keys: Iterable[str]) -> None:
        """The watchdog has taken what was written down under these keys: it need not be handed over again."""

    @abstractmethod
    def turn(self, run_id: str, turn: int) -> int:
        """The greatest turn of a watchdog's run that was seen before this one, which is written down; -1 if none."""
