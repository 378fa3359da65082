"""What a command says of a decision that waits for another person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from starter.language.words import N_, _

if TYPE_CHECKING:
    from workflows.breach.messages import BreachStatus
    from workflows.incident.messages import IncidentStatus

WAITS = N_("Recorded, waits for a second person: the clock goes on until another person has confirmed it.")


def done_or_waits(done: str, message: str, status: IncidentStatus | BreachStatus) -> str:
    """What a message has done; where it waits for another person it has done nothing yet, and that is said."""
    context = click.get_current_context(silent=True)
    duty = (context.params.get("duty") if context else None) or ""
    asked = [each for each in status.two_person_decisions if (each.message, each.duty) == (message, duty)]
    return _(WAITS) if any(each.is_open for each in asked) else done
