"""The rules of a breach as data, the ladders of its duties, and what the operating model says about breaches."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from workflows.breach import messages
from workflows.procedure.arising import Arising, ladder_for
from workflows.procedure.breach import terms
from workflows.procedure.breach.rules import RULES, rule_in_force, rule_or_oldest
from workflows.procedure.duties import DutyKind, Ladder
from workflows.procedure.operating_model.model import Breach, LocalRules, OperatingModel, Switches

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 11, 22)
EXAMPLE = Path(__file__).parents[3] / "workers" / "example" / "operating-model.toml"


def example() -> LocalRules:
    return OperatingModel.model_validate(tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))).rules()


def arising(kind: DutyKind, due_after: timedelta, *, by_law: bool) -> Arising:
    start = datetime(2026, 11, 20, 10, tzinfo=UTC)
    return Arising(
        kind=kind,
        recipient="somebody",
        basis="a law",
        legal=True,
        counts_from=start,
        due_at=start + due_after,
        due_is_law=by_law,
        ladder_kind=kind,
        verified=True,
    )


def test_the_law_holds_against_the_ladder_and_an_own_target_gives_way() -> None:
    own: dict[DutyKind, Ladder] = {
        "notify_supervisory_authority": Ladder(due_after=96 * HOUR),
        "document_breach": Ladder(due_after=5 * DAY),
    }
    law = arising("notify_supervisory_authority", 72 * HOUR, by_law=True)
    assert ladder_for(law, own).due_after == 72 * HOUR
    assert ladder_for(arising("document_breach", 30 * DAY, by_law=False), own).due_after == 5 * DAY


def test_a_duty_without_a_ladder_is_not_rushed_like_a_triage() -> None:
    usual = ladder_for(arising("nis2_early_warning", 24 * HOUR, by_law=True), {"triage": Ladder(due_after=HOUR / 2)})
    assert usual.due_after == 24 * HOUR
    assert [(rung.after, rung.to) for rung in usual.reminders] == [
        (8 * HOUR, "desk"),
        (16 * HOUR, "data_protection_officer"),
        (22 * HOUR, "management"),
    ]


def test_the_example_has_a_ladder_for_every_duty_of_a_breach() -> None:
    rules = example()
    assert {rule.kind for rule in RULES} <= set(rules.ladders)
    rungs = rules.ladders["notify_supervisory_authority"].reminders
    assert [rung.to for rung in rungs] == ["desk", *["data_protection_officer"] * 2, *["management"] * 3]
    for rule in RULES:
        if rule.within and rule.case in ("", "processor"):
            assert rules.ladders[rule.kind].due_after == rule.within, f"{rule.kind}: suggestion and example differ"


def test_the_operating_model_says_when_the_question_of_a_breach_opens() -> None:
    assert (example().unavailability_after, example().switches.device_hazard) == (4 * HOUR, False)
    assert Breach().unavailability_after == 4 * HOUR
    assert not any(Switches().model_dump().values()), "no other law applies unless the organisation says so"
    with pytest.raises(ValidationError, match="longer than nothing"):
        Breach.model_validate({"unavailability_after": "0h"})


def test_every_rule_has_its_source_and_says_its_time() -> None:
    for rule in RULES:
        assert rule.source
        assert rule.basis
        assert (rule.within is not None) + bool(rule.months) == (rule.kind != "notify_supervisory_authority")
        assert rule.due == "law" or "own target" in rule.note or not rule.legal
        assert rule.authority or rule.recipient or rule.kind in ("notify_controller", "confirm_joint_notification")
        assert rule.trigger
        assert rule_or_oldest(rule.kind, TODAY, rule.case).kind == rule.kind


def test_no_two_rules_of_a_duty_hold_on_one_day() -> None:
    for rule in RULES:
        bounds = [day for day in (rule.valid_from, rule.valid_until) if day]
        assert all(rule_in_force(rule.kind, day, rule.case) == rule for day in bounds)


def test_the_rules_and_the_messages_speak_of_the_same_things() -> None:
    for name in ("BreachKind", "ControllerRole", "Risk"):
        assert get_args(getattr(terms, name)) == get_args(getattr(messages, name))
