"""Who is another person, and what becomes of a decision in whatever order people speak: rules, without a server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON, breach_opening, local_rules, opening
from workflows.breach.messages import BreachOpening
from workflows.breach.record import BreachRecord
from workflows.breach.refusals import refusal
from workflows.incident.foretold import foretold
from workflows.incident.messages import IncidentOpening
from workflows.incident.record import IncidentRecord
from workflows.procedure.operating_model.model import LocalRules
from workflows.process.messages import Cancellation, Conclusion, DutyWaived, Message, Through
from workflows.process.second_person.decision import (
    NEEDS_A_WAY,
    NEEDS_THE_KEY,
    DecisionAnswer,
    TwoPersonDecision,
    is_same_name,
    why_not_another,
    why_not_asked,
)

RULES = local_rules(second_person=True)
NOTIFY = "notify_supervisory_authority"
ASKED = TwoPersonDecision(
    id="confirm_decision", message="duty_waived", duty=NOTIFY, reason="-", asked_by="Anna Aalto", asked_at=NOON,
    asked_through=Through(os_user="aalto"),
)  # fmt: skip


def confirmation(by: str, **through: str) -> DecisionAnswer:
    way = Through(**through) if through else None
    return DecisionAnswer(by=by, decision=ASKED.id, answer="confirmed", through=way)


@pytest.mark.parametrize("name", ["anna aalto", "AALTO, Anna", " Anna  Aalto.", "Aalto Anna"])
def test_a_name_is_the_same_however_it_is_typed(name: str) -> None:
    assert is_same_name("Anna Aalto", name)


@pytest.mark.parametrize("name", ["Anna Aaltonen", "Anna", "A. Aalto", "Bengt Aalto", "Anna Aalto II"])
def test_another_name_is_another(name: str) -> None:
    assert not is_same_name("Anna Aalto", name)


@pytest.mark.parametrize(
    ("said", "is_another"),
    [
        (confirmation("Bengt Berg", os_user="berg"), True),
        (confirmation("Bengt Berg", os_user="berg", token="web"), True),
        (confirmation("Bengt Berg", os_user="AALTO"), False),
        (confirmation("Bengt Berg", token="web"), False),
        (confirmation("Bengt Berg", os_user="  "), False),
        (confirmation("Bengt Berg"), False),
        (confirmation("Aalto Anna", os_user="berg"), False),
    ],
)
def test_another_person_has_another_name_and_another_account(said: DecisionAnswer, is_another: bool) -> None:
    assert (why_not_another(ASKED, said) is None) is is_another


def test_who_asks_shows_the_key_and_an_account() -> None:
    said = Message(by="x", through=Through(os_user="x"))
    assert why_not_asked(said, in_clear=False) is None
    assert why_not_asked(said, in_clear=True) == NEEDS_THE_KEY
    assert why_not_asked(Message(by="x"), in_clear=False) == NEEDS_A_WAY


def opened() -> BreachRecord:
    facts = breach_opening("B-1", aware_at=NOON.isoformat())
    record = BreachRecord.opened(BreachOpening.model_validate(facts), NOON)
    record.rules = RULES
    record.take_stock(RULES, NOON)
    return record


PEOPLE = {"Anna Aalto": "aalto", "Bengt Berg": "berg", "Carl Cygnaeus": "berg"}
"""Two of them share an account."""
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "confirmed", "declined", "withdrawn", "met"]),
        st.sampled_from(sorted(PEOPLE)),
        st.integers(0, 3),
    ),
    max_size=25,
)


class Orders:
    """A breach to which people speak in any order; what it keeps is compared with what was allowed."""

    def __init__(self, rules: LocalRules = RULES) -> None:
        self.record, self.rules, self.at = opened(), rules, NOON
        self.due = {duty.id: duty.due_at for duty in self.record.duties.values()}

    def step(self, what: str, by: str, number: int) -> None:
        self.at += timedelta(hours=1)
        through = Through(os_user=PEOPLE[by])
        duties = [duty.id for duty in self.record.duties.values() if duty.kind != "confirm_decision"]
        duty = duties[number % len(duties)]
        match what:
            case "ask":
                said: Any = DutyWaived(by=by, duty=duty, reason="-", through=through)
                if refusal(self.record, said, self.at) is None:
                    self.record.ask_for(said, self.rules, self.at)
            case "met" if self.record.is_open(duty):
                self.record.meet(self.record.duties[duty], self.at, by)
            case "confirmed" | "declined" | "withdrawn":
                self.answer(what, by, f"confirm_decision-{number + 1}" if number else "confirm_decision")

    def answer(self, what: Any, by: str, decision: str) -> None:
        said = DecisionAnswer(by=by, decision=decision, answer=what, reason="-", through=Through(os_user=PEOPLE[by]))
        if refusal(self.record, said, self.at) is not None:
            return
        before = {each.id: each for each in self.record.open_duties()}
        answered = self.record.answer_decision(said, self.at)
        if what != "confirmed":
            assert self.record.is_open(answered.duty) == (answered.duty in before)
            return
        assert PEOPLE[by] != PEOPLE[answered.asked_by]
        assert answered.duty in before
        self.record.waive(self.record.duties[answered.duty], self.at, answered.asked_by, answered.reason)


@given(STEPS)
def test_whatever_the_order_two_persons_waive_and_nothing_waits_for_nothing(steps: list[tuple[str, str, int]]) -> None:
    orders = Orders()
    for step in steps:
        orders.step(*step)
    record = BreachRecord.model_validate_json(orders.record.model_dump_json())

    confirmed = {each.duty for each in record.two_person_decisions.values() if each.state == "confirmed"}
    waived = {duty.id for duty in record.duties.values() if duty.state == "waived" and duty.kind != "confirm_decision"}
    assert waived == confirmed
    for decision in record.two_person_decisions.values():
        assert decision.is_open == record.is_open(decision.id)
        assert not decision.is_open or record.is_open(decision.duty)
        assert (decision.answered_at is None) == decision.is_open
    waiting = [each.duty for each in record.waiting_decisions()]
    assert len(waiting) == len(set(waiting))
    assert {duty.id: duty.due_at for duty in record.duties.values() if duty.id in orders.due} == orders.due


def test_what_waits_stays_small() -> None:
    record = opened()
    long = DutyWaived(by="Anna Aalto", duty=NOTIFY, reason="x" * 8000, through=Through(os_user="aalto"))
    record.ask_for(long, RULES, NOON)
    said = Cancellation(by="Anna Aalto", reason="x" * 8000)
    assert "in fewer words" in (refusal(record, said, NOON) or "")
    assert "in fewer words" not in (refusal(record, Cancellation(by="Anna Aalto", reason="x"), NOON) or "")


@pytest.mark.parametrize(
    "said",
    [
        DutyWaived(by="Anna Aalto", duty=NOTIFY, reason="because"),
        Cancellation(by="Anna Aalto", reason="because"),
        Conclusion(by="Anna Aalto", text="because"),
    ],
    ids=lambda said: type(said).__name__,
)
def test_what_takes_effect_is_what_was_asked_for(said: DutyWaived | Cancellation | Conclusion) -> None:
    assert opened().ask_for(said, RULES, NOON).as_said() == said


@pytest.mark.parametrize(("second_person", "is_told"), [(True, False), (False, True)])
def test_a_preview_tells_nobody_of_a_cancellation_that_waits(second_person: bool, is_told: bool) -> None:
    rules = local_rules(second_person=second_person)
    record = IncidentRecord.opened(IncidentOpening.model_validate(opening("FR-1")), NOON)
    record.rules, record.told_start = rules, True
    owed = record.open_duty("nis2_early_warning", rules, NOON, to="Traficom", basis="-", legal=True)
    record.meet(owed, NOON, "Anna Aalto")
    assert (foretold(record, Cancellation(by="Anna Aalto", reason="-"), rules, NOON) is not None) is is_told
