"""What a personal data breach obliges to, and by when: the facts of the breach in, the duties that arise out.

Nothing here closes a duty: where facts change so that one no longer arises, it stays open until somebody decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from pydantic import AwareDatetime

from workflows.procedure import local_time
from workflows.procedure.authorities import UnknownAuthority, authority
from workflows.procedure.breach.roles import concerns_kela
from workflows.procedure.breach.rules import Case, DutyRule, rule_in_force, rule_or_oldest
from workflows.procedure.breach.terms import BreachFacts
from workflows.procedure.dated import in_words
from workflows.procedure.deadlines import authority_deadlines, months_after
from workflows.procedure.duties import DutyKind, Ladder, Role, Rung
from workflows.procedure.model import Model
from workflows.procedure.operating_model.model import Switches

NO_DETECTION = "The time of detection is not given: counted from awareness, which may be too late. Give detected_at."
NO_CONTROLLERS = "The controllers are not named yet: name each of them."
NO_NOTIFIER = (
    "The joint controllers have not said who notifies the authority: it is ours until they have (GDPR art. 26)."
)
NO_ROLE = "The role is not decided: treated as a controller's until it is."
NO_ASSESSMENT = "The risk is not assessed yet: the clock runs from awareness and does not wait for the assessment."
AGREE_WHO_INFORMS = "Agree with the other joint controllers who informs the data subjects."
_NIS2: tuple[DutyKind, ...] = ("nis2_early_warning", "nis2_notification", "nis2_final_report")


class Arising(Model):
    """A duty that the facts give rise to. Times are in UTC."""

    kind: DutyKind
    recipient: str
    subject: str = ""
    """Tells several duties of one kind apart: the controller's name."""
    basis: str
    legal: bool
    counts_from: AwareDatetime
    due_at: AwareDatetime
    due_is_law: bool
    """Whether the time stands in the law; otherwise it is a target that the organisation's own ladder replaces."""
    ladder_kind: DutyKind
    verified: bool
    note: str = ""

    @property
    def due_after(self) -> timedelta:
        """The elapsed time from the start of the clock to the due time."""
        return self.due_at - self.counts_from


def duties_arising(facts: BreachFacts, switches: Switches) -> tuple[Arising, ...]:
    """Every duty that the facts give rise to, in the order of the procedure."""
    return (
        *_notifications(facts),
        *_to_kela(facts),
        *_to_data_subjects(facts),
        _documentation(facts),
        *_switched(facts, switches),
    )


def unanswered(facts: BreachFacts, switches: Switches) -> tuple[str, ...]:
    """The questions of the switched duties that nobody has answered: no clock of theirs runs before that."""
    asked = {
        "significant_deviation: is it a significant deviation of an information system?": (
            switches.significant_deviation and facts.significant_deviation is None
        ),
        "device_hazard: was a medical device a hazard (serious, near_miss or none)?": (
            switches.device_hazard and facts.device_hazard is None
        ),
        "nis2_significant: is it a significant incident under the Cybersecurity Act (24 hours from detection)?": (
            switches.nis2 and facts.nis2_significant is None
        ),
    }
    return tuple(question for question, is_open in asked.items() if is_open)


def _notifications(facts: BreachFacts) -> Iterator[Arising]:
    """Who is told first: the authority by a controller, each controller by a processor, the agreed joint notifier."""
    if facts.role == "processor":
        yield from _to_controllers(facts)
    elif other := _other_notifier(facts):
        rule = rule_or_oldest("notify_controller", _day(facts, facts.aware_from), "joint")
        yield _arising(facts, rule, facts.aware_from, subject=other)
    elif facts.risk != "unlikely":
        doubts = [NO_ROLE] if facts.role is None else [NO_NOTIFIER] if _has_no_notifier(facts) else []
        doubts += [NO_ASSESSMENT] if facts.risk is None else []
        rule = rule_or_oldest("notify_supervisory_authority", _day(facts, facts.aware_from))
        yield _arising(facts, rule, facts.aware_from, notes=doubts)


def _to_controllers(facts: BreachFacts) -> Iterator[Arising]:
    rule = rule_or_oldest("notify_controller", _day(facts, facts.aware_from), "processor")
    names: dict[str, str] = {}
    for name in filter(str.strip, facts.controllers):
        names.setdefault(_folded(name), name.strip())
    for name in names.values():
        yield _arising(facts, rule, facts.aware_from, subject=name)
    if not names:
        yield _arising(facts, rule, facts.aware_from, notes=[NO_CONTROLLERS])


def _has_no_notifier(facts: BreachFacts) -> bool:
    return facts.role == "joint_controller" and not facts.joint_notifier.strip()


def _other_notifier(facts: BreachFacts) -> str:
    """The other joint controller who notifies the authority; empty where it is us, or nobody has been agreed on."""
    named = facts.joint_notifier.strip()
    ours = facts.role != "joint_controller" or _folded(named) == _folded(facts.organisation)
    return "" if ours else named


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _to_kela(facts: BreachFacts) -> Iterator[Arising]:
    if concerns_kela(facts.registers):
        rule = rule_or_oldest("notify_kela_of_breach", _day(facts, facts.aware_from))
        yield _arising(facts, rule, facts.aware_from)


def _to_data_subjects(facts: BreachFacts) -> Iterator[Arising]:
    """Counted from the judgement that the risk is high: the duty can't be overdue before it exists."""
    if facts.risk == "high" and facts.role != "processor":
        rule = rule_or_oldest("inform_data_subjects", _day(facts, facts.aware_from))
        notes = [AGREE_WHO_INFORMS] if _other_notifier(facts) else []
        yield _arising(facts, rule, max(facts.aware_from, facts.risk_assessed_at or facts.aware_from), notes=notes)


def _documentation(facts: BreachFacts) -> Arising:
    case: Case = "processor" if facts.role == "processor" else ""
    rule = rule_or_oldest("document_breach", _day(facts, facts.aware_from), case)
    return _arising(facts, rule, facts.aware_from)


def _switched(facts: BreachFacts, switches: Switches) -> Iterator[Arising]:
    """The other laws' clocks: each runs from detection, and only where the law was in force on that day."""
    wanted: list[tuple[DutyKind, Case]] = []
    if switches.significant_deviation and facts.significant_deviation:
        wanted.append(("report_deviation", ""))
    if switches.device_hazard and facts.device_hazard in ("serious", "near_miss"):
        wanted.append(("report_device_hazard", facts.device_hazard))
    if switches.nis2 and facts.nis2_significant:
        wanted.extend((kind, "") for kind in _NIS2)
    detected_at = facts.detected_at or min(facts.aware_from, facts.opened_at)
    notes = [] if facts.detected_at else [NO_DETECTION]
    for kind, case in wanted:
        if rule := rule_in_force(kind, _day(facts, detected_at), case):
            yield _arising(facts, rule, detected_at, notes=notes)


def _arising(
    facts: BreachFacts, rule: DutyRule, counts_from: datetime, *, subject: str = "", notes: list[str] | None = None
) -> Arising:
    due_at = _due_at(rule, counts_from, facts.time_zone)
    recipient, is_known, remarks = _recipient(facts, rule, subject, due_at)
    verified = rule.verified and is_known
    return Arising(
        kind=rule.kind,
        recipient=recipient,
        subject=subject,
        basis=rule.basis if verified else f"{rule.basis} (unverified)",
        legal=rule.legal,
        counts_from=counts_from,
        due_at=due_at,
        due_is_law=rule.due == "law",
        ladder_kind=rule.kind,
        verified=verified,
        note=" ".join(part for part in (*(notes or ()), rule.note, *remarks) if part),
    )


def _due_at(rule: DutyRule, counts_from: datetime, zone: str) -> datetime:
    if rule.months:
        return months_after(counts_from, rule.months, zone).target
    if rule.within is not None:
        return counts_from + rule.within
    return authority_deadlines(counts_from, zone).target


def _recipient(facts: BreachFacts, rule: DutyRule, subject: str, due_at: datetime) -> tuple[str, bool, list[str]]:
    """Who is told, whether that is verified, and what to know about it."""
    if rule.authority is None:
        return subject or rule.recipient or "the controller (not named yet)", True, []
    opened_on = _day(facts, facts.opened_at)
    try:
        now = authority(rule.authority, opened_on)
        later = authority(rule.authority, max(opened_on, _day(facts, due_at)))
    except UnknownAuthority as unknown:
        return "the competent authority (not known for this day)", False, [f"{unknown}."]
    remarks = [] if now.routes else [now.note]  # says what to do where no way to reach them is known
    if later.valid_from and later.valid_from != now.valid_from:
        remarks.append(f"From {in_words(later.valid_from)}: {later.name.en}.")
    return now.name.en, now.verified, remarks


def _day(facts: BreachFacts, moment: datetime) -> date:
    """The day of a moment in the organisation's calendar."""
    return local_time.local(moment, facts.time_zone).date()


_STEPS: tuple[tuple[float, Role], ...] = (
    (1 / 3, "desk"),
    (2 / 3, "data_protection_officer"),
    (11 / 12, "management"),
)
_ANSWERABLE: tuple[Role, ...] = ("data_protection_officer", "management")


def ladder_for(arising: Arising, ladders: Mapping[DutyKind, Ladder]) -> Ladder:
    """The ladder of a duty that arises; its ``due_after`` counts from ``arising.counts_from``.

    A time that stands in the law stays as it is whatever the organisation has written; its own targets are its own.
    """
    own = ladders.get(arising.ladder_kind)
    if own is None:
        return _usual(arising.due_after)
    return own.model_copy(update={"due_after": arising.due_after}) if arising.due_is_law else own


def _usual(due_after: timedelta) -> Ladder:
    return Ladder(
        due_after=due_after,
        reminders=tuple(Rung(after=due_after * part, to=role) for part, role in _STEPS),
        overdue_to=_ANSWERABLE,
        overdue_every=timedelta(hours=1),
    )
