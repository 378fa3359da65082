"""An incident as text for people: where it stands, what is expected next and until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from activities.returned_mail.addresses import TO_THIS_ADDRESS
from starter.client.open_duties import open_duties
from starter.language import names
from starter.language.heard import heard
from starter.language.moments import countdown, in_words, short, written
from starter.language.words import N_, Texts, _, spoken
from starter.terminal.output import Table, TextLine, say, show
from starter.views.said_by import said_by
from starter.views.second_person import done_or_waits
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.incident.same_fault import FollowingState
from workflows.maintenance.messages import MaintenanceStatus
from workflows.procedure.duties import DutyState
from workflows.procedure.incident.further_reports import FURTHER
from workflows.procedure.operating_model.model import Kela
from workflows.procedure.services import named
from workflows.procedure.tasks import what_to_do
from workflows.process.messages import Document, SentMessage

if TYPE_CHECKING:
    from rich.console import RenderableType

Kept = IncidentStatus | BreachStatus | MaintenanceStatus
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

UPDATE_AFTER_THE_END = N_("Update recorded; those concerned read that the fault is over, and what you say.")


LISTS: Texts = {
    "messages": "messages", "documents": "documents", "duties": "duties", "timeline": "timeline", "calls": "calls",
    "rejected": "refused messages", "instructions": "instructions", "decisions": "decisions",
}  # fmt: skip
TOLD_LATER: Texts = {"supplement": "supplement", "resolved": "end", "withdrawn": "withdrawal"}


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
            "The open duties below; when the fault is over: kantadesk incident resolve {reference}",
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
        return _("The open duties below.")
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
    for problem in status.problems:
        say("  " + _("look at this: {problem}", problem=heard(problem)))
    say(_("Next: {what_next}", what_next=what_next))


def headline(status: IncidentStatus) -> str:
    """Reference and phase in a few words."""
    drill = names.drill(status.drill)
    severity = f", {names.name(names.SEVERITIES, status.severity)}" if status.severity else ""
    extensive = ", " + _("extensive") if status.extensive else ""
    return f"{drill}{status.reference}: {names.name(names.PHASES, status.phase)}{severity}{extensive}."


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
    ago = in_words(max(at - status.noticed_at, timedelta()))
    facts: list[tuple[str, str]] = [
        (_("Next"), expected_next(status)),
        (_("Services"), named(status.services, spoken())),
        (_("Noticed"), _("{moment} ({length} ago)", moment=written(status.noticed_at), length=ago)),
        (_("To Kela"), to_kela(status)),
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
        (_("A notice"), f"{status.known_notice.title} {status.known_notice.link}" if status.known_notice else ""),
        (_("Resolved"), written(status.resolved_at) if status.resolved_at else ""),
        *((_("After-care"), heard(advice)) for advice in status.after_care),
        *((_("LOOK AT"), heard(problem)) for problem in status.problems),
    ]
    return [status.title, *labelled(facts)]


def _followed(status: IncidentStatus) -> str:
    if not status.followers:
        return ""
    return _("followed by {others}, which close with this one", others=", ".join(status.followers))


def labelled(facts: Sequence[tuple[str, str]]) -> list[str]:
    """Facts with their names before them, one under the other; a fact that is empty is left out."""
    kept = [(label, text) for label, text in facts if text]
    width = max((len(label) for label, _text in kept), default=0) + 1
    return [f"{label + ':' if label else '':<{width}} {text}".rstrip() for label, text in kept]


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


def to_kela(status: IncidentStatus) -> str:
    """Whether Kela has been told, will be, or why not: a report that was made stays one, whatever is said later."""
    reports = [duty for duty in status.duties if duty.kind == "report_to_kela"]
    if open_duties(reports):
        return _("to be reported: {criteria}", criteria=names.criteria(status.criteria_met))
    if made := [duty.met_at for duty in reports if duty.is_met and duty.met_at]:
        return _("reported {moment}", moment=written(max(made))) + _told_later(status)
    if reports:
        why = reports[-1].waived_reason or ""
        return _left_to_other(status, why) or _("not reported, waived: {why}", why=why) + _told_later(status)
    if status.decisions:
        return _("not reported: {why}", why=heard(status.decisions[-1].why))
    judged = [duty for duty in status.duties if duty.kind == "triage"]
    left = _left_to_other(status, judged[-1].waived_reason or "") if judged and not open_duties(judged) else ""
    return left or _("not decided yet")


def _left_to_other(status: IncidentStatus, why: str) -> str:
    """That a duty is left to the incident that this one follows, and how it stands; empty where it is not."""
    other = status.same_as.reference if status.same_as else ""
    said = f"same fault as {other}, which "
    return (
        _("left to {other}, which {did}", other=other, did=heard(why.removeprefix(said)))
        if other and why.startswith(said)
        else ""
    )


def _told_later(status: IncidentStatus) -> str:
    """What Kela was told after the report, and when; or is still to be told."""
    told = ""
    for duty in status.duties:
        if what := FURTHER.get(duty.kind):
            when = written(duty.met_at) if duty.is_met and duty.met_at else _("not yet")
            when = _("waived: {why}", why=duty.waived_reason) if duty.state == "waived" else when
            told += f"; {_(TOLD_LATER[what])}: {when}"
    return told


def _tables(status: IncidentStatus, at: datetime) -> list[RenderableType]:
    made: list[RenderableType] = []
    if waiting := open_duties(status.duties):
        made.append(
            Table((_("duty"), _("due"), "", _("what to do")), _waiting(waiting, status.reference, at), _("To do"))
        )
    made += done_table(status.duties)
    made += instructions_table(status)
    if status.calls:
        rows = [(short(c.called_at), c.number, c.person if c.reached else _("nobody"), said_by(c)) for c in status.calls]
        made.append(Table((_("called"), _("number"), _("reached"), _("by")), rows, _("Calls")))
    return made + kept_tables(status)


def instructions_table(status: IncidentStatus) -> list[RenderableType]:
    """The authorities' instructions, each with those who have not acknowledged it and whom nobody waits for."""
    rows = [
        (
            each.id,
            each.authority,
            ", ".join(map(contact_to_type, each.awaiting)) or _("nobody"),
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


def kept_tables(status: Kept) -> list[RenderableType]:
    """What every process keeps: messages sent, documents made, messages refused."""
    return [
        *messages_table(status), *documents_table(status), *refused_table(status), *older_table(status),
        *unverified(status),
    ]  # fmt: skip


def unverified(status: Kept) -> list[RenderableType]:
    """How many messages were taken that came without the desk's key."""
    many = status.unverified_count
    return (
        [_("From unverified senders (without the desk's key): {many}; the timeline marks them", many=many)]
        if many
        else []
    )


def older_table(status: Kept) -> list[RenderableType]:
    """How much of each list is too old to be listed here."""
    rows = [(_(LISTS.get(name, name)), str(count)) for name, count in status.only_in_evidence.items() if count]
    return [Table((_("what"), _("how many")), rows, _("Older entries, kept with the evidence"))] if rows else []


def messages_table(status: Kept, latest: int | None = None) -> list[RenderableType]:
    """The messages sent, or the latest of them."""
    sent = [
        (names.contact(m.to), m.subject, names.name(names.MESSAGE_STATES, m.state) + mark_of(m), short(m.sent_at))
        for m in status.messages
    ]
    shown = sent[-latest:] if latest else sent
    title = (
        _("Messages (the latest {shown} of {sent}; --json has all)", shown=len(shown), sent=len(sent))
        if shown != sent
        else _("Messages")
    )
    return [Table((_("to"), _("subject"), _("state"), _("sent")), shown, title)] if sent else []


def mark_of(sent: SentMessage) -> str:
    """Why a message did not arrive; for one on its way, that mail to its address came back before."""
    if sent.state == "failed":
        return f": {heard(sent.detail)}" if sent.detail else ""
    before = [part for part in sent.detail.split("; ") if part.startswith(TO_THIS_ADDRESS)]
    return ", " + _("but {before}", before=heard(before[0])) if before else ""


def documents_table(status: Kept) -> list[RenderableType]:
    """The documents made, with their paths; the folder is said once where it is one."""
    places = [path_of(document) for document in status.documents]
    folders = {place.rpartition("/")[0] for place in places}
    if len(folders) == 1:
        listed = [(document.name,) for document in status.documents]
        return [Table((_("document"),), listed, _("Documents, in {folder}", folder=folders.pop()))]
    files = [(document.name, place) for document, place in zip(status.documents, places, strict=True)]
    return [Table((_("document"), _("where")), files, _("Documents"))] if files else []


def refused_table(status: Kept) -> list[RenderableType]:
    """The messages that were refused, with the reason."""
    refused = [(r.message, short(r.received_at), heard(r.reason)) for r in status.rejected]
    return (
        [Table((_("message"), _("received"), _("why it was not applied")), refused, _("Refused messages"))]
        if refused
        else []
    )


def _waiting(duties: list[DutyState], reference: str, at: datetime) -> list[tuple[str, ...]]:
    return [
        (names.duty_of(duty), short(duty.due_at), countdown(duty.due_at, at), to_do(duty, reference)) for duty in duties
    ]


def done_table(duties: Iterable[DutyState]) -> list[RenderableType]:
    """The duties that are met or waived, as one table; none where there is none."""
    rows = [
        (
            names.duty_of(duty),
            names.name(names.DUTY_STATES, duty.state),
            short(duty.met_at),
            said_by(duty),
            heard(duty.waived_reason or "") or duty.delay_reason or duty.reference or "",
        )
        for duty in duties
        if duty.state not in ("open", "overdue")
    ]
    return [Table((_("duty"), _("state"), _("when"), _("by"), _("why")), rows, _("Done"))] if rows else []


def path_of(document: Document) -> str:
    """Where a document lies, as a path on this machine where it is one."""
    parts = urlsplit(document.uri)
    return unquote(parts.path) if parts.scheme == "file" else document.uri
