"""The duties of other laws: each arises by its own switch and its own answer, and its clock by the law's own event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflows.procedure.arising import Arising
from workflows.procedure.duties import DutyKind
from workflows.procedure.operating_model.model import Switches
from workflows.procedure.other_laws import (
    BY_LAW,
    NO_DETECTION,
    QUESTIONS,
    Answer,
    LawAnswers,
    LawFacts,
    asked_by,
    law_duties,
    unanswered,
    why_no_longer,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DETECTED = datetime(2026, 11, 20, 5, tzinfo=UTC)
NOTICED = DETECTED + 2 * HOUR
NOTIFIED = DETECTED + 30 * HOUR
YES: dict[str, Any] = {
    "significant_deviation": True,
    "device_hazard": "serious",
    "nis2_significant": True,
    "cer_significant": True,
}
SWITCHES = {
    "significant_deviation": "significant_deviation", "device_hazard": "device_hazard", "nis2_significant": "nis2",
    "cer_significant": "cer",
}  # fmt: skip
"""The switch of the operating model for each question."""
ALL = Switches(significant_deviation=True, device_hazard=True, nis2=True, cer=True)
NOT_DETECTED = NO_DETECTION.format(counted="the notice of the fault")


def law_facts(**changes: Any) -> LawFacts:
    """An incident of today of which nothing is answered yet."""
    known = {"detected_at": DETECTED, "opened_at": NOTICED + HOUR, "otherwise_from": NOTICED}
    return LawFacts.model_validate(known | {"counted": "the notice of the fault"} | changes)


def owed(switches: Switches = ALL, **changes: Any) -> list[tuple[str, str]]:
    """Kind and subject of each duty that arises."""
    return [(duty.kind, duty.subject) for duty in law_duties(law_facts(**changes), switches)]


def one(kind: str, **changes: Any) -> Arising:
    """The duty of a kind that arises; there is one."""
    (duty,) = [duty for duty in law_duties(law_facts(**changes), ALL) if duty.kind == kind]
    return duty


ARISE: list[tuple[Answer, Any, list[tuple[str, str]]]] = [
    ("significant_deviation", True, [("report_deviation", ""), ("report_to_supplier", "system")]),
    ("significant_deviation", False, []),
    ("device_hazard", "serious", [("report_device_hazard", ""), ("report_to_supplier", "device")]),
    ("device_hazard", "near_miss", [("report_device_hazard", ""), ("report_to_supplier", "device")]),
    ("device_hazard", "none", []),
    ("nis2_significant", True, [("nis2_early_warning", ""), ("nis2_notification", "")]),
    ("nis2_significant", False, []),
    ("cer_significant", True, [("cer_first_notice", "")]),
    ("cer_significant", False, []),
]


@pytest.mark.parametrize(("question", "answer", "kinds"), ARISE)
def test_what_an_answer_gives_rise_to(question: str, answer: Any, kinds: list[tuple[str, str]]) -> None:
    assert owed(**{question: answer}) == kinds
    switched = Switches.model_validate({SWITCHES[question]: True})
    assert owed(switched, **YES | {question: answer}) == kinds, "its own switch, and no other law"
    others = Switches.model_validate({switch: True for name, switch in SWITCHES.items() if name != question})
    assert owed(others, **{question: answer}) == [], "a law that the operating model leaves out asks nothing"


def test_where_nothing_is_answered_no_clock_of_another_law_runs() -> None:
    assert owed() == []
    assert owed(Switches(), **YES) == []


def test_a_report_of_a_month_waits_for_the_notice_that_it_follows() -> None:
    for report, notice in (("nis2_final_report", "nis2_notification"), ("cer_final_report", "cer_first_notice")):
        assert (report, "") not in owed(**YES)
        duty = one(report, **YES, met_at={notice: NOTIFIED})
        assert (duty.counts_from, duty.due_at) == (NOTIFIED, NOTIFIED + 30 * DAY), "a month of November"
    assert ("nis2_final_report", "") not in owed(**YES, met_at={"nis2_early_warning": NOTIFIED}), "another notice"


def test_release_0_2_0_knew_no_suppliers_and_counted_the_last_report_from_detection() -> None:
    assert owed(**YES, as_before=True) == [
        ("report_deviation", ""), ("report_device_hazard", ""), ("nis2_early_warning", ""), ("nis2_notification", ""),
        ("nis2_final_report", ""), ("cer_first_notice", ""), ("cer_final_report", ""),
    ]  # fmt: skip
    assert one("nis2_final_report", **YES, as_before=True).counts_from == DETECTED


def test_the_clocks_count_from_detection_or_say_from_what_else() -> None:
    for kind in ("report_deviation", "nis2_early_warning", "nis2_notification", "cer_first_notice"):
        known, guessed = one(kind, **YES), one(kind, **YES, detected_at=None)
        assert (known.counts_from, guessed.counts_from) == (DETECTED, NOTICED)
        assert NOT_DETECTED not in known.note
        assert guessed.note.startswith(NOT_DETECTED)
    supplier = one("report_to_supplier", significant_deviation=True, detected_at=None)
    assert (supplier.counts_from, supplier.note.startswith(NOT_DETECTED)) == (NOTICED, True)
    final = one("nis2_final_report", **YES, detected_at=None, met_at={"nis2_notification": NOTIFIED})
    assert NOT_DETECTED not in final.note, "it counts from the notice that was given"


def test_a_report_counted_from_a_notice_is_no_guess_even_where_that_was_given_at_the_moment_of_awareness() -> None:
    final = one("nis2_final_report", **YES, detected_at=None, met_at={"nis2_notification": NOTICED})
    assert (final.counts_from, NOT_DETECTED in final.note) == (NOTICED, False)
    before = one("nis2_final_report", **YES, detected_at=None, as_before=True)
    assert (before.counts_from, NOT_DETECTED in before.note) == (NOTICED, True), "0.2.0 counted it from detection"


@pytest.mark.parametrize(("hazard", "days"), [("serious", 10), ("near_miss", 30)])
def test_the_maker_is_told_within_the_days_of_the_authority(hazard: str, days: int) -> None:
    authority, maker = (
        one("report_device_hazard", device_hazard=hazard),
        one("report_to_supplier", device_hazard=hazard),
    )
    assert authority.due_after == maker.due_after == days * DAY
    assert (authority.recipient, maker.recipient) == (
        "Finnish Medicines Agency Fimea", "the maker of the device, its representative, importer or distributor"
    )  # fmt: skip


def test_the_suppliers_of_the_systems_are_named_and_are_not_the_maker_of_a_device() -> None:
    suppliers = ("Tietotalo Oy", "Potilas Oy")
    system = one("report_to_supplier", significant_deviation=True, suppliers=suppliers)
    assert system.recipient == "the supplier of the system (Tietotalo Oy, Potilas Oy)"
    assert one("report_to_supplier", significant_deviation=True).recipient == "the supplier of the system"
    assert "Tietotalo" not in one("report_to_supplier", device_hazard="serious", suppliers=suppliers).recipient


def test_the_law_is_that_of_the_day_of_detection_and_the_authority_that_of_today() -> None:
    old = datetime(2022, 5, 1, tzinfo=UTC)
    duty = one("report_deviation", significant_deviation=True, detected_at=old)
    assert duty.basis == "Act 784/2021 s. 41 (unverified)"
    assert duty.recipient == "Finnish Supervisory Agency (LVV)"
    assert owed(detected_at=datetime(2013, 5, 1, tzinfo=UTC), significant_deviation=True) == [], "no such law then"
    assert owed(detected_at=None, otherwise_from=old, nis2_significant=True) == [], "in force since 8.4.2025"


def test_days_are_those_of_the_organisations_zone() -> None:
    evening: dict[str, Any] = {
        "nis2_significant": True,
        "detected_at": datetime(2025, 4, 7, 22, tzinfo=UTC),
    }  # 8.4. in Helsinki
    assert ("nis2_early_warning", "") in owed(**evening)
    assert owed(**evening, time_zone="Europe/Lisbon") == []


def test_every_open_question_of_a_switched_law_is_asked_in_full() -> None:
    sentences = tuple(f"{name}: {question}" for name, question in QUESTIONS.items())
    assert unanswered(law_facts(), ALL) == sentences
    assert unanswered(law_facts(), Switches()) == ()
    for number, (name, switch) in enumerate(SWITCHES.items()):
        rest = sentences[:number] + sentences[number + 1 :]
        assert unanswered(law_facts(), Switches.model_validate({switch: True})) == (sentences[number],)
        assert unanswered(law_facts(), ALL, but=(name,)) == rest, "it is asked elsewhere"
        assert unanswered(law_facts(**{name: YES[name]}), ALL) == rest
    no: dict[str, Any] = {
        "significant_deviation": False,
        "device_hazard": "none",
        "nis2_significant": False,
        "cer_significant": False,
    }
    assert unanswered(law_facts(**no), ALL) == (), "a no is an answer"


def test_answers_that_were_given_are_told_from_those_that_were_not() -> None:
    assert LawAnswers().given() == {}
    assert LawAnswers(nis2_significant=False, detected_at=DETECTED).given() == {
        "nis2_significant": False, "detected_at": DETECTED
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "question"), [(kind, name) for name, kinds in BY_LAW.items() for kind in kinds])
def test_each_duty_names_the_question_that_it_hangs_on(kind: DutyKind, question: Answer) -> None:
    subject = {"device_hazard": "device"}.get(question, "system") if kind == "report_to_supplier" else ""
    assert asked_by(kind, subject) == question
    assert why_no_longer(kind, subject) == f"{question} was answered otherwise"


def test_a_duty_of_no_other_law_hangs_on_no_question() -> None:
    assert asked_by("document_breach") is None
    assert why_no_longer("document_breach") == "the facts no longer ask for it"
    assert asked_by("report_to_supplier") == "significant_deviation", "what no device is named for is a system"
    assert why_no_longer("report_to_supplier") == "significant_deviation was answered otherwise"
