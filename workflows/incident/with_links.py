"""How incidents of one fault go together: one follows, the other tells people, reports and closes both.

The two only ever speak by messages. A follower asks (``followed_by``) and owes everything until the other has answered
(``lead_state``). The other answers, and says it again whenever what its followers go by has changed.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from temporalio import workflow

from workflows.incident.record import IncidentRecord
from workflows.incident.same_fault import FollowedBy, Following, LeadState, NotSameAs, SameAs
from workflows.process import ports
from workflows.process.duty_timers import wait_until
from workflows.process.ids import incident_workflow_id
from workflows.process.inbox import message
from workflows.process.with_duties import ProcessWithDuties

ASKED_TIMES = 5
ANSWER_WITHIN = timedelta(minutes=1)
LOOKS_EVERY = timedelta(hours=1)
ASKING = "asking an incident of the same fault whether it can be followed"


class IncidentWithLinks(ProcessWithDuties[IncidentRecord]):
    """An incident among others of the same fault."""

    see_to_duties: Callable[[], None]
    """Do what the open duties towards Kela ask for (``IncidentWithReports``, as the next)."""
    keep_kela_informed: Callable[[], bool]
    groups: Callable[[str], ports.Audience]
    """The contact groups that the organisation tells at a point of the story."""

    @abstractmethod
    def open_triage(self) -> None:
        """Owe the judgement of the fault."""

    @abstractmethod
    def take_up_again(self) -> None:
        """Owe and tell what an incident that stands alone does."""

    @asynccontextmanager
    async def clocks_running(self) -> AsyncIterator[None]:
        """Keep in step with others of the same fault while the story goes on; those without any do nothing for it."""
        async with super().clocks_running():
            beside = [asyncio.create_task(part) for part in (self._keep_in_step(), self._look_now_and_then())]
            try:
                yield
            finally:
                for task in beside:
                    task.cancel()

    async def _keep_in_step(self) -> None:
        """Leave and take back duties as the other's word has it, and tell the followers what they go by."""
        while True:
            await workflow.wait_condition(
                lambda: bool(self._is_cancelled_follower() or self.record.is_out_of_step() or self._untold())
            )
            if self._is_cancelled_follower():
                self._part_from_lead(self.record.part_from("over", "this incident was cancelled", self.now))
            self.leave_to_other()
            for follower in self._untold():
                self.in_background(self._tell_follower(follower), _telling(follower))
            self.refresh_web()

    async def _look_now_and_then(self) -> None:
        """Look whether the incident that this one follows is still there, and says again how it stands."""
        while True:
            await workflow.wait_condition(lambda: bool(self.record.follows))
            if not workflow.patched("a-lead-is-looked-for"):
                return
            lead = self.record.follows
            why = f"{lead} is asked whether it is still there"
            if await wait_until(self.now + LOOKS_EVERY, why, cancel_if=partial(self._follows_not, lead)):
                self._look_beside(lead)

    def _follows_not(self, lead: str) -> bool:
        return self.record.follows != lead

    def _look_beside(self, lead: str) -> None:
        if not self.is_running(looking := f"looking for {lead}"):
            self.in_background(self.look_for_lead(), looking)

    def _is_cancelled_follower(self) -> bool:
        return self.record.phase == "cancelled" and bool(self.record.asks)

    def _untold(self) -> list[str]:
        """The followers to whom it must be said how this incident stands, and is not being said."""
        return [name for name in self.record.followers_to_tell() if not self.is_running(_telling(name))]

    # --- as a follower --------------------------------------------------------------------------------------

    @message
    async def same_as(self, said: SameAs) -> None:
        """Another open incident is of the same fault: this one follows it, owes and tells nothing twice."""
        for each in [*self.record.problems]:  # an earlier refusal says nothing of this link
            if each.startswith(_link("")):
                self.solved(each)
        asked = self.record.ask_to_follow(said, self.now)
        self.in_background(self._ask_to_follow(asked), ASKING)

    async def _ask_to_follow(self, asked: Following) -> None:
        """Ask until the other has answered; where it has ended, or never was, or stays silent, nobody is followed."""
        for _ in range(ASKED_TIMES):
            if not await self._say_to_lead(asked.reference, asked.number, still=True):
                self._not_followed(asked, f"there is no open incident {asked.reference}")
                return
            is_answered = lambda: self.record.has_ended or not self.record.is_asking(asked.number)  # noqa: E731
            why = f"{asked.reference} is asked again whether it can be followed"
            if not await wait_until(self.now + ANSWER_WITHIN, why, cancel_if=is_answered):
                return
        if self.record.is_asking(asked.number):
            self._part_from_lead(asked.reference)  # it may still read what it was asked
        self._not_followed(asked, f"{asked.reference} has not answered: link it again")

    def _not_followed(self, asked: Following, why: str) -> None:
        if self.record.is_asking(asked.number):
            self.record.part_from("refused", why, self.now)
            self.problem(_link(asked.reference), why)

    async def _say_to_lead(self, reference: str, number: int, *, still: bool) -> bool:
        record = self.record
        facts = {"reference": record.reference, "drill": record.drill, "opened_at": record.opened_at.isoformat()}
        to = incident_workflow_id(reference)
        return await self.tell_process(to, "followed_by", **facts, number=number, still=still)

    @message
    async def not_same_as(self, said: NotSameAs) -> None:
        """It is a fault of its own after all: what was left to the other is owed and told here again."""
        await self.take_rules()
        why = said.reason or "it is a fault of its own"
        was = self.record.part_from("taken_back", why, self.now, said.by)
        self.solved(_link(was))
        self._part_from_lead(was)
        self._stand_alone(f"Not over with {was}: it is a fault of its own")

    def _part_from_lead(self, was: str) -> None:
        self.record.links += 1
        self.in_background(self._say_to_lead(was, self.record.links, still=False), f"telling {was}")

    def _stand_alone(self, why: str) -> None:
        """Owe again what was left to the other, and tell those whom it tells no more."""
        if self.record.come_back(why, self.now):
            self.keep_kela_informed()
        self.record.owe_all_again(self.now)
        self.see_to_duties()
        self.record.tell_start_after_all()
        self.take_up_again()

    @message
    async def lead_state(self, said: LeadState) -> None:
        """Sent by the system itself: how the incident that this one follows stands; or why it can't be followed."""
        if self.record.has_ended or not self.record.is_news(said):
            return
        if not said.refused and said.phase != "cancelled":
            self._follow(said)
            return
        if was_following := self.record.follows:
            await self.take_rules()
        cancelled = f"{said.reference} was cancelled: what was left to it is owed here again"
        why = said.refused or cancelled
        self.record.part_from("refused" if said.refused else "over", why, self.now)
        self.problem(_link(said.reference), why)
        if was_following:
            self._stand_alone(f"Not over with {said.reference}")

    def _follow(self, said: LeadState) -> None:
        """Go by what the other says: its duties, its end, its relapse."""
        self.record.keep_lead(said, self.now)
        self.solved(_link(said.reference))
        if said.phase in ("watch", "closed"):
            if self.record.go_along(said, self.now):
                self._tell_by_itself("end", happened_at=self.record.resolved_at)
        elif self.record.come_back(f"Reopened with {said.reference}: the fault has come back", self.now):
            self.record.leave_for_good()
            self.record.handling_since = self.now
            self.open_triage()
            self._tell_by_itself("change", situation=self.record.situation(is_back=True))
        self.leave_to_other()
        if said.duties.get("triage", said.resolved_at):  # else what it is now is judged first
            self.keep_kela_informed()
        if said.phase == "closed":
            self.record.part_from("over", f"{said.reference} is closed", self.now)

    def leave_to_other(self) -> None:
        """What the incident that this one follows owes or has done is not done here; what it doesn't, is."""
        if self.record.keep_in_step(self.now):
            self.see_to_duties()

    def tell(self, kind: Any, audience: ports.Audience, *, within: timedelta | None = None, **facts: Any) -> None:
        """Tell an audience, but for the groups that the incident that this one follows tells."""
        here = {
            "groups": self.record.told_here(kind, audience.groups),
            "text_groups": self.record.told_here(kind, audience.text_groups, by_text=True),
        }
        kept = {
            name: tuple(each for each in getattr(audience, name) if each not in told) for name, told in here.items()
        }
        if any(kept.values()):
            why = f"{self.record.follows} tells them" if self.record.follows else "they never heard of this incident"
            self.record.note(self.now, f"Not told here ({kind}): {why}")
            if kind == "start":
                self.record.keep_start_from(kept["groups"], kept["text_groups"])
            audience = audience.model_copy(update=here)
            if not (audience.groups or audience.text_groups or audience.roles or audience.contacts):
                return
        super().tell(kind, audience, within=within, **facts)

    def _tell_by_itself(self, kind: Any, **facts: Any) -> None:
        """Tell those who heard of this fault from here alone, as the other tells its own."""
        audience = self.groups(kind)
        here = {name: self.record.has_told_by_itself(getattr(audience, name)) for name in ("groups", "text_groups")}
        if any(here.values()):
            super().tell(kind, audience.model_copy(update=here), **facts)

    async def look_for_lead(self) -> None:
        """Whether the incident that this one waits for is still there; one that has vanished is waited for no more."""
        link = self.record.same_as
        if not link or not self.record.follows or await self._say_to_lead(link.reference, link.number, still=True):
            return
        await self.take_rules()  # first: what is no longer followed and owes nothing is closed at once
        if self.record.follows == link.reference and not self.record.has_ended:
            why = f"{link.reference} has ended without a word: what it had not done is owed here again"
            self.record.part_from("over", why, self.now)
            self.problem(_link(link.reference), why)
            self.record.owe_all_again(self.now, but_done=True)
            self.see_to_duties()
            if self.record.phase in ("awaiting_triage", "handling"):
                self.record.tell_start_after_all()
                self.take_up_again()

    # --- as the one that is followed ------------------------------------------------------------------------

    @message
    async def followed_by(self, said: FollowedBy) -> None:
        """Sent by the system itself: an incident of the same fault wants to follow this one, or no longer does."""
        record = self.record
        if not said.still or record.is_known_follower(said):
            record.take_follower(said, self.now)
            return
        if record.asks == said.reference and not record.follows and record.is_the_older(said):
            record.part_from("taken_back", f"{said.reference} is the later one: it follows this one", self.now)
        if why := record.why_not_followed(said):
            refused = LeadState(by=workflow.info().workflow_id, reference=record.reference, number=said.number,
                                refused=why)  # fmt: skip
            self.in_background(self._answer(said.reference, refused), f"refusing {said.reference}")
            return
        self.solved(_link(said.reference))
        record.take_follower(said, self.now)

    async def _tell_follower(self, follower: str) -> None:
        """Say how this incident stands until the follower has heard the latest; one word after the other."""
        while follower in self.record.followers_to_tell():
            standing, state = self.record.standing(), self.record.state_for(follower)
            if not await self._answer(follower, state):
                self.record.forget_follower(follower)
                return
            self.record.was_told(follower, state.number, standing)

    async def _answer(self, follower: str, state: LeadState) -> bool:
        facts = state.model_dump(mode="json", exclude={"by", "event_id", "source", "occurred_at", "note"})
        return await self.tell_process(incident_workflow_id(follower), "lead_state", **facts)


def _telling(follower: str) -> str:
    return f"telling {follower}, which follows this one"


def _link(reference: str) -> str:
    return f"same fault as {reference}"
