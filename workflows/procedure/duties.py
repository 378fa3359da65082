"""What an organisation owes somebody in an incident: duties, their ladders of reminders, and what gives rise to them.

A duty is opened once, keeps the ladder that held at that moment, and ends only by being met or by a recorded waiver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field

from workflows.procedure import rule_data
from workflows.procedure.languages import Language
from workflows.procedure.model import Duration, Model, Moment, Unverified
from workflows.procedure.names import person_named
from workflows.procedure.operating_model.unanswered import A_DAY, Digests

DutyKind = Literal[
    "triage", "report_to_kela", "phone_kela", "assess_breach", "notify_supervisory_authority", "notify_controller",
    "notify_kela_of_breach", "inform_data_subjects", "document_breach", "report_deviation", "report_device_hazard",
    "nis2_early_warning", "nis2_notification", "nis2_final_report", "distribute_instruction", "verify_contacts",
    "report_to_supplier", "cer_first_notice", "cer_final_report", "confirm_joint_notification", "supplement_to_kela",
    "end_to_kela", "withdrawal_to_kela", "confirm_decision",
]  # fmt: skip
DutyStateName = Literal["open", "overdue", "met", "met_late", "waived"]
Role = Literal["desk", "duty_officer", "management", "communications", "data_protection_officer", "operations"]

ROLES: tuple[Role, ...] = get_args(Role)


def in_words(names: Iterable[str]) -> str:
    """Roles or groups for a sentence: "duty officer, management"."""
    return ", ".join(name.replace("_", " ") for name in names)


class Rung(Model):
    """One reminder of a ladder: how long after the clock has started, and to which role."""

    after: Duration
    to: Role


class Ladder(Model):
    """When a duty is due, who is reminded before, and who is alarmed, how often, after. All times are elapsed times."""

    due_after: Duration
    reminders: tuple[Rung, ...] = Field(default=(), max_length=20)
    overdue_to: tuple[Role, ...] = ("desk", "duty_officer")
    overdue_every: Duration = timedelta(minutes=15)
    overdue_at_most_every: Duration = timedelta(hours=4)
    """The gap between two alarms doubles from ``overdue_every`` until it has reached this."""


OWN_LADDERS: dict[DutyKind, Ladder] = {
    "confirm_decision": Ladder(
        due_after=timedelta(hours=4),
        reminders=(
            Rung(after=timedelta(hours=1), to="data_protection_officer"),
            Rung(after=timedelta(hours=2), to="management"),
        ),
        overdue_to=("data_protection_officer", "management"),
        overdue_every=timedelta(hours=4),
        overdue_at_most_every=timedelta(hours=24),
    ),
    "verify_contacts": Ladder.model_validate(rule_data.read("contact_review")["ladder"]),
}  # fmt: skip
"""Ladders of this project, where the organisation has set none of its own."""


class DutyState(Model):
    """A duty as the world sees it."""

    id: str
    kind: DutyKind
    recipient: str
    basis: str
    legal: bool = False
    opened_at: Moment
    due_at: Moment | None = None
    state: DutyStateName = "open"
    met_at: Moment | None = None
    by: str | None = None
    reference: str | None = None
    delay_reason: str | None = None
    waived_reason: str | None = None
    reminders_sent: int = 0
    no_longer_because: str | None = None
    """Why the facts as they are known now no longer ask for it. It stays open until a person closes it."""
    task: str = ""
    """What is to be done for it, where that is not what its kind says (``data/tasks.toml``)."""
    is_unverified: Unverified = False
    """Whether it was met or waived without the desk's key: nobody knows who has said so."""
    confirmed_by: Annotated[str, Field(exclude_if=lambda confirmed_by: not confirmed_by)] = ""
    """The other person who has confirmed that it is waived, where the operating model asks for a second one."""
    acknowledged_at: Annotated[Moment | None, Field(exclude_if=lambda at: at is None)] = None
    """When somebody last acknowledged an alarm of it, and who: that does not meet it."""
    acknowledged_by: Annotated[str, Field(exclude_if=lambda by: not by)] = ""

    def said_by(self, language: Language) -> str:
        """Who met or waived it, for people."""
        by = self.by or ""
        return person_named(by, language, is_unverified=self.is_unverified, confirmed_by=self.confirmed_by)

    @property
    def task_now(self) -> str:
        """What a person does now: a duty that the facts no longer ask for is decided on, not met."""
        return "no_longer_owed" if self.no_longer_because else self.task or self.kind

    @property
    def is_met(self) -> bool:
        """Whether it was done, in time or late."""
        return self.state in ("met", "met_late")


class SettledDuty(Model):
    """A duty in a letter about a decision: what was due, to whom, and what became of it."""

    duty: str
    kind: str
    towards: str = ""
    due_at: Moment | None = None
    state: Literal["open", "overdue", "met", "met_late", "waived", "no_longer"]
    """``no_longer``: open, but the facts as they are known now no longer ask for it."""


class Duty(DutyState):
    """A duty with what its clock needs: the instant it counts from, the ladder, and how many alarms have gone off."""

    clock_started_at: Moment
    ladder: Ladder
    alarms_fired: int = 0
    met_by_message: str | None = None
    is_acknowledged: bool = False
    """Whether somebody has acknowledged the last alarm."""
    handed_over_at: Annotated[Moment | None, Field(exclude_if=lambda moment: moment is None)] = None
    """When a handover has reminded of it last."""
    comes_back_at: Annotated[Moment | None, Field(exclude_if=lambda at: at is None)] = None
    """When an acknowledged alarm comes back, where no rung of the ladder comes before the due time."""
    digests: Annotated[Digests | None, Field(exclude_if=lambda digests: digests is None)] = None
    """When its alarms go over to digests; None for a duty that was opened before there were any."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in ("open", "overdue")


class Alarm(Model):
    """The next thing that a duty's clock does: a reminder, the due moment, an alarm after it; a digest is for all."""

    number: int
    at: Moment
    kind: Literal["reminder", "overdue"]
    to: tuple[Role, ...]
    is_digest: Annotated[bool, Field(exclude_if=lambda is_digest: not is_digest)] = False


def _moments(duty: Duty, now: datetime) -> Iterator[Alarm]:
    """Its alarms, one after the other without end; of those long past that come at equal gaps the latest only."""
    due = duty.due_at or duty.clock_started_at + duty.ladder.due_after
    rungs = sorted((rung.after, rung.to) for rung in duty.ladder.reminders)
    before = [(duty.clock_started_at + after, to) for after, to in rungs if duty.clock_started_at + after < due]
    for number, (at, to) in enumerate(before):
        yield Alarm(number=number, at=at, kind="reminder", to=(to,))
    number, at, gap = len(before), due, duty.ladder.overdue_every
    widest = max(duty.ladder.overdue_at_most_every, gap)
    over = _goes_over_at(duty, due, widest)
    counted_to = min(now, over or now)
    while True:
        if gap == widest and at < counted_to:  # a clock may have started years ago: one by one, that takes seconds
            number, at = number + (counted_to - at) // gap, counted_to - (counted_to - at) % gap
        if over and at >= over:
            break
        yield Alarm(number=number, at=at, kind="overdue", to=duty.ladder.overdue_to)
        number, at, gap = number + 1, at + gap, min(gap * 2, widest)
    yield from _digests(duty, number, over, now)


def _goes_over_at(duty: Duty, due: datetime, widest: timedelta) -> datetime | None:
    """When its alarms give way to digests; None where they never do: those of a legal duty, and rare ones."""
    return due + duty.digests.after if duty.digests and not duty.legal and widest <= A_DAY else None


def _digests(duty: Duty, first: int, since: datetime, now: datetime) -> Iterator[Alarm]:
    """One a day to those whom the ladder alarms, without management; once a week management as well."""
    on_duty: tuple[Role, ...] = tuple(role for role in duty.ladder.overdue_to if role != "management") or ("desk",)
    for each in duty.digests.mornings(since, now) if duty.digests else ():
        to: tuple[Role, ...] = (*on_duty, "management") if each.is_weekly else on_duty
        yield Alarm(number=first + each.number, at=each.at, kind="overdue", to=to, is_digest=True)


COMES_BACK_UNTIL = timedelta(minutes=2)
"""So shortly before the due time nothing comes back besides: the due time itself alarms."""


def next_alarm(duty: Duty, now: datetime) -> Alarm:
    """The alarm to wait for; where several have been missed, only the latest of them goes off (at once)."""
    rung = _next_rung(duty, now)
    if duty.comes_back_at and duty.comes_back_at < rung.at:
        return Alarm(number=duty.alarms_fired - 1, at=duty.comes_back_at, kind="reminder", to=_last_alarm(duty, now).to)
    return rung


def acknowledged(duty: Duty, *, at: datetime, by: str, comes_back: bool) -> Duty:
    """The duty, whose last alarm somebody has acknowledged. Nobody has acted yet: so the alarm comes back.

    A rung of the ladder that is still to come before the due time is enough. Without one the alarm goes off once more
    half-way there, to the same roles. ``comes_back``: false in processes that began before it was so.
    """
    seen = duty.model_copy(update={"is_acknowledged": True, "acknowledged_at": at, "acknowledged_by": by})
    return seen.model_copy(update={"comes_back_at": _half_way(seen, at) if comes_back else None})


def _half_way(duty: Duty, at: datetime) -> datetime | None:
    due = duty.due_at or duty.clock_started_at + duty.ladder.due_after
    if not (duty.is_open and duty.alarms_fired) or due - at < COMES_BACK_UNTIL or _next_rung(duty, at).at < due:
        return None
    return at + (due - at) / 2


def _last_alarm(duty: Duty, now: datetime) -> Alarm:
    """The last alarm that went off."""
    return next(alarm for alarm in _moments(duty, now) if alarm.number >= duty.alarms_fired - 1)


def _next_rung(duty: Duty, now: datetime) -> Alarm:
    missed: Alarm | None = None
    for alarm in _moments(duty, now):
        if alarm.number >= duty.alarms_fired:
            if alarm.at > now:
                return missed or alarm
            missed = together(missed, alarm)
    raise AssertionError("alarms have no end")


def together(missed: Alarm | None, alarm: Alarm) -> Alarm:
    """The later of two missed alarms; of two digests it goes to those of both, so that no week is left out."""
    if missed is None or not (missed.is_digest and alarm.is_digest):
        return alarm
    return alarm.model_copy(update={"to": tuple(dict.fromkeys((*missed.to, *alarm.to)))})


HANDOVERS_APART = timedelta(hours=1)
"""A second handover within this time reminds of nothing again: it is the same one, said twice."""


def ignored_alarm(duty: Duty, now: datetime, *, of_a_rota: bool = False) -> Alarm | None:
    """The last alarm of an open duty that nobody has acknowledged, which a handover repeats; None where it is a digest.

    ``of_a_rota``: a change in a rota is told once, so it needs no distance from the handover before it.
    """
    lately = duty.handed_over_at is not None and now - duty.handed_over_at < HANDOVERS_APART
    is_repeated = lately and not of_a_rota
    if not duty.is_open or duty.is_acknowledged or duty.alarms_fired == 0 or is_repeated:
        return None
    last = _last_alarm(duty, now)
    return None if last.is_digest else last  # the next morning's goes to whoever is on duty then


def handed_over(duty: Duty, at: datetime) -> Duty:
    """The duty after a handover has reminded of it: its own alarms go on as before."""
    return duty.model_copy(update={"reminders_sent": duty.reminders_sent + 1, "handed_over_at": at})


def fired(duty: Duty, alarm: Alarm) -> Duty:
    """The duty after an alarm has gone off: counted, and overdue from the due time on."""
    state: DutyStateName = "overdue" if alarm.kind == "overdue" else duty.state
    return duty.model_copy(
        update={
            "alarms_fired": alarm.number + 1,
            "reminders_sent": duty.reminders_sent + 1,
            "state": state,
            "comes_back_at": None,
        }
    )


def met(duty: Duty, *, at: datetime, by: str, reference: str | None = None, delay_reason: str | None = None) -> Duty:
    """The duty, met at a moment: late where that moment lies after the due time."""
    late = duty.due_at is not None and at > duty.due_at
    return duty.model_copy(
        update={
            "state": "met_late" if late else "met",
            "met_at": at,
            "by": by,
            "reference": reference,
            "delay_reason": delay_reason,
        }
    )


def waived(duty: Duty, *, at: datetime, by: str, reason: str) -> Duty:
    """The duty, waived: the recorded decision not to do it."""
    return duty.model_copy(update={"state": "waived", "met_at": at, "by": by, "waived_reason": reason})


def reopened(duty: Duty, at: datetime) -> Duty:
    """The duty, open again because what had met it has come to nothing (a bounced message).

    Its ladder starts again now. A legal due time stays where it was; the organisation's own starts again.
    """
    return duty.model_copy(
        update={
            "state": "open",
            "met_at": None,
            "by": None,
            "reference": None,
            "met_by_message": None,
            "clock_started_at": at,
            "alarms_fired": 0,
            "due_at": duty.due_at if duty.legal else at + duty.ladder.due_after,
        }
    )


def next_due(duties: Iterable[Duty]) -> datetime | None:
    """The earliest due time of the open duties; None where there is none."""
    return min((duty.due_at for duty in duties if duty.is_open and duty.due_at), default=None)
