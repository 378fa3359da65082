"""What an incident remembers of the incidents of the same fault that follow it, and what it tells them."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import get_args

from pydantic import Field

from workflows.incident.following import FollowingRecord
from workflows.incident.same_fault import (
    GROUPS_AT_MOST,
    LEFT_DUTIES,
    FollowedBy,
    Follower,
    LeadFault,
    LeadState,
    LeftDuty,
    Point,
    group_mark,
)

FOLLOWERS_AT_MOST = 50
POINTS: tuple[Point, ...] = get_args(Point)


class LinkedRecord(FollowingRecord):
    """An incident among others of the same fault."""

    followers: dict[str, Follower] = Field(default_factory=dict)

    def more_to_show(self) -> list[str]:
        """What Temporal Web shows besides the problems: whom this incident follows, and who follows it."""
        mine = [f"Same fault as {self.follows}, which tells people: say there what changes"] if self.follows else []
        theirs = [f"Followed by {', '.join(now)}: they close with this one"] if (now := self.followers_now()) else []
        return [*mine, *theirs, *super().more_to_show()]

    def why_not_followed(self, said: FollowedBy) -> str:
        """Why this incident can't be followed by another; empty where it can."""
        if said.drill != self.drill:
            return f"{self.reference} is {'a drill' if self.drill else 'no drill'}: a drill and a live fault stay apart"
        if self.has_ended:
            return f"{self.reference} is {self.phase}"
        if self.asks:
            return f"{self.reference} follows {self.asks}: link to that one"
        if self.phase == "watch":
            return f"{self.reference} is resolved: reopen it if the fault is back, or resolve this one by itself"
        known = [name for name, follower in self.followers.items() if follower.still]
        if len(known) >= FOLLOWERS_AT_MOST and said.reference not in known:
            return f"{self.reference} has {len(known)} followers, more than can be told"
        return ""

    def is_known_follower(self, said: FollowedBy) -> bool:
        """Whether this was said and taken before; also by one that was taken for ended, and is there after all."""
        known = self.followers.get(said.reference)
        return bool(known and said.still and known.number == said.number)

    def is_the_older(self, said: FollowedBy) -> bool:
        """Of two that want to follow each other, whether this one is the older: it goes on."""
        return (self.opened_at, self.reference) < (said.opened_at, said.reference)

    def take_follower(self, said: FollowedBy, at: datetime) -> None:
        """Keep that another incident follows this one, or no longer does; what arrives late changes nothing."""
        known = self.followers.get(said.reference)
        if known and known.number > said.number:
            return
        told = known.told if known else 0
        self.followers.pop(said.reference, None)
        self.followers[said.reference] = Follower(number=said.number, still=said.still, told=told)
        if not known or known.still != said.still:
            what = "Followed by" if said.still else "No longer followed by"
            self.note(at, f"{what} {said.reference}, an incident of the same fault")

    def followers_now(self) -> tuple[str, ...]:
        """The references of the incidents that follow this one; none once it has ended."""
        return () if self.has_ended else tuple(name for name, follower in self.followers.items() if follower.still)

    def followers_to_tell(self) -> list[str]:
        """The followers that do not know yet how this incident stands."""
        if not self.followers:
            return []
        now = self.standing()
        return [name for name, follower in self.followers.items() if follower.still and follower.last != now]

    def state_for(self, name: str) -> LeadState:
        """What a follower is told now."""
        follower = self.followers[name]
        self.followers[name] = follower = follower.model_copy(update={"told": follower.told + 1})
        return self._as_lead().model_copy(update={"number": follower.number, "told": follower.told})

    def was_told(self, name: str, number: int, standing: str) -> None:
        """Keep what a follower has heard, unless it waits for another answer by now."""
        follower = self.followers.get(name)
        if follower and follower.number == number:
            self.followers[name] = follower.model_copy(update={"last": standing})

    def forget_follower(self, name: str) -> None:
        """A follower has ended: it is told nothing any more."""
        if name in self.followers:
            self.followers[name] = self.followers[name].model_copy(update={"still": False})

    def _as_lead(self) -> LeadState:
        """How this incident stands, as far as followers go by it."""
        groups = {point: tuple(map(group_mark, named)) for point, named in self._tells().items()}
        last = self.decisions[-1] if self.decisions else None
        return LeadState(
            by=f"incident-{self.reference}",
            reference=self.reference,
            number=1,
            phase=self.phase,
            duties=self._owed_or_done(),
            tells=groups,
            fault=LeadFault(
                services=self.services,
                severity=self.severity,
                extensive=self.extensive,
                criteria_met=last.criteria_met,
            )
            if last
            else None,
            resolved_at=self.resolved_at,
            watch_until=self.watch_until,
        )

    def standing(self) -> str:
        """Digest of all that followers go by. Asked at every step of the process: it makes no message, never raises."""
        last = self.decisions[-1] if self.decisions else None
        judged = (self.services, self.severity, self.extensive, last.criteria_met) if last else None
        duties = tuple(self._owed_or_done().items())
        all_of_it = (self.phase, duties, self._tells(), judged, self.resolved_at, self.watch_until)
        return sha256(json.dumps(all_of_it, default=str).encode()).hexdigest()[:32]

    def _tells(self) -> dict[Point, tuple[str, ...]]:
        telling = self.rules.telling if self.rules else None
        return {point: getattr(telling, point)[:GROUPS_AT_MOST] for point in POINTS} if telling else {}

    def _owed_or_done(self) -> dict[LeftDuty, datetime | None]:
        """Of each kind the last duty since the fault began or came back: done, or owed and nothing has failed."""
        found: dict[LeftDuty, datetime | None] = {}
        for kind in LEFT_DUTIES:
            mine = [each for each in self.duties.values() if each.kind == kind]
            last = next((each for each in reversed(mine) if each.opened_at >= self.handling_since), None)
            if last is None:
                continue
            if last.is_met:
                found[kind] = last.met_at
            elif last.is_open and f"duty {last.id}" not in self.problems:
                found[kind] = None
        return found
