"""How a planned break is told: at its points, when it changes, when it is withdrawn. The story says when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from workflows.maintenance import ports as maintenance_ports
from workflows.maintenance import steps as maintenance_steps
from workflows.maintenance.foretold import ways_of_change
from workflows.maintenance.record import MaintenanceRecord, ToldContact
from workflows.procedure.maintenance.plan import differing
from workflows.procedure.maintenance.rules import Channel, Occasion, is_short_notice
from workflows.process import ports, steps
from workflows.process.deduplication import said_digest
from workflows.process.lifecycle import FromNowOn
from workflows.process.messages import Document, SentMessage, message_named
from workflows.process.process import Process
from workflows.process.sealed.senders import is_a_strangers
from workflows.process.telling.letters import text_about

KINDS: dict[str, Any] = {
    "first_start": "maintenance_planned",
    "each_start": "maintenance_started",
    "each_end": "maintenance_window_ended",
}
LAST_WORDS = ("maintenance_ended", "maintenance_cancelled")
TRIED_FOR_EVER = (*LAST_WORDS, "maintenance_changed")


class News(NamedTuple):
    """What is told: the kind of letter, the point it belongs to, its papers, and more facts for the letter."""

    kind: Any
    point: str
    papers: Sequence[Document] = ()
    facts: Mapping[str, Any] = MappingProxyType({})


class Announcing(Process[MaintenanceRecord]):
    """A break that tells of itself. A recipient counts as told from the first try on, and hears of each change."""

    def __init__(self, record: MaintenanceRecord) -> None:
        super().__init__(record)
        self._marks_papers = FromNowOn("a-strangers-papers-are-marked")

    async def tell_points(self, occasions: Sequence[Occasion]) -> None:
        """Tell several points that are due at once, the latest first: nobody is told twice by the same way."""
        told: set[tuple[str, Channel]] = set()
        for occasion in reversed(occasions):
            await self.tell_point(occasion, told)

    async def tell_point(self, occasion: Occasion, just_told: set[tuple[str, Channel]]) -> None:
        """Tell one point to its audience; nothing where the break was changed while they were looked up."""
        point, revision = self.record.point(occasion), self.record.revision
        recipients = await self.recipients(self.record.groups(point), point.channel)
        papers = await self.papers()
        if self.record.revision != revision:
            return
        is_first = not self.record.told
        is_short = is_short_notice(occasion, point, self.record.plan, self.now)
        self.record.pass_by([occasion])
        words = self.record.in_words(occasion)
        self.record.note(self.now, words[0].upper() + words[1:], detail="short notice" if is_short else "")
        facts = {"short_notice": is_short, "window": occasion.number}
        for each in recipients:
            if (each.contact, each.channel) not in just_told:
                just_told.add((each.contact, each.channel))
                again = {"is_reminder": each.contact in self.record.told}
                self.tell_one(each, each.channel, News(KINDS[point.tells_of], occasion.what, papers, facts | again))
        if is_first:
            self.record.told_plan = self.record.plan
            self.publish(papers)

    async def recipients(self, groups: tuple[str, ...], channel: Channel) -> tuple[ports.Recipient, ...]:
        """The contacts of some groups; the desk hears of a group that is empty."""
        found = await steps.who_is_told(ports.Audience(groups=groups, channel=channel))
        what = f"telling {', '.join(groups)}"
        if found:
            self.solved(what)
        else:
            self.problem(what, "no contact is in these groups: nobody was told; correct the audience with a change")
        return tuple(found)

    def publish(self, papers: list[Document], **facts: Any) -> None:
        """Give the notice to those who keep the site."""
        notices = tuple(paper for paper in papers if paper.name.endswith(".txt"))
        self.tell_role("maintenance_publish", "communications", attachments=notices, **facts)

    async def tell_changed(self) -> None:
        """Tell those who know of the break what is different now, old and new; a later change tells for both."""
        sequence, papers = self.record.sequence, await self.papers()
        known, fields = self.record.told_plan, differing(self.record.told_plan, self.record.plan)
        if self.record.sequence != sequence or self.record.has_ended or not fields:
            return
        self.record.told_plan = self.record.plan
        news = News("maintenance_changed", "change", papers, {"plan_before": known})
        for each, channel in ways_of_change(tuple(self.record.told.values()), fields):
            self.tell_one(each, channel, news)
        if self.record.told:
            self.publish(papers, plan_before=known)

    async def tell_newcomers(self) -> None:
        """Tell those who came into the audience after the others had been told."""
        papers = await self.papers()
        for each in await self.recipients(self.record.groups(), "email"):
            if each.contact not in self.record.told and not self.record.has_ended:
                self.tell_one(each, "email", News("maintenance_planned", "audience", papers))

    async def tell_cancelled(self, reason: str) -> None:
        """Tell exactly those who were told, by the ways by which they were told, and withdraw the calendar entries."""
        papers = await self.papers()
        news = News("maintenance_cancelled", "cancellation", papers, {"text": reason})
        for each in tuple(self.record.told.values()):
            for channel in each.channels:
                self.tell_one(each, channel, news)
        if self.record.told:
            self.publish(papers, withdrawn=True)

    async def tell_ended(self) -> None:
        """Tell the end to those whom the points of the end name."""
        for name, point in self.record.telling.points.items():
            if point.tells_of == "each_end":
                news = News("maintenance_ended", name, facts={"happened_at": self.record.completed_at})
                for each in await self.recipients(self.record.groups(point), point.channel):
                    self.tell_one(each, each.channel, news)

    # --- one recipient --------------------------------------------------------------------------------------

    def tell_one(self, to: ports.Recipient | ToldContact, channel: Channel, news: News) -> None:
        """Tell one contact by one way, in the background."""
        is_short = bool(news.facts.get("short_notice"))
        self.record.tell(to, channel, point=news.point, at=self.now, short=is_short)
        what = message_named(news.kind, to.contact, channel)
        self.in_background(self._deliver(to, channel, news, what), what)

    async def _deliver(self, to: ports.Recipient | ToldContact, channel: Channel, news: News, what: str) -> None:
        """Send it, unless a change makes it untrue before it has gone; a text message that can't go is mailed."""
        sequence, is_last = self.record.sequence, news.kind in LAST_WORDS
        if to.manner and to.manner.holds_back:
            letter, manner = self._letter(to, news), to.manner.first(channel)
            await self.tell_or_hold(letter, manner, self._said(news), within=self._worth_for(news))
            return
        async with nullcontext() if to.manner else self._mass_mail:
            try:
                await self.cancel_if(
                    lambda: not is_last and (self.record.sequence != sequence or self.record.has_ended),
                    self._send_text(to, news) if channel == "text_message" else self._send_letter(to, news),
                )
                self.solved(what)
            except steps.StepFailed as failure:
                self.problem(what, str(failure))
                self.record.untell(to.contact, channel)
                if channel == "text_message":
                    left = to.manner.without(channel) if to.manner else None
                    self.tell_one(to.model_copy(update={"manner": left}), "email", news)

    def _worth_for(self, news: News) -> timedelta | None:
        """How long it is worth trying: until the break is over; a change or an end as long as it takes."""
        left = self.record.plan.ends_at - self.now
        return left if news.kind not in TRIED_FOR_EVER and left > timedelta(0) else None

    def _letter(self, to: ports.Recipient | ToldContact, news: News) -> ports.Letter:
        calendar = tuple(paper for paper in news.papers if paper.name.endswith(".ics"))
        facts = {"is_mailing": True, **news.facts}
        return self.letter(
            news.kind, to.contact, said=self._said(news), language=to.language, attachments=calendar, **facts
        )

    async def _send_letter(self, to: ports.Recipient | ToldContact, news: News) -> SentMessage:
        letter = self._letter(to, news)
        within = self._worth_for(news)
        if to.manner:
            return await self.send_by_channels(letter, to.manner, within=within)
        return await self.send(letter, within=within)

    async def _send_text(self, to: ports.Recipient | ToldContact, news: News) -> SentMessage:
        asked_at = self.now
        key = self.key(f"text/{self._said(news)}/{to.contact}")
        recipient = ports.Recipient(contact=to.contact, language=to.language)
        message = text_about(self.record, news.kind, recipient, dict(news.facts), key=key)
        patience = to.manner.patience(news.kind) if to.manner else None
        within = min(filter(None, (self._worth_for(news), patience)), default=None)
        return self.kept(await steps.send_text_message(message, within=within), asked_at)

    def _said(self, news: News) -> str:
        """What is told, for the keys: the same point of the same version of the plan is told to each contact once."""
        facts = {"plan": self.record.plan, "sequence": self.record.sequence, **news.facts}
        return f"{news.kind}/{news.point}/{said_digest(news.kind, facts)}"

    async def papers(self) -> list[Document]:
        """The calendar file and the notice of the plan as it stands; made once for each version of it.

        Of a stranger's break they are made once more when the desk has spoken: without the mark.
        """
        record, sequence = self.record, self.record.sequence
        known = record.papers.get(sequence)
        is_marked = is_a_strangers(record) and self._marks_papers.holds()
        was_marked = record.marked_papers == sequence
        if known is not None and (is_marked or not was_marked):
            return known
        sheet = maintenance_ports.MaintenanceSheet(
            key=steps.key(f"papers/{sequence}/confirmed" if was_marked else f"papers/{sequence}"),
            reference=record.reference,
            case=record.case,
            plan=record.plan,
            sequence=sequence,
            gone=record.gone,
            withdrawn=record.phase == "cancelled",
            languages=self.rules.languages,
            drill=record.drill,
            is_unverified=is_marked,
            made_at=self.now,
        )
        what = "writing the calendar file"
        try:
            made = await maintenance_steps.write_maintenance_papers(sheet)
        except steps.StepFailed as reason:
            self.problem(what, str(reason))
            return []
        if record.papers.get(sequence) == known:
            record.papers[sequence] = made
            record.documents.extend(made)
            record.marked_papers = sequence if is_marked else None
        self.solved(what)
        return record.papers[sequence]
