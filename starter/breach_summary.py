"""What will be sent, and what follows from it, before a person says yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starter import asking
from starter.breach_view import hours_left
from workflows.procedure.breach_roles import WORDS
from workflows.procedure.deadlines import authority_deadlines
from workflows.procedure.local_time import written
from workflows.procedure.services import named

OTHER_LAWS = {
    "significant_deviation": "significant deviation of an information system",
    "device_hazard": "hazard of a medical device",
    "nis2_significant": "significant incident (NIS2)",
}


def tell_deadline(aware_at: Any, at: datetime) -> None:
    """Say when the 72 hours end."""
    if isinstance(aware_at, datetime):
        target = authority_deadlines(aware_at).target
        asking.tell(f"     Aware {written(aware_at)}; 72 hours end {written(target)}: {hours_left(target, at)}")


def summarise(fields: dict[str, Any], at: datetime) -> None:
    """Show a suspicion as it will be sent."""
    shown = {
        "what": ", ".join(kind.replace("_", " ") for kind in fields["kinds"]),
        "whose data": f"{named(tuple(fields['registers']), 'en')}; we are {WORDS[fields['role']]}",
        "controllers": ", ".join(controller["name"] for controller in fields.get("controllers", ())),
        "description": fields["description"],
        "data": fields.get("data", ""),
        "place": fields.get("place", ""),
        "first noticed": _written(fields.get("first_noticed_at")),
        "detected": _written(fields.get("detected_at")),
        "other laws": ", ".join(text for field, text in OTHER_LAWS.items() if fields.get(field) not in (None, False)),
    }
    asking.tell("\nThis will be sent:", strong=True)
    for name, text in shown.items():
        if text:
            asking.tell(f"  {name:<14} {text}")
    tell_deadline(fields["aware_at"], at)
    asking.tell(f"     {_consequence(fields)}")


def _written(moment: Any) -> str:
    return written(moment) if isinstance(moment, datetime) else str(moment or "")


def _consequence(fields: dict[str, Any]) -> str:
    if fields["role"] == "processor":
        return "Each controller is to be told at once; the 72 hours of the authority are theirs."
    if fields["role"] == "joint_controller" and fields.get("joint_notifier"):
        return f"{fields['joint_notifier']} notifies the authority, as agreed."
    return "The authority is to be notified by then, unless the risk turns out to be unlikely."
