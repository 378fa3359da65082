"""What may come without the key, and what a record keeps of who said it: rules, without a server."""

from __future__ import annotations

from contextvars import copy_context
from typing import Any

import pytest

from tests.builders import NOON, call, opening
from workflows.contract import CONTRACTS
from workflows.incident.instructions import InstructionAnswer
from workflows.incident.messages import IncidentOpening, PhoneEscalation, SituationUpdate
from workflows.incident.record import IncidentRecord
from workflows.process.messages import DeliveryReport, DutyMet, Message, Sender, Through
from workflows.process.sealed.in_clear import HARMLESS, NEEDS_THE_KEY, id_of_a_stranger, is_harmless, why_not
from workflows.process.sealed.seals import Arrival
from workflows.process.sealed.senders import sender_of, speak

IN_CLEAR = Arrival("clear")
ELSEWHERE = Arrival("elsewhere", "key-1")
WITH_KEY = [Arrival("sealed", "key-1"), Arrival("unaddressed", "key-1"), Arrival("unmarked")]
MET = DutyMet(by="x", duty="report_to_kela", met_at=NOON)
REPORT = DeliveryReport(by="x", message_id="<1>", event="bounced")
REACHED = PhoneEscalation.model_validate(call())
NOBODY_REACHED = PhoneEscalation.model_validate(call(reached=False))
SEEN = InstructionAnswer(by="x", contact="ward", what="instruction-1")
WAIVED = InstructionAnswer(by="x", contact="ward", what="instruction-1", waive=True, reason="away")


@pytest.mark.parametrize(
    ("name", "said", "harmless"),
    [
        ("delivery_report", REPORT, True),
        ("phone_escalation", NOBODY_REACHED, True),
        ("phone_escalation", REACHED, False),
        ("acknowledgement", SEEN, True),
        ("situation_update", SituationUpdate(by="x", text="The queue grows"), True),
        ("situation_update", SituationUpdate(by="x", text="All is well", severity="low"), False),
        ("situation_update", SituationUpdate(by="x", text="All is well", extensive=False), False),
        ("situation_update", SituationUpdate(by="x", text="All is well", services=("MEDDB",)), False),
        ("acknowledgement", WAIVED, False),
        ("duty_met", MET, False),
    ],
)
def test_what_meets_and_waives_nothing_is_harmless(name: str, said: Message, harmless: bool) -> None:
    assert is_harmless(name, said) is harmless
    assert (why_not(name, said, IN_CLEAR, "harmless") is None) is harmless
    assert why_not(name, said, IN_CLEAR, "all") is None
    assert why_not(name, said, IN_CLEAR, "none") == NEEDS_THE_KEY


def test_the_list_is_that_of_the_contract() -> None:
    every = {name for contract in CONTRACTS.values() for name in contract.messages}

    assert every > HARMLESS
    assert {name for name in every if is_harmless(name, Message(by="x"))} == HARMLESS


@pytest.mark.parametrize("arrival", WITH_KEY)
@pytest.mark.parametrize("allowed", ["harmless", "all", "none"])
def test_with_the_key_everything_may_come(arrival: Arrival, allowed: Any) -> None:
    assert why_not("duty_met", MET, arrival, allowed) is None


def test_what_was_sealed_for_another_process_has_no_key_here() -> None:
    assert (
        why_not("duty_met", MET, ELSEWHERE, "harmless")
        == "it was sealed for another process: send it again to this one"
    )
    assert why_not("delivery_report", REPORT, ELSEWHERE, "harmless") is None


def test_a_stranger_takes_nobodys_event_id() -> None:
    assert id_of_a_stranger("triage-1") != "triage-1"
    assert id_of_a_stranger(None) is None


@pytest.mark.parametrize("way", [None, Through(os_user="root", token="desk")])
def test_what_a_stranger_says_of_the_way_is_not_believed(way: Through | None) -> None:
    said = Message(by="x", through=way)

    assert sender_of(said, IN_CLEAR) == sender_of(said, ELSEWHERE) == Sender(came="clear")
    assert sender_of(said, WITH_KEY[2]) is None
    assert sender_of(said, WITH_KEY[0]) == Sender(came="sealed", key="key-1", **(way.model_dump() if way else {}))


def closed_by(by: str, arrival: Arrival) -> IncidentRecord:
    """A record whose one duty is met by a message of this arrival; the system notes a line of its own beside."""
    record = IncidentRecord.opened(IncidentOpening.model_validate(opening("FR-1")), NOON)

    def take() -> None:
        said = Message(by=by)
        speak(said, arrival, is_apart=False)
        record.note(NOON, "Said", by)
        record.note(NOON, "Done by the system", "kantadesk")

    copy_context().run(take)
    record.note(NOON, "Said later", by)
    return record


def test_each_line_of_a_stranger_says_so_and_no_other() -> None:
    lines = {line.what: line.said_by("en") for line in closed_by("Desk", IN_CLEAR).timeline}

    assert lines == {"Said": "Desk (unverified sender)", "Done by the system": "kantadesk", "Said later": "Desk"}


def test_a_line_with_the_key_keeps_which_and_takes_no_room_without() -> None:
    sealed, unmarked = closed_by("Desk", WITH_KEY[0]).timeline, closed_by("Desk", WITH_KEY[2]).timeline

    assert [line.sender for line in sealed] == [Sender(came="sealed", key="key-1"), None, None]
    assert [line.said_by("en") for line in sealed] == ["Desk", "kantadesk", "Desk"]
    assert "sender" not in unmarked[0].model_dump()
