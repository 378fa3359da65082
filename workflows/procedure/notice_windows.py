"""The stretches of time that a notice announces, in local time of the Kanta Services (Europe/Helsinki).

A stretch needs both bounds: "klo 7–19", "from 7 am to 7 pm", a heading for the start and one for the end, or a start
and how long it takes. What can't be read for certain is left out or kept with a doubt; nothing is made up.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from workflows.procedure.feast_days import feast_day
from workflows.procedure.local_time import HELSINKI, local, zone
from workflows.procedure.model import Model, Moment
from workflows.procedure.notice_tokens import Token, tokens

MAX_WINDOWS = 50
LONGEST_NIGHT = timedelta(hours=12)
"""A time that ends before it starts means the next morning ("klo 22–02"), if it is no longer than this; else a slip."""
LONGEST = timedelta(days=14)
"""This project's own bound: an announced window that is longer was read wrongly, or is worth a person's look."""

_DAY = timedelta(days=1)
_MIDNIGHT, _NOON = 1440, 720
_BESIDE = re.compile(r"[\s,()]*(?:(?:den|the|on|d)\b\.?)?[\s,()]*")
_SOON = 40
"""Characters between a word for start or end and its time."""


class Window(Model):
    """From when until when."""

    starts_at: Moment
    ends_at: Moment


class WindowsRead(NamedTuple):
    """The windows in their order, what speaks against relying on them, and what a rule had to decide."""

    windows: tuple[Window, ...]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]


def windows_in(text: str, published_at: datetime) -> WindowsRead:
    """The windows that a ``plain`` text announces. Days without year or date are reckoned from its publication."""
    reading = _Reading(text, local(published_at))
    reading.read()
    found = sorted(reading.found, key=lambda window: (window.starts_at, -window.ends_at.timestamp()))
    return WindowsRead(
        tuple(dict.fromkeys(found)), tuple(dict.fromkeys(reading.doubts)), tuple(dict.fromkeys(reading.notes))
    )


class _Reading:
    """One pass over the tokens of a notice; what was found so far helps to read what follows."""

    def __init__(self, text: str, published_at: datetime) -> None:
        self.text = text
        self.published_at = published_at
        self.tokens = _with_days_merged(text, tokens(text, published_at.date()))
        self.found: list[Window] = []
        self.doubts: list[str] = []
        self.notes: list[str] = []
        self.last_day: Token | None = None
        self.day_of_sentence: Token | None = None

    def read(self) -> None:
        """Go through the tokens once."""
        at = 0
        while at < len(self.tokens) and len(self.found) < MAX_WINDOWS:
            token = self.tokens[at]
            used = 0
            if token.kind == "time":
                used = self._range(at) or self._starts_after(at)
            elif token.kind == "starts":
                used = self._start_and_end(at, at + 1)
            elif token.kind == "day":
                self.last_day = self.day_of_sentence = token
            elif token.kind == "stop":
                self.day_of_sentence = None
            for passed in self.tokens[at : at + used]:
                if passed.kind == "day":
                    self.last_day = self.day_of_sentence = passed
            at += used or 1

    def _kinds(self, at: int, *kinds: str) -> bool:
        return tuple(token.kind for token in self.tokens[at : at + len(kinds)]) == kinds

    def _range(self, at: int) -> int:
        """Two times with "to" between: "klo 22–02", "klo 22 – 16.9. klo 2", "22:00 on 1 May to 02:00 on 2 May"."""
        first, day_after = self.tokens[at], None
        to = at + 1
        if self._kinds(at, "time", "day", "to"):
            day_after, to = self.tokens[at + 1], at + 2
        if not self._kinds(to, "to"):
            return 0
        other_day = self.tokens[to + 1] if self._kinds(to + 1, "day", "time") else None
        end = to + (2 if other_day else 1)
        if not self._kinds(end, "time") or not self._is_range(first, self.tokens[to], self.tokens[end], other_day):
            return 0
        last = self.tokens[end]
        used = end - at + 1
        following = (
            self.tokens[end + 1] if self._kinds(end + 1, "day") and self._beside(last, self.tokens[end + 1]) else None
        )
        if day_after and following:
            other_day, used = following, used + 1
        self._keep(_on_same_half(first, last), last, day_after or self._day_before(at), other_day, following)
        return used

    def _is_range(self, first: Token, to: Token, last: Token, other_day: Token | None) -> bool:
        if not (first.marked or last.marked):
            return False
        if to.text.strip() in ("och", "and", "ja"):
            between = first.text.startswith(("between", "mellan")) or self.text[last.end :].lstrip().startswith("väli")
            return between and not other_day
        return to.start - first.end <= _SOON and last.start - to.end <= _SOON

    def _start_and_end(self, began: int, at: int) -> int:
        """A word for the start and one for the end: "Alkamisaika 19.04. klo 07.00 … Päättymisaika 19.04. klo 19.00"."""
        day, at = self._moment_after(self.tokens[began].end, at)
        if not self._kinds(at, "time") or self._kinds(at, "time", "to", "time"):
            return 0
        return self._until(began, at, day or self._day_before(began))

    def _starts_after(self, at: int) -> int:
        """The word for the start after its time: "klo 20.00 alkaen. Katko päättyy viimeistään klo 23.00"."""
        if not self._kinds(at, "time", "starts_after"):
            return 0
        return self._until(at, at, self._day_before(at))

    def _until(self, began: int, starts: int, day: Token | None) -> int:
        """The end that belongs to a start: a word for it and its time, or how long it lasts; no other start between."""
        for at in range(starts + 1, min(starts + 12, len(self.tokens))):
            token = self.tokens[at]
            if token.kind == "starts":
                break
            if token.kind == "lasts":
                self._keep_lasting(self.tokens[starts], day, token)
                return at - began + 1
            if token.kind == "ends":
                other_day, end = self._moment_after(token.end, at + 1)
                if self._kinds(end, "time"):
                    self._keep(self.tokens[starts], self.tokens[end], day, other_day, None)
                    return end - began + 1
        return 0

    def _moment_after(self, place: int, at: int) -> tuple[Token | None, int]:
        """The day, if there is one, and where the time stands that follows a word for start or end."""
        day = None
        while at < len(self.tokens) and self.tokens[at].start - place <= _SOON:
            token = self.tokens[at]
            if token.kind == "day":
                day, place = token, token.end
            elif not (token.kind in ("stop", "starts", "ends") and token.text in ("\n", "start", "end")):
                break
            at += 1
        return day, at

    def _beside(self, one: Token, other: Token) -> bool:
        return bool(_BESIDE.fullmatch(self.text, one.end, other.start))

    def _day_before(self, at: int) -> Token | None:
        """The day in the same sentence; of "24.–25.10." the first, with a doubt left to ``_keep``."""
        if at >= 3 and self._kinds(at - 3, "day", "to", "day"):  # noqa: PLR2004  # three tokens
            return self.tokens[at - 3]._replace(text="days")
        return self.day_of_sentence

    def _keep_lasting(self, first: Token, day: Token | None, lasting: Token) -> None:
        day = day or self.last_day
        if not day or not day.day or lasting.minutes <= 0:
            self.doubts.append("a start is told, but not its day")
            return
        self._doubt(day)
        starts_at = self._moment(day.day, first.minutes, ends=False)
        self._add(starts_at, starts_at + timedelta(minutes=lasting.minutes))

    def _keep(
        self, first: Token, last: Token, day: Token | None, other_day: Token | None, following: Token | None
    ) -> None:
        """A window from a first to a last time, on the day that is told; the last may have a day of its own."""
        if not day and other_day:
            day = other_day
        day_of_both = day or following
        on = day_of_both.day if day_of_both else self._day_by_context(first, last)
        if on is None or (other_day and other_day.day is None):
            self._doubt(day_of_both)
            self.doubts.append("times are told, but not their day")
            return
        self._doubt(day_of_both)
        self._doubt(other_day)
        until = other_day.day if other_day and other_day.day else on
        several = bool(day and day.text == "days")
        if not other_day and last.minutes <= first.minutes:
            if timedelta(minutes=last.minutes + _MIDNIGHT - first.minutes) > LONGEST_NIGHT:
                self.doubts.append(f"a window ends before it starts ({first.text.strip()}–{last.text.strip()})")
                return
            until = on + _DAY
        elif several:
            self.doubts.append("times are told for a range of days: each day, or all of it?")
        self._add(self._moment(on, first.minutes, ends=False), self._moment(until, last.minutes, ends=True))

    def _day_by_context(self, first: Token, last: Token) -> date | None:
        """The day of times that stand without one: inside a window already read, else the last or only day told."""
        for window in self.found:
            for on in (local(window.starts_at).date(), local(window.ends_at).date()):
                starts_at, ends_at = (self._moment(on, token.minutes, ends=False) for token in (first, last))
                if window.starts_at <= starts_at < ends_at <= window.ends_at:
                    return on
        if self.last_day:
            self._doubt(self.last_day)
            return self.last_day.day
        told = {token.day for token in self.tokens if token.kind == "day"}
        if len(told) == 1:
            return told.pop()
        today = self.published_at.date()
        if not told and self._moment(today, last.minutes, ends=True) <= self.published_at.astimezone(UTC):
            return today
        return None

    def _add(self, starts_at: datetime, ends_at: datetime) -> None:
        if ends_at <= starts_at:
            self.doubts.append("a window ends before it starts")
        elif ends_at - starts_at > LONGEST:
            self.doubts.append(f"a window is longer than {LONGEST.days} days")
        else:
            self.found.append(Window(starts_at=starts_at, ends_at=ends_at))

    def _doubt(self, day: Token | None) -> None:
        if day and day.doubt:
            self.doubts.append(day.doubt)

    def _moment(self, on: date, minutes: int, *, ends: bool) -> datetime:
        """A local time in UTC. In the hour that comes twice, a start is the first and an end the second: both are inside.

        In the hour that is left out in spring, it is the moment at which the clocks change.
        """
        wall = datetime.combine(on, time(), tzinfo=zone(HELSINKI)) + timedelta(minutes=minutes)
        first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        if first == second:
            return first
        if second < first:  # in the gap, the later offset makes the earlier instant
            self.notes.append(f"{wall:%H:%M} does not exist on that day: read as the moment of the clock change")
            return _change_between(second, first)
        self.notes.append(f"{wall:%H:%M} comes twice on that day: a start is read as the first, an end as the second")
        return second if ends else first


def _change_between(before: datetime, after: datetime) -> datetime:
    """The full hour at which the offset changes."""
    hour = before.replace(minute=0, second=0)
    while hour <= before or local(hour).utcoffset() == local(before).utcoffset():
        hour += timedelta(hours=1)
        if hour > after:
            break
    return hour


def _on_same_half(first: Token, last: Token) -> Token:
    """In "8–10 p.m.", what is said of the last time holds of the first too."""
    if "m" in last.text[-4:] and last.text.strip()[-2:] in ("pm", "m.") and not re.search(r"[ap]\.?\s?m", first.text):
        later = first.minutes + _NOON
        if first.minutes < _NOON <= last.minutes and later < last.minutes:
            return first._replace(minutes=later)
    return first


def _with_days_merged(text: str, found: list[Token]) -> list[Token]:
    """Days side by side ("tiistaina 5.1.", "tomorrow, 8 September") are one; where they differ, that is doubtful."""
    merged: list[Token] = []
    for token in found:
        before = merged[-1] if merged else None
        if before and before.kind == token.kind == "day" and _BESIDE.fullmatch(text, before.end, token.start):
            merged[-1] = _merged(before, token)
        else:
            merged.append(token)
    return merged


def _merged(one: Token, other: Token) -> Token:
    told, beside = (one, other) if one.explicit else (other, one)
    doubt = told.doubt
    if told.day and not _agrees(told.day, beside):
        doubt = f'"{one.text.strip()}" and "{other.text.strip()}" are not the same day'
    return told._replace(start=one.start, end=other.end, doubt=doubt)


def _agrees(day: date, beside: Token) -> bool:
    if beside.weekday >= 0:
        return day.weekday() == beside.weekday
    return day == (feast_day(beside.feast, day.year) if beside.feast else beside.day)
