"""The stretches of time that a notice announces, in local time of the Kanta Services (Europe/Helsinki).

A stretch needs both bounds: "klo 7–19", "from 7 am to 7 pm", a heading for the start and one for the end, or a start
and how long it takes. What can't be read for certain is left out or kept with a doubt; nothing is made up.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from workflows.procedure.local_time import local
from workflows.procedure.model import EARLIEST, LATEST
from workflows.procedure.notices.days import (
    BESIDE,
    doubts_of_clocks,
    may_be_afternoon,
    names_next_day,
    on_same_half,
    sentence_around,
    told_again,
    with_days_merged,
)
from workflows.procedure.notices.nights import names_night, on_night, tells_one_night_twice, with_nights
from workflows.procedure.notices.time_words import MARKS, Token, alternatives
from workflows.procedure.notices.tokens import tokens
from workflows.procedure.notices.wall_clock import on_the_clock
from workflows.procedure.window import Window

MAX_WINDOWS = 20
"""With more of them, a notice is not certain."""
LONGEST_NIGHT = timedelta(hours=12)
"""A time that ends before it starts means the next morning ("klo 22–02"), if it is no longer than this; else a slip."""
LONGEST = timedelta(days=14)
"""This project's own bound: an announced window that is longer was read wrongly, or is worth a person's look."""

_DAY = timedelta(days=1)
_MIDNIGHT = 1440
_GONE = re.compile(rf"{alternatives(MARKS['gone'])}[^.\n]{{0,60}}\d")
_MIDNIGHT_WORD = re.compile(r"\b(?:keskiyö|midnatt|midnight)\w*")
_AND = re.compile(r"\s*(?:,|ja|och|samt|sekä|and)\s*")
_LISTING = frozenset({",", "ja", "och", "and", "samt", "sekä"})
_LATE, _NIGHT_ENDS = 300, 5
"""Minutes and hours after midnight in which it still is the night."""
_NEAR = 40
"""Characters between a word for start or end and its time, or between the two times of a range."""
_FAR = 12
"""Tokens between a start and its end."""


class WindowsRead(NamedTuple):
    """The windows in their order, what speaks against relying on them, and what a rule had to decide."""

    windows: tuple[Window, ...]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    days: frozenset[date]
    """Every day that is named, whether a window lies on it or not."""
    times: int = 0
    """How many times of day are told, in a window or not."""


def windows_in(text: str, published_at: datetime) -> WindowsRead:
    """The windows that a ``plain`` text announces. Days without year or date are reckoned from its publication."""
    reading = _Reading(text, local(published_at))
    reading.read()
    if tells_one_night_twice(reading.of_clear_night, reading.found):
        reading.doubts.append("a night is told twice, each time of another day")
    if reading.found and _GONE.search(text):
        reading.doubts.append("it tells a time that holds no more beside the one that does")
    if reading.found:
        reading.doubts += doubts_of_clocks(text)
    found = sorted(reading.found, key=lambda window: (window.starts_at, -window.ends_at.timestamp()))
    return WindowsRead(
        windows=tuple(dict.fromkeys(found))[:MAX_WINDOWS],
        doubts=tuple(dict.fromkeys(reading.doubts)),
        notes=tuple(dict.fromkeys(reading.notes)),
        days=frozenset(token.day for token in reading.tokens if token.day and not told_again(token, found)),
        times=len({token.minutes for token in reading.tokens if token.kind == "time" and token.marked}),
    )


class _Reading:
    """One pass over the tokens of a notice; what was found so far helps to read what follows."""

    def __init__(self, text: str, published_at: datetime) -> None:
        self.text = text
        self.published_at = published_at
        self.tokens = with_nights(text, with_days_merged(text, tokens(text, published_at.date())))
        self.every_day = tuple(token for token in self.tokens if token.kind == "day")
        self.found: list[Window] = []
        self.of_clear_night: set[Window] = set()
        self.doubts: list[str] = []
        self.notes: list[str] = []
        self.last_days: tuple[Token, ...] = ()
        self.days_of_sentence: tuple[Token, ...] = ()
        self.range_ends = -1

    def read(self) -> None:
        """Go through the tokens once; each step says how many it has used."""
        at = 0
        while at < len(self.tokens):
            if len(self.found) > MAX_WINDOWS:
                self.doubts.append(f"it tells more than {MAX_WINDOWS} times")
                return
            token = self.tokens[at]
            used = 1
            if token.kind == "time":
                used = self._range(at) or self._start(at, at) or 1
            elif token.kind in ("starts", "starts_after"):
                used = self._start(at, at + 1) or 1
            elif token.kind == "day":
                used = self._days(at)
            elif token.kind == "stop":
                self.days_of_sentence = ()
            at += used

    def _kinds(self, at: int, *kinds: str) -> bool:
        return tuple(token.kind for token in self.tokens[at : at + len(kinds)]) == kinds

    def _days(self, at: int) -> int:
        """One day, or several in a row: a list ("10. ja 11.9.") or a night ("24.–25.10.")."""
        days, links, end = [self.tokens[at]], [], at + 1
        while self._kinds(end, "to", "day"):
            links.append(self.tokens[end].text.strip())
            days.append(self.tokens[end + 1])
            end += 2
        if not set(links) <= _LISTING:
            days = [days[0]._replace(until=days[-1].day)]
        self.last_days = self.days_of_sentence = tuple(days)
        return end - at

    def _range(self, at: int) -> int:
        """Two times with "to" between: "klo 22–02", "klo 22 – 16.9. klo 2", "22:00 on 1 May to 02:00 on 2 May"."""
        day_of_first = self.tokens[at + 1] if self._kinds(at, "time", "day", "to") else None
        to = at + (2 if day_of_first else 1)
        day_of_last = self.tokens[to + 1] if self._kinds(to, "to", "day", "time") else None
        end = to + (2 if day_of_last else 1)
        if not self._kinds(to, "to") or not self._kinds(end, "time"):
            return 0
        first, last = self.tokens[at], self.tokens[end]
        if not self._is_range(first, self.tokens[to], last, day_of_last):
            return 0
        self.range_ends = last.end
        following = self.tokens[end + 1] if self._kinds(end + 1, "day") and self._beside(end) else None
        used = end - at + 1
        if following and (day_of_first or not self.days_of_sentence):
            used += 1
            day_of_last = following if day_of_first else day_of_last
        days = (day_of_first,) if day_of_first else self.days_of_sentence or ((following,) if following else ())
        for day in days or (None,):
            self._keep(on_same_half(first, last), last, day, day_of_last)
        for day in (day_of_last, following):
            if day:
                self.last_days = self.days_of_sentence = (day,)
        return used

    def _is_range(self, first: Token, to: Token, last: Token, day_of_last: Token | None) -> bool:
        goes_on = self.range_ends >= 0 and bool(_AND.fullmatch(self.text, self.range_ends, first.start))
        if not (first.marked or last.marked or goes_on):
            return False
        if to.text.strip() in _LISTING:
            between = first.text.startswith(("between", "mellan")) or self.text[
                last.end : last.end + _NEAR
            ].lstrip().startswith("väli")
            return between and not day_of_last
        return to.start - first.end <= _NEAR and last.start - to.end <= _NEAR

    def _beside(self, at: int) -> bool:
        return bool(BESIDE.fullmatch(self.text, self.tokens[at].end, self.tokens[at + 1].start))

    def _start(self, begins: int, at: int) -> int:
        """A start and its end: "Alkamisaika 19.04. klo 07.00 … Päättymisaika 19.04. klo 19.00", "klo 20 alkaen"."""
        day, start = self._moment_after(self.tokens[begins].start if begins == at else self.tokens[begins].end, at)
        if not self._kinds(start, "time") or self._kinds(start, "time", "to", "time"):
            return 0
        days = (day,) if day else self.days_of_sentence or self.last_days
        marked = begins != at or self._kinds(start + 1, "starts_after")
        for end in range(start + 1, min(start + _FAR, len(self.tokens))):
            token = self.tokens[end]
            if token.kind == "lasts":
                self._keep_lasting(self.tokens[start], days, token)
                return end - begins + 1
            if token.kind in ("starts", "time") or (not marked and token.text != "\n"):
                break
            if token.kind == "ends" and marked:
                day_of_last, last = self._moment_after(token.end, end + 1)
                if self._kinds(last, "time"):
                    self._keep(self.tokens[start], self.tokens[last], days[0] if days else None, day_of_last)
                    self.last_days = (day_of_last,) if day_of_last else days
                    return last - begins + 1
        return 0

    def _moment_after(self, place: int, at: int) -> tuple[Token | None, int]:
        """The day, if there is one, and where the time stands that follows a word for start or end."""
        day = None
        while at < len(self.tokens) and self.tokens[at].start - place <= _NEAR:
            token = self.tokens[at]
            if token.kind == "day":
                day, place = token, token.end
            elif token.kind not in ("starts", "ends", "starts_after") and token.text != "\n":
                break
            at += 1
        return day, at

    def _keep_lasting(self, first: Token, days: tuple[Token, ...], lasting: Token) -> None:
        if len(days) != 1 or not days[0].day or lasting.minutes <= 0:
            self.doubts.append("a start is told, but not its day")
            return
        self._doubt(days[0])
        night = on_night(days[0].day, days[0], first.minutes, crosses=first.minutes + lasting.minutes > _MIDNIGHT)
        if night.doubt:
            self.doubts.append(night.doubt)
        starts_at = self._moment(night.day, first.minutes, ends=False)
        self._add(starts_at, starts_at + timedelta(minutes=lasting.minutes))

    def _keep(self, first: Token, last: Token, day: Token | None, day_of_last: Token | None) -> None:
        """A window from a first to a last time, on the day that is told; the last may have a day of its own."""
        on = day.day if day else self._day_in_found(first, last)
        if not day and not on:
            day = self._day_told(day_of_last)
            on = day.day if day else self._today(first, last)
        self._doubt(day)
        self._doubt(day_of_last)
        if on is None or (day and day.day is None) or (day_of_last and day_of_last.day is None):
            self.doubts.append("times are told, but not their day")
            return
        night = on_night(on, day, first.minutes, crosses=last.minutes <= first.minutes)
        if night.doubt:
            self.doubts.append(night.doubt)
        self._doubt_of_night(on, day, first, last)
        if may_be_afternoon(sentence_around(self.text, self.tokens, first), first, last):
            self.doubts.append("hours before noon are told for an evening")
        on = night.day
        until = self._last_day(on, day_of_last)
        if not day_of_last and names_next_day(self.text, first, last):
            until = on + _DAY
        if until == on and not day_of_last and last.minutes <= first.minutes:
            if timedelta(minutes=last.minutes + _MIDNIGHT - first.minutes) > LONGEST_NIGHT:
                self.doubts.append(f"a window ends before it starts ({first.text.strip()} – {last.text.strip()})")
                return
            until = on + _DAY
        if day and day.until and day.until != until:
            self.doubts.append("times are told for a stretch of days: on each of them, or from the first to the last?")
        self._add(self._moment(on, first.minutes, ends=False), self._moment(until, last.minutes, ends=True))
        if day and day.night == "to" and self.found:
            self.of_clear_night.add(self.found[-1])

    def _last_day(self, on: date, day_of_last: Token | None) -> date:
        """The day of the last time: a weekday without its date is the next after the first ("pe 12.5. klo 23 – la klo 3")."""  # noqa: E501
        if day_of_last is None or day_of_last.day is None:
            return on
        if day_of_last.explicit or day_of_last.weekday < 0:
            return day_of_last.day
        return on + timedelta(days=(day_of_last.weekday - on.weekday()) % 7)

    def _doubt_of_night(self, on: date, day: Token | None, first: Token, last: Token) -> None:
        """Hours after midnight beside a word for a night that was not understood; a coming night told after midnight."""  # noqa: E501
        is_told = any(
            token.night in ("to", "from", "early") and on in (token.day, day.day if day else None)
            for token in self.tokens
        )
        if not is_told and first.minutes < _LATE and last.minutes <= _LATE + 60 and names_night(self.text):
            self.doubts.append("a night is told, but not clearly of which day")
        is_pair = day is not None and day.until is not None
        if day and not day.night and not is_pair and self._names_night_beside(first):
            self.doubts.append("a night is told, but not clearly of which day")
        if day and day.night == "from" and self.published_at.hour < _NIGHT_ENDS and on == self.published_at.date():
            self.doubts.append(f'"{day.text.strip()}" was written at night: it may be this night or the next')

    def _names_night_beside(self, time: Token) -> bool:
        """Whether the sentence of a time has a word for a night."""
        return names_night(_MIDNIGHT_WORD.sub(" ", sentence_around(self.text, self.tokens, time)))

    def _day_in_found(self, first: Token, last: Token) -> date | None:
        """The day of times that stand without one and lie inside a window already read."""
        for window in self.found:
            for on in (local(window.starts_at).date(), local(window.ends_at).date()):
                starts_at, ends_at = (on_the_clock(on, token.minutes).at for token in (first, last))
                if window.starts_at <= starts_at < ends_at <= window.ends_at:
                    return on
        return None

    def _day_told(self, day_of_last: Token | None) -> Token | None:
        """The last day that was told, or the only one; the one of which a night is told, where there are several."""
        told = self.last_days or self.every_day
        if len({day.day for day in told}) != 1 or day_of_last:
            return None
        return next((day for day in told if day.night), told[0])

    def _today(self, first: Token, last: Token) -> date | None:
        """The day of publication, for times without any day that are over by then; those over midnight began before."""
        today = self.published_at.date()
        if self.last_days or self.every_day or on_the_clock(today, last.minutes).at > self.published_at:
            return None
        return today if first.minutes < last.minutes else today - _DAY

    def _add(self, starts_at: datetime, ends_at: datetime) -> None:
        if ends_at <= starts_at:
            self.doubts.append("a window ends before it starts")
        elif ends_at - starts_at > LONGEST:
            self.doubts.append(f"a window is longer than {LONGEST.days} days")
        elif not EARLIEST <= starts_at < ends_at < LATEST:
            self.doubts.append("a window lies in another century")
        else:
            self.found.append(Window(starts_at=starts_at, ends_at=ends_at))

    def _doubt(self, day: Token | None) -> None:
        if day and day.doubt:
            self.doubts.append(day.doubt)

    def _moment(self, on: date, minutes: int, *, ends: bool) -> datetime:
        moment = on_the_clock(on, minutes, ends=ends)
        if moment.decided:
            self.notes.append(moment.decided)
        return moment.at
