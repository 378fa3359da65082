"""A process that was ended from outside, as text for people: that no clock runs, and what was due when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starter.client.open_duties import open_duties
from starter.client.outside import BROUGHT_BACK
from starter.language import names
from starter.language.moments import short
from starter.language.words import _
from starter.terminal.output import Table, say, show

if TYPE_CHECKING:
    from workflows.breach.messages import BreachStatus
    from workflows.incident.messages import IncidentStatus


def show_ended(process: str, status: IncidentStatus | BreachStatus, how: str) -> None:
    """Print what it last knew: no time left is shown, since nothing reminds of it."""
    whose = names.process(f"{process} {status.reference}") + names.stranger(status.is_a_strangers)
    ended = names.name(names.ENDINGS, how)
    said = _("{process} was ENDED FROM OUTSIDE ({how}): its clocks do not run.", process=whose, how=ended)
    say(said[:1].upper() + said[1:])
    say(f"-> {_(BROUGHT_BACK)}. " + _("Until then keep its deadlines by hand."))
    if waiting := open_duties(status.duties):
        rows = [
            (
                names.duty_of(duty),
                short(duty.due_at),
                names.name(names.DUTY_STATES, duty.state),
                names.recipient(duty.recipient),
            )
            for duty in waiting
        ]
        show(Table((_("duty"), _("due"), _("was"), _("to")), rows, _("What it owed")))
    say(_("All that it knew: the same command with --json."))


def ended_json(status: IncidentStatus | BreachStatus, how: str) -> dict[str, Any]:
    """Its status, with how it was ended; as it is where it was not."""
    return status.model_dump(mode="json") | ({"ended_from_outside": how} if how else {})
