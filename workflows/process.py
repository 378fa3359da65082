"""What every process has: a record, one message at a time, clocks, things done meanwhile, a view in Temporal Web.

The stories (``incident.py`` and the others) build on it and say only what happens, in which order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows import ports, shown, steps
from workflows.duties import DutyClocks, wait_until
from workflows.inbox import NOTHING, digest
from workflows.messages import Message, SentMessage
from workflows.outside import Outside
from workflows.procedure.duties import Alarm, Duty, DutyKind, Role, in_words
from workflows.procedure.local_time import written
from workflows.procedure.operating_model import LocalRules
from workflows.procedure.tasks import what_to_do
from workflows.record import Record

R = TypeVar("R")
RecordT = TypeVar("RecordT", bound=Record)
LETTERS_AT_ONCE = 50
NEVER_BEGAN = "NeverBegan"


class Process(Generic[RecordT]):
    """The life that every process leads. ``record`` is all that it knows; the rest can be made again from it."""

    record: RecordT
    unreadable: str = ""
    """Why no process could be made of the start input; empty where one could."""

    def __init__(self, record: RecordT) -> None:
        self.record = record
        self.one_at_a_time = asyncio.Lock()
        self._meanwhile: dict[asyncio.Task[None], str] = {}
        self._part: asyncio.Task[None] | None = None
        self._mass_mail = asyncio.Semaphore(LETTERS_AT_ONCE)
        self._shown: shown.Attributes | None = None
        self._to_show = True
        self._was_asked_to_cancel = False
        self._outside = Outside(record)

    def must_have_begun(self, what: str) -> None:
        """Raise where the start input could not be read: the workflow fails with the reason, and so does each query."""
        if self.unreadable:
            raise ApplicationError(f"no {what} was opened: {self.unreadable}", non_retryable=True)

    @workflow.query(
        name="record", description="All that the process knows, and what is under way: a new run can go on from it"
    )
    def whole(self) -> dict[str, Any]:
        """The record as continue-as-new carries it, and the names of what is being done meanwhile."""
        if self.unreadable:
            raise ApplicationError(f"it never began: {self.unreadable}", type=NEVER_BEGAN, non_retryable=True)
        taken_in = ["a message that was being taken in"] if self.one_at_a_time.locked() else []
        return {"carried": self.record.model_dump(mode="json"), "under_way": [*taken_in, *self._meanwhile.values()]}

    # --- time -----------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The process's own time."""
        return workflow.now()

    @property
    def has_begun(self) -> bool:
        """Whether the process has taken up its work; messages wait until then."""
        return self.record.has_begun

    @property
    def rules(self) -> LocalRules:
        """The rules that the process has taken last."""
        if self.record.rules is None:
            raise steps.Refusal("the rules have not been taken yet", "NotBegun")
        return self.record.rules

    async def take_rules(self) -> LocalRules:
        """Take the organisation's rules as they stand now; duties opened from here on follow them."""
        self.record.rules = await steps.rules_in_force()
        return self.record.rules

    def said_at(self, said: Message) -> datetime:
        """When something was said: the sender's own time, or the time of receipt."""
        return said.occurred_at or self.now

    @property
    def time_zone(self) -> str:
        """The organisation's time zone, for texts."""
        return self.record.time_zone

    async def until(self, holds: Callable[[], bool], moment: datetime | None = None, why: str = "") -> None:
        """Wait until something holds or a moment has come (``{at}`` in ``why``); continue as new where that is due."""
        while not holds():
            try:
                wakes = self._either(holds, self._may_carry_on)
                if moment is None:
                    await workflow.wait_condition(wakes)
                elif await wait_until(moment, why.replace("{at}", written(moment, self.time_zone)), unless=wakes):
                    return
                if not holds() and self._may_carry_on():
                    await self._carry_on()
            except asyncio.CancelledError:
                self._refuse_to_be_cancelled()

    def _refuse_to_be_cancelled(self) -> None:
        """Go on where somebody cancels the workflow itself: a legal clock ends by its own messages only."""
        if workflow.cancellation_reason() is None or self._was_asked_to_cancel:
            raise asyncio.CancelledError  # no request (a run has one at most): it leaves the worker's memory
        self._was_asked_to_cancel = True
        self.record.refuse(self.now, "(cancel request)", "send the message 'cancellation' instead", digest(NOTHING))
        self.shown_again()

    @staticmethod
    def _either(one: Callable[[], bool], other: Callable[[], bool]) -> Callable[[], bool]:
        return lambda: one() or other()

    def _may_carry_on(self) -> bool:
        """Whether this is a quiet point in a history that has grown long."""
        return (
            workflow.info().is_continue_as_new_suggested()
            and not self._meanwhile
            and not self._part
            and self._outside.may_carry_on
            and not self.one_at_a_time.locked()
            and workflow.all_handlers_finished()
        )

    async def _carry_on(self) -> None:
        """Continue as new, with the whole record; what no longer fits into it is brought out first."""
        if (carried := await self._outside.carried()) and self._may_carry_on():
            workflow.continue_as_new(carried)

    # --- the parts that live beside the story ---------------------------------------------------------------

    @asynccontextmanager
    async def clocks_running(self) -> AsyncIterator[None]:
        """Keep the clocks of all duties, and what Temporal Web shows, while the story goes on."""
        clocks = DutyClocks(self.record, self._ring, lambda: self.time_zone)
        parts = (clocks.keep_all(), self._keep_showing(), self._outside.bring_as_it_leaves())
        beside = [asyncio.create_task(part) for part in parts]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()

    def shown_again(self) -> None:
        """Let Temporal Web show the record as it is now (once, however many things have changed)."""
        self._to_show = True

    def shown_at_once(self) -> None:
        """Show now what changed without a message. Runs of the first release showed it with the next change."""
        if workflow.patched("shown-at-once"):
            self.show()

    async def _keep_showing(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self._to_show)
            self.show()

    def show(self) -> None:
        """Show the record as it is now."""
        self._to_show = False
        self.record.keep_within_bounds(self.now)
        self._shown = shown.show(self._shown, self.record, self.time_zone, len(self._meanwhile))

    def meanwhile(self, errand: Coroutine[Any, Any, None], what: str) -> None:
        """Do something beside the story. What goes wrong in it is said in the record; it never stops the process."""

        async def run() -> None:
            try:
                await errand
            except steps.Refusal as refusal:
                self.problem(what, str(refusal))
            except Exception as error:  # noqa: BLE001  # a fault of ours must not freeze the clocks
                self.problem(what, f"it went wrong ({error!r}); do it by hand")
            self.shown_again()

        task = asyncio.create_task(run())
        self._meanwhile[task] = what
        task.add_done_callback(self._meanwhile.pop)

    def is_under_way(self, what: str) -> bool:
        """Whether something is being done meanwhile."""
        return what in self._meanwhile.values()

    async def unless_closed(self, owed: Duty, doing: Coroutine[Any, Any, R]) -> R | None:
        """Do something for a duty; stop and answer None where a person has met or waived the duty before."""
        done = await self.unless(lambda: not self.record.is_open(owed.id), doing)
        if done is None:
            self.record.note(
                self.now,
                f"Sending was given up: duty '{owed.id}' was closed by a person (a try under way may still arrive)",
            )
        return done

    async def unless(self, holds: Callable[[], bool], doing: Coroutine[Any, Any, R]) -> R | None:
        """Do something; stop and answer None once something else holds."""
        task = asyncio.create_task(doing)
        await workflow.wait_condition(lambda: task.done() or holds())
        if task.done():
            return await task
        task.cancel()
        with suppress(asyncio.CancelledError, steps.Refusal):  # so says the step that was given up
            await task
        return None

    async def all_done(self) -> None:
        """Wait until nothing is done meanwhile."""
        await self.until(lambda: not self._meanwhile)

    async def to_its_end(self, part: Coroutine[Any, Any, None]) -> None:
        """Live through a part of the story as a whole, although somebody cancels the workflow itself meanwhile."""
        self._part = asyncio.create_task(part)
        await self.until(self._part.done)
        await self._part
        self._part = None

    def problem(self, what: str, reason: str) -> None:
        """Keep something that a person must look at, until it is solved."""
        self.record.say_problem(what, reason)
        self.record.note(self.now, f"Problem: {what}", detail=reason)

    def solved(self, what: str) -> None:
        """Take a problem back."""
        self.record.problems.pop(what[:200], None)

    # --- telling --------------------------------------------------------------------------------------------

    def letter(self, kind: Any, contact: str, **facts: Any) -> ports.Letter:
        """A letter about this process, with what every letter says; the organisation's language by default."""
        record = self.record
        language = facts.setdefault("language", self.rules.languages[0])
        if owed := record.duties.get(facts.get("duty", "")):
            phone = self.rules.kela_phone
            todo = what_to_do(owed.kind, language, reference=record.reference, duty=owed.id, phone=phone)
            facts |= {"duty_kind": owed.kind, "due_at": owed.due_at, "what_to_do": todo}
        return ports.Letter(
            key=steps.key(record.next_step(f"{kind}/{contact}")),
            reference=record.reference,
            kind=kind,
            contact=contact,
            case=record.case,
            drill=record.drill,
            **(record.letter_facts() | facts),
        )

    async def send(self, letter: ports.Letter, *, within: timedelta | None = None) -> SentMessage:
        """Send one letter and keep what became of it. Raises ``steps.Refusal``."""
        asked_at = self.now
        return self.kept(await steps.send(letter, within=within), asked_at)

    def kept(self, sent: SentMessage, asked_at: datetime) -> SentMessage:
        """Keep what became of a message that was asked for at a moment."""
        accepted_at = max(asked_at, min(sent.sent_at or self.now, self.now))  # the sender's clock may be wrong
        sent = sent.model_copy(update={"sent_at": accepted_at})
        self.record.messages[sent.id] = sent
        self.shown_again()
        return sent

    def tell(self, kind: Any, audience: ports.Audience, *, within: timedelta | None = None, **facts: Any) -> None:
        """Tell an audience, each in their own language, meanwhile. Who can't be reached is said to the desk."""
        self.meanwhile(self._tell(kind, audience, within, facts), f"telling about {kind.replace('_', ' ')}")

    def tell_role(self, kind: Any, *roles: Role, **facts: Any) -> None:
        """Tell the holders of some roles."""
        self.tell(kind, ports.Audience(roles=roles), **facts)

    async def _tell(self, kind: Any, audience: ports.Audience, within: timedelta | None, facts: dict[str, Any]) -> None:
        for listener in await steps.who_is_told(audience):
            letter = self.letter(kind, listener.contact, **(facts | {"language": listener.language}))
            self.meanwhile(self._tell_one(letter, within), f"{kind.replace('_', ' ')} to {listener.contact}")

    async def _tell_one(self, letter: ports.Letter, within: timedelta | None) -> None:
        async with self._mass_mail:
            what = f"{letter.kind.replace('_', ' ')} to {letter.contact}"
            try:
                await self.send(letter, within=within)
                self.solved(what)
            except steps.Refusal as refusal:
                self.problem(what, str(refusal))

    def _ring(self, duty: Duty, alarm: Alarm, gap: timedelta) -> None:
        """Remind or alarm those whom the ladder names; a reminder is given up when the next one is due.

        Where nobody has acknowledged the one before, the deputies are told as well (EDPB 9/2022: a mailbox that nobody
        reads is no excuse).
        """
        is_ignored = alarm.number > 0 and not duty.is_acknowledged
        self.record.duties[duty.id] = duty.model_copy(update={"is_acknowledged": False})
        what = f"Duty '{duty.id}' is overdue" if alarm.kind == "overdue" else f"Reminder of duty '{duty.id}'"
        self.record.note(self.now, what, detail=f"to {in_words(alarm.to)}")
        audience = ports.Audience(roles=alarm.to, deputies=is_ignored)
        self.tell(alarm.kind, audience, within=max(gap, timedelta(minutes=1)), duty=duty.id)
        self.shown_again()

    def owe(self, kind: DutyKind, *, to: str, basis: str, legal: bool = False) -> Duty:
        """Open a duty now, with the ladder of the rules taken last."""
        return self.record.owe(kind, self.rules, self.now, to=to, basis=basis, legal=legal)

    async def tell_process(self, workflow_id: str, message: str, **said: Any) -> None:
        """Tell another process something, once."""
        step = steps.key(self.record.next_step(message))
        payload = {"by": workflow.info().workflow_id, "event_id": step, "source": "kantadesk", **said}
        told = ports.OtherProcessMessage(key=step, workflow_id=workflow_id, message=message, payload=payload)
        if not await steps.tell_process(told):
            self.record.note(self.now, f"{workflow_id} could not be told ({message}): it has ended")

    async def bundle_evidence(self) -> None:
        """Bundle what is known now."""
        await self._outside.bundle()
