"""Who is on duty when, by a rota: the shifts of a calendar laid out as stretches of time, with gaps and overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from workflows.procedure.duties import Role
from workflows.procedure.model import Model, Moment

AHEAD = timedelta(days=7)
"""So long before it comes, a gap or an overlap is told."""
BACK = timedelta(days=35)
"""So far back is looked for the beginning of a shift, or of a gap."""

Standing = Literal["on_duty", "overlap", "unmatched", "gap"]


class Shift(Model):
    """One shift of the calendar. ``contacts``: whom it names, by their ids; ``unmatched``: whether it names others."""

    start: Moment
    end: Moment
    contacts: tuple[str, ...] = ()
    unmatched: bool = False


class Stretch(Model):
    """A time in which nobody comes or goes. ``contacts``: who is on duty, each once, as the calendar has them."""

    start: Moment
    end: Moment
    contacts: tuple[str, ...] = ()
    standing: Standing = "on_duty"
    has_unmatched: bool = False
    """Whether the calendar names somebody who is no contact of ours."""

    def is_at(self, moment: datetime) -> bool:
        """Whether a moment lies in it: its beginning does, its end does not."""
        return self.start <= moment < self.end


def stretches(shifts: Sequence[Shift], since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """The time between two moments, laid out without a hole. Neighbours that say the same are one stretch."""
    inside = [shift for shift in shifts if shift.start < until and shift.end > since]
    bounds = {
        since,
        until,
        *(max(shift.start, since) for shift in inside),
        *(min(shift.end, until) for shift in inside),
    }
    found: list[Stretch] = []
    for start, end in pairwise(sorted(bounds)):
        here = _stretch(start, end, [shift for shift in inside if shift.start < end and shift.end > start])
        last = found[-1] if found else None
        if last and last.model_copy(update={"end": end}) == here.model_copy(update={"start": last.start}):
            found[-1] = last.model_copy(update={"end": end})
        else:
            found.append(here)
    return tuple(found)


def _stretch(start: datetime, end: datetime, shifts: list[Shift]) -> Stretch:
    contacts = tuple(dict.fromkeys(contact for shift in shifts for contact in sorted(shift.contacts)))
    unmatched = any(shift.unmatched for shift in shifts)
    return Stretch(
        start=start,
        end=end,
        contacts=tuple(sorted(contacts)),
        standing=_standing(shifts, contacts, is_unmatched=unmatched),
        has_unmatched=unmatched,
    )


def _standing(shifts: list[Shift], contacts: tuple[str, ...], *, is_unmatched: bool) -> Standing:
    """Two shifts at once are an overlap, unless they name the same people; one shift may name several."""
    if len({frozenset(shift.contacts) for shift in shifts}) > 1:
        return "overlap"
    if contacts:
        return "on_duty"
    return "unmatched" if is_unmatched else "gap"


def at(found: Iterable[Stretch], moment: datetime) -> Stretch | None:
    """The stretch in which a moment lies."""
    return next((stretch for stretch in found if stretch.is_at(moment)), None)


class OnDuty(Model):
    """Who is on duty in a role at a moment. ``contacts``: empty where the rota names nobody.

    ``since``, ``until``: None where the shift, or the time without one, reaches beyond what was looked at.
    ``told``: who gets the alarms of the role then: those on duty, or everybody in the role.
    """

    role: Role
    contacts: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    standing: Standing | Literal["unread"] = "on_duty"
    since: Moment | None = None
    until: Moment | None = None
    then: tuple[str, ...] = ()
    """Who comes after that; empty where nobody does, or nobody knows."""
    read_at: Moment | None = None
    """When the calendar was read last; None where it never could be."""
    problem: str = ""
    """Why it can't be read now; empty where it can."""
