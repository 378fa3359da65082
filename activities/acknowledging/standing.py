"""What a process says of what a link asks to acknowledge: still waited for, done by whom and when, or settled."""

from __future__ import annotations

from typing import Any, Literal

from activities.acknowledging.links import SeenLink
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.procedure.model import Model, Moment

_OVER = ("closed", "cancelled", "documented")


class Standing(Model):
    """How it stands. ``open``: still waited for; ``done``: acknowledged; ``settled``: nobody waits for it any more."""

    state: Literal["open", "done", "settled"]
    reference: str
    drill: bool = False
    authority: str = ""
    received_at: Moment | None = None
    """Of an instruction: whose it is, and when it came."""
    duty_kind: str = ""
    due_at: Moment | None = None
    """Of an alarm: the duty."""
    at: Moment | None = None
    by: str = ""
    passed_on_to: str = ""
    """When it was acknowledged, who has said so, and whom it was passed on to, as far as that is known."""


def standing(link: SeenLink, answered: Any) -> Standing:
    """How it stands by the answer to the query ``status``. Raises ``ValidationError`` where that is no such answer."""
    if link.workflow_id.startswith("incident-"):
        status: IncidentStatus | BreachStatus = IncidentStatus.model_validate(answered)
    else:
        status = BreachStatus.model_validate(answered)
    found = _of_instruction(link, status) if link.kind == "instruction" else _of_alarm(link, status)
    is_over = found.state == "open" and status.phase in _OVER
    return found.model_copy(update={"state": "settled"}) if is_over else found


def _of_instruction(link: SeenLink, status: IncidentStatus | BreachStatus) -> Standing:
    known = getattr(status, "instructions", ())
    instruction = next((each for each in known if each.id == link.what), None)
    facts: dict[str, Any] = {"reference": status.reference, "drill": status.drill}
    if instruction is None:
        return Standing(state="settled", **facts)
    facts |= {"authority": instruction.authority, "received_at": instruction.received_at}
    if link.contact in instruction.awaiting:
        return Standing(state="open", **facts)
    if answer := instruction.answers.get(link.contact):
        facts |= {"at": answer.at, "by": answer.by, "passed_on_to": answer.passed_on_to}
    return Standing(state="done" if link.contact in instruction.acknowledged else "settled", **facts)


def _of_alarm(link: SeenLink, status: IncidentStatus | BreachStatus) -> Standing:
    duty = next((each for each in status.duties if each.id == link.what), None)
    facts: dict[str, Any] = {"reference": status.reference, "drill": status.drill}
    if duty is None:
        return Standing(state="settled", **facts)
    facts |= {"duty_kind": duty.kind, "due_at": duty.due_at}
    if duty.state not in ("open", "overdue"):
        return Standing(state="settled", **facts)
    if duty.acknowledged_at and int(duty.acknowledged_at.timestamp()) >= link.asked_at:
        return Standing(state="done", at=duty.acknowledged_at, by=duty.acknowledged_by, **facts)
    return Standing(state="open", **facts)
