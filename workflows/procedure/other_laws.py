"""The duties of other laws than the GDPR: a significant deviation, a hazard by a device, NIS2, critical entities.

They may arise from an incident as well as from a breach. Each clock starts at the law's own event and only where that
law was in force on that day. None runs before somebody has answered the question for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from workflows.procedure import local_time
from workflows.procedure.arising import Arising, Locale, arising
from workflows.procedure.breach.rules import Case, rule_in_force
from workflows.procedure.breach.terms import DeviceHazard
from workflows.procedure.duties import DutyKind
from workflows.procedure.model import Model, Moment
from workflows.procedure.operating_model.model import Switches

NO_DETECTION = "The time of detection is not given: counted from {counted}, which may be too late. Give detected_at."
Answer = Literal["significant_deviation", "device_hazard", "nis2_significant", "cer_significant"]
ANSWERS: tuple[Answer, ...] = ("significant_deviation", "device_hazard", "nis2_significant", "cer_significant")
QUESTIONS: dict[Answer, str] = {
    "significant_deviation": "is it a significant deviation of an information system?",
    "device_hazard": "was a medical device a hazard (serious, near_miss or none)?",
    "nis2_significant": "is it a significant incident under the Cybersecurity Act (24 hours from detection)?",
    "cer_significant": "does it disrupt an essential service of a critical entity, Act 310/2025 (24 hours)?",
}
FOLLOWING: dict[DutyKind, DutyKind] = {
    "nis2_final_report": "nis2_notification",
    "cer_final_report": "cer_first_notice",
}
"""Reports whose clock starts only when an earlier notice has been given."""
BY_LAW: dict[Answer, tuple[DutyKind, ...]] = {
    "significant_deviation": ("report_deviation", "report_to_supplier"),
    "device_hazard": ("report_device_hazard", "report_to_supplier"),
    "nis2_significant": ("nis2_early_warning", "nis2_notification", "nis2_final_report"),
    "cer_significant": ("cer_first_notice", "cer_final_report"),
}
"""The duties that a "yes" gives rise to."""
SYSTEM, DEVICE = "system", "device"
"""Whose report to a supplier it is: what tells the supplier of a system from the maker of a device."""


class LawAnswers(Model):
    """What somebody has answered to what other laws ask; None: not answered yet."""

    significant_deviation: bool | None = None
    device_hazard: DeviceHazard | None = None
    nis2_significant: bool | None = None
    cer_significant: bool | None = None
    detected_at: Moment | None = None
    """When it was detected: the clocks of these laws count from here."""

    def given(self) -> dict[str, Any]:
        """The answers that were given, by name."""
        return {name: value for name, value in self if value is not None}


class LawFacts(LawAnswers):
    """What the other laws look at. None means "not answered yet"; then no clock of that law runs."""

    opened_at: Moment
    """When the process was opened: authorities are those of this day."""
    otherwise_from: Moment
    """What the clocks count from where nobody has said when it was detected."""
    counted: str = "awareness"
    """What ``otherwise_from`` is, in words."""
    met_at: Mapping[DutyKind, Moment] = Field(default_factory=dict)
    """When duties were met: a report may count from an earlier notice."""
    suppliers: tuple[str, ...] = ()
    """The suppliers of the organisation's systems, by name."""
    time_zone: str = local_time.HELSINKI
    as_before: bool = False
    """As release 0.2.0 derived them: no suppliers, and the final report of NIS2 counted from detection."""


def unanswered(facts: LawFacts, switches: Switches, but: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The questions of the switched laws that nobody has answered: no clock of theirs runs before that."""
    switched = _switched(switches)
    asked = [name for name in ANSWERS if switched[name] and getattr(facts, name) is None and name not in but]
    return tuple(f"{name}: {QUESTIONS[name]}" for name in asked)


def _switched(switches: Switches) -> dict[Answer, bool]:
    return {
        "significant_deviation": switches.significant_deviation,
        "device_hazard": switches.device_hazard,
        "nis2_significant": switches.nis2,
        "cer_significant": switches.cer,
    }


def law_duties(facts: LawFacts, switches: Switches) -> Iterator[Arising]:
    """The duties of the laws that the organisation's operating model switches on, as far as they were answered."""
    switched = _switched(switches)
    wanted: list[tuple[DutyKind, Case]] = []
    if switched["significant_deviation"] and facts.significant_deviation:
        wanted += [("report_deviation", ""), ("report_to_supplier", "deviation")]
    if switched["device_hazard"] and facts.device_hazard in ("serious", "near_miss"):
        wanted += [("report_device_hazard", facts.device_hazard), ("report_to_supplier", facts.device_hazard)]
    if switched["nis2_significant"] and facts.nis2_significant:
        wanted += [(kind, "") for kind in BY_LAW["nis2_significant"]]
    if switched["cer_significant"] and facts.cer_significant:
        wanted += [(kind, "") for kind in BY_LAW["cer_significant"]]
    for kind, case in wanted:
        if found := _of(facts, kind, case):
            yield found


def _of(facts: LawFacts, kind: DutyKind, case: Case) -> Arising | None:
    if facts.as_before and kind == "report_to_supplier":
        return None
    detected_at = facts.detected_at or facts.otherwise_from
    before = None if facts.as_before else FOLLOWING.get(kind)
    starts_at = facts.met_at.get(before) if before else detected_at
    place = Locale(facts.time_zone, facts.opened_at)
    rule = rule_in_force(kind, place.day(detected_at), case)
    if rule is None or starts_at is None:
        return None
    is_guess = before is None and facts.detected_at is None
    notes = [NO_DETECTION.format(counted=facts.counted)] if is_guess else []
    if kind != "report_to_supplier":
        return arising(place, rule, starts_at, notes=notes)
    named = f" ({', '.join(facts.suppliers)})" if facts.suppliers and case == "deviation" else ""
    subject = DEVICE if case in ("serious", "near_miss") else SYSTEM
    return arising(place, rule, starts_at, notes=notes, recipient=rule.recipient + named, subject=subject)


def asked_by(kind: DutyKind, subject: str = "") -> Answer | None:
    """The question whose answer gives rise to a duty; ``subject`` tells the maker's report from the supplier's."""
    if kind == "report_to_supplier":
        return "device_hazard" if subject == DEVICE else "significant_deviation"
    return next((name for name, kinds in BY_LAW.items() if kind in kinds), None)


def why_no_longer(kind: DutyKind, subject: str = "") -> str:
    """Why a duty of another law no longer arises, once its question has been answered otherwise."""
    asked = asked_by(kind, subject)
    return f"{asked} was answered otherwise" if asked else "the facts no longer ask for it"
