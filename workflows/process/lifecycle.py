"""How a process lives: one record, its own time, background tasks, and new runs when the history grows long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any, Generic, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from workflows.procedure.duties import Duty
from workflows.procedure.local_time import written
from workflows.procedure.operating_model.model import LocalRules
from workflows.procedure.watchdog.book import EarlierLife
from workflows.process import steps, web_view
from workflows.process.archive import Archive
from workflows.process.duty_timers import wait_until
from workflows.process.messages import Message
from workflows.process.payloads import TurnedAway
from workflows.process.reading import NOTHING, digest
from workflows.process.record import Record
from workflows.process.sealed.seals import A_STRANGERS
from workflows.process.sealed.senders import is_a_strangers, was_opened_in_clear
from workflows.process.start import take_earlier

R = TypeVar("R")
RecordT = TypeVar("RecordT", bound=Record)
NEVER_BEGAN = "NeverBegan"


class FromNowOn:
    """Whether a later rule holds in this run: what a run took before the upgrade it has taken, what comes after obeys.

    Asked only where the rule matters, under a new name until the answer is yes: in the history of an earlier release
    no answer stands, and one "no" must not hold for the rest of the run.
    """

    def __init__(self, patch: str) -> None:
        self._patch = patch
        self._asked = 0
        self._holds = False

    def holds(self) -> bool:
        """Whether it does; noted in the history where it begins to."""
        if not self._holds:
            self._asked += 1
            self._holds = workflow.patched(f"{self._patch}-{self._asked}")
        return self._holds


class Lifecycle(Generic[RecordT]):
    """A record, the time, and background tasks. The record is all that is known; the rest can be made from it."""

    record: RecordT
    unreadable: str = ""
    """Why the start input made no process; empty if it did."""

    def __init__(self, record: RecordT) -> None:
        self.record = record
        record.keep_time_by(workflow.now)
        self.one_at_a_time, self.in_hand = asyncio.Lock(), 0
        self.strangers = FromNowOn("strangers-are-apart")
        self._background: dict[asyncio.Task[None], str] = {}
        self._part: asyncio.Task[None] | None = None
        self._shown: web_view.Attributes | None = None
        self._shown_whose: bool | None = None
        self._whose_is_shown = FromNowOn("whose-it-is-shows-in-lists")
        self._ends_after_messages = FromNowOn("ends-after-messages-in-hand")
        self._to_show = True
        self._counted = 0
        self._was_asked_to_cancel = False
        self._archive = Archive(record)

    def must_have_begun(self, what: str) -> None:
        """Raise if the start input could not be read: the workflow fails with the reason."""
        if self.unreadable:
            raise ApplicationError(f"no {what} was opened: {self.unreadable}", non_retryable=True)

    def must_be_there(self, what: str) -> None:
        """Turn a query away, with the reason, if the start input could not be read."""
        if self.unreadable:
            raise TurnedAway(f"no {what} was opened: {self.unreadable}", non_retryable=True)

    @workflow.query(
        name="record", description="The whole record, and the background tasks that run: a new run can go on from it"
    )
    def whole(self) -> dict[str, Any]:
        """The record as continue-as-new carries it, and the names of the background tasks."""
        if self.unreadable:
            raise ApplicationError(f"it never began: {self.unreadable}", type=NEVER_BEGAN, non_retryable=True)
        taken_in = ["a message that was being taken in"] if self.one_at_a_time.locked() else []
        return {"carried": self.record.model_dump(mode="json"), "under_way": [*taken_in, *self._background.values()]}

    def further_refusal(self, said: Message) -> str | None:  # noqa: ARG002  # none, where a story says nothing else
        """Why a message is not allowed by rules that came after the first releases: runs of theirs have taken it."""
        return None

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
            raise steps.StepFailed("the rules have not been taken yet", "NotBegun")
        return self.record.rules

    async def take_rules(self) -> LocalRules:
        """Take the organisation's rules as they stand now; duties opened from here on follow them."""
        rules = await steps.rules_in_force()
        if (known := rules.earlier) and (self.record.earlier is None or self.record.earlier.run != known.run):
            self.lived_before(known)
        self.record.rules = rules.model_copy(update={"earlier": None}) if known else rules
        if not self.record.has_begun:
            self._must_be_allowed_in_clear(self.record.rules)
        return self.record.rules

    def _must_be_allowed_in_clear(self, rules: LocalRules) -> None:
        """End a process that somebody without the key has started, where nothing is taken in clear."""
        sender = self.record.opened_through
        if sender and sender.came == "clear" and rules.clear_messages == "none" and workflow.patched("none-in-clear"):
            self.unreadable = "it was started without the desk's key, and clear_messages is none"
            self.must_have_begun(self.record.process.replace("_", " "))

    def lived_before(self, known: EarlierLife) -> None:
        """Take over what the book of processes knows of a life before this one."""
        take_earlier(self.record, known, self.now, workflow.info().run_id)
        self.refresh_web()

    def key(self, saying: str) -> str:
        """A key for something that is said, the same in every life of the process."""
        return steps.key(saying, self.record.key_run)

    def said_at(self, said: Message) -> datetime:
        """When something was said: the sender's own time, or the time of receipt."""
        return said.occurred_at or self.now

    @property
    def time_zone(self) -> str:
        """The organisation's time zone, for texts."""
        return self.record.time_zone

    async def until(self, holds: Callable[[], bool], moment: datetime | None = None, why: str = "") -> None:
        """Wait until something holds or a moment has come (``{at}`` in ``why``); continue as new if that is due."""
        while not holds():
            try:
                wakes = self._either(holds, self._may_continue_as_new)
                if moment is None:
                    await workflow.wait_condition(wakes)
                elif await wait_until(moment, why.replace("{at}", written(moment, self.time_zone)), cancel_if=wakes):
                    return
                if not holds() and self._may_continue_as_new():
                    await self._continue_as_new()
            except (asyncio.CancelledError, ActivityError) as error:
                if not is_cancelled_exception(error):
                    raise
                self._refuse_to_be_cancelled()

    def _refuse_to_be_cancelled(self) -> None:
        """Go on if somebody cancels the workflow itself: a legal clock ends by its own messages only."""
        if workflow.cancellation_reason() is None or self._was_asked_to_cancel:
            raise asyncio.CancelledError  # no request (a run has one at most): it leaves the worker's memory
        self._was_asked_to_cancel = True
        self.record.refuse(self.now, "(cancel request)", "send the message 'cancellation' instead", digest(NOTHING))
        self.refresh_web()

    @staticmethod
    def _either(one: Callable[[], bool], other: Callable[[], bool]) -> Callable[[], bool]:
        return lambda: one() or other()

    def _may_continue_as_new(self) -> bool:
        """Whether this is a quiet point in a history that has grown long."""
        return (
            workflow.info().is_continue_as_new_suggested()
            and not self._background
            and not self._part
            and self._archive.is_idle
            and not self.one_at_a_time.locked()
            and workflow.all_handlers_finished()
        )

    async def _continue_as_new(self) -> None:
        """Continue as new, with the whole record; what no longer fits into it is archived first."""
        if (carried := await self._archive.carried()) and self._may_continue_as_new():
            workflow.continue_as_new(carried)

    # --- the parts that live beside the story ---------------------------------------------------------------

    def refresh_web(self) -> None:
        """Let Temporal Web show the record as it is now (once, however many things have changed)."""
        self._to_show = True

    def refresh_web_now(self) -> None:
        """Show now what changed without a message. Runs of the first release showed it with the next change."""
        if workflow.patched("shown-at-once"):
            self.show()

    async def _keep_showing(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self._to_show)
            self.show()

    async def _keep_counting(self) -> None:
        """Let the current details follow when a background task is over: it counts until then.

        Nothing else is shown with it: details leave no event, but search attributes said at another moment would not
        replay.
        """
        while True:
            await workflow.wait_condition(lambda: len(self._background) < self._counted)
            self._counted = len(self._background)
            workflow.set_current_details(web_view.details(self.record, self.time_zone, self._counted))

    def show(self) -> None:
        """Show the record as it is now."""
        self._to_show = False
        self.record.apply_retention(self.now)
        self._counted = len(self._background)
        self._shown = web_view.show(self._shown, self.record, self.time_zone, self._counted)
        self._show_whose()

    def _show_whose(self) -> None:
        """Let lists know whether a stranger has opened it. Only of what was opened in clear is anything said."""
        whose = is_a_strangers(self.record)
        if was_opened_in_clear(self.record) and whose != self._shown_whose and self._whose_is_shown.holds():
            workflow.upsert_memo({A_STRANGERS: whose})
            self._shown_whose = whose

    def in_background(self, part: Coroutine[Any, Any, object], what: str) -> None:
        """Start a background task. If it goes wrong, the record says so; it never stops the process."""

        async def run() -> None:
            try:
                await part
            except steps.StepFailed as failure:
                self.problem(what, str(failure))
            except Exception as error:  # noqa: BLE001  # a fault of ours must not freeze the clocks
                self.problem(what, f"it went wrong ({error!r}); do it by hand")
            self.refresh_web()

        task = asyncio.create_task(run())
        self._background[task] = what
        task.add_done_callback(self._background.pop)

    def is_running(self, what: str) -> bool:
        """Whether a background task of this name is running."""
        return what in self._background.values()

    async def cancel_if_closed(self, owed: Duty, doing: Coroutine[Any, Any, R]) -> R | None:
        """Do something for a duty; stop and answer None if a person has met or waived the duty first."""
        done = await self.cancel_if(lambda: not self.record.is_open(owed.id), doing)
        if done is None:
            self.record.note(
                self.now,
                f"Sending was given up: duty '{owed.id}' was closed by a person (what has just gone may still arrive)",
            )
        return done

    async def cancel_if(self, holds: Callable[[], bool], doing: Coroutine[Any, Any, R]) -> R | None:
        """Do something; stop and answer None once something else holds."""
        task = asyncio.create_task(doing)
        await workflow.wait_condition(lambda: task.done() or holds())
        if task.done():
            return await task
        task.cancel()
        with suppress(asyncio.CancelledError, steps.StepFailed):  # so says the step that was given up
            await task
        return None

    async def all_done(self) -> None:
        """Wait until no background task runs, nothing is held back, and no message is in hand that may start one."""
        await self.until(self._has_nothing_to_say)
        while self._waits_for_messages():
            await self.all_taken()
            await self.until(self._has_nothing_to_say)

    def _has_nothing_to_say(self) -> bool:
        return not self._background and not self.record.held

    async def all_taken(self) -> None:
        """Wait until every message that has come is taken or refused: nothing ends under one that is being taken.

        Runs of the first releases did end so; what has come to them by then is as it was.
        """
        while self._waits_for_messages():
            await self.until(lambda: not self.in_hand)

    def _waits_for_messages(self) -> bool:
        return self.in_hand > 0 and self._ends_after_messages.holds()

    async def shielded(self, part: Coroutine[Any, Any, None]) -> None:
        """Live through a part of the story as a whole, even if somebody cancels the workflow itself."""
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
