"""Who was told of a breach, who is still to be, and in which phase a paper about it is: by what was logged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from activities.breach.saying import aware_at, channel_in, is_kela, named_in, sayer
from activities.documents.text import one_line, word
from workflows.breach.messages import DATA_SUBJECTS, BreachStatus, NotificationPhase, Notified
from workflows.breach.ports import BreachPaper
from workflows.breach.who_notifies import is_other_to_notify, other_named
from workflows.procedure.deadlines import hours_in_words
from workflows.procedure.duties import DutyKind, DutyState
from workflows.procedure.languages import Language
from workflows.procedure.names import folded

_DELAYABLE: DutyKind = "notify_supervisory_authority"


def to_authority(status: BreachStatus) -> list[Notified]:
    """The notifications made to the supervisory authority, which alone have a phase, in order of time."""
    return sorted((one for one in status.notifications if one.phase is not None), key=lambda one: one.at)


def phase_of(paper: BreachPaper) -> NotificationPhase:
    """The phase of a paper by what was logged as told to its recipient; final where it is written as such."""
    if paper.paper == "authority_notification":
        told = bool(to_authority(paper.status))
    elif paper.paper == "controller_notice":
        told = paper.phase == "supplementary" or _is_met_towards(paper.status, "notify_controller", paper.controller)
    else:  # Kela may be told as the other joint controller, too: that is another notice
        told = paper.phase == "supplementary" or _is_met_towards(paper.status, "notify_kela_of_breach", "Kela")
    return "final" if paper.phase == "final" else "supplementary" if told else "preliminary"


def _is_met_towards(status: BreachStatus, kind: DutyKind, recipient: str) -> bool:
    """Whether the duty to tell this recipient is met: where it has none of its own, whether a notice was logged."""
    wanted = folded(recipient)
    owed = [duty for duty in duties_of(status, kind) if kind != "notify_controller" or folded(duty.recipient) == wanted]
    if kind == "notify_kela_of_breach" and owed:
        return all(duty.is_met for duty in owed)
    is_logged = bool(wanted) and any(folded(one.to) == wanted for one in status.notifications)
    is_joint = status.role == "joint_controller"
    return any(duty.is_met for duty in owed) or (is_logged and not (is_joint and owed))


def earlier_notice(paper: BreachPaper) -> datetime | None:
    """When the recipient of a notice was last told of the breach, by what was logged."""
    name = "Kela" if paper.paper == "kela_notice" else paper.controller
    return max((one.at for one in paper.status.notifications if folded(one.to) == folded(name)), default=None)


def _is_open(duty: DutyState) -> bool:
    return duty.state in ("open", "overdue")


def owed_to_persons(paper: BreachPaper) -> list[str]:
    """That the persons are still to be informed, before the final paper."""
    owed = duties_of(paper.status, "inform_data_subjects")
    is_open = any(map(_is_open, owed))
    return ["subjects"] if is_open and phase_of(paper) != "final" else []


def logged_facts(paper: BreachPaper, language: Language, when: Callable[[datetime | None], str]) -> dict[str, Any]:
    """Number, phase, earlier notifications, and whether the first one came (or comes now) after the 72 hours."""
    status, say, hours = paper.status, sayer(language), hours_in_words(aware_at(paper.status))
    logged = to_authority(status)
    now = phase_of(paper)
    is_made = now == "final" and bool(logged) and logged[-1].phase == "final"
    earlier = logged[:-1] if is_made else logged
    first_at = logged[0].at if logged else None
    duties = duties_of(status, _DELAYABLE)
    reasons = dict.fromkeys([one.delay_reason for one in logged] + [duty.delay_reason or "" for duty in duties])
    phase = word("breach_phase", now, language)
    delay = word("breach_delay", "made" if first_at else "not_made", language)
    told = word("breach_number", "final" if now == "final" else "supplement", language)
    return {
        "phase": now,
        "phase_and_number": word("breach_number", "number", language).format(phase=phase, number=len(earlier) + 1),
        "supplement": "" if now == "preliminary" else told,
        "made_as": _one_notification(logged[-1], language, when) if is_made else "",
        "case_number": next((one_line(one.reference) for one in reversed(logged) if one.reference), ""),
        "earlier": [_one_notification(one, language, when) for one in earlier],
        "is_late": bool(hours) and (first_at or paper.made_at) > status.deadlines.target,
        "first_made": delay.format(at=when(first_at or status.deadlines.target), hours=hours),
        "delay_reasons": [say(reason) for reason in reasons if reason],
    }


def _one_notification(one: Notified, language: Language, when: Callable[[datetime | None], str]) -> str:
    phase = word("breach_phase", one.phase, language) if one.phase else ""
    return ", ".join(part for part in (when(one.at), phase.lower(), one_line(one.reference)) if part)


def who_notifies(paper: BreachPaper, language: Language, when: Callable[[datetime | None], str]) -> dict[str, Any]:
    """Whether the authority knows: from us, from the other joint controller, or from a processor on one's behalf."""
    status = paper.status
    asked = next(iter(duties_of(status, "confirm_joint_notification")), None)
    is_confirmed = asked is not None and asked.is_met
    parts = (when(asked.met_at), one_line(asked.reference or "")) if asked and is_confirmed else ()
    confirmed = ", ".join(part for part in parts if part)
    who = named_in(language, other_named(status)) if is_other_to_notify(status) else ""
    told = [_one_notification(one, language, when) for one in to_authority(status) if not one.detail]
    if not told and (who or asked):
        whose = "you_" if paper.paper == "kela_notice" and is_kela(other_named(status)) else ""
        state = f"{whose}confirmed" if is_confirmed else f"{whose}awaited"
        told = [
            word("breach_other_notifies", state, language).format(who=who or (asked and asked.recipient), at=confirmed)
        ]
    ours = [one for one in to_authority(status) if folded(one.detail) == folded(f"on behalf of {paper.controller}")]
    return {
        "is_confirmed": is_confirmed,
        "confirmed": confirmed,
        "notifier_reason": sayer(language)(status.joint_notifier_reason) if who else "",
        "authority_told": told or [word("breach_other_notifies", "nobody_yet", language)],
        "on_behalf": [_one_notification(one, language, when) for one in ours],
    }


def persons_facts(status: BreachStatus, language: Language, when: Callable[[datetime | None], str]) -> dict[str, Any]:
    """Whether the persons were told: each way with its moment, or why there is none."""
    say = sayer(language)
    told = sorted((one for one in status.notifications if one.to == DATA_SUBJECTS), key=lambda one: one.at)
    duty = next(iter(duties_of(status, "inform_data_subjects")), None)
    met_at = duty.met_at if duty and duty.is_met else None
    ways = [(one.at, say(how_told(one.detail, language))) for one in told] or [(at, "") for at in (met_at,) if at]
    informed = [", ".join(part for part in (when(at), how) if part) for at, how in ways]
    not_owed = "not_high" if status.risks else "undecided"
    state = not_owed if duty is None else "not_yet" if _is_open(duty) else "waived"
    because = word("breach_subjects", state, language).format(why=say(duty.waived_reason or "") if duty else "")
    return {
        "subjects_told": informed or [because],
        "subjects_informed": informed,
    }


def how_told(detail: str, language: Language) -> str:
    """How the persons were told ("letter: 40" in the record), in words; a text of another form as it is."""
    channel, colon, count = detail.rpartition(": ")
    if not (colon and count.isdigit()):
        return detail
    how = "how_one" if int(count) == 1 else "how"
    return word("breach_subjects", how, language).format(channel=channel_in(language, channel), count=count)


def duties_of(status: BreachStatus, kind: DutyKind) -> list[DutyState]:
    """The duties of a kind, the newest first."""
    return sorted((duty for duty in status.duties if duty.kind == kind), key=lambda duty: duty.opened_at, reverse=True)
