"""An incident as text for people: where it stands, what is expected next and until when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from starter.client.open_duties import open_duties
from starter.language import names
from starter.language.heard import heard
from starter.language.moments import countdown, in_words, short, written
from starter.language.words import N_, Texts, _, spoken
from starter.terminal.output import Table, TextLine, say, show
from starter.terminal.time_input import now
from starter.views.kela import whom_at_kela
from starter.views.said_by import said_by
from starter.views.second_person import done_or_waits
from starter.views.tables import done_table, kept_tables
from starter.views.to_kela import to_kela
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.incident.same_fault import FollowingState
from workflows.procedure.duties import DutyState
from workflows.procedure.kela.support_hours import CALLS_KELA
from workflows.procedure.notices.published import Notice
from workflows.procedure.operating_model.model import Kela
from workflows.procedure.services import named
from workflows.procedure.tasks import what_to_do

if TYPE_CHECKING:
    from rich.console import RenderableType

DONE: Texts = {
    "triage": "Triage recorded.",
    "phone_escalation": "Call logged.",
    "report_supplement": "Recorded; the form to Kela is being written and sent.",
    "situation_update": "Update recorded; those concerned are being told.",
    "correction": "Correction recorded; before and after stay on record.",
    "resolution": "Recorded: the fault is over. Those concerned are being told, and the watch has begun.",
    "reopening": "Reopened.",
    "authority_instruction": "Instruction recorded; it is being passed on.",
    "acknowledgement": "Acknowledgement recorded.",
    "duty_met": "Duty recorded as met.",
    "duty_waived": "Decision recorded: the duty is waived.",
    "decision_answer": "Answer recorded.",
    "delivery_report": "Delivery report recorded.",
    "notice": "Notice recorded.",
    "same_as": "Linked.",
    "not_same_as": "Unlinked: what was left to the other is owed here again.",
    "breach_assessment": "Recorded.",
    "other_laws": "Recorded what other laws ask.",
    "cancellation": "Incident cancelled.",
}

IN_WORK = ("awaiting_triage", "handling", "watch")
"""The phases in which somebody may have to call Kela."""
UPDATE_AFTER_THE_END = N_("Update recorded; those concerned read that the fault is over, and what you say.")


def to_do(duty: DutyState, reference: str) -> str:
    """What to do for a duty, with the command to type."""
    towards = (
        duty.recipient if duty.kind == "notify_controller" and not duty.recipient.endswith("(not named yet)") else ""
    )
    return what_to_do(duty.task_now, spoken(), reference=reference, duty=duty.id, phone=Kela().phone, towards=towards)


def expected_next(status: IncidentStatus) -> str:
    """One sentence: what the incident waits for."""
    link = status.same_as
    if link and link.state == "follows" and not open_duties(status.duties):
        return _(
            "Nothing here: it closes with {reference}: kantadesk incident show {reference}", reference=link.reference
        )
    return _awaited_here(status)


def _awaited_here(status: IncidentStatus) -> str:
    waiting = open_duties(status.duties)
    if status.phase == "awaiting_triage":
        return _("The desk judges the fault: kantadesk incident triage {reference}", reference=status.reference)
    if status.phase == "handling" and waiting:
        return _(
            "The open duties; when the fault is over: kantadesk incident resolve {reference}",
            reference=status.reference,
        )
    if status.phase == "handling":
        return _("The end of the fault; then: kantadesk incident resolve {reference}", reference=status.reference)
    if status.phase == "watch":
        until = " " + _("until {moment}", moment=written(status.watch_until)) if status.watch_until else ""
        return _(
            "Watching for backlog and relapse{until}; if it comes back: kantadesk incident reopen {reference}",
            until=until,
            reference=status.reference,
        )
    if waiting:
        return _("The open duties.")
    return _("Nothing more; the evidence is below.") if status.phase == "closed" else _("Nothing more.")


def show_change(message: str, status: IncidentStatus) -> None:
    """Print what a message has done and what comes next, shortly."""
    is_after_the_end = message == "situation_update" and status.phase == "watch"
    done = _(UPDATE_AFTER_THE_END) if is_after_the_end else done_or_waits(_(DONE[message]), message, status)
    done = f"{done} {headline(status)}"
    if message == "triage" and status.decisions:
        decided = _("to be reported") if status.report_required else _("not reported")
        done += "\n" + _(
            "To Kela: {decided}; {why}.",
            decided=decided,
            why=heard(status.decisions[-1].why),
        )
    say_change(done, status, expected_next(status))


def say_change(done: str, status: IncidentStatus | BreachStatus, what_next: str) -> None:
    """Print what was done, what is still to do and to look at, and what comes next."""
    say(done)
    for duty in open_duties(status.duties):
        due = _("due {moment}", moment=written(duty.due_at)) if duty.due_at else _("no due time")
        what = _(
            "still to do: {duty}, {due}: {to_do}",
            duty=names.duty_of(duty),
            due=due,
            to_do=to_do(duty, status.reference),
        )
        say(f"  {what}")
    if any(duty.kind in CALLS_KELA for duty in open_duties(status.duties)):
        for line in whom_at_kela(None if status.drill else now()):  # a drill has a clock of its own
            say(f"  {line}")
    for problem in status.problems:
        say("  " + _("look at this: {problem}", problem=heard(problem)))
    say(_("Next: {what_next}", what_next=what_next))


def headline(status: IncidentStatus) -> str:
    """Reference and phase in a few words."""
    drill = names.drill(status.drill)
    severity = f", {names.name(names.SEVERITIES, status.severity)}" if status.severity else ""
    extensive = ", " + _("extensive") if status.extensive else ""
    reference = status.reference + names.stranger(status.is_a_strangers)
    return f"{drill}{reference}: {names.name(names.PHASES, status.phase)}{severity}{extensive}."


def show_status(status: IncidentStatus, at: datetime) -> None:
    """Print all about an incident. ``at``: the time on its own clock."""
    show(*parts(status, at))


def parts(status: IncidentStatus, at: datetime) -> list[RenderableType]:
    """All about an incident, as pieces to print or to refresh."""
    return [
        TextLine(headline(status), strong=True),
        *(TextLine(line, hang=behind_its_label(line)) for line in _lines(status, at)),
        *_tables(status, at),
    ]


def _lines(status: IncidentStatus, at: datetime) -> list[str]:
    ago = in_words(max(at - status.noticed_at, timedelta()))
    facts: list[tuple[str, str]] = [
        (_("Next"), expected_next(status)),
        (_("Services"), named(status.services, spoken())),
        (_("Noticed"), _("{moment} ({length} ago)", moment=written(status.noticed_at), length=ago)),
        (_("To Kela"), to_kela(status)),
        *((_("Call Kela"), line) for line in (whom_at_kela(at) if status.phase in IN_WORK else ())),
        (_("Drill time"), written(at) if status.drill else ""),
        (_("Same fault"), _link_in_words(status.same_as) if status.same_as else ""),
        (_("Same fault"), _followed(status)),
        (
            _("Breach"),
            _("a process of its own: kantadesk breach show {name}", name=status.breach) if status.breach else "",
        ),
        *(
            (_("Earlier"), _("another breach of this fault: kantadesk breach show breach-{name}", name=each))
            for each in status.breaches
            if each != status.breach
        ),
        *(
            (_("Touched by"), _("a planned break: kantadesk maintenance show {name}", name=each.partition("-")[2]))
            for each in status.maintenance
        ),
        (_("A notice"), _notice(status.known_notice) if status.known_notice else ""),
        (_("Resolved"), written(status.resolved_at) if status.resolved_at else ""),
        *((_("After-care"), heard(advice)) for advice in status.after_care),
        *((_("LOOK AT"), heard(problem)) for problem in status.problems),
    ]
    return [status.title, *labelled(facts)]


def _notice(notice: Notice) -> str:
    mark = " " + _("(unverified sender: look at kanta.fi)") if notice.is_unverified else ""
    return f"{notice.title} {notice.link}".rstrip() + mark


def _followed(status: IncidentStatus) -> str:
    if not status.followers:
        return ""
    return _("followed by {others}, which close with this one", others=", ".join(status.followers))


def labelled(facts: Sequence[tuple[str, str]]) -> list[str]:
    """Facts with their names before them, one under the other; a fact that is empty is left out."""
    kept = [(label, text) for label, text in facts if text]
    width = max((len(label) for label, _text in kept), default=0) + 1
    return [f"{label + ':' if label else '':<{width}} {text}".rstrip() for label, text in kept]


def behind_its_label(line: str) -> int:
    """How far a fact is indented where it goes on below: it stands under itself, not under its name."""
    label = re.match(r"\S[^:]{0,24}: +(?=\S)", line)
    return len(label[0]) if label else 0


def _link_in_words(link: FollowingState) -> str:
    """Whom an incident follows, or why it does not (any more)."""
    match link.state:
        case "asked":
            return _(
                "{reference} was asked and has not answered; until then everything is owed here",
                reference=link.reference,
            )
        case "follows":
            return _(
                "follows {reference}, which tells people; kantadesk incident unlink takes it back",
                reference=link.reference,
            )
        case _:
            return _("{reference} is not followed: {why}", reference=link.reference, why=heard(link.why))


def _tables(status: IncidentStatus, at: datetime) -> list[RenderableType]:
    made: list[RenderableType] = []
    if waiting := open_duties(status.duties):
        made.append(
            Table((_("duty"), _("due"), "", _("what to do")), _waiting(waiting, status.reference, at), _("To do"))
        )
    made += done_table(status.duties)
    made += instructions_table(status)
    if status.calls:
        rows = [
            (short(c.called_at), c.number, c.person if c.reached else _("nobody"), said_by(c)) for c in status.calls
        ]
        made.append(Table((_("called"), _("number"), _("reached"), _("by")), rows, _("Calls")))
    return made + kept_tables(status)


def instructions_table(status: IncidentStatus) -> list[RenderableType]:
    """The authorities' instructions, each with those who have not acknowledged it and whom nobody waits for."""
    rows = [
        (
            each.id,
            each.authority,
            "; ".join(map(contact_to_type, each.awaiting)) or _("nobody"),
            str(len(each.acknowledged)),
            "; ".join(f"{names.contact(contact)}: {reason}" for contact, reason in each.waived.items()),
        )
        for each in status.instructions
    ]
    heads = (_("instruction"), _("from"), _("not acknowledged yet by"), _("acknowledged"), _("waived"))
    return [Table(heads, rows, _("Instructions of authorities"))] if rows else []


def contact_to_type(contact: str) -> str:
    """The name of a contact, and its id where that is another: for a command that wants the id."""
    named_so = names.contact(contact)
    return contact if named_so == contact else f"{named_so} ({contact})"


def _waiting(duties: list[DutyState], reference: str, at: datetime) -> list[tuple[str, ...]]:
    return [
        (names.duty_of(duty), short(duty.due_at), countdown(duty.due_at, at), to_do(duty, reference)) for duty in duties
    ]
