"""A suspicion as it will be sent, with its deadline: said back to the person before it goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starter.language import names as named_by
from starter.language.moments import written
from starter.language.words import _
from starter.law_questions import NAMES
from starter.terminal import prompts
from starter.views.breach import hours_left
from workflows.procedure.breach.roles import WORDS
from workflows.procedure.deadlines import authority_deadlines, hours_in_words


def tell_deadline(aware_at: Any, at: datetime) -> None:
    """Say when the hours for notifying the authority end; before there was such a law, only the awareness."""
    if isinstance(aware_at, datetime):
        target, hours = authority_deadlines(aware_at).target, hours_in_words(aware_at)
        ending = (
            _(
                "; {hours} hours end {target}: {hours_left}",
                hours=hours,
                target=written(target),
                hours_left=hours_left(target, at),
            )
            if hours
            else ""
        )
        prompts.tell("     " + _("Aware {aware_at}{ending}", aware_at=written(aware_at), ending=ending))


def summarise(fields: dict[str, Any], at: datetime) -> None:
    """Show a suspicion as it will be sent."""
    ours, laws = (
        WORDS[fields["role"]],
        [_(text) for field, text in NAMES.items() if fields.get(field) not in (None, False)],
    )
    shown = {
        _("what"): named_by.data_kinds(fields["kinds"]),
        _("whose data"): _(
            "{registers}; we are {role}", registers=named_by.services(fields["registers"]), role=_(ours)
        ),
        _("controllers"): ", ".join(controller["name"] for controller in fields.get("controllers", ())),
        _("description"): fields["description"],
        _("data"): fields.get("data", ""),
        _("place"): fields.get("place", ""),
        _("began"): _written(fields.get("began_at")),
        _("cause"): fields.get("cause", ""),
        _("protected by"): fields.get("measures_before", ""),
        _("first noticed"): _written(fields.get("first_noticed_at")),
        _("detected"): _written(fields.get("detected_at")),
        _("other laws"): ", ".join(laws),
    }
    prompts.tell("\n" + _("This will be sent:"), strong=True)
    for name, text in shown.items():
        if text:
            prompts.tell(f"  {name:<18} {text}")
    if fields["role"] != "processor":  # the 72 hours are each controller's own
        tell_deadline(fields["aware_at"], at)
    prompts.tell(f"     {_consequence(fields)}")


def _written(moment: Any) -> str:
    return written(moment) if isinstance(moment, datetime) else str(moment or "")


def _consequence(fields: dict[str, Any]) -> str:
    if fields["role"] == "processor":
        return _("Each controller is to be told at once; the period for notifying the authority is theirs.")
    if fields["role"] == "joint_controller" and str(fields.get("joint_notifier")).casefold() == "other":
        return _(
            "{other} notifies the authority, as agreed; you make sure that it was done.",
            other=fields.get("joint_notifier_name"),
        )
    return _("The authority is to be notified by then, unless the risk turns out to be unlikely.")
