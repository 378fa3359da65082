"""What the desk has done in a fault, for the form to word: calls, updates, what Kela was told on top, a return."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workflows.incident.ports import DeskMeasure
from workflows.procedure.identity_codes import masked
from workflows.procedure.incident.further_reports import FormChange

if TYPE_CHECKING:
    from workflows.incident.record import IncidentRecord
    from workflows.process.messages import Happening

TOLD_MORE = "Kela is to be told more"
CHANGED = "Situation changed"
AT_MOST = 20
_KINDS = {CHANGED: "update", TOLD_MORE: "supplement", "Reopened": "reopened"}
_CHANGE = re.compile(r"(?:^|; )(?P<field>services|severity|extensive): (?P<before>[^;>]*) -> (?P<after>[^;>]*)$")
_WORDS = {"-": "", "True": "yes", "False": "no"}
"""How the timeline says values; True and False as releases before 0.3 wrote them."""


def measures_of(record: IncidentRecord) -> tuple[DeskMeasure, ...]:
    """The latest measures in the order in which they happened; identity codes are hidden."""
    called = [
        DeskMeasure(
            kind="call", at=call.called_at, text=masked(call.summary),
            number=call.number, reached=call.reached, person=masked(call.person),
        )
        for call in record.calls
    ]  # fmt: skip
    said = [measure for line in record.timeline if (measure := _said(line))]
    return tuple(sorted([*called, *said], key=lambda measure: measure.at)[-AT_MOST:])


def _said(line: Happening) -> DeskMeasure | None:
    """A line of the timeline as a measure, where it is one."""
    kind = next((kind for what, kind in _KINDS.items() if line.what.startswith(what)), None)
    if kind is None:
        return None
    text = line.detail
    changes: list[FormChange] = []
    while kind == "update" and (found := _CHANGE.search(text)):
        changes.insert(
            0, FormChange(field=found["field"], before=_value(found["before"]), after=_value(found["after"]))
        )
        text = text[: found.start()]
    return DeskMeasure.model_validate({"kind": kind, "at": line.at, "text": masked(text), "changes": changes})


def _value(said: str) -> str:
    return _WORDS.get(said, said.replace(", ", ","))
