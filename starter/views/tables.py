"""The tables that the pages of every process have: messages, documents, what was refused, what was done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from activities.contacts.kept import THESE_DETAILS
from activities.returned_mail.addresses import TO_THIS_ADDRESS
from starter.language import names
from starter.language.heard import heard
from starter.language.ids import in_few_letters
from starter.language.moments import short
from starter.language.words import Texts, _
from starter.terminal.output import Table
from starter.views.said_by import said_by
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.maintenance.messages import MaintenanceStatus
from workflows.procedure.duties import DutyState
from workflows.process.messages import Document, SentMessage

if TYPE_CHECKING:
    from rich.console import RenderableType

Kept = IncidentStatus | BreachStatus | MaintenanceStatus


LISTS: Texts = {
    "messages": "messages", "documents": "documents", "duties": "duties", "timeline": "timeline", "calls": "calls",
    "rejected": "refused messages", "instructions": "instructions", "decisions": "decisions",
}  # fmt: skip


def kept_tables(status: Kept) -> list[RenderableType]:
    """What every process keeps: messages sent, documents made, messages refused."""
    return [
        *held_table(status), *messages_table(status), *documents_table(status), *refused_table(status),
        *older_table(status), *unverified(status),
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


def held_table(status: Kept) -> list[RenderableType]:
    """What waits for whom and until when, in quiet hours or since that contact has just been told something."""
    rows = [
        (names.contact(m.to), ", ".join(map(_of_what, m.purposes)), short(m.until), heard(m.because))
        for m in status.held
    ]
    heads = (_("to"), _("what waits"), _("until"), _("why"))
    return [Table(heads, rows, _("Held back, and sent then as one message"))] if rows else []


def _of_what(purpose: str) -> str:
    return heard(purpose.replace("_", " "))


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
    """Why a message did not arrive; for one on its way, that its address or its details are in doubt."""
    if sent.state == "failed":
        return f": {heard(sent.detail)}" if sent.detail else ""
    before = [part for part in sent.detail.split("; ") if part.startswith((TO_THIS_ADDRESS, THESE_DETAILS))]
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


ALWAYS_SHOWN = 4
"""Columns of what was done that are never left out, though they be empty."""


def done_table(duties: Iterable[DutyState]) -> list[RenderableType]:
    """The duties that are met or waived, as one table; none where there is none."""
    rows = [
        (
            names.duty_of(duty),
            names.name(names.DUTY_STATES, duty.state),
            short(duty.met_at),
            said_by(duty),
            heard(duty.waived_reason or "") or duty.delay_reason or "",
            in_few_letters(duty.reference or ""),
        )
        for duty in duties
        if duty.state not in ("open", "overdue")
    ]
    heads = (_("duty"), _("state"), _("when"), _("by"), _("why"), _("proof"))
    kept = [n for n in range(len(heads)) if n < ALWAYS_SHOWN or any(row[n] for row in rows)]
    shown = [tuple(row[n] for n in kept) for row in rows]
    return [Table(tuple(heads[n] for n in kept), shown, _("Done"))] if rows else []


def path_of(document: Document) -> str:
    """Where a document lies, as a path on this machine where it is one."""
    parts = urlsplit(document.uri)
    return unquote(parts.path) if parts.scheme == "file" else document.uri
