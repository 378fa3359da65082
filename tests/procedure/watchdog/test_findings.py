"""Every finding of the watchdog whole: its key, its facts and whom it concerns, so that none loses one unnoticed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import NOON
from workflows.procedure.duties import DutyState
from workflows.procedure.languages import LANGUAGES
from workflows.procedure.tasks import TASKS, task, what_to_do
from workflows.procedure.watchdog import findings
from workflows.procedure.watchdog import words as watch_words
from workflows.procedure.watchdog.endings import HOW_IN_WORDS, NEWS_FOR, Ending, Fate, about_dead, about_ending, is_news
from workflows.procedure.watchdog.findings import Finding, OpenProcess, Step, Watching

RULES = Watching()
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
NOON_WRITTEN = "22.11.2026 12:00 (+02:00)"
SEEN = OpenProcess(workflow_id="incident-1", run_id="r", started_at=NOON, task_queue="kantadesk")


def whole(finding: Finding) -> dict[str, Any]:
    """Every field that is not what it is where nothing is said."""
    return finding.model_dump(exclude_defaults=True)


def of_process(kind: str, facts: dict[str, str], level: str = "fault", process: str = "incident-1") -> dict[str, Any]:
    return {
        "key": f"{kind}/{process}", "kind": kind, "level": level, "area": "processes", "subject": process,
        "facts": {"process": process, **facts},
    }  # fmt: skip


def of_house(kind: str, area: str, level: str, facts: dict[str, str] | None = None, part: str = "") -> dict[str, Any]:
    key = f"{kind}/{part}" if part else kind
    return {"key": key, "kind": kind, "level": level, "area": area} | ({"facts": facts} if facts else {})


def duty(id_: str, after: timedelta = timedelta(0)) -> DutyState:
    return DutyState(id=id_, kind="triage", recipient="desk", basis="-", opened_at=NOON, due_at=NOON + after)


def test_a_process_that_is_stuck_or_was_never_taken_up() -> None:
    stuck = SEEN.model_copy(update={"stuck_because": "WorkerUnhandledFailure", "has_begun": False})
    expected = of_process("stuck", {"why": "WorkerUnhandledFailure"})
    assert [whole(f) for f in findings.about_process(stuck, NOON + 60 * MINUTE, RULES)] == [expected]
    assert [whole(f) for f in findings.about_stuck(stuck)] == [expected]
    left = SEEN.model_copy(update={"has_begun": False})
    assert [whole(f) for f in findings.about_process(left, NOON + 6 * MINUTE, RULES)] == [
        of_process("not_begun", {"since": NOON_WRITTEN, "queue": "kantadesk"})
    ]


def test_a_process_is_asked_only_after_the_grace() -> None:
    due = SEEN.model_copy(update={"next_due": NOON})
    assert [findings.is_due(due, NOON + RULES.clock_grace + late, RULES) for late in (timedelta(0), SECOND)] == [
        False,
        True,
    ]


def test_silent_duties_are_named_with_the_oldest_due_time() -> None:
    owed = [duty("later", MINUTE), duty("triage"), duty("not yet", 60 * MINUTE)]
    (found,) = findings.about_duties(SEEN, owed, NOON + 10 * MINUTE, RULES)
    assert whole(found) == of_process("clock_silent", {"duty": "later, triage", "due": NOON_WRITTEN})
    (many,) = findings.about_duties(SEEN, [duty(f"d{n}") for n in range(30)], NOON + 10 * MINUTE, RULES)
    assert many.facts["duty"] == ", ".join(f"d{n}" for n in range(20))
    at_the_edge = NOON + RULES.clock_grace
    assert findings.about_duties(SEEN, [duty("triage")], at_the_edge, RULES) == []
    assert len(findings.about_duties(SEEN, [duty("triage")], at_the_edge + SECOND, RULES)) == 1


def test_silent_points_are_named_with_the_oldest_time() -> None:
    points = [("start", NOON + MINUTE), ("tell", NOON), ("end", NOON + 60 * MINUTE)]
    (found,) = findings.about_points(SEEN, points, NOON + 10 * MINUTE, RULES)
    assert whole(found) == of_process("point_silent", {"point": "start, tell", "due": NOON_WRITTEN})
    (many,) = findings.about_points(SEEN, [(f"p{n}", NOON) for n in range(30)], NOON + 10 * MINUTE, RULES)
    assert many.facts["point"] == ", ".join(f"p{n}" for n in range(20))
    at_the_edge = NOON + RULES.clock_grace
    assert findings.about_points(SEEN, [("tell", NOON)], at_the_edge, RULES) == []
    assert len(findings.about_points(SEEN, [("tell", NOON)], at_the_edge + SECOND, RULES)) == 1


def test_a_process_that_does_not_answer() -> None:
    assert whole(findings.about_silence(SEEN)) == of_process("no_answer", {"due": "-"})
    due = SEEN.model_copy(update={"next_due": NOON})
    assert whole(findings.about_silence(due)) == of_process("no_answer", {"due": NOON_WRITTEN})


def test_steps_that_are_tried_again_and_again() -> None:
    steps = [
        Step(name="send letter", tries=4, since=NOON + MINUTE),
        Step(name="file form", tries=9, since=NOON),
        Step(name="send letter", tries=5),
        Step(name="easy", tries=3, since=NOON - MINUTE),
    ]
    (found,) = findings.about_steps(SEEN, steps, RULES)
    assert whole(found) == of_process(
        "step_fails", {"step": "file form, send letter", "number": "3", "tries": "9", "since": NOON_WRITTEN}
    )
    (undated,) = findings.about_steps(SEEN, [Step(name="send letter", tries=4)], RULES)
    assert undated.facts["since"] == "-"
    (many,) = findings.about_steps(SEEN, [Step(name=f"s{n:02}", tries=4) for n in range(30)], RULES)
    assert many.facts["step"] == ", ".join(f"s{n:02}" for n in range(20))


def test_messages_that_came_back_are_a_warning_and_very_many_are_counted() -> None:
    assert findings.about_undelivered(SEEN, []) == []
    (found,) = findings.about_undelivered(SEEN, ["desk", "ward"])
    assert whole(found) == of_process("undelivered", {"number": "2", "contacts": "desk, ward"}, "warning")
    (just,) = findings.about_undelivered(SEEN, [f"c{n}" for n in range(20)])
    assert just.facts["contacts"] == ", ".join(f"c{n}" for n in range(20))
    (many,) = findings.about_undelivered(SEEN, [f"c{n}" for n in range(23)])
    assert many.facts["contacts"] == ", ".join(f"c{n}" for n in range(20)) + " (+3)"
    (drill,) = findings.about_undelivered(SEEN.model_copy(update={"drill": True}), ["desk"])
    assert drill.level == "note"


def test_workers_and_work() -> None:
    asked = {"workflows": NOON - 4 * MINUTE, "activities": None}
    waiting = {"activities": RULES.work_waiting + SECOND, "workflows": RULES.work_waiting}
    assert [whole(f) for f in findings.about_workers(asked, waiting, NOON, RULES)] == [
        of_house(
            "no_worker", "workers", "fault",
            {"work": "workflows", "since": "22.11.2026 11:56 (+02:00)"}, "workflows",
        ),
        of_house("no_worker", "workers", "fault", {"work": "activities", "since": "-"}, "activities"),
        of_house("work_waits", "workers", "fault", {"work": "activities", "minutes": "2"}, "activities"),
    ]  # fmt: skip
    silent = {"workflows": NOON - RULES.worker_silent}
    assert findings.about_workers(silent, {}, NOON, RULES) == []
    assert len(findings.about_workers(silent, {}, NOON + SECOND, RULES)) == 1


def test_the_schedule() -> None:
    assert findings.about_schedule("runs") == []
    for state in ("paused", "missing", "changed"):
        (found,) = findings.about_schedule(state)
        assert whole(found) == of_house(f"schedule_{state}", "workers", "warning")


def test_the_watchdog_itself() -> None:
    def about(last: Any, *, runs: bool = True, answers: bool = True, is_ours: bool = True) -> list[dict[str, Any]]:
        found = findings.about_watchdog(
            runs=runs, is_ours=is_ours, answers=answers, last_look=last, at=NOON, rules=RULES
        )
        return [whole(finding) for finding in found]

    assert about(NOON, runs=False) == [of_house("watchdog_gone", "clock", "fault")]
    assert about(None, answers=False, is_ours=False) == [of_house("watchdog_displaced", "clock", "fault")]
    assert about(NOON, answers=False) == [of_house("watchdog_silent", "clock", "fault")]
    assert about(None) == [of_house("watchdog_idle", "clock", "fault", {"since": "-"})]
    assert about(NOON - 15 * MINUTE) == []
    assert about(NOON - 15 * MINUTE - SECOND) == [
        of_house("watchdog_idle", "clock", "fault", {"since": "22.11.2026 11:44 (+02:00)"})
    ]


def test_a_late_timer() -> None:
    (found,) = findings.about_lateness(NOON, NOON + 17 * MINUTE + 59 * SECOND, RULES)
    facts = {"planned": NOON_WRITTEN, "woke": "22.11.2026 12:17 (+02:00)", "minutes": "17"}
    assert whole(found) == of_house("timer_late", "clock", "fault", facts) | {"passes": True}
    assert len(findings.about_lateness(NOON, NOON + RULES.timer_late + SECOND, RULES)) == 1


def test_letters_in_doubt() -> None:
    waiting = [("b.eml", NOON + MINUTE), ("a.eml", NOON), ("new.eml", NOON + 60 * MINUTE)]
    (found,) = findings.about_letters(waiting, NOON + 60 * MINUTE, RULES)
    facts = {"number": "2", "since": NOON_WRITTEN, "files": "b.eml, a.eml"}
    assert whole(found) == of_house("letter_in_doubt", "mail", "fault", facts)
    at_the_edge = NOON + RULES.letter_waiting
    assert findings.about_letters([("a", NOON)], at_the_edge, RULES) == []
    assert len(findings.about_letters([("a", NOON)], at_the_edge + SECOND, RULES)) == 1


def test_mail_that_comes_back() -> None:
    (found,) = findings.about_mailbox("x" * 300)
    assert whole(found) == of_house("mailbox_unread", "mail", "warning", {"why": "x" * 200})
    assert findings.about_mailbox("") == []
    returned = findings.about_returned(["kela", "ward"])
    assert [whole(each) for each in returned] == [
        of_house("address_returned", "mail", "warning", {"contact": name}, name) for name in ("kela", "ward")
    ]
    many = findings.about_returned([f"c{number}" for number in range(findings.NAMED_AT_MOST + 1)])
    assert (len(many), many[-1].facts) == (findings.NAMED_AT_MOST, {"contact": "…"})
    assert len(findings.about_returned([f"c{number}" for number in range(findings.NAMED_AT_MOST)])) == len(many)
    assert findings.about_returned([]) == []


def test_contacts_that_nobody_has_verified() -> None:
    verified = {"ward": date(2024, 1, 1), "desk": date(2024, 1, 1), "new": date(2026, 11, 1)}
    (found,) = findings.about_contacts(verified, date(2026, 11, 22), RULES)
    facts = {"number": "2", "contacts": "desk, ward", "days": "365"}
    assert whole(found) == of_house("contacts_stale", "contacts", "warning", facts)


def test_the_rest_of_the_house() -> None:
    assert findings.about_model("") == []
    assert [whole(f) for f in findings.about_model("line 3")] == [of_house("model_broken", "contacts", "warning")]
    assert whole(findings.unseen("mail", "x" * 500)) == of_house(
        "unseen", "mail", "fault", {"area": "mail", "why": "x" * 200}, "mail"
    )
    assert whole(findings.about_heartbeat("y" * 500)) == of_house(
        "heartbeat_failed", "heartbeat", "warning", {"why": "y" * 200}
    )
    assert whole(findings.too_many(7)) == of_house("and_more", "processes", "fault", {"number": "7"})


def ending(**changes: Any) -> Ending:
    facts = {"workflow_id": "breach-1", "run_id": "r1", "workflow_type": "DataBreach", "how": "terminated"}
    return Ending.model_validate(facts | {"ended_at": NOON} | changes)


@pytest.mark.parametrize(
    ("outcome", "kind", "level", "also_to"),
    [
        ("back", "brought_back", "fault", ("desk", "data_protection_officer")),
        ("lost", "lost", "fault", ("desk", "data_protection_officer")),
        ("drill", "drill_ended", "note", ()),
        ("never_began", "unreadable_start", "warning", ()),
    ],
)
def test_an_ending_whole(outcome: Any, kind: str, level: str, also_to: tuple[str, ...]) -> None:
    fate = Fate(outcome=outcome, under_way=3, command="kantadesk breach open")
    (found,) = about_ending(ending(next_due=NOON), fate)
    expected = {
        "key": f"{kind}/breach-1/r1", "kind": kind, "level": level, "area": "processes", "subject": "breach-1",
        "facts": {
            "process": "breach-1", "how": "terminated", "at": NOON_WRITTEN, "due": NOON_WRITTEN, "number": "3",
            "command": "kantadesk breach open",
        },
    }  # fmt: skip
    assert whole(found) == expected | ({"also_to": also_to} if also_to else {}) | (
        {} if outcome == "lost" else {"passes": True}
    )
    (undated,) = about_ending(ending(), fate)
    assert undated.facts["due"] == "-"


@pytest.mark.parametrize(
    ("changes", "kind", "level"),
    [
        ({}, "dead", "fault"),
        ({"drill": True}, "drill_ended", "note"),
        ({"never_began": True, "drill": True}, "unreadable_start", "warning"),
    ],
)
def test_a_dead_process_seen_from_outside(changes: dict[str, Any], kind: str, level: str) -> None:
    expected = of_process(kind, {"how": "terminated", "at": NOON_WRITTEN}, level, "breach-1")
    assert whole(about_dead(ending(**changes))) == expected


def test_an_old_drill_is_news_until_two_days_have_gone() -> None:
    assert is_news(ending(drill=True), NOON + NEWS_FOR - SECOND)
    assert not is_news(ending(drill=True), NOON + NEWS_FOR)
    assert not is_news(ending(never_began=True), NOON + NEWS_FOR)


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_and_missing_facts_in_words(language: Any) -> None:
    for how in HOW_IN_WORDS:
        (found,) = about_ending(ending(how=how), Fate(outcome="back"))
        assert watch_words.TERMS[how].in_(language) in watch_words.what(found, language)
    for work in ("workflows", "activities"):
        (silent,) = findings.about_workers({work: None}, {}, NOON, RULES)
        assert watch_words.TERMS[work].in_(language) in watch_words.what(silent, language)
    dark = findings.unseen("mail", "dark")
    assert watch_words.TERMS["mail"].in_(language) in watch_words.what(dark, language)


def test_the_list_and_its_headline_word_by_word() -> None:
    found = [*findings.about_model("line 3"), findings.too_many(7)]
    first, second = (watch_words.what(finding, "en") for finding in found)
    do_first, do_second = (watch_words.to_do(finding, "en") for finding in found)
    assert watch_words.listed(found, "en") == f"1. {first}\n   -> {do_first}\n2. {second}\n   -> {do_second}"
    assert watch_words.listed(found, "en", is_over=True) == f"1. {first}\n2. {second}"
    assert watch_words.headline(found[:1], "en") == first
    assert watch_words.headline(found, "en") == f"{first} (+1 more)"
    sixteen = [findings.too_many(n) for n in range(16)]
    assert watch_words.listed(sixteen[:15], "en", is_over=True).splitlines()[-1].startswith("15. ")
    assert watch_words.listed(sixteen, "en", is_over=True).splitlines()[-1] == "(+1 more)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_do_for_a_duty_names_what_it_is_told(language: Any) -> None:
    for kind, known in TASKS.items():
        words = known.in_(language)
        told = what_to_do(kind, language, reference="INC-1", duty="triage-2", phone="020 634 7787")
        given = {"{reference}": "INC-1", "{duty}": "triage-2", "{phone}": "020 634 7787"}
        assert [value in told for name, value in given.items() if name in words] == [True] * sum(
            name in words for name in given
        )
        assert "{" not in told
    assert task("of_tomorrow") == TASKS["other"]
    assert what_to_do("of_tomorrow", language, reference="INC-1", duty="d", phone="p") == what_to_do(
        "other", language, reference="INC-1", duty="d", phone="p"
    )
