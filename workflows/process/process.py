"""What every process can do: live, keep its clocks, tell people and other processes, bundle its evidence.

The stories (``workflows/stories/``) build on it and say only what happens, in which order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow

from workflows.procedure.duties import Alarm, Duty, DutyKind, Role, SettledDuty, in_words
from workflows.procedure.operating_model.channels import Manner
from workflows.procedure.watchdog.book import KeyMoments, known_duties
from workflows.process import ports, steps
from workflows.process.deduplication import said_digest
from workflows.process.duty_timers import DutyTimers
from workflows.process.lifecycle import Lifecycle, RecordT
from workflows.process.messages import DeliveryReport, Happening, Refused, SentMessage, message_named
from workflows.process.sealed.senders import OUR_OWN_PROCESSES, is_said_by_a_stranger
from workflows.process.telling.by_channels import ChannelTurns, first_to_accept
from workflows.process.telling.holding_back import Holding, is_stale, keys_of
from workflows.process.telling.letters import letter_about, text_about
from workflows.process.telling.mailing import Mailing
from workflows.process.telling.returned import goes_again, other_channels
from workflows.process.telling.text_messages import TextMessage

LETTERS_AT_ONCE = 50


class Process(Lifecycle[RecordT]):
    """What every process can do, whatever its story."""

    def __init__(self, record: RecordT) -> None:
        super().__init__(record)
        self._mass_mail = asyncio.Semaphore(LETTERS_AT_ONCE)
        self._channels = ChannelTurns()
        self.holding = Holding(record, self._let_go, self.concerns_law)

    @asynccontextmanager
    async def clocks_running(self) -> AsyncIterator[None]:
        """Keep the clocks of all duties, and what Temporal Web shows, while the story goes on."""
        clocks = DutyTimers(self.record, self.on_alarm, lambda: self.time_zone)
        parts = (
            clocks.keep_all(), self._keep_showing(), self._archive.archive_as_it_leaves(), self._keep_counting(),
            self.holding.keep(),
        )  # fmt: skip
        beside = [asyncio.create_task(part) for part in parts]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()

    def is_a_strangers_report(self, said: DeliveryReport) -> bool:
        """Whether a stranger says what became of a message: it is noted, and the desk looks; nothing else follows."""
        if not is_said_by_a_stranger():
            return False
        sent = self.record.messages[said.message_id]
        self.record.note(self.said_at(said), said.in_words(sent.to), said.by, said.detail)
        if said.came_back:
            why = "an unverified sender says that it came back: look whether it arrived"
            self.problem(message_named(sent.purpose, sent.to), why)
        return True

    def tell_otherwise(self, said: DeliveryReport) -> None:
        """What came back goes by the other channels of its contact, where it has some."""
        sent = self.record.messages[said.message_id]
        if (
            said.came_back
            and goes_again(sent, self.record.duties)
            and workflow.patched("what-came-back-goes-otherwise")
        ):
            self.in_background(self._by_other_channels(sent), message_named(sent.purpose, sent.to))

    async def _by_other_channels(self, sent: SentMessage) -> None:
        for each in await steps.who_is_told(ports.Audience(contacts=(sent.to,))):
            if each.contact == sent.to and (manner := other_channels(each.manner)):
                facts = each.letter_facts() | {"duty": sent.duty or ""}
                letter = self.letter(sent.purpose, sent.to, said=f"otherwise/{sent.id}", **facts)
                await self._tell_one(letter, None, manner=manner)

    # --- telling --------------------------------------------------------------------------------------------

    def letter(self, kind: Any, contact: str, *, said: str = "", **facts: Any) -> ports.Letter:
        """A letter about this process, with what every letter says; the organisation's language by default.

        ``said``: what its key goes by, where several are told the same.
        """
        key = self.key(f"{said or self.record.saying(f'{kind}/{contact}', facts)}/{contact}")
        return letter_about(self.record, self.rules, kind, contact, facts, key=key, at=self.now)

    async def send(self, letter: ports.Letter, *, within: timedelta | None = None) -> SentMessage:
        """Send one letter and keep what became of it. Raises ``steps.StepFailed``."""
        asked_at = self.now
        return self.kept(await steps.send(letter, within=within), asked_at)

    async def send_by_channels(
        self, letter: ports.Letter, manner: Manner, *, within: timedelta | None = None
    ) -> SentMessage:
        """Send what a letter is about by its contact's channels, in their order. Raises ``steps.StepFailed``."""
        asked_at = self.now

        def note(what: str, detail: str) -> None:
            self.record.note(self.now, what, detail=detail)

        return self.kept(await first_to_accept(letter, manner, self._channels, note=note, within=within), asked_at)

    def kept(self, sent: SentMessage, asked_at: datetime) -> SentMessage:
        """Keep what became of a message that was asked for at a moment."""
        sent_at = min(sent.sent_at or self.now, self.now)
        accepted_at = sent_at if self.record.earlier else max(asked_at, sent_at)  # the sender's clock may be wrong
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
        moments = KeyMoments(phase=self.record.phase, duties=known_duties(self.record.duties.values()))
        found = await steps.who_is_told(audience.model_copy(update={"moments": moments}))
        mailing = Mailing(kind, audience, found)
        mailed = {each.contact for each in found if each.channel == "email"}
        said = self.record.saying(kind, facts)
        facts = facts | {"is_mailing": mailing.is_to_groups}
        if mailing.is_to_groups:
            self.record.note(self.now, mailing.begins(), detail=mailing.to_whom())
        for each in found:
            to = message_named(kind, each.contact, each.channel)
            theirs = facts | each.letter_facts()
            if each.manner and each.manner.holds_back:
                letter = self.letter(kind, each.contact, said=said, **theirs)
                sending = self.tell_or_hold(letter, each.manner.first(each.channel), said, within=within)
                self.in_background(self._tallied(mailing, each.contact, sending), to)
            elif each.channel == "text_message":
                text = self._text(kind, each, theirs, said)
                texting = self._text_one(text, theirs, is_mailed=each.contact in mailed, manner=each.manner)
                self.in_background(self._tallied(mailing, each.contact, texting), to)
            else:
                letter = self.letter(kind, each.contact, said=said, **theirs)
                sending = self._tell_one(letter, within, manner=each.manner)
                self.in_background(self._tallied(mailing, each.contact, sending), to)

    async def _tallied(self, mailing: Mailing, contact: str, sending: Coroutine[Any, Any, bool | None]) -> None:
        """Send one of several; the timeline says what became of all once the last has gone, or never will."""
        is_last = mailing.done(contact, is_sent=await sending)
        if is_last and mailing.kind not in steps.ALARMS:
            self.record.note(self.now, mailing.ended(), detail=mailing.outcome())

    def _text(self, kind: Any, to: ports.Recipient, facts: dict[str, Any], said: str) -> TextMessage:
        """A text message about this process; it says facts only."""
        return text_about(self.record, kind, to, facts, key=self.key(f"text/{said}/{to.contact}"))

    async def _text_one(
        self, text: TextMessage, facts: dict[str, Any], *, is_mailed: bool, manner: Manner | None = None
    ) -> bool:
        """Send a text message; one that never will go is mailed, unless the recipient is told by mail as well.

        Who has channels in an order is told by the others of them.
        """
        what, asked_at = message_named(text.kind, text.contact, "text_message"), self.now
        within = manner.patience(text.kind, facts.get("severity") or "") if manner and not is_mailed else None
        async with self._channels.of("text_message", is_mailing=True) if manner else self.turn(is_mailing=True):
            try:
                self.kept(await steps.send_text_message(text, within=within), asked_at)
                self.solved(what)
            except steps.StepFailed as failure:
                self.problem(what, str(failure))
            else:
                return True
        if is_mailed:
            return False
        letter = self.letter(text.kind, text.contact, **(facts | {"language": text.language}))
        return await self._tell_one(letter, None, manner=manner.without("text_message") if manner else None)

    @asynccontextmanager
    async def turn(self, *, is_mailing: bool) -> AsyncIterator[None]:
        """Wait for a turn to send; what belongs to no mailing never waits behind one."""
        if not is_mailing and self._mass_mail.locked() and workflow.patched("alarms-pass-mailings"):
            yield
            return
        async with self._mass_mail:
            yield

    async def _tell_one(
        self, letter: ports.Letter, within: timedelta | None, *,
        cancel_if: Callable[[], bool] | None = None, manner: Manner | None = None,
    ) -> bool:  # fmt: skip
        """Send one letter; whether it has gone. ``manner``: by which channels, where not by e-mail alone."""
        async with nullcontext() if manner else self.turn(is_mailing=letter.is_mailing):
            what = message_named(letter.kind, letter.contact)
            sending = (
                self.send_by_channels(letter, manner, within=within) if manner else self.send(letter, within=within)
            )
            try:
                sent = await (self.cancel_if(cancel_if, sending) if cancel_if else sending)
                self.solved(what)
            except steps.StepFailed as failure:
                self.problem(what, str(failure))
                return False
            return sent is not None

    # --- what waits -----------------------------------------------------------------------------------------

    async def tell_or_hold(
        self, letter: ports.Letter, manner: Manner, said: str, *,
        within: timedelta | None = None, cancel_if: Callable[[], bool] | None = None,
    ) -> bool | None:  # fmt: skip
        """Send one letter now, or hold it back (None) where its contact is told later; whether it has gone."""
        if self.holding.waits(letter, manner, said):
            return None
        return await self._tell_one(letter, within, cancel_if=cancel_if, manner=manner)

    def concerns_law(self, duty: Duty) -> bool:
        """Whether what is said about a duty never waits."""
        return duty.legal

    def standing_of(self, letters: Sequence[ports.Letter]) -> tuple[SettledDuty, ...]:  # noqa: ARG002  # of its duties
        """How the duties stand now that some letters are about."""
        return ()

    def _let_go(self, contact: str, manner: Manner, letters: tuple[ports.Letter, ...]) -> None:
        """Send what was held back for a contact: one letter as it is, several as one that tells what they say."""
        letter = letters[0]
        if len(letters) > 1 or is_stale(letter, self.record.duties):
            latest = letters[-1]
            letter = self.letter(
                "held_back",
                contact,
                said=said_digest("held_back", keys_of(letters)),
                language=latest.language,
                sector=latest.sector,
                is_mailing=all(each.is_mailing for each in letters),
                held=letters,
                attachments=tuple(dict.fromkeys(paper for each in letters for paper in each.attachments)),
                settled=self.standing_of(letters),
            )
        self.in_background(self._tell_one(letter, None, manner=manner), message_named(letter.kind, contact))

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
        step = self.key(self.record.saying(f"{message}/{workflow_id}", said))
        payload = {"by": workflow.info().workflow_id, "event_id": step, "source": OUR_OWN_PROCESSES, **said}
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
