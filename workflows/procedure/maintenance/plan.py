"""A planned change or maintenance break as it is told: what, when (in several windows, perhaps), what it touches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workflows.procedure.model import Line, Model, Moment, NeededLine, Text
from workflows.procedure.services import ServiceId
from workflows.procedure.window import Window

WhoseWork = Literal["kela", "own"]
MaintenancePhase = Literal["planned", "under_way", "completed", "cancelled"]
LONGEST = timedelta(days=366)
SERVICES_AT_MOST = 17
WINDOWS_AT_MOST = 50

EDGES: dict[MaintenancePhase, tuple[MaintenancePhase, ...]] = {
    "planned": ("under_way", "cancelled"),
    "under_way": ("planned", "completed", "cancelled"),
    "completed": (),
    "cancelled": (),
}
"""The only ways from one phase to the next. Back to ``planned``: a break that has begun is put off."""


def may_go(before: MaintenancePhase, after: MaintenancePhase) -> bool:
    """Whether a break may go from one phase to another."""
    return after in EDGES[before]


def parts_of(starts_at: datetime, ends_at: datetime, windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """The windows of a break, where they say more than its start and end do."""
    return () if windows == (Window(starts_at=starts_at, ends_at=ends_at),) else windows


class Plan(Model):
    """What is told of a break. ``windows``: where it is out of use only now and then; empty where it is all through."""

    title: NeededLine
    services: Annotated[tuple[ServiceId, ...], Field(min_length=1, max_length=SERVICES_AT_MOST)]
    starts_at: Moment
    ends_at: Moment
    windows: Annotated[tuple[Window, ...], Field(max_length=WINDOWS_AT_MOST)] = ()
    source: WhoseWork = "own"
    effect: Text = ""
    not_affected: Annotated[tuple[ServiceId, ...], Field(max_length=SERVICES_AT_MOST)] = ()
    text: Text = ""
    """The published notice, or more about it in words."""
    link: Line = ""
    """Address of the published notice."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at: must be later than starts_at")
        if self.ends_at - self.starts_at > LONGEST:
            raise ValueError("ends_at: a break is at most 366 days long")
        if both := [service for service in self.services if service in self.not_affected]:
            raise ValueError(f"not_affected: {', '.join(both)} is among the services concerned")
        for before, after in zip(self.windows, self.windows[1:], strict=False):
            if after.starts_at < before.ends_at:
                raise ValueError("windows: must follow one another in time, without overlapping")
        first, last = self.stretches[0], self.stretches[-1]
        if first.starts_at < self.starts_at or last.ends_at > self.ends_at:
            raise ValueError("windows: must lie between starts_at and ends_at; give the windows with the new times")
        return self

    @property
    def parts(self) -> tuple[Window, ...]:
        """Its windows, where they say more than its start and end do."""
        return parts_of(self.starts_at, self.ends_at, self.windows)

    @property
    def stretches(self) -> tuple[Window, ...]:
        """Every window of the break: its own ones, or the one from start to end."""
        return self.windows or (Window(starts_at=self.starts_at, ends_at=self.ends_at),)


VISIBLE = ("title", "services", "starts_at", "ends_at", "windows", "effect", "not_affected", "text", "link")
"""What a recipient sees; nobody is told of any other change."""
FIRST_OF_ALL = ("starts_at", "ends_at", "windows", "services", "not_affected")
"""What a text message has room for: a change of these is also told by text message."""


def differing(before: Plan, after: Plan, among: tuple[str, ...] = VISIBLE) -> tuple[str, ...]:
    """The fields in which two plans differ for those who are told."""
    return tuple(name for name in among if getattr(before, name) != getattr(after, name))
