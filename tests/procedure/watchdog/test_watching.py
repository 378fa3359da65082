"""What is a finding, how grave, and in which words: tables of cases, no Temporal."""

from __future__ import annotations

import re
import string
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from activities.watchdog import outside as comparison
from starter.duty import let_go
from tests.builders import NOON
from workflows.procedure.duties import DutyState, DutyStateName
from workflows.procedure.languages import LANGUAGES
from workflows.procedure.watchdog import endings, outside, rotas
from workflows.procedure.watchdog import findings as watching
from workflows.procedure.watchdog import words as watch_words
from workflows.procedure.watchdog.endings import Ending, Fate, about_dead, about_ending, is_news
from workflows.procedure.watchdog.findings import Finding, OpenProcess, Step, Watching

RULES = Watching()
MINUTE = timedelta(minutes=1)


def seen(**changes: Any) -> OpenProcess:
    return OpenProcess.model_validate({"workflow_id": "incident-1", "run_id": "r", "started_at": NOON} | changes)


def duty(state: DutyStateName = "open", **changes: Any) -> DutyState:
    facts = {"id": "triage", "kind": "triage", "recipient": "desk", "basis": "-", "opened_at": NOON, "due_at": NOON}
    return DutyState.model_validate(facts | {"state": state} | changes)


def kinds(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.kind, finding.level) for finding in findings]


@pytest.mark.parametrize(
    ("changes", "after", "expected"),
    [
        ({}, 60 * MINUTE, []),
        ({"stuck_because": "WorkerUnhandledFailure"}, MINUTE, [("stuck", "fault")]),
        ({"stuck_because": "WorkerUnhandledFailure", "drill": True}, MINUTE, [("stuck", "note")]),
        ({"has_begun": False}, 5 * MINUTE, []),
        ({"has_begun": False}, 5 * MINUTE + timedelta(seconds=1), [("not_begun", "fault")]),
    ],
)
def test_what_the_store_alone_tells(changes: dict[str, Any], after: timedelta, expected: list[Any]) -> None:
    assert kinds(watching.about_process(seen(**changes), NOON + after, RULES)) == expected


def test_what_the_schedule_starts_again_is_only_asked_whether_it_is_stuck() -> None:
    assert watching.about_stuck(seen(has_begun=False)) == []
    assert kinds(watching.about_stuck(seen(stuck_because="WorkerUnhandledFailure"))) == [("stuck", "fault")]


@pytest.mark.parametrize(
    ("changes", "after", "asked"),
    [
        ({"next_due": NOON}, 5 * MINUTE, False),
        ({"next_due": NOON}, 6 * MINUTE, True),
        ({"next_due": NOON, "overdue": 1}, 6 * MINUTE, True),  # another duty may be silent beside the overdue one
        ({"next_due": NOON, "drill": True}, 600 * MINUTE, False),
        ({}, 600 * MINUTE, False),
    ],
)
def test_who_is_asked(changes: dict[str, Any], after: timedelta, asked: bool) -> None:
    assert watching.is_due(seen(**changes), NOON + after, RULES) is asked


@pytest.mark.parametrize("state", get_args(DutyStateName))
def test_only_an_open_duty_past_its_grace_is_silent(state: DutyStateName) -> None:
    found = watching.about_duties(seen(), [duty(state)], NOON + 6 * MINUTE, RULES)
    assert bool(found) is (state == "open")
    assert watching.about_duties(seen(), [duty(state)], NOON + 5 * MINUTE, RULES) == []
    assert watching.about_duties(seen(), [duty(state, due_at=None)], NOON + 6 * MINUTE, RULES) == []


def test_a_point_of_a_break_that_has_passed_untold_is_silent() -> None:
    points = [("tell by email: start", NOON), ("ask whether the break is over", NOON + 60 * MINUTE)]
    (found,) = watching.about_points(seen(), points, NOON + 6 * MINUTE, RULES)
    assert (found.kind, found.level, found.facts["point"]) == ("point_silent", "fault", "tell by email: start")
    assert watching.about_points(seen(), points, NOON + 5 * MINUTE, RULES) == []
    just_planned = seen(started_at=NOON + 5 * MINUTE)
    assert watching.about_points(just_planned, points, NOON + 6 * MINUTE, RULES) == []


def test_a_step_is_a_finding_from_the_fourth_try() -> None:
    assert watching.about_steps(seen(), [Step(name="send letter", tries=3)], RULES) == []
    (found,) = watching.about_steps(seen(), [Step(name="send letter", tries=n) for n in (2, 4, 9)], RULES)
    assert (found.facts["number"], found.facts["tries"]) == ("2", "9")


def test_workers_that_are_silent_and_work_that_waits() -> None:
    asked = {"workflows": NOON - 4 * MINUTE, "activities": NOON - MINUTE}
    assert kinds(watching.about_workers(asked, {"activities": 3 * MINUTE}, NOON, RULES)) == [
        ("no_worker", "fault"),
        ("work_waits", "fault"),
    ]
    assert watching.about_workers({"workflows": NOON - 3 * MINUTE}, {"workflows": 2 * MINUTE}, NOON, RULES) == []
    assert kinds(watching.about_workers({"workflows": None}, {}, NOON, RULES)) == [("no_worker", "fault")]


def test_a_late_timer_is_said_once_and_never_over() -> None:
    assert watching.about_lateness(None, NOON, RULES) == []
    assert watching.about_lateness(NOON, NOON + 2 * MINUTE, RULES) == []
    (found,) = watching.about_lateness(NOON, NOON + 17 * MINUTE, RULES)
    assert (found.facts["minutes"], found.passes) == ("17", True)


@pytest.mark.parametrize(
    ("runs", "answers", "ago", "expected"),
    [
        (False, False, None, "watchdog_gone"),
        (True, False, None, "watchdog_silent"),
        (True, True, None, "watchdog_idle"),
        (True, True, 16, "watchdog_idle"),
        (True, True, 15, ""),
    ],
)
def test_the_watchdog_is_watched_from_outside(runs: bool, answers: bool, ago: int | None, expected: str) -> None:
    last = NOON - ago * MINUTE if ago is not None else None
    found = watching.about_watchdog(runs=runs, answers=answers, last_look=last, at=NOON, rules=RULES)
    assert [finding.kind for finding in found] == ([expected] if expected else [])


def test_contacts_grow_old_by_the_day() -> None:
    verified = {"desk": date(2025, 11, 22), "ward": date(2025, 11, 21)}
    (found,) = watching.about_contacts(verified, date(2026, 11, 22), RULES)
    assert (found.facts["contacts"], found.level) == ("ward", "warning")
    assert watching.about_contacts({"desk": date(2025, 11, 22)}, date(2026, 11, 22), RULES) == []


def test_a_warning_lets_the_heartbeat_go_on_and_a_fault_does_not() -> None:
    assert watching.is_well([*watching.about_model("line 3"), watching.about_heartbeat("500")])
    assert not watching.is_well([watching.unseen("mail", "dark")])


def test_the_next_look_is_never_at_once() -> None:
    late = NOON + 60 * MINUTE
    assert watching.next_look(NOON, NOON + MINUTE, RULES, at_once=False) == NOON + RULES.every
    assert watching.next_look(NOON, late, RULES, at_once=False) == late + watching.SHORTEST_PAUSE
    assert watching.next_look(NOON, NOON, RULES, at_once=True) == NOON + watching.SHORTEST_PAUSE


@pytest.mark.parametrize(
    "wrong", [{"every": "30s"}, {"tell": []}, {"tell": ["nobody"]}, {"clock_grace": "0s"}, {"step_tries": 1}]
)
def test_rules_that_would_make_noise_or_silence_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Watching.model_validate(wrong)


def ending(**changes: Any) -> Ending:
    facts = {"workflow_id": "breach-1", "run_id": "r1", "workflow_type": "DataBreach", "how": "terminated"}
    return Ending.model_validate(facts | {"ended_at": NOON, "next_due": NOON + 60 * MINUTE} | changes)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("back", ("brought_back", "fault", True)),
        ("lost", ("lost", "fault", False)),
        ("drill", ("drill_ended", "note", True)),
        ("never_began", ("unreadable_start", "warning", True)),
        ("replaced", None),
    ],
)
def test_what_is_said_of_an_ending(outcome: Any, expected: Any) -> None:
    found = about_ending(ending(), Fate(outcome=outcome))
    assert [(f.kind, f.level, f.passes) for f in found] == ([expected] if expected else [])


def test_the_data_protection_officer_hears_of_a_breach_only() -> None:
    of_breach, of_incident = (
        about_ending(ending(workflow_type=kind), Fate(outcome="back"))[0].also_to for kind in ("DataBreach", "Incident")
    )
    assert of_breach == ("desk", "data_protection_officer")
    assert of_incident == ("desk",)


def test_from_outside_an_ending_is_shown_and_old_drills_are_no_news() -> None:
    assert kinds([about_dead(ending())]) == [("dead", "fault")]
    assert kinds([about_dead(ending(drill=True))]) == [("drill_ended", "note")]
    assert kinds([about_dead(ending(never_began=True))]) == [("unreadable_start", "warning")]
    later = NOON + endings.NEWS_FOR
    assert [is_news(ending(**c), later) for c in ({}, {"drill": True}, {"never_began": True})] == [True, False, False]


def test_every_kind_has_words_in_each_language_whose_facts_are_given() -> None:
    finders = (watching, endings, outside, comparison, let_go, rotas)
    rules = "".join(Path(str(finder.__file__)).read_text(encoding="utf-8") for finder in finders)
    given = set(re.findall(r'"(\w+)": |(\w+)=', rules))
    names = {name for pair in given for name in pair if name}
    for kind, words in watch_words.WORDS.items():
        assert f'"{kind}"' in rules or kind.startswith("schedule_") or kind == "other", f"{kind} is never found"
        for text in (words.what, words.to_do):
            parts = [{part[1] for part in string.Formatter().parse(text.in_(lang)) if part[1]} for lang in LANGUAGES]
            assert parts[0] == parts[1] == parts[2], kind
            assert parts[0] <= names, kind


def test_no_finding_is_without_words() -> None:
    unknown = Finding(key="k", kind="of_tomorrow", level="fault", area="mail")
    bare = Finding(key="k", kind="contacts_stale", level="fault", area="mail")
    assert watch_words.what(unknown, "en") == "found: of_tomorrow"
    assert watch_words.what(bare, "en") == "- contacts were verified more than - days ago (-)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_are_listed_with_what_to_do_and_very_many_are_counted(language: Any) -> None:
    found = [
        watching.about_process(seen(workflow_id=f"incident-{n}", stuck_because="x"), NOON, RULES)[0] for n in range(20)
    ]
    listed = watch_words.listed(found, language)
    assert listed.count("->") == 15
    assert "(+5 " in listed
    assert "->" not in watch_words.listed(found, language, is_over=True)
    assert "(+19 " in watch_words.headline(found, language)
    assert watch_words.headline(found[:1], language).startswith("incident-0")
    long = [each.model_copy(update={"facts": each.facts | {"process": "x" * 500}}) for each in found]
    assert len(watch_words.headline(long, language)) < 150
    assert "(+19 " in watch_words.headline(long, language)


def test_terms_are_in_the_readers_language() -> None:
    (found,) = about_ending(ending(), Fate(outcome="back"))
    assert "terminated from outside" in watch_words.what(found, "en")
    assert "lopetettu ulkopuolelta" in watch_words.what(found, "fi")
