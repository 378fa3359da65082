"""The calendar file of a planned break (RFC 5545, RFC 5546).

METHOD is PUBLISH: who gets it is told, not asked, so no calendar sends an answer to the desk and nobody sees who else
was told. Each window is an event of its own, whose UID stays the same through all changes while SEQUENCE grows: a
calendar can replace it. Not all do. Outlook on desktops and phones is reported to add a second entry, since it updates
invitations (METHOD REQUEST) only; so the letters promise no update, and what is cancelled says so in its title, too.
A window that fell away stays in the file as cancelled; a break that is withdrawn is sent with METHOD CANCEL.

Times are in UTC: no zone is defined in the file, so none can be misread, and each calendar shows its own local time.
"""

from __future__ import annotations

from datetime import UTC

from icalendar import Calendar, Event, vCalAddress

from activities.documents.text import word
from workflows.maintenance.ports import MaintenanceSheet
from workflows.procedure.languages import Language
from workflows.procedure.operating_model.mail_address import as_sent
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import named
from workflows.procedure.window import Window


def calendar_file(sheet: MaintenanceSheet, model: OperatingModel) -> bytes:
    """The file, its times in UTC. The same arguments give the same bytes."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//kantadesk//planned breaks//EN")
    calendar.add("method", "CANCEL" if sheet.withdrawn else "PUBLISH")
    stretches = sheet.plan.stretches
    for number, window in enumerate(stretches, 1):
        calendar.add_component(_event(sheet, model, number, window, is_cancelled=sheet.withdrawn))
    for number in range(len(stretches) + 1, len(stretches) + sheet.gone + 1):
        calendar.add_component(_event(sheet, model, number, stretches[-1], is_cancelled=True))
    return bytes(calendar.to_ical())


def _event(sheet: MaintenanceSheet, model: OperatingModel, number: int, window: Window, *, is_cancelled: bool) -> Event:
    language = sheet.languages[0]
    event = Event()
    event.add("uid", f"maintenance-{sheet.reference}-{number}@{model.organisation.email.rpartition('@')[2]}")
    event.add("sequence", sheet.sequence)
    event.add("dtstamp", sheet.made_at)
    event.add("dtstart", window.starts_at.astimezone(UTC))
    event.add("dtend", window.ends_at.astimezone(UTC))
    event.add("summary", _summary(sheet, language, is_cancelled=is_cancelled))
    event.add("description", _description(sheet, language))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # nobody is busy because of it
    organizer = vCalAddress(f"mailto:{as_sent(model.organisation.email)}")
    organizer.params["CN"] = model.organisation.name
    event.add("organizer", organizer)
    if sheet.plan.link.startswith(("https://", "http://")):
        event.add("url", sheet.plan.link)
    return event


def _summary(sheet: MaintenanceSheet, language: Language, *, is_cancelled: bool) -> str:
    drill = f"{word('drill', 'mark', language)}: " if sheet.drill else ""
    unverified = f"{word('sender', 'brief', language).upper()}: " if sheet.is_unverified else ""
    cancelled = f"{word('break_words', 'cancelled', language)}: " if is_cancelled else ""
    return (
        f"{drill}{unverified}{cancelled}{word('break_words', 'name', language)}: {named(sheet.plan.services, language)}"
    )


def _description(sheet: MaintenanceSheet, language: Language) -> str:
    plan = sheet.plan
    spared = f"{word('break_change', 'not_affected', language)}: {named(plan.not_affected, language)}"
    unverified = word("sender", "nobody", language) if sheet.is_unverified else ""
    lines = [unverified, plan.title, plan.effect, spared if plan.not_affected else "", sheet.reference]
    return "\n".join(line for line in lines if line)
