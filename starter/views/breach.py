"""A breach as text for people: the one clock on top, then what to do, what was done, and what to look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from starter.client.open_duties import open_duties
from starter.language import names
from starter.language.heard import heard
from starter.language.moments import countdown, short, written
from starter.language.words import Texts, _, spoken
from starter.terminal.output import Table, TextLine, show
from starter.views.incident import behind_its_label, labelled, say_change, to_do
from starter.views.said_by import said_by
from starter.views.second_person import done_or_waits
from starter.views.tables import documents_table, done_table, messages_table, refused_table, unverified
from workflows.breach.messages import BreachStatus
from workflows.breach.who_notifies import is_other_to_notify
from workflows.procedure.breach.roles import WORDS
from workflows.procedure.duties import DutyState
from workflows.procedure.services import named

if TYPE_CHECKING:
    from rich.console import RenderableType

DONE: Texts = {
    "breach_assessment": "Assessment recorded: every fact that you named is corrected.",
    "other_laws": "Recorded what other laws ask.",
    "risk_assessment": "Risk recorded.",
    "authority_notified": "Notification of the authority recorded.",
    "controller_notified": "Recorded: the controller was told.",
    "kela_notified": "Recorded: Kela was told.",
    "subjects_informed": "Recorded: the persons were told.",
    "measures_taken": "Measures recorded.",
    "awareness_correction": "Correction recorded; both times stay on record.",
    "acknowledgement": "Acknowledgement recorded.",
    "duty_met": "Duty recorded as met.",
    "duty_waived": "Decision recorded: the duty is waived.",
    "decision_answer": "Answer recorded.",
    "delivery_report": "Delivery report recorded.",
    "conclusion": "Concluded; the evidence is being bundled.",
    "cancellation": "Breach cancelled.",
}
MESSAGES_SHOWN = 8
_AUTHORITY = "notify_supervisory_authority"


def show_breach_change(message: str, status: BreachStatus) -> None:
    """Print what a message has done and what comes next, shortly."""
    done = done_or_waits(_(DONE[message]), message, status)
    say_change(f"{done} {headline(status)}", status, expected_next(status))


def headline(status: BreachStatus) -> str:
    """Reference, phase, role and risk in a few words."""
    drill = names.drill(status.drill)
    return _(
        "{drill}Breach {reference}: {phase}, {role}, risk: {risk}.",
        drill=drill,
        reference=status.reference + names.stranger(status.is_a_strangers),
        phase=names.name(names.PHASES, status.phase),
        role=_(WORDS[status.role]),
        risk=_(names.RISKS[status.risk or ""]),
    )


def expected_next(status: BreachStatus) -> str:
    """One sentence: what the breach waits for."""
    if status.phase in ("closed", "cancelled"):
        return _("nothing more; it stays in the register.")
    if waiting := open_duties(status.duties):
        return to_do(waiting[0], status.reference)
    return _(
        "no duty is open; when everything is dealt with: kantadesk breach conclude {reference}",
        reference=status.reference,
    )


def show_breach_status(status: BreachStatus, at: datetime) -> None:
    """Print all about a breach. ``at``: the time on its own clock."""
    show(*parts(status, at))


def parts(status: BreachStatus, at: datetime) -> list[RenderableType]:
    """All about a breach, as pieces to print."""
    head = [TextLine(line, strong=True) for line in (headline(status), *clock(status, at))]
    once_more = head[2:]  # the first has scrolled away
    return [
        *head,
        *(TextLine(line, hang=behind_its_label(line)) for line in _lines(status, at)),
        *_tables(status, at),
        *once_more,
    ]


def clock(status: BreachStatus, at: datetime) -> list[str]:
    """The one clock: since when one is aware, by when the authority must know, how many hours are left."""
    late = [names.duty_of(duty) for duty in status.duties if duty.state == "overdue" and duty.kind != _AUTHORITY]
    return [
        _("Aware since {moment}.", moment=written(status.awareness[-1].deadline_from)),
        _authority(status, at),
        *([_("LATE besides: {late}.", late=", ".join(late))] if late else []),
    ]


def _authority(status: BreachStatus, at: datetime) -> str:
    all_of_it = [duty for duty in status.duties if duty.kind == _AUTHORITY]
    open_now = next((duty for duty in all_of_it if duty.state in ("open", "overdue")), None)
    owed = open_now or next(reversed(all_of_it), None)
    if open_now and open_now.no_longer_because:
        why = heard(open_now.no_longer_because)
        return _("The authority is not to be notified by us any more ({why}): waive {id}.", why=why, id=open_now.id)
    if owed is None:
        return _("The authority is not to be notified by us: {why_not}", why_not=_why_not(status))
    if owed.state in ("open", "overdue") and owed.due_at:
        return _(
            "To be notified: {recipient}, by {due_at}: {hours_left}",
            recipient=names.recipient(owed.recipient),
            due_at=written(owed.due_at),
            hours_left=hours_left(owed.due_at, at),
        )
    return f"{names.recipient(owed.recipient)}: {_settled(owed)}"


def hours_left(due: datetime, at: datetime) -> str:
    """The countdown in hours, as the law counts."""
    length = _in_hours(due, at)
    return (
        _("{length} left.", length=length)
        if due > at
        else _("LATE by {length}. Notify now, with the reasons for the delay.", length=length)
    )


def _in_hours(due: datetime, at: datetime) -> str:
    minutes = int(abs(due - at) / timedelta(minutes=1))
    return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def _left(duty: DutyState, at: datetime) -> str:
    """The time that is left, for the authority's duty in hours as in the line above the table."""
    if duty.kind != _AUTHORITY or duty.due_at is None:
        return countdown(duty.due_at, at)
    length = _in_hours(duty.due_at, at)
    return _("in {length}", length=length) if duty.due_at > at else _("LATE by {length}", length=length)


def _why_not(status: BreachStatus) -> str:
    if status.role == "processor":
        return _("each controller does that, once we have told it.")
    if is_other_to_notify(status):
        return _(
            "{joint_notifier_name} does that, as agreed between the joint controllers.",
            joint_notifier_name=status.joint_notifier_name,
        )
    return _("the risk was judged unlikely; the reason stands in the register.")


def _settled(duty: DutyState) -> str:
    if duty.state == "waived":
        return _(
            "not notified, by decision of {said_by}: {waived_reason}",
            said_by=said_by(duty),
            waived_reason=duty.waived_reason,
        )
    facts = {"met": written(duty.met_at) if duty.met_at else "", "due": written(duty.due_at or duty.opened_at)}
    if duty.state == "met_late":
        return _("notified {met} LATE (due {due}).", **facts)
    return _("notified {met}, in time (due {due}).", **facts)


def _lines(status: BreachStatus, at: datetime) -> list[str]:
    deadlines = status.deadlines
    other_readings = _(
        "by Regulation 1182/71 until {ceiling}; a disputed reading has {disputed}. The alarms follow neither: keep the "
        "time above.",
        ceiling=written(deadlines.ceiling),
        disputed=written(deadlines.disputed_3_5),
    )
    risk = _(names.RISKS[status.risk or ""]) + (f": {status.risks[-1].reasons}" if status.risks else "")
    ours = _("{registers}; we are {role}", registers=named(status.registers, spoken()), role=_(WORDS[status.role]))
    facts = [
        (_("For information"), other_readings if status.role != "processor" else ""),
        (_("Next"), expected_next(status)),
        (_("Drill time"), written(at) if status.drill else ""),
        (_("Incident"), f"kantadesk incident show {status.incident}" if status.incident else ""),
        (_("What"), names.data_kinds(status.kinds)),
        (_("Whose data"), ours),
        (_("Description"), status.description),
        (_("Place"), status.place),
        (_("Data"), status.data),
        (_("First noticed"), short(status.first_noticed_at)),
        (_("Detected"), short(status.detected_at)),
        (_("Risk"), risk),
        *((_("Measures"), text) for text in status.measures),
        (_("Concluded"), status.conclusion),
        *((_("LOOK AT"), heard(problem)) for problem in status.problems),
        *((_("UNVERIFIED"), of_a_rule(rule, status)) for rule in status.unverified),
    ]
    return labelled(facts)


def of_a_rule(rule: str, status: BreachStatus) -> str:
    """A duty whose rule nobody has verified, by its name, with what it rests on."""
    duty_id, _between, basis = rule.partition(": ")
    owed = next((each for each in status.duties if each.id == duty_id), None)
    return f"{names.duty_of(owed)}: {heard(basis)}" if owed else heard(rule)


def _tables(status: BreachStatus, at: datetime) -> list[RenderableType]:
    made: list[RenderableType] = []
    if waiting := open_duties(status.duties):
        rows = [
            (
                names.duty_of(d),
                short(d.due_at),
                _left(d, at),
                names.recipient(d.recipient),
                to_do(d, status.reference),
            )
            for d in waiting
        ]
        made.append(Table((_("duty"), _("due"), "", _("to"), _("what to do")), rows, _("To do")))
    made += done_table(status.duties)
    if len(status.awareness) > 1:
        entries = [
            (short(entry.aware_at), short(entry.recorded_at), said_by(entry), entry.reason, short(entry.deadline_from))
            for entry in status.awareness
        ]
        made.append(
            Table(
                (_("aware at"), _("recorded"), _("by"), _("why"), _("clock runs from")),
                entries,
                _("Awareness, as corrected"),
            )
        )
    if status.notifications:
        told = [
            (
                short(one.at),
                names.recipient(one.to),
                names.name(names.NOTIFICATIONS, one.phase),
                one.reference,
                one.delay_reason or one.detail,
            )
            for one in status.notifications
        ]
        made.append(Table((_("when"), _("told"), _("phase"), _("reference"), ""), told, _("Notifications")))
    if status.controllers:
        named_ones = [(controller.name, controller.email or "") for controller in status.controllers]
        made.append(Table((_("controller"), _("e-mail")), named_ones, _("Controllers")))
    kept = (documents_table(status), refused_table(status), messages_table(status, MESSAGES_SHOWN), unverified(status))
    return [*made, *chain.from_iterable(kept)]
