"""A life that a process had before it was reset, or started a second time; and keys by what is said.

The book of processes, which lies outside Temporal, hands over what it knows with the rules of the next look. A due time
of then holds now, a letter of then is not said again, and a second start keeps its files in a folder of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field
from pydantic_core import to_json

from workflows.procedure.book import EarlierLife
from workflows.procedure.duties import Duty
from workflows.procedure.local_time import written

if TYPE_CHECKING:
    from workflows.process.record import Record

SAYINGS_AT_MOST = 400
"""So many different things said are counted; what comes after them has running numbers, which no count can meet."""
OF_THE_RECIPIENT = frozenset((
    "language", "sector", "for_citizens", "stands_in_for", "is_mailing", "asked_at", "attachments",
))  # fmt: skip
"""Facts of a letter that say nothing of the matter; of the attachments the names count."""


class EarlierLives(BaseModel):
    """What a record knows of an earlier life, and how often it has said what."""

    earlier: EarlierLife | None = None
    shelf: str = ""
    """Names the folder of a second start, beside that of the first."""
    life: str = ""
    """Names the bundle of a life that goes on after a reset, so that the one before stays whole."""
    sayings: dict[str, int] = Field(default_factory=dict)
    steps_taken: int = 0

    def next_step(self, what: str) -> str:
        """A key for a step that acts on the world: never the same twice in the life of the process."""
        self.steps_taken += 1
        return f"{what}/{self.steps_taken}"

    def saying(self, what: str, facts: Mapping[str, Any]) -> str:
        """A key for something that is said: the same after a reset, where the same is said as often as before."""
        said = said_digest(what, facts)
        if said not in self.sayings and len(self.sayings) >= SAYINGS_AT_MOST:
            return self.next_step(f"{what}/{said}/after-many")
        self.sayings[said] = self.sayings.get(said, 0) + 1
        return f"{what}/{said}/no-{self.sayings[said]}"

    def follow_earlier(self, known: EarlierLife, at: datetime) -> None:
        """Take over more than due times, where a process knows more."""

    @property
    def key_run(self) -> str:
        """The run in the keys of what is said, where it is that of an earlier life; empty: the first one of this."""
        return self.earlier.key_run if self.earlier else ""


def said_digest(what: str, facts: Mapping[str, Any]) -> str:
    """What tells one thing that is said from another, by its facts."""
    matter = {name: facts[name] for name in sorted(facts) if name not in OF_THE_RECIPIENT}
    names = [document.name for document in facts.get("attachments", ())]
    return sha256(to_json([what, matter, names], fallback=str)).hexdigest()[:16]


def take_earlier(record: Record, known: EarlierLife, at: datetime, run: str) -> None:
    """Take over what the book knows: due times, and what was met then. ``run``: this run, which names its own files."""
    record.earlier, record.life = known, run[-8:]
    if known.how == "second_start" and not record.has_begun:
        record.shelf, record.life = run[-8:], ""
    words = {"reset": "was set back (reset)", "second_start": "was started a second time"}[known.how]
    record.note(at, f"This process {words}: its legal moments are taken from the book of processes", "kantadesk",
                f"the life before was run {known.run}")  # fmt: skip
    record.follow_earlier(known, at)
    for duty in record.open_duties():
        record.duties[duty.id] = as_known(record, duty, at)


def as_known(record: Record, duty: Duty, at: datetime) -> Duty:
    """The duty with the due time that it had in an earlier life, where that was sooner; what was met then is said."""
    known = record.earlier.known(duty.id) if record.earlier else None
    if known is None:
        return duty
    if not known.is_open and duty.is_open:
        when = f" {written(known.met_at, record.time_zone)}" if known.met_at else ""
        done = f"before the reset or second start it was {known.state.replace('_', ' ')}{when}"
        record.say_problem(f"duty {duty.id}", f"{done}: say so again, with that time and the reasons of then")
    if not (known.due_at and duty.due_at) or known.due_at >= duty.due_at:
        return duty
    record.note(at, f"Duty '{duty.id}' is due {written(known.due_at, record.time_zone)}, as it was before")
    began = duty.clock_started_at - (duty.due_at - known.due_at)
    return duty.model_copy(update={"due_at": known.due_at, "clock_started_at": began})
