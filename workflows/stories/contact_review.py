"""The story of the review of the contacts: it lives for as long as the desk does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio import workflow

from workflows.contacts import steps
from workflows.contacts.asks import Ask
from workflows.contacts.messages import (
    Checked,
    Confirmation,
    ContactReviewStatus,
    ContactTested,
    LookAtContacts,
    WrongDetails,
)
from workflows.contacts.record import ContactReviewRecord, no_review, review_record
from workflows.contacts.refusals import refusal, unknown
from workflows.procedure.contacts.rules import CHECKS
from workflows.procedure.duties import Alarm, Duty, Role
from workflows.process import messages as m
from workflows.process.inbox import message, takes_messages
from workflows.process.ports import Audience
from workflows.process.process import Process
from workflows.process.reading import Unreadable

LOOKING = "looking at the contacts"


@workflow.defn(name="ContactReview")
@takes_messages
class ContactReview(Process[ContactReviewRecord]):
    """Sees to it that whoever must be reached can be reached, for as long as the desk lives.

    1. It looks at the contacts of the operating model (who owns them, when they were last confirmed): once a week, when
       something is to be asked, and when the watchdog has seen that something has changed.
    2. On a working day those who answer for a contact are asked to confirm it, once in every cycle. What others keep
       (the list in the Kanta Extranet, suppliers, authorities) and a test call are asked for in the same way.
    3. At once somebody is asked where mail came back, a text did not go, or somebody found the details wrong.
    4. A duty reminds of each question: the owner, then the deputies, then desk and management. On holidays it waits.
    5. It is answered by a confirmation, by what was checked, or by a new day in the operating model.
    """

    @workflow.init
    def __init__(self, *opening: Any) -> None:
        try:
            super().__init__(review_record(opening, workflow.now()))
        except Unreadable as reason:
            self.unreadable = str(reason)
            super().__init__(no_review(workflow.now(), self.unreadable))

    @workflow.run
    async def run(self, *opening: Any) -> None:  # noqa: ARG002  # read in __init__
        """Wait for the next look (the first is at once), look, and so on."""
        self.must_have_begun("review")
        async with self.clocks_running():
            while True:
                await self.wait_for_next_look()
                await self.shielded(self.look())

    # --- 1: a look ------------------------------------------------------------------------------------------

    async def wait_for_next_look(self) -> None:
        """Wait until the next look is due; what is said may bring it nearer."""
        while not (self.record.is_look_wanted or self.record.next_look_at <= self.now):
            planned = self.record.next_look_at
            await self.until(lambda: self.record.is_looked_for(planned), planned, "Until the next look")  # noqa: B023

    async def look(self) -> None:
        """Look at the contacts and ask what is to be asked. What goes wrong is said; the next look comes anyway."""
        self.record.is_look_wanted = False
        is_regular = self.record.is_regular_look(self.now)
        try:
            if not self.record.has_begun:
                await self.take_rules()
            async with self.one_at_a_time:
                await self.see_contacts()
                self.record.has_begun = True
                await self.ask_for_what_is_due(only_at_once=not is_regular)
            if is_regular:
                self.remind_of_what_was_put_off()
            self.solved(LOOKING)
        except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the review for good
            self.problem(LOOKING, f"it went wrong ({error!r}); the next look comes by itself")
        self.record.looked_at = self.now
        self.record.plan_next_look(self.now)
        self.let_senders_know()
        self.refresh_web()

    async def see_contacts(self) -> None:
        """Take the contacts as the operating model has them now."""
        seen = await steps.contacts_to_review()
        self.record.take_contacts(seen, self.now)
        self.record.forget_numbers_gone()
        self.record.plan_next_look(self.now)
        if seen.left_out:
            self.problem("too many contacts", f"{seen.left_out} are not kept up: nobody is asked about them")
        else:
            self.solved("too many contacts")

    # --- 2 and 3: asked -------------------------------------------------------------------------------------

    async def ask_for_what_is_due(self, *, only_at_once: bool) -> None:
        """Ask each who answers for something, in one letter, by the rules that hold now: with time, or at once."""
        if wanted := self.record.wanted(self.now, only_at_once=only_at_once):
            await self.take_rules()
            for each in wanted:
                self.ask(each)

    def ask(self, wanted: Ask) -> None:
        """Open a duty and tell those who are to answer."""
        duty = self.record.ask(wanted, self.now)
        self.record.note(self.now, f"Asked to confirm (duty '{duty.id}')", detail=", ".join(wanted.items))
        self.write("contacts_to_verify", duty, self.who_answers(duty, self.record.asks[duty.id]))

    def who_answers(self, duty: Duty, ask: Ask, also: tuple[Role, ...] = (), *, deputies: bool = False) -> Audience:
        """Who is written to: the owner, or the role that a check is asked of; the desk for an owner in doubt itself."""
        if ask.check:
            return Audience(roles=tuple(dict.fromkeys((CHECKS[ask.check].by, *also))), deputies=deputies)
        owner = self.record.contacts.get(ask.owner)
        if owner is None:
            return Audience(roles=("desk", *(role for role in also if role != "desk")), deputies=deputies)
        is_reached = owner.doubt is None and duty.state != "overdue"
        others = tuple(role for role in also if role != "desk")
        return Audience(contacts=(owner.contact,), roles=others if is_reached else ("desk", *others), deputies=deputies)

    def write(self, kind: str, duty: Duty, audience: Audience, within: Any = None) -> None:
        """Write about a duty, with the contacts that it is about."""
        missing, contacts = self.record.awaited(duty), self.record.doubts(duty.id, self.now)
        self.tell(kind, audience, within=within, duty=duty.id, missing=missing, contacts=contacts)

    # --- 4: reminded ----------------------------------------------------------------------------------------

    def on_alarm(self, duty: Duty, alarm: Alarm, gap: Any) -> None:
        """Remind those who answer, from the second time on their deputies too; what is not urgent waits on holidays."""
        ask = self.record.asks[duty.id]
        if ask.is_at_once or self.record.is_asking_time(self.now):
            self.remind(duty, alarm, gap)
        else:
            self.record.put_off[duty.id] = alarm
            self.record.plan_next_look(self.now)
            self.record.note(self.now, f"Reminder of duty '{duty.id}' waits for the next working day")
        self.refresh_web()

    def remind(self, duty: Duty, alarm: Alarm, gap: Any = None) -> None:
        """Write a reminder; it is given up when the next one is due."""
        what = f"Duty '{duty.id}' is overdue" if alarm.kind == "overdue" else f"Reminder of duty '{duty.id}'"
        self.record.note(self.now, what)
        audience = self.who_answers(duty, self.record.asks[duty.id], alarm.to, deputies=alarm.number > 0)
        self.write(alarm.kind, duty, audience, gap)

    def remind_of_what_was_put_off(self) -> None:
        """Send the reminders that waited for a working day."""
        for duty_id, alarm in self.record.take_put_off():
            self.remind(self.record.duties[duty_id], alarm)

    # --- 5: answered ----------------------------------------------------------------------------------------

    @message
    async def confirmation(self, said: Confirmation) -> None:
        """A contact's details are right: whoever was asked to confirm them is asked no more."""
        await self.know(said.contact)
        self.record.note(self.said_at(said), f"{said.contact}: details confirmed", said.by, said.note)
        self.record.confirm(said.contact, self.said_at(said), said.by, self.now)
        self.let_senders_know()

    @message
    async def wrong_details(self, said: WrongDetails) -> None:
        """Somebody was not reached by a contact's details: they are asked about at once."""
        await self.know(said.contact)
        way = said.channel.replace("_", " ")
        self.record.note(self.said_at(said), f"{said.contact}: {way} does not reach them", said.by, said.note)
        failed = {"email": "bounced", "text_message": "text_failed"}.get(said.channel, "wrong")
        await self.doubt(said.contact, failed if said.failed else "wrong", self.said_at(said), said.channel)

    @message
    async def checked(self, said: Checked) -> None:
        """What others keep was looked at, or an emergency number was called."""
        if said.number:
            await self.know_number(said.number)
        what = said.what.replace("_", " ") + (f" {said.number}" if said.number else "")
        self.record.note(self.said_at(said), f"Checked: {what}", said.by, said.note)
        self.record.check(said, self.said_at(said), self.now)

    @message
    async def tested(self, said: ContactTested) -> None:
        """A test message was accepted: it is noted, and confirms nothing, since nobody knows whether it was read."""
        await self.know(said.contact)
        way = said.channel.replace("_", " ")
        self.record.note(self.said_at(said), f"{said.contact}: test message accepted ({way})", said.by, said.note)
        self.record.tested(said.contact, self.said_at(said))
        self.let_senders_know()

    @message
    async def look_now(self, said: LookAtContacts) -> None:
        """Look at the operating model at once instead of waiting."""
        self.record.note(self.now, "Asked to look at once", said.by)
        self.record.is_look_wanted = True

    @message
    async def delivery_report(self, said: m.DeliveryReport) -> None:
        """What became of a letter; of one that came back, its recipient's details are in doubt."""
        if self.is_a_strangers_report(said):
            return
        self.record.take_delivery(said, self.now)
        sent = self.record.messages[said.message_id]
        if said.came_back and sent.to in self.record.contacts:
            await self.doubt(sent.to, "bounced", self.said_at(said), "email")

    async def know(self, contact: str) -> None:
        """Look a contact up as it stands now. Raises ``Unreadable`` where there is none of this name."""
        await self.see_contacts()
        if contact not in self.record.contacts:
            raise Unreadable(unknown("contact", contact, tuple(self.record.contacts)))

    async def know_number(self, number: str) -> None:
        """Likewise an emergency number."""
        await self.see_contacts()
        if number not in self.record.emergency_numbers:
            raise Unreadable(unknown("emergency number", number, self.record.emergency_numbers))

    async def doubt(self, contact: str, doubt: Any, at: datetime, channel: Any) -> None:
        """Doubt a contact's details, and ask at once."""
        self.record.doubt(contact, doubt, at, channel)
        self.let_senders_know()
        await self.ask_for_what_is_due(only_at_once=True)

    def let_senders_know(self) -> None:
        """Keep how the contacts stand where senders and commands look: they mark whom they may not reach."""
        standings = self.record.standings_to_keep()
        if standings and workflow.patched("standings-are-kept"):
            self.in_background(steps.keep_standings(standings), "keeping how the contacts stand")

    # --- what every process answers -------------------------------------------------------------------------

    def refusal(self, said: m.Message) -> str | None:
        """Why a message is not allowed now."""
        return refusal(self.record, said, self.now)

    @workflow.query(description="How each contact stands, who is asked about what, what else was checked when")
    def status(self) -> ContactReviewStatus:
        """The review as it stands."""
        self.must_be_there("review")
        return self.record.status()
