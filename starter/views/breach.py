"""A breach as text for people: the one clock on top, then what to do, what was done, and what to look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from starter.client.open_duties import open_duties
from starter.terminal.output import Table, TextLine, countdown, short, show
from starter.views.incident import documents_table, done_table, messages_table, refused_table, say_change, to_do
from starter.views.said_by import said_by
from starter.views.second_person import done_or_waits
from workflows.breach.messages import BreachStatus
from workflows.breach.who_notifies import is_other_to_notify
from workflows.procedure.breach.roles import WORDS
from workflows.procedure.duties import DutyState
from workflows.procedure.local_time import written
from workflows.procedure.services import named

if TYPE_CHECKING:
    from rich.console import RenderableType

DONE = {
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
RISKS = {None: "not assessed yet", "unlikely": "unlikely", "risk": "a risk", "high": "HIGH"}
MESSAGES_SHOWN = 8
_AUTHORITY = "notify_supervisory_authority"


def show_breach_change(message: str, status: BreachStatus) -> None:
    """Print what a message has done and what comes next, shortly."""
    done = done_or_waits(DONE[message], message, status)
    say_change(f"{done} {headline(status)}", status, expected_next(status))


def headline(status: BreachStatus) -> str:
    """Reference, phase, role and risk in a few words."""
    drill = "DRILL " if status.drill else ""
    return f"{drill}Breach {status.reference}: {status.phase}, {WORDS[status.role]}, risk {RISKS[status.risk]}."


def expected_next(status: BreachStatus) -> str:
    """One sentence: what the breach waits for."""
    if status.phase in ("closed", "cancelled"):
        return "nothing more; it stays in the register."
    if waiting := open_duties(status.duties):
        return to_do(waiting[0], status.reference)
    return f"no duty is open; when everything is dealt with: kantadesk breach conclude {status.reference}"


def show_breach_status(status: BreachStatus, at: datetime) -> None:
    """Print all about a breach. ``at``: the time on its own clock."""
    show(*parts(status, at))


def parts(status: BreachStatus, at: datetime) -> list[RenderableType]:
    """All about a breach, as pieces to print."""
    head = [TextLine(line, strong=True) for line in (headline(status), *clock(status, at))]
    once_more = head[2:]  # the first has scrolled away
    return [*head, *(TextLine(line) for line in _lines(status, at)), *_tables(status, at), *once_more]


def clock(status: BreachStatus, at: datetime) -> list[str]:
    """The one clock: since when one is aware, by when the authority must know, how many hours are left."""
    late = [duty.id for duty in status.duties if duty.state == "overdue" and duty.kind != _AUTHORITY]
    return [
        f"Aware since {written(status.awareness[-1].deadline_from)}.",
        _authority(status, at),
        *([f"LATE besides: {', '.join(late)}."] if late else []),
    ]


def _authority(status: BreachStatus, at: datetime) -> str:
    all_of_it = [duty for duty in status.duties if duty.kind == _AUTHORITY]
    open_now = next((duty for duty in all_of_it if duty.state in ("open", "overdue")), None)
    owed = open_now or next(reversed(all_of_it), None)
    if open_now and open_now.no_longer_because:
        why = open_now.no_longer_because
        return f"The authority is not to be notified by us any more ({why}): waive {open_now.id}."
    if owed is None:
        return f"The authority is not to be notified by us: {_why_not(status)}"
    if owed.state in ("open", "overdue") and owed.due_at:
        return f"Notify the {owed.recipient} by {written(owed.due_at)}: {hours_left(owed.due_at, at)}"
    return f"{owed.recipient}: {_settled(owed)}"


def hours_left(due: datetime, at: datetime) -> str:
    """The countdown in hours, as the law counts."""
    minutes = int(abs(due - at) / timedelta(minutes=1))
    length = f"{minutes // 60} h {minutes % 60:02} min"
    return f"{length} left." if due > at else f"LATE by {length}. Notify now, with the reasons for the delay."


def _why_not(status: BreachStatus) -> str:
    if status.role == "processor":
        return "each controller does that, once we have told it."
    if is_other_to_notify(status):
        return f"{status.joint_notifier_name} does that, as agreed between the joint controllers."
    return "the risk was judged unlikely; the reason stands in the register."


def _settled(duty: DutyState) -> str:
    if duty.state == "waived":
        return f"not notified, by decision of {said_by(duty)}: {duty.waived_reason}"
    late = " LATE" if duty.state == "met_late" else ", in time"
    return (
        f"notified {written(duty.met_at) if duty.met_at else ''}{late} (due {written(duty.due_at or duty.opened_at)})."
    )


def _lines(status: BreachStatus, at: datetime) -> list[str]:
    deadlines = status.deadlines
    readings = [
        ("For information", f"by Regulation 1182/71 until {written(deadlines.ceiling)}; a disputed reading has"),
        ("", f"{written(deadlines.disputed_3_5)}. The alarms follow neither: keep the time above."),
    ]
    facts = [
        *(readings if status.role != "processor" else []),
        ("Next", expected_next(status)),
        ("Drill time", written(at) if status.drill else ""),
        ("Incident", f"kantadesk incident show {status.incident}" if status.incident else ""),
        ("What", ", ".join(kind.replace("_", " ") for kind in status.kinds)),
        ("Whose data", f"{named(status.registers, 'en')}; we are {WORDS[status.role]}"),
        ("Description", status.description),
        ("Place", status.place),
        ("Data", status.data),
        ("First noticed", written(status.first_noticed_at) if status.first_noticed_at else ""),
        ("Detected", written(status.detected_at) if status.detected_at else ""),
        ("Risk", RISKS[status.risk] + (f": {status.risks[-1].reasons}" if status.risks else "")),
        *(("Measures", text) for text in status.measures),
        ("Concluded", status.conclusion),
        *(("LOOK AT", problem) for problem in status.problems),
        *(("UNVERIFIED", rule) for rule in status.unverified),
    ]
    return [f"{name + ':' if name else '':<16} {text}" for name, text in facts if text]


def _tables(status: BreachStatus, at: datetime) -> list[RenderableType]:
    made: list[RenderableType] = []
    if waiting := open_duties(status.duties):
        rows = [
            (d.id, short(d.due_at), countdown(d.due_at, at), d.recipient, to_do(d, status.reference)) for d in waiting
        ]
        made.append(Table(("duty", "due", "", "to", "what to do"), rows, "To do"))
    made += done_table(status.duties)
    if len(status.awareness) > 1:
        entries = [
            (short(entry.aware_at), short(entry.recorded_at), said_by(entry), entry.reason, short(entry.deadline_from))
            for entry in status.awareness
        ]
        made.append(Table(("aware at", "recorded", "by", "why", "clock runs from"), entries, "Awareness, as corrected"))
    if status.notifications:
        told = [
            (short(one.at), one.to, one.phase or "", one.reference, one.delay_reason or one.detail)
            for one in status.notifications
        ]
        made.append(Table(("when", "told", "phase", "reference", ""), told, "Notifications"))
    if status.controllers:
        named_ones = [(controller.name, controller.email or "") for controller in status.controllers]
        made.append(Table(("controller", "e-mail"), named_ones, "Controllers"))
    return [*made, *documents_table(status), *refused_table(status), *messages_table(status, MESSAGES_SHOWN)]
