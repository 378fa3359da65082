"""The story of one planned change or maintenance break, Kela's or one's own."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

from workflows.maintenance import messages as mm
from workflows.maintenance import steps
from workflows.maintenance.announcements import Announcing
from workflows.maintenance.ports import IncidentQuestion
from workflows.maintenance.record import maintenance_record, no_maintenance
from workflows.maintenance.refusals import refusal
from workflows.procedure.local_time import written
from workflows.procedure.maintenance.plan import differing
from workflows.procedure.maintenance.rules import BEGINS, OVERLONG, to_tell
from workflows.process import messages as m
from workflows.process.ids import incident_workflow_id
from workflows.process.inbox import message, takes_messages
from workflows.process.reading import Unreadable
from workflows.process.sealed.senders import is_a_strangers, is_said_by_a_stranger


@workflow.defn(name="Maintenance")
@takes_messages
class Maintenance(Announcing):
    """One planned break, from its announcement to its end.

    1. It is planned: what, when, in which windows, what it touches and what not. The rules about telling are taken.
    2. At each point (two weeks before, the day before, at the start) those concerned are told, each in their own way,
       with a calendar file. A break planned too late for a point is told at once, marked as short notice.
    3. It may change: those who were told hear what is different, and the points move with it.
    4. It begins. Open incidents of the same services hear of it, and it of them.
    5. It may last too long: the desk is asked whether it is over, or whether to open an incident.
    6. It is completed: those concerned are told. Or it is cancelled: exactly those who were told are told.
    7. The evidence is bundled.
    """

    @workflow.init
    def __init__(self, *opening: Any) -> None:
        try:
            super().__init__(maintenance_record(opening, workflow.now()))
        except Unreadable as reason:
            self.unreadable = str(reason)
            super().__init__(no_maintenance(workflow.now()))

    @workflow.run
    async def run(self, *opening: Any) -> mm.MaintenanceStatus:  # noqa: ARG002  # read in __init__
        """Live through the break, in the order of the class's own sentences."""
        self.must_have_begun("maintenance")
        async with self.clocks_running():
            if not self.has_begun:
                await self.shielded(self.plan())
            while not self.record.has_ended:
                await self.wait_for_next()
            await self.all_done()
            await self.shielded(self.archive())
        return self.status()

    # --- 1: planned -----------------------------------------------------------------------------------------

    async def plan(self) -> None:
        """Take the rules of telling; from here on the clock goes from one point to the next."""
        opening = self.record.opening
        whose = "Kela's" if opening.source == "kela" else "our own"
        sender = self.record.opened_through
        self.record.note(self.now, f"Break planned ({whose})", opening.by, self.times(), sender=sender)
        await self.take_rules()
        self.record.has_begun = True

    def times(self) -> str:
        """From when to when, in words."""
        plan = self.record.plan
        several = f", {len(plan.stretches)} windows" if len(plan.stretches) > 1 else ""
        return f"{written(plan.starts_at, self.time_zone)} - {written(plan.ends_at, self.time_zone)}{several}"

    # --- 2: told at its points ------------------------------------------------------------------------------

    async def wait_for_next(self) -> None:
        """Wait for what the clock brings next, and do it; a change resets the clock."""
        coming, revision = self.record.ahead()[0], self.record.revision
        why = f"{self.record.in_words(coming).capitalize()} at {written(coming.at, self.time_zone)}"
        await self.until(lambda: self.record.revision != revision, coming.at, why)
        if self.record.revision == revision:
            await self.do_what_is_due()

    async def do_what_is_due(self) -> None:
        """Do what is due. Of several points due at once only the latest of each way is told."""
        due = self.record.due(self.now)
        told = to_tell(due, self.record.plan, self.record.telling.points, self.now)
        self.record.pass_by(occasion for occasion in due if occasion not in told and occasion.what != OVERLONG)
        if any(occasion.what == BEGINS for occasion in due):
            self.begin()
        if any(occasion.what == OVERLONG for occasion in due):
            self.ask_whether_it_is_over()
        await self.tell_points(told)
        self.refresh_web()

    # --- 3: changed -----------------------------------------------------------------------------------------

    @message
    async def change(self, said: mm.MaintenanceChange) -> None:
        """Change the break: those who were told hear what is different, old and new; the points move with it."""
        await self.take_rules()
        before, audience = self.record.plan, self.record.audience
        changed = self.record.change(said, self.now)
        what = ", ".join(changed) or ("audience" if self.record.audience != audience else "nothing that is told")
        moved = self.times() if differing(before, self.record.plan, ("starts_at", "ends_at", "windows")) else ""
        self.record.note(self.said_at(said), f"Changed: {what}", said.by, said.note or moved)
        if changed and self.record.told:
            self.in_background(self.tell_changed(), "telling of the change")
        if self.record.audience != audience and self.record.told:
            self.in_background(self.tell_newcomers(), "telling those who came in later")

    # --- 4: begun -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The break begins, or another window of it."""
        if self.record.phase == "planned":
            self.record.go("under_way")
            self.record.began_at = self.now
            self.record.note(self.now, "The break begins")
        self.in_background(self.link_incidents(), "looking for open incidents")

    async def link_incidents(self) -> None:
        """Let the open incidents of the same services and this break know of each other."""
        record = self.record
        question = IncidentQuestion(services=record.services, drill=record.drill)
        marks = {"is_unverified": True} if is_a_strangers(record) else {}
        found = await steps.open_incidents(question)
        for reference in [incident for incident in found if incident not in record.incidents]:
            record.incidents.append(reference)
            record.note(self.now, f"Touches open incident {reference}")
            await self.tell_process(
                incident_workflow_id(reference),
                "notice",
                guid=workflow.info().workflow_id,
                title=record.plan.title,
                kind="maintenance",
                published_at=record.opened_at.isoformat(),
                services=record.services,
                link=record.plan.link,
                text=self.times(),
                **marks,
            )

    # --- 5: too long ----------------------------------------------------------------------------------------

    def ask_whether_it_is_over(self) -> None:
        """The planned end has passed: the desk says that it is over, or opens an incident."""
        self.record.times_asked += 1
        self.record.note(self.now, "The planned end has passed and nobody has said that it is over")
        self.in_background(self.offer_incident(), "asking whether it is over")

    async def offer_incident(self) -> None:
        """Ask the desk, with the command that opens an incident; one that is open already is named instead."""
        await self.link_incidents()
        self.tell_role("maintenance_overlong", "desk", text=", ".join(self.record.incidents))

    # --- 6: completed, or cancelled -------------------------------------------------------------------------

    @message
    async def completion(self, said: mm.Completion) -> None:
        """The work is completed: those concerned are told that the break is over."""
        self.record.go("completed")
        self.record.completed_at = said.completed_at
        self.record.note(said.completed_at, "Completed", said.by, said.note)
        self.in_background(self.tell_ended(), "telling of the end")
        self.in_background(self.link_incidents(), "looking for open incidents")

    @message
    async def cancellation(self, said: m.Cancellation) -> None:
        """The break does not take place, or stops: exactly those who were told of it are told so."""
        self.record.go("cancelled")
        self.record.sequence += 1
        self.record.note(self.said_at(said), "Cancelled", said.by, said.reason)
        if self.record.told:
            self.in_background(self.tell_cancelled(said.reason), "telling of the cancellation")

    @message
    async def acknowledgement(self, said: m.Acknowledgement) -> None:
        """A contact has seen what they were told. A stranger's word is noted only."""
        if not is_said_by_a_stranger():
            self.record.seen(said.contact, self.said_at(said))
        self.record.note(self.said_at(said), f"{said.contact} acknowledged {said.what}", said.by)

    @message
    async def delivery_report(self, said: m.DeliveryReport) -> None:
        """What became of a message; the desk hears of one that came back. A stranger's word is noted, and it looks."""
        if self.is_a_strangers_report(said):
            return
        self.record.take_delivery(said, self.now)
        if said.came_back:
            sent = self.record.messages[said.message_id]
            self.problem(m.message_named(sent.purpose, sent.to), "it came back: tell them in another way")

    # --- 7: evidence ----------------------------------------------------------------------------------------

    async def archive(self) -> None:
        """Bundle the evidence: the last thing that happens in a break."""
        self.record.closed_at = self.now
        self.record.note(self.now, f"Break closed as {self.record.phase}")
        await self.bundle_evidence()
        self.show()

    def refusal(self, said: m.Message) -> str | None:
        """Why a message is not allowed now."""
        return refusal(self.record, said, self.now)

    @workflow.query(description="The break as it stands: times, what was told to whom, what comes next")
    def status(self) -> mm.MaintenanceStatus:
        """The break as it stands."""
        self.must_be_there("maintenance")
        return self.record.status()
