"""The desk on the engine: nothing wrong in good builds, something wrong in broken ones, and small where it is found."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import builds
from tests.chaos.script import Act, Late, Open, Plan, Say, _call, everything, opening, to_its_end, triage
from tests.simulation.desk.house import Trouble
from tests.simulation.desk.product import part_of_links
from tests.simulation.desk.running import (
    AT_EACH_STEP,
    MUCH_TROUBLE,
    NOTHING,
    USUAL,
    Order,
    Outcome,
    of_a_year,
    ordered,
    simulated,
)
from tests.simulation.desk.shrinking import fewest, kind_of, shrunk
from tests.simulation.desk.story import story_of
from tests.simulation.desk.year import is_working_day
from tests.simulation.hook import violations_of
from tests.simulation.keeping import keep, remembered

HERE = Path(__file__).parent
KEPT = sorted((HERE / "kept").glob("*.json"))
BROKEN = {
    "reminder skipped": builds.REMINDER_SKIPPED,
    "message dropped": builds.MESSAGE_DROPPED,
    "mail doubled": builds.MAIL_DOUBLED,
    "duty forgotten": builds.DUTY_FORGOTTEN,
    "letter not kept": builds.LETTER_NOT_KEPT,
}


def test_nothing_is_wrong_where_nothing_goes_wrong() -> None:
    outcome = simulated(Order("quiet", [everything("Q0001")], NOTHING, has_real_docx=True))
    assert outcome.violations == outcome.said_otherwise == []
    assert outcome.checks["letters"] > 10
    assert outcome.checks["clocks"] > 3
    assert outcome.checks["records"] >= 3
    assert outcome.account.numbers["runs built again"] == 2


@pytest.mark.simulation
def test_nothing_is_wrong_with_lives_around_which_much_goes_wrong() -> None:
    outcome = simulated(ordered("usual", lives=12, rates=USUAL))
    assert outcome.violations == []
    assert outcome.happened


@pytest.mark.simulation
def test_each_run_is_the_same_when_it_is_built_again_after_every_step() -> None:
    outcome = simulated(ordered("every step", lives=3, rates=AT_EACH_STEP))
    assert outcome.violations == []
    completed = sum("workflow_task_completed" in line for line in outcome.lines)
    assert outcome.rebuilt >= completed > 100, "after each step, and at the end"


@pytest.mark.simulation
def test_nothing_is_wrong_in_the_first_weeks_of_a_year() -> None:
    order = of_a_year("a year", incidents=200, makes="overtaken")
    assert order.starts is not None
    first = dataclasses.replace(order, plans=order.plans[:10], starts=order.starts[:10])
    outcome = simulated(first)
    assert outcome.violations == []
    assert outcome.account.numbers["alarms"] > 0


@pytest.mark.simulation
@pytest.mark.parametrize("how", BROKEN)
def test_a_build_that_is_broken_on_purpose_is_found(how: str, tmp_path: Path) -> None:
    tree = builds.build(tmp_path / "broken", BROKEN[how])
    verdict = violations_of(tree, seed="broken", lives=8, seconds=300)
    assert verdict.trouble == ""
    assert verdict.violations


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_what_was_found_once_is_not_wrong_any_more(kept: Path) -> None:
    outcome = simulated(remembered(json.loads(kept.read_text(encoding="utf-8"))))
    assert outcome.violations == []


def test_something_is_kept() -> None:
    assert KEPT


# --- what is known elsewhere, and what comes late ------------------------------------------------------------


def _judged(reference: str, severity: str, age: timedelta | None, **said: Any) -> Plan:
    """A life with a notice of that age (or none), and a triage that says this beside the rest."""

    def notice(at: datetime) -> dict[str, Any]:
        published = (at - (age or timedelta(0))).isoformat()
        return {"guid": "n", "title": "It", "kind": "fault", "published_at": published, "services": ["DMS"]}

    judged = triage(severity, extensive=False)
    acts: list[Act] = [Open(opening(reference, "DMS")), Say("triage", lambda at: judged(at) | said)]
    acts[1:1] = [] if age is None else [Say("notice", notice)]
    phoned = [Say("phone_escalation", _call())] if severity == "critical" else []
    return Plan(reference, (*acts, *phoned, *to_its_end()))


def test_model_and_product_agree_on_what_a_notice_and_a_supplier_leave_out() -> None:
    same, hour, days = {"same_as_notice": "yes"}, timedelta(hours=1), timedelta(days=3)
    supplier = {"reported_by_supplier": {"at": "2027-01-01T00:00:00Z"}}
    lives = {
        "S0001": (_judged("S0001", "high", hour, **same), set()),
        "S0002": (_judged("S0002", "high", days, **same), {"report_to_kela"}),
        "S0003": (_judged("S0003", "high", hour), {"report_to_kela"}),
        "S0004": (_judged("S0004", "critical", hour, **same), {"report_to_kela", "phone_kela"}),
        "S0005": (_judged("S0005", "critical", None, **supplier), {"phone_kela"}),
        "S0006": (_judged("S0006", "high", None, **supplier), set()),
    }
    outcome = simulated(Order("published", [plan for plan, _ in lives.values()], NOTHING))
    assert outcome.violations == []
    for reference, (_, owed) in lives.items():
        ended = outcome.histories[f"incident-{reference}"][-1].workflow_execution_completed_event_attributes
        status = json.loads(ended.result.payloads[0].data)
        assert {duty["kind"] for duty in status["duties"]} - {"triage", "end_to_kela"} == owed, reference


def test_a_message_that_comes_late_is_overtaken() -> None:
    late = Late(Say("situation_update", lambda _: {"text": "It goes on."}), 5.0)
    acts = (Open(opening("S0001", "DMS")), Say("triage", triage("high", extensive=False)), late, *to_its_end())
    outcome = simulated(Order("late", [Plan("S0001", acts)], NOTHING))
    assert outcome.violations == []
    accepted = [
        event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
        for event in outcome.histories["incident-S0001"]
        if event.HasField("workflow_execution_update_accepted_event_attributes")
    ]
    assert accepted == ["triage", "resolution", "situation_update"]


def test_an_incident_that_closes_over_a_call_that_is_told_late_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch is long over when the call is logged: until then it is owed."""
    late = Late(Say("phone_escalation", _call()), 60.0)
    acts = (Open(opening("S0001", "DMS")), Say("triage", triage("critical", extensive=False)), late, *to_its_end())
    order = Order("owed", [Plan("S0001", acts)], NOTHING)
    assert simulated(order).violations == []
    record: Any = part_of_links("may_close")
    owed = record.open_duties
    monkeypatch.setattr(record, "may_close", lambda _: True)
    assert simulated(order).violations, "it takes no message any more, and waits for one"
    monkeypatch.setattr(record, "open_duties", lambda self: [] if self.phase == "closed" else owed(self))
    assert "incident-S0001: it is over, and phone_kela is owed" in simulated(order).violations[0]


# --- small, and told ----------------------------------------------------------------------------------------


def test_the_fewest_things_are_found() -> None:
    tried = []

    def fails(some: list[int]) -> bool:
        tried.append(some)
        return {3, 11} <= set(some)

    assert fewest(list(range(16)), fails) == [3, 11]
    assert len(tried) < 60


def test_a_failure_becomes_small_and_is_told() -> None:
    """A judge of straw: an order fails where two lives, a resolution and a fault are in it."""

    def run(order: Order, **_: Any) -> Outcome:
        said = {act.message for plan in order.plans for act in plan.acts if isinstance(act, Say)}
        faults = [name for name in ("a", "b", "c") if order.allowed is None or name in order.allowed]
        is_wrong = len(order.plans) >= 2 and "resolution" in said and "b" in faults
        wrong = ["S0007: letter 3 was lost"] if is_wrong else []
        return Outcome(violations=wrong, happened=faults, lines=["an event"], ends=True)

    small = shrunk(ordered("small", lives=8, rates=USUAL), run=run)
    assert small.reason == kind_of("S0123: letter 77 was lost")
    assert len(small.order.plans) == 2
    assert small.order.allowed == frozenset({"b"})
    acts: list[Any] = [act for plan in small.order.plans for act in plan.acts if not isinstance(act, Open)]
    assert [act.message for act in acts] == ["resolution"]
    told = story_of(small.order, run(small.order))
    assert "says resolution to the incident" in told
    assert "What went wrong around it:\n  - b\n" in told


def test_what_does_not_fail_is_not_made_small() -> None:
    with pytest.raises(ValueError, match="nothing is wrong"):
        shrunk(ordered("x", lives=1), run=lambda _, **__: Outcome())


def test_a_kept_order_is_the_same_order(tmp_path: Path) -> None:
    order = ordered("kept", lives=3, rates=USUAL)
    whole = order.plans[2]
    fewer = dataclasses.replace(order, plans=[whole._replace(acts=(whole.acts[0], *whole.acts[2:4]))])
    kept = json.loads(keep(fewer, "for a test", tmp_path).read_text(encoding="utf-8"))
    assert kept["lives"] == [{"reference": "S0002", "acts": [0, 2, 3]}]
    again = remembered(kept)
    assert [plan.reference for plan in again.plans] == ["S0002"]
    assert [type(act) for act in again.plans[0].acts] == [type(act) for act in fewer.plans[0].acts]
    assert again.rates == order.rates


def test_a_part_of_a_year_is_kept_with_the_whole_year(tmp_path: Path) -> None:
    """The plans of a year depend on how many there are: kept as a year of one, it would be another life."""
    order = of_a_year("kept", incidents=20)
    one = dataclasses.replace(order, plans=order.plans[7:8], starts=[order.begins_after(7)])
    again = remembered(json.loads(keep(one, "for a test", tmp_path).read_text(encoding="utf-8")))
    assert again.starts == one.starts
    assert len(again.plans[0].acts) == len(one.plans[0].acts)


def test_days_off() -> None:
    assert not is_working_day(date(2027, 1, 6))
    assert not is_working_day(date(2027, 6, 20))
    assert is_working_day(date(2027, 6, 21))


def test_a_judge_that_hears_too_little_finds_something() -> None:
    """The checks themselves can fail: a life in which the people say what their plan does not know."""
    silent = Plan("S0001", (Open(opening("S0001", "PDR")), *to_its_end()))  # refused: it was never judged
    outcome = simulated(Order("silent", [silent], NOTHING, patience_days=0.1))
    assert any("nothing came within" in each for each in outcome.violations)


# --- trouble around the processes -----------------------------------------------------------------------------


@pytest.mark.simulation
def test_a_full_disk_wrong_clocks_and_lost_answers_cost_no_letter_and_no_message() -> None:
    outcome = simulated(dataclasses.replace(ordered("trouble 2", lives=8, rates=USUAL), trouble=MUCH_TROUBLE))
    assert outcome.violations == []
    assert outcome.account.numbers["times the disk was full"] > 0
    assert any("answer is lost" in each for each in outcome.happened)


@pytest.mark.simulation
def test_workers_without_a_common_store_double_letters_and_the_judge_sees_it() -> None:
    """Not supported, and found: this is why the ledger must lie where every worker sees it."""
    apart = Trouble(has_common_store=False)
    rates = dataclasses.replace(USUAL, activity_lost_after=0.15)
    outcome = simulated(dataclasses.replace(ordered("no store", lives=6, rates=rates), trouble=apart))
    assert outcome.account.doubled
    what = ("was accepted", "is not there as it was sent")  # the second letter takes the place of the first one's file
    assert all(any(words in each for words in what) for each in outcome.violations)
