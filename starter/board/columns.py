"""The columns of the board, and what a narrow terminal does without."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from starter.board.lines import HEADINGS, Line
from starter.language import names
from starter.language.moments import age, without_year
from starter.language.words import _
from starter.terminal.fitted import Column, GiveUp, below, title_column, with_title
from starter.terminal.output import clean

NAMES = ("state", "due", "left", "whose", "duty", "to")
GIVEN_UP: tuple[GiveUp, ...] = (
    [("to", "leave out")], [("title", "leave out"), ("whose", "say otherwise")], [("due", "say otherwise")],
    [("state", "leave out")], [("left", "leave out"), ("due", "say otherwise")],
    [("age", "leave out"), ("due", "say otherwise")],
)  # fmt: skip
"""LATE goes before the time left, which says it, too."""
DUTY_AT_LEAST = 22


def columns(shown: Sequence[Line], at: datetime) -> list[Column]:
    """The columns of some lines at a moment of the wall clock."""
    cells = list(zip(*(line.cells(at) for line in shown), strict=True)) or [() for _heading in HEADINGS]
    ages = [age(line.opened_at, at) for line in shown]
    due = [without_year(line.due_at) for line in shown]
    narrower = [below(due, cells[NAMES.index("left")]), below(due, ages, _("age"))]
    otherwise = {
        "due": due,
        "whose": [with_title(clean(_whose(line)), line.title) for line in shown],
    }
    made = [
        Column(
            name,
            _(heading) if heading else "",
            cells[number],
            otherwise.get(name, ()),
            at_least=DUTY_AT_LEAST if name in ("duty", "to") else 0,
            then_wraps=name == "whose",
            narrower=narrower if name == "due" else (),
        )
        for number, (name, heading) in enumerate(zip(NAMES, HEADINGS, strict=True))
    ]
    made.insert(NAMES.index("whose") + 1, title_column([line.title for line in shown]))
    return [*made, Column("age", _("age"), ages)]


def _whose(line: Line) -> str:
    strangers = line.is_a_strangers
    return names.whose_in_short(line.process, line.reference, is_drill=line.drill, is_a_strangers=strangers)
