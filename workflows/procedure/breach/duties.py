"""What a personal data breach obliges to, and by when: the facts of the breach in, the duties that arise out.

Nothing here closes a duty: where facts change so that one no longer arises, it stays open until somebody decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.procedure.arising import Arising, Locale, arising
from workflows.procedure.breach.roles import concerns_kela
from workflows.procedure.breach.rules import Case, rule_or_oldest
from workflows.procedure.breach.terms import BreachFacts
from workflows.procedure.duties import DutyKind
from workflows.procedure.names import folded
from workflows.procedure.operating_model.model import Switches
from workflows.procedure.other_laws import LawFacts, law_duties, why_no_longer
from workflows.procedure.other_laws import unanswered as laws_unanswered

NO_CONTROLLERS = "The controllers are not named yet: name each of them."
NO_NOTIFIER = (
    "The joint controllers have not said who notifies the authority: it is ours until they have (GDPR art. 26)."
)
NO_ROLE = "The role is not decided: treated as a controller's until it is."
NO_ASSESSMENT = "The risk is not assessed yet: the clock runs from awareness and does not wait for the assessment."
AGREE_WHO_INFORMS = "Agree with the other joint controllers who informs the data subjects."
PROCESSORS_RECORD = "document_breach_by_processor"
"""The task of a processor's own record: it weighs no risk."""


def duties_arising(facts: BreachFacts, switches: Switches) -> tuple[Arising, ...]:
    """Every duty that the facts give rise to, in the order of the procedure."""
    return (
        *_notifications(facts),
        *_to_kela(facts),
        *_to_data_subjects(facts),
        _documentation(facts),
        *law_duties(law_facts(facts), switches),
    )


def law_facts(facts: BreachFacts) -> LawFacts:
    """The breach as the other laws see it: without a time of detection they count from awareness."""
    shared = facts.model_dump(include=LawFacts.model_fields.keys() & BreachFacts.model_fields.keys())
    return LawFacts(otherwise_from=min(facts.aware_from, facts.opened_at), **shared)


def unanswered(facts: BreachFacts, switches: Switches, but: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The questions of the switched laws that nobody has answered: no clock of theirs runs before that."""
    return laws_unanswered(law_facts(facts), switches, but)


def why_not_owed(kind: DutyKind, subject: str, facts: BreachFacts) -> str:
    """Why a duty that was opened no longer arises from the facts as they are known now."""
    is_processor = facts.role == "processor"
    elsewhere = "by our role as it is known now no other controller is told by us"
    other = f"{facts.other_notifier} notifies the authority, as agreed between the joint controllers"
    why: dict[DutyKind, str] = {
        "notify_supervisory_authority": "we are a processor: each controller notifies the authority itself"
        if is_processor
        else (other if facts.other_notifier else "the risk was judged unlikely"),
        "notify_controller": f"{subject or 'this controller'} is not named among the controllers any more"
        if is_processor
        else elsewhere,
        "confirm_joint_notification": elsewhere,
        "notify_kela_of_breach": "no register of which Kela is told is concerned any more",
        "inform_data_subjects": "we are a processor: each controller informs the persons itself"
        if is_processor
        else "the risk is not judged high any more",
    }
    return why.get(kind) or why_no_longer(kind, subject)


def _notifications(facts: BreachFacts) -> Iterator[Arising]:
    """Who is told first: the authority by a controller, each controller by a processor, the agreed joint notifier."""
    place = _place(facts)
    if facts.role == "processor":
        yield from _to_controllers(facts)
    elif other := _other_notifier(facts):
        rule = rule_or_oldest("notify_controller", place.day(facts.aware_from), "joint")
        if facts.as_before:
            rule = rule.model_copy(update={"shorter_only": False})
        yield arising(place, rule, facts.aware_from, subject=other)
        if not facts.as_before:
            rule = rule_or_oldest("confirm_joint_notification", place.day(facts.aware_from))
            yield arising(place, rule, facts.aware_from, subject=other)
    elif facts.risk != "unlikely":
        doubts = [NO_ROLE] if facts.role is None else [NO_NOTIFIER] if _has_no_notifier(facts) else []
        doubts += [NO_ASSESSMENT] if facts.risk is None else []
        rule = rule_or_oldest("notify_supervisory_authority", place.day(facts.aware_from))
        yield arising(place, rule, facts.aware_from, notes=doubts)


def _to_controllers(facts: BreachFacts) -> Iterator[Arising]:
    place = _place(facts)
    rule = rule_or_oldest("notify_controller", place.day(facts.aware_from), "processor")
    names: dict[str, str] = {}
    for name in filter(str.strip, facts.controllers):
        names.setdefault(folded(name), name.strip())
    for name in names.values():
        yield arising(place, rule, facts.aware_from, subject=name)
    if not names:
        yield arising(place, rule, facts.aware_from, notes=[NO_CONTROLLERS])


def _has_no_notifier(facts: BreachFacts) -> bool:
    return facts.role == "joint_controller" and not facts.is_notifier_agreed


def _other_notifier(facts: BreachFacts) -> str:
    """The other joint controller who notifies the authority; empty where it is us, or nobody has been agreed on."""
    return facts.other_notifier.strip() if facts.role == "joint_controller" else ""


def _to_kela(facts: BreachFacts) -> Iterator[Arising]:
    if concerns_kela(facts.registers):
        place = _place(facts)
        rule = rule_or_oldest("notify_kela_of_breach", place.day(facts.aware_from))
        yield arising(place, rule, facts.aware_from)


def _to_data_subjects(facts: BreachFacts) -> Iterator[Arising]:
    """Counted from the judgement that the risk is high: the duty can't be overdue before it exists."""
    if facts.risk == "high" and facts.role != "processor":
        place = _place(facts)
        rule = rule_or_oldest("inform_data_subjects", place.day(facts.aware_from))
        notes = [AGREE_WHO_INFORMS] if _other_notifier(facts) else []
        yield arising(place, rule, max(facts.aware_from, facts.risk_assessed_at or facts.aware_from), notes=notes)


def _documentation(facts: BreachFacts) -> Arising:
    place = _place(facts)
    case: Case = "processor" if facts.role == "processor" else ""
    rule = rule_or_oldest("document_breach", place.day(facts.aware_from), case)
    return arising(place, rule, facts.aware_from, task=PROCESSORS_RECORD if case else "")


def _place(facts: BreachFacts) -> Locale:
    return Locale(facts.time_zone, facts.opened_at)
