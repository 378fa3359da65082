"""Random lives of incidents and breaches: whatever is sent, in whatever order, nothing is lost and no clock stops.

A few plans here; many by ``make fuzz``, and there too: a build that is broken on purpose is found, so that the
search is known to see.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import call
from tests.fuzz.campaign import search
from tests.fuzz.counts import unaccounted_for, written
from tests.fuzz.plans import Ago, Plan, Say, Wait
from tests.fuzz.truths import Violation
from workflows.breach.record import BreachRecord
from workflows.incident.record import IncidentRecord
from workflows.procedure.duties import Duty
from workflows.process.record import Record


@pytest.mark.fuzz
@pytest.mark.parametrize("process", ["Incident", "DataBreach", "ContactReview"])
def test_nothing_is_lost_and_no_clock_stops(process: str) -> None:
    numbers = search(process, seed=1, plans=6, acts=12)
    assert numbers["lives"] >= 6
    assert numbers["histories replayed"] > numbers["lives"]
    assert numbers["parts brought to the evidence"]
    assert numbers["messages sent"]
    assert not unaccounted_for(numbers)


def test_the_numbers_in_the_document_are_those_of_a_run_that_lost_nothing() -> None:
    numbers = written()
    assert numbers["messages sent"] > 1000
    assert numbers["histories replayed"] > numbers["lives"] > 0
    assert not unaccounted_for(numbers)
    assert "violations" in numbers
    assert not numbers["violations"]


def _drops_it(self: Record, duty: Duty, *_: Any, **__: Any) -> None:
    self.duties.pop(duty.id)


BROKEN = {
    "a duty is dropped when it is met": (Record, "meet", _drops_it, "Incident"),
    "a refused message is forgotten": (Record, "refuse", lambda self, *_: None, "Incident"),  # noqa: ARG005
}


@pytest.mark.fuzz
@pytest.mark.parametrize("how", BROKEN)
def test_a_build_that_is_broken_on_purpose_is_found(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead, process = BROKEN[how]
    monkeypatch.setattr(where, name, instead)
    with pytest.raises(Violation):
        search(process, seed=1, plans=60, acts=8, patience=3)


@pytest.mark.fuzz
def test_a_build_that_applies_repeats_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Record, "is_repeat", lambda self, event_id: False)  # noqa: ARG005
    said = Say("phone_escalation", call(called_at=Ago(1)), event=1, times=2)
    with pytest.raises(Violation, match="was applied again"):
        search("Incident", seed=1, plans=1, acts=1, plan=Plan({}, (said,)))


@pytest.mark.fuzz
def test_a_build_that_does_not_count_overdue_duties_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_judges = Plan({}, (Wait(120),))
    search("Incident", seed=1, plans=1, acts=1, plan=nobody_judges)
    monkeypatch.setattr(Record, "overdue", lambda self: 0)  # noqa: ARG005
    with pytest.raises(Violation, match=r"search attributes are .*, 0, 0. and should be .*, [1-9]"):
        search("Incident", seed=1, plans=1, acts=1, patience=15, plan=nobody_judges)


def test_the_records_that_are_broken_here_are_those_that_run() -> None:
    assert issubclass(IncidentRecord, Record)
    assert issubclass(BreachRecord, Record)
