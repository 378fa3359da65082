"""Letters and text messages about a process, as its record stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflows.procedure.operating_model.model import LocalRules
from workflows.procedure.tasks import what_to_do
from workflows.process import ports, steps
from workflows.process.record import Record
from workflows.process.sealed.senders import marks_about
from workflows.process.telling.text_messages import TextMessage

OF_A_TEXT = (
    "services", "noticed_at", "happened_at", "situation", "plan", "plan_before", "window", "short_notice",
)  # fmt: skip
"""The facts that a text message says."""


def letter_about(
    record: Record, rules: LocalRules, kind: Any, contact: str, facts: dict[str, Any], *, key: str, at: datetime
) -> ports.Letter:
    """A letter about a process as its record stands; the organisation's language by default."""
    facts = {"language": rules.languages[0]} | marks_about(record, facts.get("said_by", "")) | facts
    if owed := record.duties.get(facts.get("duty", "")):
        task, towards, phone = owed.task_now, record.towards(owed), rules.kela_phone
        todo = what_to_do(
            task, facts["language"], reference=record.reference, duty=owed.id, phone=phone, towards=towards
        )
        about = {"missing": record.awaited(owed)} if kind in steps.ALARMS else {}
        facts |= {"duty_kind": owed.kind, "due_at": owed.due_at, "what_to_do": todo, "towards": towards} | about
    return ports.Letter(
        key=key,
        reference=record.reference,
        kind=kind,
        contact=contact,
        case=record.case,
        drill=record.drill,
        asked_at=at,
        **(record.letter_facts() | facts),
    )


def text_about(record: Record, kind: Any, to: ports.Recipient, facts: dict[str, Any], *, key: str) -> TextMessage:
    """A text message about a process as its record stands."""
    known = {name: value for name, value in (record.letter_facts() | facts).items() if name in OF_A_TEXT}
    if situation := known.get("situation"):
        known["situation"] = situation.model_copy(update={"kela_notice": ""})  # somebody has written it
    return TextMessage(
        key=key,
        reference=record.reference,
        case=record.case,
        kind=kind,
        contact=to.contact,
        drill=record.drill,
        **marks_about(record),
        **(known | {"language": to.language}),
    )
