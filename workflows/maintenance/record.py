"""What a planned break remembers: the plan as it stands and as it was told last, what was told to whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from workflows.maintenance.messages import Coming, MaintenanceChange, MaintenanceOpening, MaintenanceStatus, Told
from workflows.procedure.languages import Language
from workflows.procedure.local_time import said_back, written
from workflows.procedure.maintenance import rules as rules_of
from workflows.procedure.maintenance.plan import MaintenancePhase, Plan, differing, may_go
from workflows.procedure.maintenance.rules import Channel, MaintenanceRules, Occasion, Point
from workflows.procedure.model import Model, Moment
from workflows.procedure.operating_model.channels import Manner
from workflows.process.ids import maintenance_workflow_id
from workflows.process.messages import Document
from workflows.process.ports import Recipient
from workflows.process.reading import Unreadable
from workflows.process.record import BOUNDED_LISTS, DUTIES, Record
from workflows.process.retention import BoundedList
from workflows.process.sealed.senders import with_sender
from workflows.process.start import check_id, read_start


class ToldContact(Told):
    """Somebody who was told, and in which language."""

    language: Language
    manner: Annotated[Manner | None, Field(exclude_if=lambda manner: manner is None)] = None
    """By which channels, where not by e-mail alone."""


class MaintenanceRecord(Record):
    """What a break remembers.

    ``revision`` grows with everything that may move a clock, ``sequence`` with what recipients see. ``told_plan`` is
    the plan as everybody who was told knows it. ``done``: occasions that are over, by id.
    """

    process: ClassVar = "maintenance"
    bounded_lists: ClassVar = (DUTIES, *BOUNDED_LISTS, BoundedList("papers", 20, 16_000, least=2))

    opening: MaintenanceOpening
    phase: MaintenancePhase = "planned"
    plan: Plan
    told_plan: Plan
    audience: tuple[str, ...] = ()
    revision: int = 0
    sequence: int = 0
    gone: int = 0
    done: list[str] = Field(default_factory=list)
    told: dict[str, ToldContact] = Field(default_factory=dict)
    papers: dict[int, list[Document]] = Field(default_factory=dict)
    marked_papers: int | None = Field(default=None, exclude_if=lambda version: version is None)
    """The version whose papers say that a stranger has planned the break."""
    incidents: list[str] = Field(default_factory=list)
    times_asked: int = 0
    began_at: Moment | None = None
    completed_at: Moment | None = None
    closed_at: Moment | None = None

    @classmethod
    def opened(cls, opening: MaintenanceOpening, at: datetime) -> MaintenanceRecord:
        """The record of a break that is planned now."""
        plan = opening.plan()
        return cls(
            reference=opening.reference,
            drill=opening.drill,
            opened_at=at,
            services=plan.services,
            opening=opening,
            plan=plan,
            told_plan=plan,
            audience=opening.audience,
        )

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen."""
        return self.phase in ("completed", "cancelled")

    @property
    def telling(self) -> MaintenanceRules:
        """The rules of telling that were taken last."""
        return self.rules.maintenance if self.rules else rules_of.AS_PUBLISHED

    def go(self, phase: MaintenancePhase) -> None:
        """Go to another phase; only along the allowed edges. A letter about what was before is not sent any more."""
        if not may_go(self.phase, phase):
            raise ValueError(f"a break never goes from {self.phase} to {phase}")
        self.phase = phase
        self.revision += 1

    # --- the clock ------------------------------------------------------------------------------------------

    def ahead(self) -> list[Occasion]:
        """Everything that the clock brings and that is not done, in the order of time."""
        found = rules_of.occasions(self.plan, self.telling.points, self.time_zone)
        asked = rules_of.asked_at(self.plan, self.telling, self.times_asked)
        return sorted([o for o in found if o.id not in self.done] + [asked], key=lambda occasion: occasion.at)

    def due(self, now: datetime) -> list[Occasion]:
        """What the clock has brought."""
        return [occasion for occasion in self.ahead() if occasion.at <= now]

    def pass_by(self, occasions: Iterable[Occasion]) -> None:
        """What was done, or left out for good."""
        self.done += [occasion.id for occasion in occasions if occasion.id not in self.done]

    def point(self, occasion: Occasion) -> Point:
        """The point of an occasion that is one."""
        return self.telling.points[occasion.what]

    def groups(self, point: Point | None = None) -> tuple[str, ...]:
        """Whom a point is told to: the break's own audience, the point's groups, or those told of a fault's start."""
        return self.audience or (point.groups if point else ()) or (self.rules.telling.start if self.rules else ())

    def in_words(self, occasion: Occasion) -> str:
        """What an occasion is, for people."""
        match occasion.what:
            case rules_of.BEGINS:
                return "the break begins" if occasion.number == 1 else f"window {occasion.number} begins"
            case rules_of.OVERLONG:
                return "ask whether the break is over"
            case name:
                several = f" of window {occasion.number}" if len(self.plan.stretches) > 1 else ""
                return f"tell by {self.point(occasion).channel.replace('_', ' ')}: {name.replace('_', ' ')}{several}"

    def next_due(self) -> datetime | None:
        """When the clock brings something next."""
        return None if self.has_ended else self.ahead()[0].at

    def outlook(self) -> list[str]:
        """What comes next, for Temporal Web."""
        if self.has_ended:
            return []
        coming = [f"- {written(o.at, self.time_zone)}, by itself: {self.in_words(o)}" for o in self.ahead()]
        return [*coming, f"- Told so far: {len(self.told)} contacts."]

    # --- what is said to it ---------------------------------------------------------------------------------

    def change(self, said: MaintenanceChange, now: datetime) -> tuple[str, ...]:
        """Take a change; the fields that recipients see differently now. Points may come again (``still_told``)."""
        before, self.plan = self.plan, said.applied(self.plan)
        self.services = self.plan.services
        self.audience = self.audience if said.audience is None else said.audience
        self.revision += 1
        changed = differing(before, self.plan)
        if changed:
            self.sequence += 1
            self.gone = max(0, self.gone + len(before.stretches) - len(self.plan.stretches))
        kept = rules_of.still_told(self.done, self.plan, self.telling.points, now, self.time_zone)
        self.done = [occasion for occasion in self.done if occasion in kept]
        if self.plan.ends_at != before.ends_at:
            self.times_asked = 0
        if self.phase == "under_way" and self.plan.stretches[0].starts_at > now:
            self.go("planned")
            self.began_at = None
        return changed

    def tell(self, to: Recipient | ToldContact, channel: Channel, *, point: str, at: datetime, short: bool) -> None:
        """Keep that a contact is told something by a way."""
        before = self.told.get(to.contact)
        self.told[to.contact] = ToldContact(
            contact=to.contact,
            language=to.language,
            manner=to.manner,
            channels=tuple(dict.fromkeys([*(before.channels if before else ()), channel])),
            points=(*(before.points if before else ()), point)[-20:],
            told_at=at,
            short_notice=short or bool(before and before.short_notice),
        )

    def untell(self, contact: str, channel: Channel) -> None:
        """A way to a contact turned out not to exist: nothing goes that way again."""
        if before := self.told.get(contact):
            left = tuple(way for way in before.channels if way != channel)
            self.told[contact] = before.model_copy(update={"channels": left})
            if not left:
                del self.told[contact]

    def seen(self, contact: str, at: datetime) -> None:
        """A contact has seen what was told last."""
        self.told[contact] = self.told[contact].model_copy(update={"acknowledged_at": at})

    def letter_facts(self) -> dict[str, Any]:
        """What every letter of this break says."""
        return {"title": self.plan.title, "services": self.plan.services, "plan": self.plan}

    def status(self) -> MaintenanceStatus:
        """The answer to the query ``status``."""
        coming = [] if self.has_ended else self.ahead()
        return MaintenanceStatus(
            reference=self.reference,
            phase=self.phase,
            audience=self.audience,
            sequence=self.sequence,
            short_notice=any(recipient.short_notice for recipient in self.told.values()),
            opened_at=self.opened_at,
            began_at=self.began_at,
            completed_at=self.completed_at,
            closed_at=self.closed_at,
            overlong=self.phase == "under_way" and self.times_asked > 0,
            told=tuple(Told.model_validate(recipient.model_dump()) for recipient in self.told.values()),
            next=tuple(Coming(at=occasion.at, what=self.in_words(occasion)) for occasion in coming),
            incidents=tuple(self.incidents),
            **self.tally(),
            unverified=tuple(f"{n}: {p.source}" for n, p in self.telling.points.items() if not p.verified),
            documents=tuple(self.documents),
            messages=tuple(self.messages.values()),
            rejected=tuple(self.rejected),
            problems=tuple(self.problems.values()),
            drill=self.drill,
            **self.plan.model_dump(),
        )


class CarriedMaintenance(Model):
    """What a planned break hands to its next run."""

    carried: MaintenanceRecord


def maintenance_record(sent: tuple[Any, ...], now: datetime) -> MaintenanceRecord:
    """The record to go on from. Raises ``Unreadable`` where none can be made of what was sent."""
    read = read_start(sent, MaintenanceOpening, CarriedMaintenance)
    if isinstance(read, CarriedMaintenance):
        check_id(maintenance_workflow_id(read.carried.reference))
        return read.carried
    check_id(maintenance_workflow_id(read.reference))
    if read.ends_at <= now:
        raise Unreadable(f"ends_at lies in the past, so the break is over: it is {said_back(now)} here")
    return with_sender(MaintenanceRecord.opened(read, now), read, sent)


def no_maintenance(now: datetime) -> MaintenanceRecord:
    """The record of a break whose start input can't be read: it ends at once and says why."""
    opening = MaintenanceOpening(
        reference="unreadable", title="-", services=("OTHER",), starts_at=now, ends_at=now + timedelta(minutes=1)
    )
    return MaintenanceRecord.opened(opening, now)
