"""Ladders that an organisation writes: one whose reminders never go off, or whose alarms never stop, is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from workflows.procedure.duties import Ladder
from workflows.procedure.operating_model.references import Dangling

SHORTEST_GAP = timedelta(minutes=1)
"""Between two alarms of an overdue duty: closer ones would fill the history and be read by nobody."""


def refuse_all(title: str, faults: list[Dangling]) -> None:
    """Raise all faults at once, each with its own place; nothing where there is none."""
    if faults:
        raise ValidationError.from_exception_data(
            title,
            [
                InitErrorDetails(type=PydanticCustomError("fault", "{fault}", {"fault": fault}), loc=place, input=None)
                for place, fault in faults
            ],
        )


def _sound(ladder: Ladder) -> Ladder:
    """Refuse a ladder whose reminders would never go off, or whose alarms would never stop."""
    nothing = timedelta(0)
    faults = [] if ladder.due_after > nothing else [Dangling(("due_after",), "must be longer than nothing")]
    for number, rung in enumerate(ladder.reminders):
        if not nothing < rung.after < ladder.due_after:
            fault = f"{rung.after} does not lie between the start and due_after ({ladder.due_after})"
            faults.append(Dangling(("reminders", number, "after"), fault))
    if ladder.overdue_every < SHORTEST_GAP:
        faults.append(Dangling(("overdue_every",), "must be at least 1min"))
    refuse_all("Ladder", faults)
    return ladder


SoundLadder = Annotated[Ladder, AfterValidator(_sound)]
