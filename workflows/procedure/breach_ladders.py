"""Which ladder a duty of a breach climbs: the organisation's own, and one of ours for duties it has set none for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from workflows.procedure.breach_duties import Arising
from workflows.procedure.duties import DutyKind, Ladder, Role, Rung

_STEPS: tuple[tuple[float, Role], ...] = (
    (1 / 3, "desk"),
    (2 / 3, "data_protection_officer"),
    (11 / 12, "management"),
)
_ANSWERABLE: tuple[Role, ...] = ("data_protection_officer", "management")


def ladder_for(arising: Arising, ladders: Mapping[DutyKind, Ladder]) -> Ladder:
    """The ladder of a duty that arises; its ``due_after`` counts from ``arising.counts_from``.

    A time that stands in the law stays as it is whatever the organisation has written; its own targets are its own.
    """
    own = ladders.get(arising.ladder_kind)
    if own is None:
        return _usual(arising.due_after)
    return own.model_copy(update={"due_after": arising.due_after}) if arising.due_is_law else own


def _usual(due_after: timedelta) -> Ladder:
    return Ladder(
        due_after=due_after,
        reminders=tuple(Rung(after=due_after * part, to=role) for part, role in _STEPS),
        overdue_to=_ANSWERABLE,
        overdue_every=timedelta(hours=1),
    )
