"""A process that was ended from outside, as text for people: that no clock runs, and what was due when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starter.client.open_duties import open_duties
from starter.client.outside import BROUGHT_BACK
from starter.terminal.output import Table, say, short, show

if TYPE_CHECKING:
    from workflows.breach.messages import BreachStatus
    from workflows.incident.messages import IncidentStatus


def show_ended(process: str, status: IncidentStatus | BreachStatus, how: str) -> None:
    """Print what it last knew: no time left is shown, since nothing reminds of it."""
    say(f"{process.capitalize()} {status.reference} was ENDED FROM OUTSIDE ({how}): its clocks do not run.")
    say(f"-> {BROUGHT_BACK}. Until then keep its deadlines by hand.")
    if waiting := open_duties(status.duties):
        rows = [(duty.id, short(duty.due_at), duty.state, duty.recipient) for duty in waiting]
        show(Table(("duty", "due", "was", "to"), rows, "What it owed"))
    say("All that it knew: the same command with --json.")


def ended_json(status: IncidentStatus | BreachStatus, how: str) -> dict[str, Any]:
    """Its status, with how it was ended; as it is where it was not."""
    return status.model_dump(mode="json") | ({"ended_from_outside": how} if how else {})
