"""An incident as text for people: where it stands, what is expected next and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from activities.returned_mail.addresses import TO_THIS_ADDRESS
from starter.client.open_duties import open_duties
from starter.terminal.output import Table, TextLine, countdown, in_words, say, short, show
from starter.views.said_by import said_by
from starter.views.second_person import done_or_waits
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.incident.same_fault import FollowingState
from workflows.maintenance.messages import MaintenanceStatus
from workflows.procedure.duties import DutyState
from workflows.procedure.incident.further_reports import FURTHER
from workflows.procedure.local_time import written
from workflows.procedure.operating_model.model import Kela
from workflows.procedure.services import named
from workflows.procedure.tasks import what_to_do
from workflows.process.messages import Document, SentMessage

if TYPE_CHECKING:
    from rich.console import RenderableType

Kept = IncidentStatus | BreachStatus | MaintenanceStatus
DONE = {
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

UPDATE_AFTER_THE_END = "Update recorded; those concerned read that the fault is over, and what you say."
TOLD_LATER = {"supplement": "supplement", "resolved": "end", "withdrawn": "withdrawal"}


def to_do(duty: DutyState, reference: str) -> str:
    """What to do for a duty, with the command to type."""
    towards = (
        duty.recipient if duty.kind == "notify_controller" and not duty.recipient.endswith("(not named yet)") else ""
    )
    return what_to_do(duty.task_now, "en", reference=reference, duty=duty.id, phone=Kela().phone, towards=towards)


def expected_next(status: IncidentStatus) -> str:
    """One sentence: what the incident waits for."""
    link = status.same_as
    if link and link.state == "follows" and not open_duties(status.duties):
        return f"Nothing here: it closes with {link.reference}: kantadesk incident show {link.reference}"
    return _awaited_here(status)


def _awaited_here(status: IncidentStatus) -> str:
    waiting = open_duties(status.duties)
    if status.phase == "awaiting_triage":
        return f"The desk judges the fault: kantadesk incident triage {status.reference}"
    if status.phase == "handling" and waiting:
        return "The open duties below; when the fault is over: kantadesk incident resolve " + status.reference
    if status.phase == "handling":
        return f"The end of the fault; then: kantadesk incident resolve {status.reference}"
    if status.phase == "watch":
        until = f" until {written(status.watch_until)}" if status.watch_until else ""
        return (
            f"Watching for backlog and relapse{until}; if it comes back: kantadesk incident reopen {status.reference}"
        )
    if waiting:
        return "The open duties below."
    return "Nothing more; the evidence is below." if status.phase == "closed" else "Nothing more."


def show_change(message: str, status: IncidentStatus) -> None:
    """Print what a message has done and what comes next, shortly."""
    is_after_the_end = message == "situation_update" and status.phase == "watch"
    done = UPDATE_AFTER_THE_END if is_after_the_end else done_or_waits(DONE[message], message, status)
    done = f"{done} {headline(status)}"
    if message == "triage" and status.decisions:
        done += (
            f"\nTo Kela: {'to be reported' if status.report_required else 'not reported'}; {status.decisions[-1].why}."
        )
    say_change(done, status, expected_next(status))


def say_change(done: str, status: IncidentStatus | BreachStatus, what_next: str) -> None:
    """Print what was done, what is still to do and to look at, and what comes next."""
    say(done)
    for duty in open_duties(status.duties):
        due = f"due {written(duty.due_at)}" if duty.due_at else "no due time"
        say(f"  still to do: {duty.id}, {due}: {to_do(duty, status.reference)}")
    for problem in status.problems:
        say(f"  look at this: {problem}")
    say(f"Next: {what_next}")


def headline(status: IncidentStatus) -> str:
    """Reference and phase in a few words."""
    drill = "DRILL " if status.drill else ""
    severity = f", {status.severity}" if status.severity else ""
    extensive = ", extensive" if status.extensive else ""
    return f"{drill}{status.reference}: {status.phase.replace('_', ' ')}{severity}{extensive}."


def show_status(status: IncidentStatus, at: datetime) -> None:
    """Print all about an incident. ``at``: the time on its own clock."""
    show(*parts(status, at))


def parts(status: IncidentStatus, at: datetime) -> list[RenderableType]:
    """All about an incident, as pieces to print or to refresh."""
    return [
        TextLine(headline(status), strong=True),
        *(TextLine(line) for line in _lines(status, at)),
        *_tables(status, at),
    ]


def _lines(status: IncidentStatus, at: datetime) -> list[str]:
    lines = [
        status.title,
        f"Next:       {expected_next(status)}",
        f"Services:   {named(status.services, 'en')}",
        f"Noticed:    {written(status.noticed_at)} ({in_words(max(at - status.noticed_at, timedelta()))} ago)",
        f"To Kela:    {to_kela(status)}",
    ]
    if status.drill:
        lines.append(f"Drill time: {written(at)}")
    if status.same_as:
        lines.append(f"Same fault: {_link_in_words(status.same_as)}")
    if status.followers:
        lines.append(f"Same fault: followed by {', '.join(status.followers)}, which close with this one")
    if status.breach:
        lines.append(f"Breach:     a process of its own: kantadesk breach show {status.breach}")
    lines += [
        f"Earlier:    another breach of this fault: kantadesk breach show breach-{name}"
        for name in status.breaches
        if name != status.breach
    ]
    lines += [
        f"Touched by: a planned break: kantadesk maintenance show {b.partition('-')[2]}" for b in status.maintenance
    ]
    if status.known_notice:
        mark = " (unverified sender: look at kanta.fi)" if status.known_notice.is_unverified else ""
        lines.append(f"A notice:   {status.known_notice.title} {status.known_notice.link}".rstrip() + mark)
    if status.resolved_at:
        lines.append(f"Resolved:   {written(status.resolved_at)}")
    lines += [f"After-care: {advice}" for advice in status.after_care]
    lines += [f"LOOK AT:    {problem}" for problem in status.problems]
    return lines


def _link_in_words(link: FollowingState) -> str:
    """Whom an incident follows, or why it does not (any more)."""
    match link.state:
        case "asked":
            return f"{link.reference} was asked and has not answered; until then everything is owed here"
        case "follows":
            return f"follows {link.reference}, which tells people; kantadesk incident unlink takes it back"
        case _:
            return f"{link.reference} is not followed: {link.why}"


def to_kela(status: IncidentStatus) -> str:
    """Whether Kela has been told, will be, or why not: a report that was made stays one, whatever is said later."""
    reports = [duty for duty in status.duties if duty.kind == "report_to_kela"]
    if open_duties(reports):
        return f"to be reported: {', '.join(status.criteria_met)}"
    if made := [duty.met_at for duty in reports if duty.is_met and duty.met_at]:
        return f"reported {written(max(made))}{_told_later(status)}"
    if reports:
        why = reports[-1].waived_reason or ""
        return _left_to_other(status, why) or f"not reported, waived: {why}{_told_later(status)}"
    if status.decisions:
        return f"not reported: {status.decisions[-1].why}"
    judged = [duty for duty in status.duties if duty.kind == "triage"]
    left = _left_to_other(status, judged[-1].waived_reason or "") if judged and not open_duties(judged) else ""
    return left or "not decided yet"


def _left_to_other(status: IncidentStatus, why: str) -> str:
    """That a duty is left to the incident that this one follows, and how it stands; empty where it is not."""
    other = status.same_as.reference if status.same_as else ""
    said = f"same fault as {other}, which "
    return f"left to {other}, which {why.removeprefix(said)}" if other and why.startswith(said) else ""


def _told_later(status: IncidentStatus) -> str:
    """What Kela was told after the report, and when; or is still to be told."""
    told = ""
    for duty in status.duties:
        if what := FURTHER.get(duty.kind):
            when = f" {written(duty.met_at)}" if duty.is_met and duty.met_at else " not yet"
            when = f": waived: {duty.waived_reason}" if duty.state == "waived" else when
            told += f"; {TOLD_LATER[what]}{when}"
    return told


def _tables(status: IncidentStatus, at: datetime) -> list[RenderableType]:
    made: list[RenderableType] = []
    if waiting := open_duties(status.duties):
        made.append(Table(("duty", "due", "", "what to do"), _waiting(waiting, status.reference, at), "To do"))
    made += done_table(status.duties)
    made += instructions_table(status)
    if status.calls:
        rows = [(short(c.called_at), c.number, c.person if c.reached else "nobody", said_by(c)) for c in status.calls]
        made.append(Table(("called", "number", "reached", "by"), rows, "Calls"))
    return made + kept_tables(status)


def instructions_table(status: IncidentStatus) -> list[RenderableType]:
    """The authorities' instructions, each with those who have not acknowledged it and whom nobody waits for."""
    rows = [
        (
            each.id,
            each.authority,
            ", ".join(each.awaiting) or "nobody",
            str(len(each.acknowledged)),
            "; ".join(f"{contact}: {reason}" for contact, reason in each.waived.items()),
        )
        for each in status.instructions
    ]
    heads = ("instruction", "from", "not acknowledged yet by", "acknowledged", "waived")
    return [Table(heads, rows, "Instructions of authorities")] if rows else []


def kept_tables(status: Kept) -> list[RenderableType]:
    """What every process keeps: messages sent, documents made, messages refused."""
    return [
        *messages_table(status), *documents_table(status), *refused_table(status), *older_table(status),
        *unverified(status),
    ]  # fmt: skip


def unverified(status: Kept) -> list[RenderableType]:
    """How many messages were taken that came without the desk's key."""
    many = status.unverified_count
    return [f"From unverified senders (without the desk's key): {many}; the timeline marks them"] if many else []


def older_table(status: Kept) -> list[RenderableType]:
    """How much of each list is too old to be listed here."""
    rows = [(name.replace("_", " "), str(count)) for name, count in status.only_in_evidence.items() if count]
    return [Table(("what", "how many"), rows, "Older entries, kept with the evidence")] if rows else []


def messages_table(status: Kept, latest: int | None = None) -> list[RenderableType]:
    """The messages sent, or the latest of them."""
    sent = [(m.to, m.subject, m.state + mark_of(m), short(m.sent_at)) for m in status.messages]
    shown = sent[-latest:] if latest else sent
    title = f"Messages (the latest {len(shown)} of {len(sent)}; --json has all)" if shown != sent else "Messages"
    return [Table(("to", "subject", "state", "sent"), shown, title)] if sent else []


def mark_of(sent: SentMessage) -> str:
    """Why a message did not arrive; for one on its way, that mail to its address came back before."""
    if sent.state == "failed":
        return f": {sent.detail}" if sent.detail else ""
    before = [part for part in sent.detail.split("; ") if part.startswith(TO_THIS_ADDRESS)]
    return f", but {before[0]}" if before else ""


def documents_table(status: Kept) -> list[RenderableType]:
    """The documents made, with their paths; the folder is said once where it is one."""
    places = [path_of(document) for document in status.documents]
    folders = {place.rpartition("/")[0] for place in places}
    if len(folders) == 1:
        names = [(document.name,) for document in status.documents]
        return [Table(("document",), names, f"Documents, in {folders.pop()}")]
    files = [(document.name, place) for document, place in zip(status.documents, places, strict=True)]
    return [Table(("document", "where"), files, "Documents")] if files else []


def refused_table(status: Kept) -> list[RenderableType]:
    """The messages that were refused, with the reason."""
    refused = [(r.message, short(r.received_at), r.reason) for r in status.rejected]
    return [Table(("message", "received", "why it was not applied"), refused, "Refused messages")] if refused else []


def _waiting(duties: list[DutyState], reference: str, at: datetime) -> list[tuple[str, ...]]:
    return [(duty.id, short(duty.due_at), countdown(duty.due_at, at), to_do(duty, reference)) for duty in duties]


def done_table(duties: Iterable[DutyState]) -> list[RenderableType]:
    """The duties that are met or waived, as one table; none where there is none."""
    rows = [
        (
            duty.id,
            duty.state.replace("_", " "),
            short(duty.met_at),
            said_by(duty),
            duty.waived_reason or duty.delay_reason or duty.reference or "",
        )
        for duty in duties
        if duty.state not in ("open", "overdue")
    ]
    return [Table(("duty", "state", "when", "by", "why"), rows, "Done")] if rows else []


def path_of(document: Document) -> str:
    """Where a document lies, as a path on this machine where it is one."""
    parts = urlsplit(document.uri)
    return unquote(parts.path) if parts.scheme == "file" else document.uri
