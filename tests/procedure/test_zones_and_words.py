"""What must not depend on the machine: its own time zone; and sentences that name several things."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from tests.builders import NOON
from workflows.procedure import duties
from workflows.procedure.breach.risk_questions import AID, suggested_risk
from workflows.procedure.breach.roles import contradictions, expected_role
from workflows.procedure.deadlines import authority_deadlines, months_after
from workflows.procedure.duties import Duty, Ladder, Rung
from workflows.procedure.incident.criteria import VERSIONS, fault_in_answers
from workflows.procedure.incident.triage import DeskAnswers, verdict
from workflows.procedure.languages import LANGUAGES
from workflows.procedure.local_time import written
from workflows.procedure.maintenance.rules import Point, moment_of
from workflows.procedure.model import Duration, Moment
from workflows.procedure.notices.published import key_of, mark_of
from workflows.procedure.notices.vocabulary import Phrases
from workflows.procedure.notices.wall_clock import on_the_clock
from workflows.procedure.public_holidays import easter_sunday
from workflows.procedure.rule_data import read
from workflows.procedure.services import SERVICES, named
from workflows.procedure.window import Window
from workflows.procedure.wording import phrases

HOUR = timedelta(hours=1)
UTC_ITSELF = "+0000"
MOMENT, DURATION = TypeAdapter[datetime](Moment), TypeAdapter[timedelta](Duration)


@pytest.fixture
def abroad(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker whose machine stands in Tokyo."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("abroad")
def test_moments_are_kept_in_utc_wherever_the_worker_stands() -> None:
    window = Window(starts_at=NOON, ends_at=NOON + HOUR)
    month = months_after(NOON, 1)
    moments = [
        MOMENT.validate_python(NOON),
        month.target,
        month.rolled_over,
        moment_of(Point(tells_of="first_start"), window, "Europe/Helsinki"),
        moment_of(Point(tells_of="first_start", days_before=1), window, "Europe/Helsinki"),
        authority_deadlines(NOON).target,
        authority_deadlines(NOON).ceiling,
        authority_deadlines(NOON).disputed_3_5,
    ]
    assert {f"{moment:%z}" for moment in moments} == {UTC_ITSELF}


def test_a_local_day_is_that_of_the_organisation() -> None:
    just_after_midnight = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)  # Friday in Helsinki, still Thursday in Lisbon
    assert [f"{authority_deadlines(just_after_midnight, zone).disputed_3_5:%d %H}" for zone in (
        "Europe/Helsinki", "Europe/Lisbon")] == ["24 22", "24 00"]  # fmt: skip
    assert months_after(datetime(2026, 1, 30, 22, 30, tzinfo=UTC), 1, "Europe/Lisbon").target == datetime(
        2026, 2, 28, 22, 30, tzinfo=UTC
    )
    assert months_after(datetime(2026, 1, 31, 22, 30, tzinfo=UTC), 1).target == datetime(
        2026, 2, 28, 22, 30, tzinfo=UTC
    )
    assert months_after(datetime(2026, 1, 31, 22, 30, tzinfo=UTC), 1, "Europe/Lisbon").target == datetime(
        2026, 2, 28, 22, 30, tzinfo=UTC
    )
    assert months_after(datetime(2026, 4, 30, 22, 30, tzinfo=UTC), 1, "Europe/Lisbon").target == datetime(
        2026, 5, 30, 22, 30, tzinfo=UTC
    )
    assert written(NOON, "Europe/Lisbon") == "22.11.2026 10:00 (+00:00)"


def test_a_day_that_begins_at_local_midnight_counts_whole() -> None:
    midnight = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # Monday 00:00, one hour into which one became aware
    aware = midnight - HOUR
    short = authority_deadlines(aware)
    assert short.disputed_3_5 == max(short.ceiling, midnight + timedelta(days=2))
    friday = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)  # its midnight: Friday and Monday are the two working days
    assert authority_deadlines(friday - HOUR).disputed_3_5 == friday + timedelta(days=4)


def test_easter_of_every_year_against_the_other_algorithm() -> None:
    assert [year for year in range(1583, 5000) if easter_sunday(year) != _easter_by_gauss(year)] == []


def _easter_by_gauss(year: int) -> date:
    """Gauss's algorithm of 1816, with its two exceptions: built on other steps than ours."""
    a, b, c = year % 19, year % 4, year % 7
    k = year // 100
    m = (15 - (13 + 8 * k) // 25 + k - k // 4) % 30
    n = (4 + k - k // 4) % 7
    d = (19 * a + m) % 30
    e = (2 * b + 4 * c + 6 * d + n) % 7
    day = 22 + d + e
    if (d, e) == (29, 6):
        day = 50
    elif (d, e) == (28, 6) and (11 * m + 11) % 30 < 19:
        day = 49
    return date(year, 3, 1) + timedelta(days=day - 1)


def test_several_names_stand_in_one_sentence() -> None:
    assert duties.in_words(["duty_officer", "data_protection_officer"]) == "duty officer, data protection officer"
    judged = verdict(DeskAnswers(criteria_met=("safety", "privacy")))
    assert judged.why == "criteria met or not ruled out: safety, privacy"
    assert verdict(DeskAnswers(criteria_met=())).why == "no criterion applies"
    services = named(("PDR", "WILL"), "en")
    assert services == f"{SERVICES['PDR'].name.en}, {SERVICES['WILL'].name.en}"
    assert named(("PDR",), "sv") == SERVICES["PDR"].name.sv


def test_faults_in_answers_name_everything_that_is_missing_or_too_much() -> None:
    version = "kanta-fi-2019"
    ids = VERSIONS[version].ids()
    known = ", ".join(VERSIONS)
    assert fault_in_answers({}, "x") == f"criteria_version 'x' is not known; known are {known}"
    some = dict.fromkeys(ids[2:], "no")
    assert fault_in_answers(some, version) == (  # type: ignore[arg-type]  # answers of known words
        f"criteria: no answer for {ids[0]}, {ids[1]} (answer yes, no or unknown)"
    )
    more = dict.fromkeys((*ids, "a", "b"), "no")
    assert fault_in_answers(more, version) == f"criteria: a, b is not a criterion of {version}"  # type: ignore[arg-type]


def test_a_supplier_in_whole() -> None:
    position = expected_role("PDR", date(2026, 11, 22), sector="supplier")
    assert position is not None
    assert position.source == "general knowledge: a supplier works for its customers (GDPR art. 28)"
    assert position.note == "Each customer that is a controller must be told."
    verified = expected_role("PRESCRIPTION", date(2026, 11, 22), sector="supplier")
    assert verified is not None
    assert not verified.verified
    (said,) = contradictions("controller", ("PDR",), date(2026, 11, 22), sector="supplier")
    assert said == (
        f"{SERVICES['PDR'].name.en}: the expected role is not the controller (processor) (unverified), but the role "
        "given is a controller: ask the data protection officer which is right. "
        "Each customer that is a controller must be told."
    )
    (dated,) = contradictions("controller", ("PRESCRIPTION",), date(2026, 11, 22))
    assert dated.startswith(
        f"{SERVICES['PRESCRIPTION'].name.en}: the expected role since 1.1.2024 is a joint controller with Kela, "
    )


def test_questions_that_nobody_has_answered_are_all_named() -> None:
    open_ = suggested_risk({}).reasons[-1]
    questions = [question for question in AID.questions if question.kind == "yes_no"]
    for language in LANGUAGES:
        together = " ".join(question.text.in_(language) for question in questions)
        assert open_.in_(language) == AID.open.in_(language).format(questions=together)


def test_alarms_are_numbered_one_by_one_and_one_that_falls_now_is_not_counted_twice() -> None:
    ladder = Ladder(
        due_after=HOUR, reminders=(Rung(after=HOUR / 2, to="desk"),), overdue_every=HOUR, overdue_at_most_every=HOUR
    )
    owed = Duty(
        id="d", kind="triage", recipient="desk", basis="-", opened_at=NOON, clock_started_at=NOON, due_at=NOON + HOUR,
        ladder=ladder,
    )  # fmt: skip
    numbers = []
    for hours in (0.5, 1, 2, 3, 4):
        alarm = duties.next_alarm(owed, NOON + hours * HOUR)
        numbers.append((alarm.number, (alarm.at - NOON) / HOUR))
        owed = duties.fired(owed, alarm)
    assert numbers == [(0, 0.5), (1, 1), (2, 2), (3, 3), (4, 4)]


def test_the_same_notice_is_known_again_in_every_release() -> None:
    assert key_of("feed", "guid") == "b56e055738fab911"
    assert mark_of("k", "title", "text", "link") == "cc409419eafad066"
    assert mark_of("k", "\ud800", "ä", "") == "de87830224489484"
    parts = [("k", "title", "text", "link"), ("x", "title", "text", "link"), ("k", "x", "text", "link")]
    parts += [("k", "title", "x", "link"), ("k", "title", "text", "x")]
    assert len({mark_of(*part) for part in parts}) == len(parts)
    assert len({key_of(*part) for part in [("a", "b"), ("x", "b"), ("a", "x")]}) == 3


def test_the_longest_phrase_comes_first() -> None:
    entry = Phrases(says="fault", fi=("bb", "a"), sv=("cccc", "a"), en=("ddd",), source="-", verified=True)
    assert entry.every() == ("cccc", "ddd", "bb", "a")


def test_phrases_are_found_as_whole_words_with_any_space_and_any_ending_where_wanted() -> None:
    pattern = phrases(["häiriö*", "ei toimi", "a.b"])
    for text in ("häiriö", "häiriöitä on", "palvelu ei  toimi", "ei\ntoimi nyt", "(a.b)"):
        assert pattern.search(text), text
    for text in ("suurhäiriö", "ei toimita", "axb", "häiriötä"[:5], "eitoimi"):
        assert not pattern.search(text), text


def test_rule_data_is_read_as_utf_8_wherever_the_worker_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("io.text_encoding", lambda encoding, *_: encoding or "ascii")
    assert "ä" in read("tasks")["triage"]["fi"]
    assert named(("MYKANTA",), "fi") == "OmaKanta"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT15M", timedelta(minutes=15)), ("15min", timedelta(minutes=15)), ("15 m", timedelta(minutes=15)),
        ("1d2h3min4s", timedelta(days=1, hours=2, minutes=3, seconds=4)), ("1 h 30 min", timedelta(minutes=90)),
        (timedelta(seconds=7), timedelta(seconds=7)),
    ],
)  # fmt: skip
def test_durations(text: object, length: timedelta) -> None:
    assert DURATION.validate_python(text) == length


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (15, 'a duration is written with its unit: "15min", "2h", "3d" or "1h30min"'),
        ("15", 'a duration is written as "15min", "2h", "3d" or "1h30min"'),
        ("", 'a duration is written as "15min", "2h", "3d" or "1h30min"'),
    ],
)
def test_what_is_no_duration(wrong: object, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DURATION.validate_python(wrong)
    assert refused.value.errors()[0]["msg"] == f"Value error, {why}"


def test_moments_of_this_century_only() -> None:
    first, last = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
    assert [MOMENT.validate_python(moment) for moment in (first, last)] == [first, last]
    for moment in (first - timedelta(microseconds=1), last + timedelta(microseconds=1)):
        with pytest.raises(ValidationError, match="the date must lie between the years 2000 and 2099"):
            MOMENT.validate_python(moment)


def test_times_that_a_clock_change_leaves_out_or_repeats() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    for minutes in (180, 181, 210, 239):
        gap = on_the_clock(spring, minutes)
        assert gap.at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
        assert gap.decided == (
            f"{minutes // 60:02}:{minutes % 60:02} does not exist on 29.3.2026: read as the moment of the clock change"
        )
    for minutes in (180, 239):
        first, second = on_the_clock(autumn, minutes), on_the_clock(autumn, minutes, ends=True)
        assert second.at - first.at == HOUR
        assert first.decided == second.decided
        assert "comes twice on 25.10.2026" in first.decided
