"""What an incident remembers of another one of the same fault that it follows.

A follower leaves to the other what that owes or has done. The duties stay on its record as waived, with that reason,
and are owed again as soon as the reason falls. The other knows its followers and tells them whenever what they rest on
has changed, so nothing is assumed: all that a follower goes by was said to it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflows.incident.announced import Announced
from workflows.incident.same_fault import (
    Following,
    FollowingStateName,
    LeadState,
    LeftDuty,
    SameAs,
    group_mark,
)
from workflows.procedure import duties
from workflows.procedure.duties import Duty
from workflows.procedure.incident.progress import Phase, may_go
from workflows.procedure.incident.triage import gravity
from workflows.procedure.local_time import written

DONE: dict[LeftDuty, str] = {
    "triage": "has judged it",
    "report_to_kela": "has reported it to Kela",
    "phone_kela": "has phoned Kela",
}
OWED: dict[LeftDuty, str] = {
    "triage": "is to be judged",
    "report_to_kela": "owes the report to Kela",
    "phone_kela": "owes the call to Kela",
}


class FollowingRecord(Announced):
    """An incident as a follower of another one."""

    told_start: bool = False
    same_as: Following | None = None
    links: int = 0
    """How often this incident has said whom it follows, or that it no longer does."""

    def go(self, phase: Phase) -> None:
        """Go to another phase; only along the allowed edges."""
        if not may_go(self.phase, phase):
            raise ValueError(f"an incident never goes from {self.phase} to {phase}")
        self.phase = phase

    @property
    def follows(self) -> str:
        """The reference of the incident that this one follows; empty where it stands alone."""
        return self.same_as.reference if self.same_as and self.same_as.state == "follows" else ""

    @property
    def asks(self) -> str:
        """The reference of the incident that this one follows or wants to follow; empty where there is none."""
        return self.same_as.reference if self.same_as and self.same_as.state in ("asked", "follows") else ""

    def is_asking(self, number: int) -> bool:
        """Whether the other still owes its answer to this word."""
        return bool(self.same_as and self.same_as.number == number and self.same_as.state == "asked")

    def ask_to_follow(self, said: SameAs, at: datetime) -> Following:
        """Keep whom this incident wants to follow; until the other has answered, everything is owed here."""
        self.links += 1
        self.same_as = Following(reference=said.reference, by=said.by, reason=said.reason, since=at, number=self.links)
        self.note(at, f"Same fault as {said.reference}, says the desk", said.by, said.reason)
        return self.same_as

    def _linked(self, **changes: Any) -> None:
        if self.same_as:
            self.same_as = self.same_as.model_copy(update=changes)

    def part_from(self, state: FollowingStateName, why: str, at: datetime, by: str = "") -> str:
        """Follow nobody any more. Answers whom it was."""
        was = self.asks
        self._linked(state=state, why=why)
        what = f"{was} is not followed" if state == "refused" else f"{was} is no longer followed"
        self.note(at, what, by, why)
        return was

    def is_news(self, said: LeadState) -> bool:
        """Whether this is a word of the incident that this one follows, and newer than all before."""
        link = self.same_as
        if not self.asks or not link or (said.reference, said.number) != (link.reference, link.number):
            return False
        return link.lead is None or said.told > link.lead.told

    def keep_lead(self, said: LeadState, at: datetime) -> None:
        """Keep what the other has said of itself."""
        if not self.follows:
            self.note(at, f"Follows {said.reference}: that one tells people, this one closes with it")
        self._linked(state="follows", lead=said)

    def is_left(self, duty: Duty) -> str:
        """Why a duty is left to the other, in words; empty where this incident owes it itself."""
        lead = self.same_as.lead if self.same_as and self.follows else None
        if lead is None or duty.kind not in lead.duties:
            return ""
        kind: LeftDuty = duty.kind
        if kind != "triage" and self.graver_than(lead):
            return ""
        done_at = lead.duties[kind]
        done = f"{DONE[kind]} ({written(done_at, self.time_zone)})" if done_at else OWED[kind]
        return f"same fault as {lead.reference}, which {done}"

    def graver_than(self, lead: LeadState) -> tuple[str, ...]:
        """What makes the fault grave by the judgement of this incident, and not by that of the other."""
        judged, fault = self.judged_now(), lead.fault
        if judged is None or fault is None:
            return ()
        theirs = gravity(fault.criteria_met, fault.severity, extensive=fault.extensive)
        mine = gravity(judged.criteria_met, self.severity, extensive=self.extensive)
        return tuple(each for each in mine if each not in theirs)

    def is_out_of_step(self) -> bool:
        """Whether an open duty is left to the other, or one that was left is owed here again."""
        return bool(self.follows and (self._to_leave() or self._to_owe_again()))

    def _to_leave(self) -> list[Duty]:
        return [duty for duty in self.open_duties() if self.is_left(duty)]

    def _left(self) -> list[Duty]:
        return [self.duties[each] for each in (self.same_as.left if self.same_as else ()) if each in self.duties]

    def _to_owe_again(self) -> list[Duty]:
        return [duty for duty in self._left() if not self.is_left(duty)]

    def keep_in_step(self, at: datetime) -> bool:
        """Leave to the other what it owes or has done; owe again what it does not. Whether anything is owed again."""
        if not self.follows:
            return False
        for duty in self._to_leave():
            self._leave(duty, at)
        owed_again = self._to_owe_again()
        graver = self.graver_than(self.same_as.lead) if self.same_as and self.same_as.lead else ()
        for duty in owed_again:
            why = f"{self.follows} has not done it"
            if graver and duty.kind != "triage":
                why = f"{', '.join(graver)}: {self.follows} has not judged it so"
            self.owe_again(duty, at, why)
        for duty in self._left():
            if (why := self.is_left(duty)) != duty.waived_reason:
                self.duties[duty.id] = duty.model_copy(update={"waived_reason": why})
                self.note(at, f"About duty '{duty.id}'", detail=why)
        return bool(owed_again)

    def _leave(self, duty: Duty, at: datetime) -> None:
        self.waive(duty, at, self.same_as.by if self.same_as else "", self.is_left(duty))
        self.problems.pop(f"duty {duty.id}", None)
        self._linked(left=tuple(dict.fromkeys((*(self.same_as.left if self.same_as else ()), duty.id))))

    def owe_again(self, duty: Duty, at: datetime, why: str) -> None:
        """A duty that was left to the other is owed here again, from now on, unless it was done here."""
        self._linked(left=tuple(each for each in (self.same_as.left if self.same_as else ()) if each != duty.id))
        if duty.kind == "triage" and self.decisions and self.decisions[-1].at >= duty.opened_at:
            return
        self.duties[duty.id] = duties.reopened(duty, at).model_copy(update={"waived_reason": None})
        self.note(at, f"Duty '{duty.id}' is owed here again", detail=why)

    def owe_all_again(self, at: datetime, *, but_done: bool = False) -> None:
        """Owe what was left to the other; with ``but_done`` only what that had not done when it was heard last.

        The judgement is owed in any case where there is none here.
        """
        link = self.same_as
        done = (
            {kind for kind, met_at in link.lead.duties.items() if met_at} if link and link.lead and but_done else set()
        )
        done -= set() if self.judged_now() else {"triage"}
        for duty in self._left():
            if duty.kind not in done:
                self.owe_again(duty, at, link.why if link else "")

    def leave_for_good(self) -> None:
        """What was left to the other until now stays so: from here on the fault is another, or over."""
        self._linked(left=())

    def forget_link(self) -> None:
        """It has come back by itself: nothing is left to an incident that it followed once."""
        if self.same_as and not self.asks:
            self._linked(went_along=False, left=(), start_kept_from=(), start_text_kept_from=())

    def go_along(self, said: LeadState, at: datetime) -> bool:
        """The other fault is over, and so is this one. Whether that is new."""
        if self.phase not in ("awaiting_triage", "handling"):
            return False
        if self.phase == "awaiting_triage":  # it was judged with the other
            self.go("handling")
        self.go("watch")
        self.resolved_at, self.watch_until = said.resolved_at or at, said.watch_until or at
        self._linked(went_along=True)
        self.note(at, f"Fault resolved with {said.reference}")
        return True

    def come_back(self, why: str, at: datetime) -> bool:
        """The end of the other is not (or no longer) the end of this one. Whether this one had gone along."""
        if not (self.same_as and self.same_as.went_along and self.phase == "watch"):
            return False
        self.go("handling")
        self.resolved_at, self.watch_until = None, None
        self._linked(went_along=False)
        self.note(at, why)
        return True

    @property
    def is_over_with_other(self) -> bool:
        """Whether the incident with which this one was resolved is closed: nothing is watched for any more."""
        return bool(self.same_as and self.same_as.went_along and self.same_as.state == "over")

    def may_close(self) -> bool:
        """Whether nothing is owed, here or by the incident that this one follows."""
        return not self.open_duties() and not self.follows

    def told_here(self, kind: str, groups: tuple[str, ...], *, by_text: bool = False) -> tuple[str, ...]:
        """Of some groups those whom a letter is to reach: not whom the other tells, nor who never heard of this one."""
        link = self.same_as
        lead = link.lead if link and self.follows else None
        point = f"{kind}_text" if by_text else kind
        told = _tells(lead, point)
        if link and kind == "cancelled":  # the fault goes on for those to whom the other tells it
            told |= {*(link.start_text_kept_from if by_text else link.start_kept_from)}
            told |= _tells(lead, "start", "start_text")
        return tuple(group for group in groups if group_mark(group) not in told and group not in told)

    def has_told_by_itself(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Of some groups those who heard of this fault from here, and hear of its end (or return) from nobody else.

        Of services that only this incident names, the other tells nobody.
        """
        link, telling = self.same_as, self.rules.telling if self.rules else None
        if not (self.told_start and link and link.lead and link.lead.fault and telling):
            return ()
        heard = {*telling.start} - {*link.start_kept_from} | {*telling.start_text} - {*link.start_text_kept_from}
        is_covered = {*self.services} <= {*link.lead.fault.services}
        theirs = _tells(link.lead, "end", "end_text") if is_covered else set()
        return tuple(each for each in groups if each in heard and group_mark(each) not in theirs)

    def keep_start_from(self, groups: tuple[str, ...], text_groups: tuple[str, ...]) -> None:
        """These are not told of this incident: should it stand alone again, they must be."""
        self._linked(start_kept_from=groups, start_text_kept_from=text_groups)

    def tell_start_after_all(self) -> None:
        """Nobody else tells of this fault any more."""
        if self.same_as and (self.same_as.start_kept_from or self.same_as.start_text_kept_from):
            self.told_start = False
            self._linked(start_kept_from=(), start_text_kept_from=())


def _tells(lead: LeadState | None, *points: str) -> set[str]:
    """The groups, by their marks, whom the other tells at some points of the story."""
    return {mark for point, marks in lead.tells.items() if point in points for mark in marks} if lead else set()
