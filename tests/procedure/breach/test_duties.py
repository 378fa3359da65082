"""From the facts of a breach to its duties: tables of cases, and what must hold for every breach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.procedure.breach.facts import AWARE, facts
from workflows.procedure.arising import Arising
from workflows.procedure.breach.duties import duties_arising, unanswered, why_not_owed
from workflows.procedure.breach.terms import BreachFacts, ControllerRole, Risk
from workflows.procedure.duties import DutyKind
from workflows.procedure.operating_model.model import Switches
from workflows.procedure.services import SERVICE_IDS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NONE = Switches()
ALL = Switches(significant_deviation=True, device_hazard=True, nis2=True)
EVERY_LAW = ALL.model_copy(update={"cer": True})
OTHER_LAWS = {"significant_deviation": True, "device_hazard": "serious", "nis2_significant": True}


def arising(switches: Switches = NONE, **changes: Any) -> dict[str, Arising]:
    """The duties by kind; several of one kind by kind and subject."""
    duties = duties_arising(facts(**changes), switches)
    kinds = [duty.kind for duty in duties]
    return {f"{d.kind}:{d.subject}" if kinds.count(d.kind) > 1 else d.kind: d for d in duties}


AUTHORITY, SUBJECTS, RECORD = "notify_supervisory_authority", "inform_data_subjects", "document_breach"
CONFIRMED = "confirm_joint_notification"


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"risk": None}, {AUTHORITY, RECORD}),
        ({"risk": "unlikely"}, {RECORD}),
        ({"risk": "risk"}, {AUTHORITY, RECORD}),
        ({"risk": "high"}, {AUTHORITY, SUBJECTS, RECORD}),
        ({"registers": ("PRESCRIPTION",), "risk": "unlikely"}, {"notify_kela_of_breach", RECORD}),
        ({"registers": ("PDR", "DMS")}, {AUTHORITY, "notify_kela_of_breach", RECORD}),
        ({"role": None}, {AUTHORITY, RECORD}),
        ({"role": None, "other_notifier": "Kela"}, {AUTHORITY, RECORD}),
        ({"role": "joint_controller"}, {AUTHORITY, RECORD}),
        ({"role": "joint_controller", "is_notifier_agreed": True}, {AUTHORITY, RECORD}),
        ({"role": "joint_controller", "other_notifier": "Kela"}, {"notify_controller", CONFIRMED, RECORD}),
        (
            {"role": "joint_controller", "other_notifier": "Kela", "risk": "unlikely"},
            {"notify_controller", CONFIRMED, RECORD},
        ),
        (
            {"role": "joint_controller", "other_notifier": "Kela", "risk": "high"},
            {"notify_controller", CONFIRMED, SUBJECTS, RECORD},
        ),
        ({"role": "processor", "risk": "high"}, {"notify_controller", RECORD}),
        ({"role": "processor", "risk": "unlikely"}, {"notify_controller", RECORD}),
        (OTHER_LAWS, {AUTHORITY, RECORD}),
    ],
)
def test_which_duties_arise(changes: dict[str, Any], kinds: set[str]) -> None:
    assert set(arising(**changes)) == kinds


def test_a_controllers_72_hours_run_from_awareness_assessed_or_not() -> None:
    duty = arising(risk=None)[AUTHORITY]
    assert duty.counts_from == AWARE
    assert (duty.due_at, duty.due_after) == (AWARE + 72 * HOUR, 72 * HOUR)
    assert duty.recipient == "Office of the Data Protection Ombudsman"
    assert (duty.legal, duty.due_is_law, duty.verified) == (True, True, True)
    assert duty.basis == "GDPR (Regulation (EU) 2016/679 of 27.4.2016) art. 33(1)"
    assert "does not wait for the assessment" in duty.note


def test_a_risk_raised_late_opens_a_duty_that_is_overdue_at_once() -> None:
    duty = arising(opened_at=AWARE + 5 * DAY, risk_assessed_at=AWARE + 6 * DAY)[AUTHORITY]
    assert duty.due_at == AWARE + 3 * DAY


def test_each_controller_of_a_processor_is_told_once() -> None:
    names = ("Apteekki A", "  ", "Kunta B", "apteekki  a", "Kunta C")
    duties = arising(role="processor", controllers=names)
    told = [duty for duty in duties.values() if duty.kind == "notify_controller"]
    assert [duty.subject for duty in told] == [duty.recipient for duty in told] == ["Apteekki A", "Kunta B", "Kunta C"]
    assert all(duty.legal and not duty.due_is_law and "own target" in duty.note for duty in told)
    assert not duties["document_breach"].legal, "art. 33(5) binds the controller"


def test_a_processor_that_names_nobody_still_owes_the_notice() -> None:
    duty = arising(role="processor")["notify_controller"]
    assert (duty.subject, duty.recipient) == ("", "the controller (not named yet)")
    assert "name each of them" in duty.note


def test_joint_controllers_who_have_not_agreed_leave_it_to_us() -> None:
    assert "ours until they have" in arising(role="joint_controller")[AUTHORITY].note
    assert "treated as a controller" in arising(role=None)[AUTHORITY].note
    told = arising(role="joint_controller", other_notifier="Kela", risk="high")
    assert told["notify_controller"].subject == "Kela"
    assert told["notify_controller"].basis.endswith("(unverified)")
    assert "who informs" in told[SUBJECTS].note


def test_data_subjects_are_informed_after_the_judgement_not_before() -> None:
    assert arising(risk="high")[SUBJECTS].counts_from == AWARE
    late = arising(risk="high", risk_assessed_at=AWARE + 4 * DAY)[SUBJECTS]
    assert late.counts_from == AWARE + 4 * DAY
    assert not late.due_is_law
    assert arising(risk="high", risk_assessed_at=AWARE - DAY)[SUBJECTS].counts_from == AWARE


def test_kela_is_told_by_its_instruction_not_by_law() -> None:
    duty = arising(registers=("PRESCRIPTION",))["notify_kela_of_breach"]
    assert duty.recipient == "Kela technical support (Kanta Services)"
    assert (duty.legal, duty.due_is_law, duty.verified) == (False, False, True)


def test_the_other_laws_count_from_detection() -> None:
    detected = AWARE - 5 * HOUR
    duties = arising(ALL, **OTHER_LAWS)
    due = {kind: duties[kind].due_at - detected for kind in set(duties) - {AUTHORITY, RECORD}}
    assert due == {
        "report_deviation": 24 * HOUR,
        "report_device_hazard": 10 * DAY,
        "nis2_early_warning": 24 * HOUR,
        "nis2_notification": 72 * HOUR,
        "report_to_supplier:system": 24 * HOUR,
        "report_to_supplier:device": 10 * DAY,
    }
    assert all(duties[kind].counts_from == detected and not duties[kind].verified for kind in due)
    assert duties[AUTHORITY].counts_from == AWARE, "the two clocks are never one"
    assert duties["report_deviation"].due_is_law is False, "no hours were found in the law"


def test_a_near_miss_has_30_days() -> None:
    duty = arising(ALL, device_hazard="near_miss")["report_device_hazard"]
    assert (duty.due_after, duty.recipient) == (30 * DAY, "Finnish Medicines Agency Fimea")
    assert "report_device_hazard" not in arising(ALL, device_hazard="none")


def test_without_a_time_of_detection_the_earliest_known_one_counts() -> None:
    duty = arising(ALL, nis2_significant=True, detected_at=None)["nis2_early_warning"]
    assert duty.counts_from == AWARE
    assert "Give detected_at" in duty.note


def test_only_what_is_switched_on_and_answered_yes_arises() -> None:
    assert set(arising(Switches(nis2=True), **OTHER_LAWS)) == {
        AUTHORITY, RECORD, "nis2_early_warning", "nis2_notification",
    }  # fmt: skip
    assert set(arising(ALL, significant_deviation=False)) == {AUTHORITY, RECORD}


def test_unanswered_questions_of_switched_duties_are_named() -> None:
    assert unanswered(facts(), NONE) == ()
    assert [question.split(":")[0] for question in unanswered(facts(), ALL)] == list(OTHER_LAWS)
    assert unanswered(facts(**OTHER_LAWS), ALL) == ()


@pytest.mark.parametrize(("year", "recipient"), [(2019, "Valvira"), (2025, "Valvira"), (2026, "LVV")])
def test_the_same_incident_in_three_years(year: int, recipient: str) -> None:
    aware_at = AWARE.replace(year=year)
    duties = arising(ALL, **OTHER_LAWS, aware_from=aware_at, detected_at=aware_at, opened_at=aware_at)
    assert recipient in duties["report_deviation"].recipient
    assert ("nis2_early_warning" in duties) == (year > 2019), "no such law in 2019"
    assert ("Valvira" in duties["report_device_hazard"].recipient) == (year == 2019)


def test_an_authority_that_changes_before_the_due_time_is_named() -> None:
    end_of_2025 = datetime(2025, 12, 31, 12, tzinfo=UTC)
    duty = arising(ALL, nis2_significant=True, aware_from=end_of_2025, detected_at=end_of_2025, opened_at=end_of_2025)[
        "nis2_early_warning"
    ]
    assert "Valvira" in duty.recipient
    assert "From 1.1.2026: Finnish Supervisory Agency (LVV)." in duty.note


def test_the_law_is_that_of_the_event_and_the_authority_that_of_today() -> None:
    long_ago = datetime(2022, 5, 1, tzinfo=UTC)
    duty = arising(ALL, **OTHER_LAWS, aware_from=long_ago, detected_at=long_ago)["report_deviation"]
    assert duty.basis == "Act 784/2021 s. 41 (unverified)"
    assert "LVV" in duty.recipient


def test_a_mistyped_year_loses_no_duty() -> None:
    wrong = AWARE.replace(year=2006)
    duties = arising(aware_from=wrong, opened_at=wrong, detected_at=None, risk="high")
    assert set(duties) == {AUTHORITY, SUBJECTS, RECORD}
    assert duties[AUTHORITY].recipient == "the competent authority (not known for this day)"
    assert not duties[AUTHORITY].verified


MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive
NAMES = st.sampled_from(["", "Kela", "Revontulten hyvinvointialue", "Apteekki \u202e", "x" * 300])
ROLES: tuple[ControllerRole, ...] = get_args(ControllerRole)
BREACHES = st.builds(
    BreachFacts,
    aware_from=MOMENTS,
    opened_at=MOMENTS,
    detected_at=st.none() | MOMENTS,
    organisation=NAMES,
    role=st.none() | st.sampled_from(ROLES),
    registers=st.lists(st.sampled_from(SERVICE_IDS)).map(tuple),
    controllers=st.lists(NAMES).map(tuple),
    other_notifier=NAMES,
    is_notifier_agreed=st.booleans(),
    risk=st.sampled_from([None, *get_args(Risk)]),
    risk_assessed_at=st.none() | MOMENTS,
    significant_deviation=st.none() | st.booleans(),
    device_hazard=st.sampled_from([None, "serious", "near_miss", "none"]),
    nis2_significant=st.none() | st.booleans(),
    cer_significant=st.none() | st.booleans(),
    met_at=st.dictionaries(st.sampled_from(["nis2_notification", "cer_first_notice"]), MOMENTS),
)
SWITCHES = st.builds(
    Switches, significant_deviation=st.booleans(), device_hazard=st.booleans(), nis2=st.booleans(), cer=st.booleans()
)


@given(BREACHES, SWITCHES)
def test_what_holds_for_every_breach(breach: BreachFacts, switches: Switches) -> None:
    duties = duties_arising(breach, switches)
    kinds = [duty.kind for duty in duties]
    assert kinds.count("document_breach") == 1
    assert len({(duty.kind, duty.subject) for duty in duties}) == len(duties)
    assert all(duty.basis and duty.recipient and duty.due_at > duty.counts_from for duty in duties)
    assert all(duty.verified != duty.basis.endswith("(unverified)") for duty in duties)
    if breach.role == "processor":
        assert "notify_controller" in kinds
        assert not {"notify_supervisory_authority", "inform_data_subjects"} & set(kinds)
    elif breach.risk != "unlikely":
        assert ("notify_supervisory_authority" in kinds) != ("notify_controller" in kinds)


@given(BREACHES, SWITCHES)
def test_raising_the_risk_never_removes_a_duty(breach: BreachFacts, switches: Switches) -> None:
    risks: tuple[Risk, ...] = ("unlikely", "risk", "high")
    owed = [
        {(d.kind, d.subject) for d in duties_arising(breach.model_copy(update={"risk": risk}), switches)}
        for risk in risks
    ]
    assert owed[0] <= owed[1] <= owed[2]


@given(BREACHES, SWITCHES)
def test_switching_something_on_never_removes_a_duty(breach: BreachFacts, switches: Switches) -> None:
    some = {(d.kind, d.subject) for d in duties_arising(breach, switches)}
    assert some <= {(d.kind, d.subject) for d in duties_arising(breach, EVERY_LAW)}


@given(BREACHES, SWITCHES)
def test_a_duty_survives_its_way_through_a_history(breach: BreachFacts, switches: Switches) -> None:
    for duty in duties_arising(breach, switches):
        assert Arising.model_validate_json(duty.model_dump_json()) == duty


@pytest.mark.parametrize(
    ("kind", "subject", "question"),
    [
        ("report_deviation", "", "significant_deviation"),
        ("report_to_supplier", "system", "significant_deviation"),
        ("report_to_supplier", "device", "device_hazard"),
        ("report_device_hazard", "", "device_hazard"),
        ("nis2_final_report", "", "nis2_significant"),
        ("cer_first_notice", "", "cer_significant"),
    ],
)
def test_a_duty_that_no_longer_arises_names_its_own_question(kind: DutyKind, subject: str, question: str) -> None:
    assert why_not_owed(kind, subject, facts()) == f"{question} was answered otherwise"
