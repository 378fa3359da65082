"""Who is told of a breach by which role; what a duty that no longer arises says; what release 0.2.0 derived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.procedure.breach.facts import AWARE, facts
from workflows.procedure.arising import Arising
from workflows.procedure.breach import duties
from workflows.procedure.breach.duties import PROCESSORS_RECORD, duties_arising, law_facts, unanswered, why_not_owed
from workflows.procedure.duties import DutyKind
from workflows.procedure.operating_model.model import Switches
from workflows.procedure.other_laws import QUESTIONS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = Switches(significant_deviation=True, device_hazard=True, nis2=True, cer=True)
BY_OTHER: dict[str, Any] = {"role": "joint_controller", "other_notifier": " Kela "}
BEFORE_THE_GDPR = datetime(2018, 5, 24, 20, 59, tzinfo=UTC)


def owed(**changes: Any) -> list[Arising]:
    """The duties that arise, with every other law switched on."""
    return list(duties_arising(facts(**changes), ALL))


def one(kind: str, **changes: Any) -> Arising:
    """The duty of a kind; there is one."""
    (duty,) = [duty for duty in owed(**changes) if duty.kind == kind]
    return duty


def test_the_other_joint_controller_is_told_in_time_to_keep_the_72_hours_and_confirms() -> None:
    told, confirmed = one("notify_controller", **BY_OTHER), one("confirm_joint_notification", **BY_OTHER)
    assert (told.subject, told.recipient, confirmed.subject, confirmed.recipient) == ("Kela",) * 4
    assert (told.due_after, told.shorter_only) == (12 * HOUR, True)
    assert (confirmed.due_after, confirmed.shorter_only) == (48 * HOUR, True)
    assert told.counts_from == confirmed.counts_from == AWARE


def test_release_0_2_0_asked_no_confirmation_and_let_any_ladder_replace_the_12_hours() -> None:
    kinds = [duty.kind for duty in owed(**BY_OTHER, as_before=True)]
    assert kinds == ["notify_controller", "document_breach"]
    told = one("notify_controller", **BY_OTHER, as_before=True)
    assert (told.subject, told.due_after, told.shorter_only) == ("Kela", 12 * HOUR, False)


def test_a_name_is_that_of_the_notifier_only_between_joint_controllers() -> None:
    for role in (None, "controller"):
        kinds = [duty.kind for duty in owed(role=role, other_notifier="Kela", risk="high")]
        assert kinds == ["notify_supervisory_authority", "inform_data_subjects", "document_breach"]
    blank = [duty.kind for duty in owed(role="joint_controller", other_notifier="  ")]
    assert blank == ["notify_supervisory_authority", "document_breach"], "a blank is nobody"


def test_a_controllers_record_is_its_own_and_a_processors_assists() -> None:
    own, processors = one("document_breach"), one("document_breach", role="processor")
    assert (own.task, own.legal, own.due_after) == ("", True, 30 * DAY)
    assert (processors.task, processors.legal, processors.due_after) == (PROCESSORS_RECORD, False, 30 * DAY)
    assert own.basis.endswith("art. 33(5)")
    assert "28(3)(f)" in processors.basis
    assert own.counts_from == processors.counts_from == AWARE


def test_each_controller_has_its_own_clock_of_a_days_length() -> None:
    told = [d for d in owed(role="processor", controllers=(" Kunta B ", "kunta b", "Apteekki A")) if d.subject]
    assert [(d.kind, d.subject, d.recipient, d.due_after) for d in told] == [
        ("notify_controller", name, name, 24 * HOUR) for name in ("Kunta B", "Apteekki A")
    ]


def test_the_persons_are_informed_by_a_controller_whose_risk_is_high() -> None:
    told = one("inform_data_subjects", risk="high", risk_assessed_at=AWARE + DAY)
    assert (told.counts_from, told.due_after, told.recipient) == (AWARE + DAY, 48 * HOUR, "the data subjects")
    assert told.note.startswith("The law sets no hours")
    joint = one("inform_data_subjects", risk="high", **BY_OTHER)
    assert joint.note.startswith(duties.AGREE_WHO_INFORMS)
    alone = one("inform_data_subjects", risk="high", role="joint_controller")
    assert duties.AGREE_WHO_INFORMS not in alone.note, "nobody else notifies"


def test_kela_is_told_from_awareness_within_8_hours_whatever_the_role() -> None:
    for role in (None, "controller", "joint_controller", "processor"):
        duty = one("notify_kela_of_breach", role=role, registers=("PDR", "DMS"))
        assert (duty.counts_from, duty.due_after) == (AWARE, 8 * HOUR)


@pytest.mark.parametrize("role", ["controller", "joint_controller", "processor"])
def test_a_breach_before_the_gdpr_says_so_with_every_duty_of_it(role: str) -> None:
    changes = {"role": role, "risk": "high", "controllers": ("A",), "aware_from": BEFORE_THE_GDPR, "detected_at": None}
    by_other = changes | ({"other_notifier": "Kela"} if role == "joint_controller" else {})
    for duty in owed(**by_other):
        assert duty.basis.startswith("The time given lies before 25.5.2018"), duty.kind


def test_days_are_those_of_the_organisations_zone() -> None:
    first = datetime(2018, 5, 24, 21, 30, tzinfo=UTC)  # the 25th in Helsinki, still the 24th in Lisbon
    for role in ("controller", "joint_controller", "processor"):
        known = {"role": role, "risk": "high", "aware_from": first, "opened_at": first, "detected_at": None}
        known |= {"other_notifier": "Kela"} if role == "joint_controller" else {}
        assert not [d.kind for d in owed(**known) if d.basis.startswith("The time given")]
        assert all(d.basis.startswith("The time given") for d in owed(**known, time_zone="Europe/Lisbon"))


def test_the_other_laws_see_the_same_breach() -> None:
    met = {"nis2_notification": AWARE}
    seen = law_facts(facts(
        nis2_significant=True, cer_significant=False, significant_deviation=True, device_hazard="serious", met_at=met,
        suppliers=("A Oy",), time_zone="Europe/Mariehamn", as_before=True,
    ))  # fmt: skip
    assert seen.model_dump() == {
        "significant_deviation": True, "device_hazard": "serious", "nis2_significant": True, "cer_significant": False,
        "detected_at": AWARE - 5 * HOUR, "opened_at": AWARE + 2 * HOUR, "otherwise_from": AWARE,
        "counted": "awareness", "met_at": met, "suppliers": ("A Oy",), "time_zone": "Europe/Mariehamn",
        "as_before": True,
    }  # fmt: skip
    late = law_facts(facts(aware_from=AWARE + DAY, opened_at=AWARE))
    assert late.otherwise_from == AWARE, "the earlier of both: awareness moved on leaves the detection where it was"


def test_questions_of_other_laws_that_were_asked_elsewhere_are_not_asked_twice() -> None:
    asked = tuple(f"{name}: {question}" for name, question in QUESTIONS.items())
    assert unanswered(facts(), ALL) == asked
    assert unanswered(facts(), ALL, ("significant_deviation",)) == asked[1:]
    assert unanswered(facts(device_hazard="none"), ALL) == (asked[0], *asked[2:])


ELSEWHERE = "by our role as it is known now no other controller is told by us"


@pytest.mark.parametrize(
    ("kind", "subject", "changes", "why"),
    [
        ("notify_supervisory_authority", "", {"role": "processor"},
         "we are a processor: each controller notifies the authority itself"),
        ("notify_supervisory_authority", "", {"role": "joint_controller", "other_notifier": "Kela"},
         "Kela notifies the authority, as agreed between the joint controllers"),
        ("notify_supervisory_authority", "", {"risk": "unlikely"}, "the risk was judged unlikely"),
        ("notify_controller", "Kunta B", {"role": "processor"},
         "Kunta B is not named among the controllers any more"),
        ("notify_controller", "", {"role": "processor"},
         "this controller is not named among the controllers any more"),
        ("notify_controller", "Kunta B", {"role": "controller"}, ELSEWHERE),
        ("confirm_joint_notification", "Kela", {"role": "controller"}, ELSEWHERE),
        ("notify_kela_of_breach", "", {}, "no register of which Kela is told is concerned any more"),
        ("inform_data_subjects", "", {"role": "processor"},
         "we are a processor: each controller informs the persons itself"),
        ("inform_data_subjects", "", {"risk": "risk"}, "the risk is not judged high any more"),
        ("report_to_supplier", "device", {}, "device_hazard was answered otherwise"),
        ("document_breach", "", {}, "the facts no longer ask for it"),
    ],
)  # fmt: skip
def test_why_a_duty_no_longer_arises(kind: DutyKind, subject: str, changes: dict[str, Any], why: str) -> None:
    assert why_not_owed(kind, subject, facts(**changes)) == why
