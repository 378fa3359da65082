"""How a process begins: from its start input, from its own record where it continues as new, or after an earlier life.

After a reset or a second start the book of processes, which lies outside Temporal, hands over with the rules what it
knows of the life before. A due time of then holds now, and a second start keeps its files in a folder of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.common import RawValue

from workflows.procedure.duties import Duty
from workflows.procedure.local_time import written
from workflows.procedure.model import Model
from workflows.procedure.watchdog.book import EarlierLife
from workflows.process.reading import Unreadable, plainly
from workflows.process.sealed.seals import arrival_of, arrival_of_value, counts

if TYPE_CHECKING:
    from workflows.process.record import Record

Opening = TypeVar("Opening", bound=Model)
Carried = TypeVar("Carried", bound=Model)
BROUGHT_BACK_FROM = "brought_back_from"
"""Memo of a run that the watchdog has started: the run that it goes on from."""


def read_start(sent: tuple[Any, ...], opening: type[Opening], carried: type[Carried]) -> Opening | Carried:
    """What was sent to a process at its start. Raises ``Unreadable`` with one plain sentence.

    Anybody may open an incident, a breach or a break; that a process goes on is believed of its own earlier run only.
    """
    if len(sent) != 1 or not isinstance(sent[0], dict):
        raise Unreadable("send one JSON object as the start input")
    if "carried" in sent[0] and not (_goes_on() and counts(arrival_of_value(sent[0]))):
        raise Unreadable("'carried' is taken only from an earlier run of the same process")
    try:
        return carried.model_validate(sent[0]) if "carried" in sent[0] else opening.model_validate(sent[0])
    except ValidationError as error:
        raise Unreadable(plainly(error)) from None


def only_sealed(sent: tuple[Any, ...]) -> None:
    """Raise ``Unreadable`` where the start input of a process of the desk's own was not sealed for it."""
    if sent and not counts(arrival_of_value(sent[0])):
        raise Unreadable("its start input is taken only where it was sealed for it with the desk's key")


def sealed_or_nothing(sent: tuple[Any, ...]) -> tuple[Any, ...]:
    """What was sent to a process of the desk's own that must begin whatever was sent; nothing that was not sealed."""
    try:
        only_sealed(sent)
    except Unreadable:
        return ()
    return sent


def _goes_on() -> bool:
    """Whether this run goes on with an earlier one: it continues it, or the watchdog has brought it back."""
    if workflow.info().continued_run_id:
        return True
    memo = workflow.memo_value(BROUGHT_BACK_FROM, default=None, type_hint=RawValue)
    return memo is not None and counts(arrival_of(memo.payload))


def check_id(expected: str) -> None:
    """Raise ``Unreadable`` where the process runs under another workflow id than its reference has."""
    if workflow.info().workflow_id != expected:
        raise Unreadable(f"the workflow id must be {expected}, so that there is one process of a reference")


class EarlierLives(BaseModel):
    """What a record knows of an earlier life of its process."""

    earlier: EarlierLife | None = None
    shelf: str = ""
    """Names the folder of a second start, beside that of the first."""
    life: str = ""
    """Names the bundle of a life that goes on after a reset, so that the one before stays whole."""

    def follow_earlier(self, known: EarlierLife, at: datetime) -> None:
        """Take over more than due times, where a process knows more."""

    @property
    def key_run(self) -> str:
        """The run in the keys of what is said, where it is that of an earlier life; empty: the first one of this."""
        return self.earlier.key_run if self.earlier else ""


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
