"""What every process can do: live, keep its clocks, tell people and other processes, bundle its evidence.

The stories (``workflows/stories/``) build on it and say only what happens, in which order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow

from workflows.procedure.duties import Alarm, Duty, DutyKind, Role, in_words
from workflows.procedure.tasks import what_to_do
from workflows.process import ports, steps
from workflows.process.duty_timers import DutyTimers
from workflows.process.lifecycle import Lifecycle, RecordT
from workflows.process.messages import Happening, Refused, SentMessage

LETTERS_AT_ONCE = 50
ALARMS = ("reminder", "overdue")
"""The letters of a duty's clock."""


class Process(Lifecycle[RecordT]):
    """What every process can do, whatever its story."""

    def __init__(self, record: RecordT) -> None:
        super().__init__(record)
        self._mass_mail = asyncio.Semaphore(LETTERS_AT_ONCE)

    @asynccontextmanager
    async def clocks_running(self) -> AsyncIterator[None]:
        """Keep the clocks of all duties, and what Temporal Web shows, while the story goes on."""
        clocks = DutyTimers(self.record, self.on_alarm, lambda: self.time_zone)
        parts = (
            clocks.keep_all(), self._keep_showing(), self._archive.archive_as_it_leaves(), self._keep_counting(),
        )  # fmt: skip
        beside = [asyncio.create_task(part) for part in parts]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()

    # --- telling --------------------------------------------------------------------------------------------

    def letter(self, kind: Any, contact: str, **facts: Any) -> ports.Letter:
        """A letter about this process, with what every letter says; the organisation's language by default."""
        record = self.record
        language = facts.setdefault("language", self.rules.languages[0])
        if owed := record.duties.get(facts.get("duty", "")):
            phone = self.rules.kela_phone
            task, towards = owed.task_now, record.towards(owed)
            todo = what_to_do(task, language, reference=record.reference, duty=owed.id, phone=phone, towards=towards)
            about = {"missing": record.awaited(owed)} if kind in ALARMS else {}
            facts |= {"duty_kind": owed.kind, "due_at": owed.due_at, "what_to_do": todo, "towards": towards} | about
        return ports.Letter(
            key=steps.key(record.next_step(f"{kind}/{contact}")),
            reference=record.reference,
            kind=kind,
            contact=contact,
            case=record.case,
            drill=record.drill,
            asked_at=self.now,
            **(record.letter_facts() | facts),
        )

    async def send(self, letter: ports.Letter, *, within: timedelta | None = None) -> SentMessage:
        """Send one letter and keep what became of it. Raises ``steps.StepFailed``."""
        asked_at = self.now
        return self.kept(await steps.send(letter, within=within), asked_at)

    def kept(self, sent: SentMessage, asked_at: datetime) -> SentMessage:
        """Keep what became of a message that was asked for at a moment."""
        accepted_at = max(asked_at, min(sent.sent_at or self.now, self.now))  # the sender's clock may be wrong
        sent = sent.model_copy(update={"sent_at": accepted_at})
        self.record.messages[sent.id] = sent
        self.refresh_web()
        return sent

    def tell(self, kind: Any, audience: ports.Audience, *, within: timedelta | None = None, **facts: Any) -> None:
        """Tell an audience in the background, each in their own language. The desk hears who can't be reached.

        What is told is what holds now, whatever is said while the recipients are looked up.
        """
        facts = self.record.letter_facts() | facts
        self.in_background(self._tell(kind, audience, within, facts), f"telling about {kind.replace('_', ' ')}")

    def tell_role(self, kind: Any, *roles: Role, **facts: Any) -> None:
        """Tell the holders of some roles."""
        self.tell(kind, ports.Audience(roles=roles), **facts)

    async def _tell(self, kind: Any, audience: ports.Audience, within: timedelta | None, facts: dict[str, Any]) -> None:
        for recipient in await steps.who_is_told(audience):
            letter = self.letter(kind, recipient.contact, **(facts | recipient.letter_facts()))
            self.in_background(self._tell_one(letter, within), f"{kind.replace('_', ' ')} to {recipient.contact}")

    async def _tell_one(
        self, letter: ports.Letter, within: timedelta | None, *, cancel_if: Callable[[], bool] | None = None
    ) -> None:
        async with self._mass_mail:
            what = f"{letter.kind.replace('_', ' ')} to {letter.contact}"
            sending = self.send(letter, within=within)
            try:
                await (self.cancel_if(cancel_if, sending) if cancel_if else sending)
                self.solved(what)
            except steps.StepFailed as failure:
                self.problem(what, str(failure))

    def on_alarm(self, duty: Duty, alarm: Alarm, gap: timedelta) -> None:
        """Remind or alarm those whom the ladder names; a reminder is given up when the next one is due.

        If nobody has acknowledged the one before, the deputies are told as well (EDPB 9/2022: a mailbox that nobody
        reads is no excuse).
        """
        is_ignored = alarm.number > 0 and not duty.is_acknowledged
        self.record.duties[duty.id] = duty.model_copy(update={"is_acknowledged": False})
        what = f"Duty '{duty.id}' is overdue" if alarm.kind == "overdue" else f"Reminder of duty '{duty.id}'"
        self.record.note(self.now, what, detail=f"to {in_words(alarm.to)}")
        audience = ports.Audience(roles=alarm.to, deputies=is_ignored)
        self.tell(alarm.kind, audience, within=max(gap, timedelta(minutes=1)), duty=duty.id)
        self.refresh_web()

    def open_duty(self, kind: DutyKind, *, to: str, basis: str, legal: bool = False) -> Duty:
        """Open a duty now, with the ladder of the rules taken last."""
        return self.record.open_duty(kind, self.rules, self.now, to=to, basis=basis, legal=legal)

    async def tell_process(self, workflow_id: str, message: str, **said: Any) -> bool:
        """Tell another process something, once; False where it has ended."""
        step = steps.key(self.record.next_step(message))
        payload = {"by": workflow.info().workflow_id, "event_id": step, "source": "kantadesk", **said}
        told = ports.OtherProcessMessage(key=step, workflow_id=workflow_id, message=message, payload=payload)
        if is_told := await steps.tell_process(told):
            return is_told
        self.record.note(self.now, f"{workflow_id} could not be told ({message}): it has ended")
        return is_told

    # --- evidence -------------------------------------------------------------------------------------------

    async def bundle_evidence(self) -> None:
        """Bundle what is known now."""
        await self._archive.bundle()

    # --- what every process answers -------------------------------------------------------------------------

    @workflow.query(description="What happened, in order, in plain words")
    def timeline(self) -> list[Happening]:
        """What happened, in order."""
        return self.record.timeline

    @workflow.query(description="Messages that were kept but not applied, with the reason")
    def rejected(self) -> list[Refused]:
        """Messages that were not applied."""
        return self.record.rejected
