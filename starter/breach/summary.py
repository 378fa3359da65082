"""A suspicion as it will be sent, with its deadline: said back to the person before it goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from starter.language import names as named_by
from starter.language.moments import written
from starter.language.words import _
from starter.law_questions import NAMES, answer_in_words
from starter.terminal import prompts
from starter.terminal.last_look import asked_of
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


class SuspicionAnswer(NamedTuple):
    """One answer of the summary. ``fields``: what of the message it is; ``about``: which question it answers."""

    about: str
    text: str
    fields: tuple[str, ...]


def to_be_changed(fields: dict[str, Any], at: datetime, laws: Collection[str]) -> SuspicionAnswer | None:
    """Show a suspicion as it will be sent: which answer is to be asked for again, None where it may go.

    ``laws``: the questions of other laws that are asked here. Raises ``Wrong`` where it may not go.
    """
    answers = [*_answers(fields, laws)]
    prompts.tell("\n" + _("This will be sent:"), strong=True)
    for number, answer in enumerate(answers, 1):
        prompts.numbered(number, answer.text)
    if fields["role"] != "processor":  # the 72 hours are each controller's own
        tell_deadline(fields["aware_at"], at)
    prompts.tell(f"     {_consequence(fields)}", hang=0)
    changed = asked_of(len(answers))
    return None if changed is None else answers[changed]


def _answers(fields: dict[str, Any], laws: Collection[str]) -> Iterator[SuspicionAnswer]:
    def line(about: str, name: str, text: str, *more: str) -> SuspicionAnswer:
        return SuspicionAnswer(about, f"{name}: {text or '-'}", (about, *more))

    yield line("aware_at", _("aware"), _written(fields["aware_at"]))
    yield line("first_noticed_at", _("first noticed"), _written(fields.get("first_noticed_at")))
    yield line("kinds", _("what"), named_by.data_kinds(fields["kinds"]))
    yield line("registers", _("whose data"), named_by.services(fields["registers"]))
    yield line("role", _("our role"), _(WORDS[fields["role"]]), *OF_ROLE)
    if fields["role"] == "processor":
        told = "; ".join(controller["name"] for controller in fields.get("controllers", ()))
        yield line("controllers", _("controllers"), told)
    yield line("joint_notifier", _("who notifies the authority"), _who_notifies(fields), *OF_NOTIFIER)
    yield line("description", _("description"), fields["description"])
    yield line("data", _("data"), fields.get("data", ""))
    yield line("place", _("place"), fields.get("place", ""))
    yield line("began_at", _("began"), _written(fields.get("began_at")))
    yield line("cause", _("cause"), fields.get("cause", ""))
    yield line("measures_before", _("protected by"), fields.get("measures_before", ""))
    for field in laws:
        yield line(field, _(NAMES[field]), answer_in_words(fields.get(field)))
    if fields.get("detected_at"):
        yield line("detected_at", _("detected"), _written(fields["detected_at"]))


OF_NOTIFIER = ("joint_notifier", "joint_notifier_name", "joint_notifier_reason")
OF_ROLE = ("controllers", *OF_NOTIFIER)
"""What is asked only of one role, and anew where that changes."""
OF_WHOSE_DATA = ("role", "controllers", "joint_notifier")
"""What the questions about the role answer."""


def _who_notifies(fields: dict[str, Any]) -> str:
    """Who tells the authority: the desk's own, unless another has it for certain."""
    if fields["role"] == "processor":
        return _("each controller, not we")
    if fields["role"] == "controller":
        return _("we")
    if str(fields.get("joint_notifier")).casefold() == "other":
        facts = {"name": fields.get("joint_notifier_name"), "where": fields.get("joint_notifier_reason")}
        return _("{name}, as agreed ({where})", **facts)
    if str(fields.get("joint_notifier")).casefold() == "us" and not fields.get("joint_notifier_name"):
        return _("we, as agreed")
    return _("not agreed: we, until it is")


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
