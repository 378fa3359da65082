"""The story of the watch of the published notices: it lives for as long as the desk does."""

from __future__ import annotations

from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.notices import orders, steps
from workflows.notices.messages import FeedEntry, FeedSeen, LookNow, NoticeEntered, NoticeWatchStatus
from workflows.notices.record import LETTERS_WITHIN, MOST_AT_ONCE, NoticeWatchRecord, no_watch, watch_record
from workflows.procedure.notices.decisions import Doing, WatchedNotice, is_new_break, reference_for, to_do
from workflows.process import messages as m
from workflows.process.inbox import message, takes_messages
from workflows.process.process import Process
from workflows.process.reading import Unreadable
from workflows.process.refusals import in_the_future
from workflows.process.sealed.senders import is_said_by_a_stranger

LOOKING = "looking at the notices"
TELLING = "telling the incidents of a notice"


@workflow.defn(name="NoticeWatch")
@takes_messages
class NoticeWatch(Process[NoticeWatchRecord]):
    """Follows the published notices, for as long as the desk lives.

    1. At each look all feeds are read; what is new or has changed in them is taken, the oldest first.
    2. A notice of a fault, of its change, correction or end is told to every open incident of the service.
    3. Where a new fault concerns none, the operating model decides: nothing, a proposal to the desk, or an incident.
    4. A notice of a planned break starts a maintenance, or changes it; a reminder is no second one.
    5. What can't be told for certain is shown to a person, and leads to nothing else.
    6. What came another way (by mail, by telephone) is entered by a message and taken in the same way.
    7. A feed that can't be read is said, once; it never stops the watch.
    """

    @workflow.init
    def __init__(self, *opening: Any) -> None:
        self._letters_at_this_look = 0
        try:
            super().__init__(watch_record(opening, workflow.now()))
        except Unreadable as reason:
            self.unreadable = str(reason)
            super().__init__(no_watch(workflow.now(), self.unreadable))

    @workflow.run
    async def run(self, *opening: Any) -> None:  # noqa: ARG002  # read in __init__
        """Wait for the time of the next look (the first is at once), look, and so on."""
        self.must_have_begun("watch of the notices")
        async with self.clocks_running():
            while True:
                await self.until(lambda: self.record.is_look_wanted, self.record.next_look_at, "Until the next look")
                await self.shielded(self.look())

    # --- 1: a look ------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Read every feed and take what is new. What goes wrong is said; the next look comes anyway."""
        self.record.is_look_wanted = False
        try:
            self.record.has_begun = True
            seen = await steps.look_at_feeds(self.record.asked(self.now))
            async with self.one_at_a_time:
                await self.take_in(seen.feeds)
            self.solved(LOOKING)
        except ActivityError as error:
            self.problem(LOOKING, f"it went wrong ({error.cause or error}); the next look comes by itself")
        except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the watch for good
            self.problem(LOOKING, f"it went wrong ({error!r}); the next look comes by itself")
        self.record.looked_at = self.now
        self.record.wait_for_next_look(self.now)
        self.record.forget_old(self.now)
        self.refresh_web()

    async def take_in(self, feeds: tuple[FeedSeen, ...]) -> None:
        """Take what is new in all feeds, the oldest first, and say of a feed that it can't be read."""
        self._letters_at_this_look = 0
        self.record.keep_only({feed.feed for feed in feeds})
        new = sorted((entry for feed in feeds for entry in feed.entries), key=lambda e: e.published_at or self.now)
        first = {feed.feed for feed in feeds if self.record.is_first_look(feed.feed)}
        if new or self.record.must_take_rules(self.now):
            await self.take_rules()
            self.record.rules_taken_at = self.now
        for feed in feeds:
            self.record.take_feed(feed, self.now)
        befores = {entry.key: self.keep(entry) for entry in new}
        for entry in new:
            try:
                await self.take(entry, befores[entry.key], is_first_look=entry.feed in first)
            except ActivityError as error:
                self.record.failed(entry, self.now, f"{error.cause or error}; it is tried again at the next look")
            else:
                self.record.take_mark(entry)
        for feed in feeds:
            self.tell_how_it_fares(feed.feed)

    def keep(self, entry: FeedEntry) -> WatchedNotice | None:
        """Keep what a notice says now; answers what it said before."""
        before = self.record.before(entry)
        if before is None or before.mark != entry.mark:
            self.record.keep(entry, self.now)
        return before

    async def take(self, entry: FeedEntry, before: WatchedNotice | None, *, is_first_look: bool = False) -> None:
        """Do what one notice asks for, and keep what was done. Raises ``ActivityError``."""
        notice = self.record.notices[entry.key]
        if before and before.mark == entry.mark:
            return
        others = [each for each in self.record.notices.values() if each.id != notice.id]
        doing = to_do(notice, before, others, self.rules.notices, self.now, is_first_look=is_first_look)
        match doing.act:
            case "tell":
                await self.tell_incidents(notice, entry.text, doing)
            case "plan":
                await self.plan(notice, entry.text, doing)
            case "show":
                self.show_to_a_person(notice, entry.text, doing.why)
            case "nothing":
                self.record.did(notice, self.now, doing.why, outcome=doing.outcome)

    # --- 2 and 3: faults ------------------------------------------------------------------------------------

    async def tell_incidents(self, notice: WatchedNotice, text: str, doing: Doing) -> None:
        """Tell the open incidents; where there is none and the fault is new, do as the operating model says."""
        told = await steps.tell_open_incidents(orders.notice_for_incidents(notice, text, self.record, self.now))
        if told.failed:
            self.problem(TELLING, f"{told.failed} could not be told of “{notice.title}”")
        else:
            self.solved(TELLING)
        if told.count:
            names = ", ".join(told.references) + (" and more" if told.count > len(told.references) else "")
            references = tuple(dict.fromkeys((*notice.told, *told.references)))[-20:]
            self.record.did(notice, self.now, f"told {names}", outcome="acted", told=references)
        elif doing.may_open and self.rules.notices.new_fault == "open":
            await self.open_incident(notice, text)
        elif doing.may_open and self.rules.notices.new_fault == "propose":
            self.propose_incident(notice, text)
        else:
            self.record.did(notice, self.now, "no incident of these services is open", outcome="nothing_to_do")

    async def open_incident(self, notice: WatchedNotice, text: str) -> None:
        """Open an incident for a new fault; the same notice never opens a second one."""
        if self.are_too_many(notice):
            return
        reference = reference_for("NOTICE", notice.guid)
        order = orders.incident_order(notice, text, self.record, reference, self.now)
        is_new = await steps.start_process(order)
        what = f"opened incident {reference}" if is_new else f"incident {reference} had been opened for it before"
        self.record.did(notice, self.now, what, outcome="acted", reference=reference)
        opened = self.record.notices[notice.id]
        await steps.tell_open_incidents(orders.notice_for_incidents(opened, text, self.record, self.now))

    def propose_incident(self, notice: WatchedNotice, text: str) -> None:
        """Propose an incident to the desk, with the command that opens it."""
        if self.are_too_many(notice):
            return
        reference = reference_for("NOTICE", notice.guid)
        command = orders.command_to_open(notice, self.record, reference, self.now)
        self.write_to_the_desk("notice_proposed", notice, text, what_to_do=command)
        what = f"no incident of these services is open: {reference} was proposed to the desk"
        self.record.did(notice, self.now, what, outcome="acted", reference=reference)

    # --- 4: planned breaks ----------------------------------------------------------------------------------

    async def plan(self, notice: WatchedNotice, text: str, doing: Doing) -> None:
        """Start a maintenance, or tell one that is known what has changed."""
        lives = True
        if doing.of:
            reference = doing.of.reference
            change = orders.break_changed(notice, text, doing.of)
            lives = await steps.tell_planned_break(change) if change else True
            what = f"told maintenance {reference} what has changed" if lives else f"maintenance {reference} has ended"
        if doing.of is None or (not lives and is_new_break(notice, doing.of)):
            reference = reference_for("MAINT", notice.guid)
            order = orders.break_order(notice, text, self.record, reference)
            is_new = await steps.start_process(order)
            what = f"started maintenance {reference}" if is_new else f"maintenance {reference} was there already"
        self.record.did(notice, self.now, what, outcome="acted", reference=reference)

    # --- 5: shown to a person -------------------------------------------------------------------------------

    def show_to_a_person(self, notice: WatchedNotice, text: str, why: str) -> None:
        """Let the desk read a notice whose meaning is not certain."""
        if not self.are_too_many(notice):
            hint = orders.perhaps_of_break(notice, self.record, self.now)
            self.write_to_the_desk(
                "notice_uncertain", notice, text, what_to_do=f"{why.rstrip('.')}.{hint}" if hint else why
            )
            self.record.did(notice, self.now, f"shown to the desk: {why}", outcome="uncertain")

    def are_too_many(self, notice: WatchedNotice) -> bool:
        """Whether a look has led to so many letters and incidents that a person must see what is going on first."""
        self._letters_at_this_look += 1
        if self._letters_at_this_look <= MOST_AT_ONCE:
            return False
        self.problem("too many notices at once", "look at them with: kantadesk notices list --uncertain")
        self.record.did(notice, self.now, f"held back: more than {MOST_AT_ONCE} at one look", outcome="uncertain")
        return True

    def write_to_the_desk(self, kind: str, notice: WatchedNotice, text: str, *, what_to_do: str) -> None:
        """Write to the desk about a notice; given up after a while, since the list shows it anyway."""
        self.tell_role(
            kind, "desk", within=LETTERS_WITHIN, title=notice.title,
            text="\n".join(part for part in (notice.title, notice.link, f"\n{text}") if part),
            services=notice.affects, happened_at=notice.published_at, what_to_do=what_to_do, to_acknowledge=notice.id,
        )  # fmt: skip

    # --- 6: entered another way -----------------------------------------------------------------------------

    @message
    async def notice(self, said: NoticeEntered) -> None:
        """Take a notice that came another way than by a feed, as if it had stood in one."""
        await self.take_rules()
        reading = await steps.read_entered(orders.to_read(said, self.now))
        is_a_strangers = is_said_by_a_stranger()
        entry = orders.entered(said, reading, self.now, by_a_stranger=is_a_strangers)
        before = self.keep(entry)
        self._letters_at_this_look = self.record.strangers_lately(self.now) - 1 if is_a_strangers else 0
        await self.take(entry, before)
        if not is_a_strangers:
            self.record.decided(entry, self.now, said.by)
        self.record.forget_old(self.now)

    @message
    async def look_now(self, said: LookNow) -> None:
        """Look at the feeds at once instead of waiting."""
        self.record.note(self.now, "Asked to look at once", said.by)
        self.record.is_look_wanted = True

    # --- 7: feeds that can't be read ------------------------------------------------------------------------

    def tell_how_it_fares(self, name: str) -> None:
        """Say once that a feed can't be read for long, and once that it can be read again."""
        feed = self.record.feeds[name]
        if self.record.is_down_for_long(feed, self.rules.notices, self.now):
            self.record.mark_told(feed, is_down=True)
            self.record.note(self.now, "A feed can't be read", detail=f"{name}: {feed.problem}")
            self.write_about_feed("feed_down", name, text=feed.problem, happened_at=feed.failing_since)
        elif feed.was_told and not feed.failing_since:
            self.record.mark_told(feed, is_down=False)
            self.record.note(self.now, "A feed can be read again", detail=name)
            self.write_about_feed("feed_back", name, text="", happened_at=self.now)

    def write_about_feed(self, kind: str, name: str, **facts: Any) -> None:
        """Write to those who keep the systems running."""
        self.tell_role(kind, "operations", within=LETTERS_WITHIN, title=name, **facts)

    # --- what every process answers -------------------------------------------------------------------------

    def refusal(self, said: m.Message) -> str | None:
        """Why a message is not allowed now: only what lies in the future is not."""
        return in_the_future(said, self.now)

    @workflow.query(description="The watch as it stands: feeds, the latest notices, what was done about them")
    def status(self) -> NoticeWatchStatus:
        """The watch as it stands."""
        self.must_be_there("watch of the notices")
        return self.record.status()
