"""What a message would tell, and whom, if it were sent now: for a person who looks before hundreds of letters go.

The same record, letters and groups as in the story; a test holds the two together. It all happens to a copy of the
record: nothing is changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from workflows.incident import messages as m
from workflows.incident.instructions import AuthorityInstruction
from workflows.incident.record import IncidentRecord
from workflows.procedure.operating_model.model import LocalRules
from workflows.process.messages import Cancellation, Message


class Foretold(NamedTuple):
    """A telling: the kind of its letters, the point of ``[telling]``, what they say besides, the record by then."""

    kind: str
    point: str
    facts: dict[str, Any]
    record: IncidentRecord


def foretold(record: IncidentRecord, said: Message, rules: LocalRules, at: datetime) -> Foretold | None:
    """What a message would tell to contact groups; None where it tells them nothing, or would be refused."""
    then = record.model_copy(deep=True)
    then.rules = rules
    happened = {"happened_at": said.occurred_at or at}
    telling: tuple[str, str, dict[str, Any]] | None = None
    match said:
        case m.Triage() if not then.told_start and then.phase == "awaiting_triage":
            then.judge(said, then.verdict_before(said.answers(then.time_zone)), at)
            then.go("handling")
            telling = "start", "start", {"text": said.workaround}
        case m.SituationUpdate() if then.phase != "awaiting_triage":
            then.change(said)
            telling = "change", "change", {"text": said.text} | happened
        case m.Resolution() if then.phase == "handling":
            then.go("watch")
            then.resolved_at, then.watch_until = said.resolved_at, at + rules.watch_length
            telling = "end", "end", {"text": f"{said.cause}\n{said.remedy}", "happened_at": said.resolved_at}
        case m.Reopening() if then.phase == "watch":
            then.go("handling")
            then.resolved_at, then.handling_since = None, at
            back = {"situation": then.situation(is_back=True)}
            telling = "change", "change", {"text": said.reason} | happened | back
        case Cancellation() if rules.second_person and any(duty.legal for duty in then.duties.values()):
            pass  # it waits for another person: nobody is told yet
        case Cancellation() if then.told_start:
            then.go("cancelled")
            telling = "cancelled", "end", {"text": said.reason} | happened
        case AuthorityInstruction():
            number = then.next_instruction()
            owed = then.open_duty("distribute_instruction", rules, at, to="the contact persons", basis=number)
            facts = {"text": f"{said.authority}: {said.text}", "duty": owed.id, "to_acknowledge": number}
            telling = "instruction", "instruction", facts
    return Foretold(*telling, then) if telling else None
