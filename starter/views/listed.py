"""A list of breaches or planned breaks as a table that fits the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from starter.client.search import left
from starter.language import names
from starter.language.moments import short, without_year
from starter.language.words import _
from starter.terminal.fitted import Column, GiveUp, below, show_fitted, title_column, with_title
from starter.terminal.time_input import now

if TYPE_CHECKING:
    from starter.client.search import Row

GIVEN_UP: tuple[GiveUp, ...] = (
    [("services", "leave out")], [("left", "leave out")], [("whose", "say otherwise")], [("opened", "leave out")],
    [("due", "say otherwise")], [("title", "leave out"), ("whose", "say otherwise")], [("phase", "leave out")],
    [("overdue", "leave out")],
)  # fmt: skip
"""What a narrow terminal does without, in this order."""


def show_rows(
    rows: Sequence[Row], called: Mapping[str, str], *, whose: str, next_at: str, phases: Sequence[str], wide: bool
) -> None:
    """Print some rows. ``called``: their titles by workflow id; ``whose``, ``next_at``: two of the headings."""
    show_fitted(columns(rows, called, now(), whose=whose, next_at=next_at, phases=phases), GIVEN_UP, wide=wide)


def columns(
    rows: Sequence[Row], called: Mapping[str, str], at: datetime, *, whose: str, next_at: str, phases: Sequence[str]
) -> list[Column]:
    """The columns of some rows. ``at``: the present."""
    titles = [called.get(row.workflow_id, "") for row in rows]
    in_short = [
        names.whose_in_short("incident", row.reference, is_drill=row.drill, is_a_strangers=row.is_a_strangers)
        for row in rows
    ]
    lefts = ["" if row.drill else left(row, at) for row in rows]  # a drill has a clock of its own
    return [
        Column(
            "whose",
            whose,
            [row.shown_reference for row in rows],
            in_short,
            then_wraps=True,
            narrower=[[with_title(each, title) for each, title in zip(in_short, titles, strict=True)]],
        ),
        title_column(titles),
        Column("phase", _("phase"), phases),
        Column("opened", _("opened"), [short(row.opened_at) for row in rows]),
        Column(
            "due",
            next_at,
            [short(row.next_due) for row in rows],
            due := [without_year(row.next_due) for row in rows],
            narrower=[below(due, lefts)],
        ),
        Column("left", _("left"), lefts),
        Column("overdue", _("overdue"), [str(row.overdue or "") for row in rows]),
        Column("services", _("services"), [names.services(row.services) for row in rows], at_least=16),
    ]
