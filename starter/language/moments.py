"""Moments and lengths of time on the screen, in the language in force."""

from __future__ import annotations

from datetime import datetime, timedelta

from starter.language.words import Texts, _, spoken

WEEKDAYS: Texts = {"0": "Mon", "1": "Tue", "2": "Wed", "3": "Thu", "4": "Fri", "5": "Sat", "6": "Sun"}


def written(moment: datetime) -> str:
    """A moment for people, as the papers say it: "22.11.2026 klo 14.05"."""
    from activities.documents.moments import moment_in
    from workflows.procedure.local_time import said_back as in_english

    if spoken() == "en":  # as it may be typed
        return in_english(moment).partition(" ")[2]
    return moment_in(spoken(), moment)


def said_back(moment: datetime) -> str:
    """A moment said back to a person, with its weekday: "su 22.11.2026 klo 14.05"."""
    from workflows.procedure.local_time import local

    return f"{_(WEEKDAYS[str(local(moment).weekday())])} {written(moment)}"


def span(start: datetime, end: datetime) -> str:
    """From one moment to another; the day once where it is one."""
    from workflows.procedure.local_time import local

    first, last = written(start), written(end)
    if local(start).date() == local(end).date():
        last = last.partition(" ")[2].removeprefix("klo ").removeprefix("kl. ")
        return f"{first}–{last}"
    return f"{first} – {last}"


def short(moment: datetime | None) -> str:
    """A moment for a table; empty where there is none."""
    return written(moment) if moment else ""


def day(moment: datetime | None) -> str:
    """A moment of which only the day was given: midnight is left out. Any other as ``short`` says it."""
    from workflows.procedure.local_time import local

    said = short(moment)
    return said.partition(" ")[0] if moment and (local(moment).hour, local(moment).minute) == (0, 0) else said


def without_year(moment: datetime | None) -> str:
    """A moment for a narrow table, where the year is plain: "22.11. klo 14.05"; empty where there is none."""
    from workflows.procedure.local_time import local

    return short(moment).replace(str(local(moment).year), "", 1) if moment else ""


def in_words(length: timedelta) -> str:
    """A length for people: "3 d 4 h", "1 h 20 min", "12 min", "under a minute"."""
    minutes = int(length.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("{days} d {hours} h", days=days, hours=hours)
    if hours:
        return _("{hours} h {minutes} min", hours=hours, minutes=minutes)
    return _("{minutes} min", minutes=minutes) if minutes else _("under a minute")


def age(opened: datetime | None, at: datetime) -> str:
    """How long something has been open; empty where that is not known."""
    return in_words(max(at - opened, timedelta(0))) if opened else ""


def countdown(due: datetime | None, at: datetime) -> str:
    """How long is left, or by how much it is late."""
    if due is None:
        return ""
    if due > at:
        return _("in {length}", length=in_words(due - at))
    return _("LATE by {length}", length=in_words(at - due))
