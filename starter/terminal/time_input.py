"""How a person types a moment: "eilen 14:30", "26.11. klo 14.05", "kl. 13.05", "now", or with its offset.

Without an offset it is Finnish local time. What could be two moments is refused with both: nothing is silently of
another day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from starter.language.moments import WEEKDAYS, written
from starter.language.words import N_, _, spoken
from starter.terminal.day_words import RELATIVE, NotADay, NotInCalendar, OtherWeekday, bears_year, days_meant, plainly
from starter.terminal.parts_of_day import PartOfDay, days_back, without_about, without_part
from starter.terminal.spoken_time import in_digits
from workflows.procedure.local_time import HELSINKI, local, zone

A_LITTLE_AHEAD = timedelta(minutes=10)
NOW = ("now", "nyt", "nu", "juuri nyt", "just nu", "right now")
EXAMPLES = N_('"14:05", "yesterday 14:05", "22.11. 14.05", "22.11.2026 14:05", "now", or "2026-11-22T14:05+02:00"')
NOON, HOURS, NEVER = 12, 24, 99
HOUR = 2
"""Digits of an hour."""

_CLOCK = r"(?P<clock>\d{1,2}[:.]\d{2}(?:[:.]\d{2})?|\d{4}|\d{1,2})(?: ?(?P<half>[ap])\.?m\.?)?"
_SAID = r"(?P<said>(?:klo|kello|kl|at)\.? ?)?"
_OFFSET = r"(?: ?(?:(?P<offset>\+\d{2}:?\d{2})|\((?P<within>[+-]\d{2}:?\d{2})\)))?"  # "01:00-02:00" is a range
_DAY_FIRST = re.compile(rf"(?:(?P<day>.+?) )??{_SAID}{_CLOCK}{_OFFSET}", re.ASCII)
_CLOCK_FIRST = re.compile(rf"{_SAID}{_CLOCK} (?P<day>.+){_OFFSET}", re.ASCII)
_COMMA = re.compile(r"(?<![\d.:,])(\d{1,2}),(\d{2})(?![\d.:,])", re.ASCII)
_LENGTHS = {
    "": 1, "a": 1, "an": 1, "en": 1, "noin": 1, "yksi": 1, "one": 1, "half an": 0.5, "puoli": 0.5, "en halv": 0.5,
    "puolitoista": 1.5, "en och en halv": 1.5, "one and a half": 1.5, "kaksi": 2, "pari": 2, "tva": 2, "ett par": 2,
    "two": 2, "a couple of": 2, "kolme": 3, "tre": 3, "three": 3, "nelja": 4, "fyra": 4, "four": 4, "viisi": 5,
    "fem": 5, "five": 5, "kymmenen": 10, "tio": 10, "ten": 10, "viisitoista": 15, "femton": 15, "fifteen": 15,
    "kaksikymmenta": 20, "tjugo": 20, "twenty": 20, "kolmekymmenta": 30, "trettio": 30, "thirty": 30,
}  # fmt: skip
_UNITS = {
    1: "min minuutti minuuttia minut minuter minute minutes",
    15: "vartti varttia kvart quarter",
    30: "halvtimme",
    60: "h t tunti tuntia timme timmar hour hours",
}
"""Units of what has passed, by their minutes."""
_UNIT = {word: minutes for minutes, words in _UNITS.items() for word in words.split()}
_AGO = re.compile(
    rf"(?:for |noin |about |cirka )*(?P<number>\d{{1,3}}|{'|'.join(filter(None, _LENGTHS))})? ?"
    rf"(?P<unit>{'|'.join(_UNIT)})(?: of an hour)? (?:ago|sitten|sedan)",
    re.ASCII,
)


class NotAMoment(ValueError):
    """The text is not a moment, or not a clear one; the message says what to type."""


class NotYetToday(NotAMoment):
    """A time of the day that has not come yet today, of something that has happened.

    ``yesterday``: it may be this; ``clock``: the time of the day, as it is written.
    """

    def __init__(self, yesterday: datetime) -> None:
        clock = written(yesterday).partition(" ")[2]
        said = _('has not come yet today; did you mean yesterday? Then write "yesterday {clock}"', clock=clock)
        super().__init__(said)
        self.yesterday = yesterday
        self.clock = clock


def now() -> datetime:
    """The time on this machine's clock, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  # the command line is where the person's "now" is


def read_moment(
    text: str, at: datetime, zone_name: str = HELSINKI, *, ahead: bool = False, after: datetime | None = None
) -> datetime:
    """Read a typed moment; ``at`` is the present. ``after``: what it comes after, by which "08:00" or "Monday" goes.

    Without a day it is today's, or with ``ahead`` the next such time. Raises ``NotYetToday`` where it has not come yet
    (by more than ten minutes: clocks differ), and ``NotAMoment`` for a day that may be two, for a local time that a
    clock change left out, and for one that it made happen twice.
    """
    words = without_about(plainly(text))
    if words in NOW:
        return at
    if found := _COMMA.search(text):
        clock = f"{found[1]}:{found[2]}" if spoken() == "en" else f"{found[1]}.{found[2]}"
        raise NotAMoment(_("has a comma in the time; write {clock}", clock=f'"{clock}"'))
    if (moment := _with_offset(text)) is not None:
        return moment
    if found := _AGO.fullmatch(words):
        return at - _length(found)
    if texts := in_digits(words):
        return _of_said_hour(texts, at, zone_name, ahead=ahead, after=after)
    words, part = without_part(re.sub(r"(?<=\d)t(?=\d)", " ", words))
    if part:
        return _of_part(words, part, at, zone_name, ahead=ahead, after=after)
    found = _DAY_FIRST.fullmatch(words)
    if found is None and (found := _CLOCK_FIRST.fullmatch(words)) and len(found["clock"]) <= HOUR:
        found = None  # "26 november": a day
    if found is None:
        raise _no_moment(words, at, zone_name)
    by = at if after is None or found["day"] in RELATIVE else after
    return _from_local(found, by, zone_name, ahead=ahead)


def _of_said_hour(
    texts: Sequence[str], at: datetime, zone_name: str, *, ahead: bool, after: datetime | None
) -> datetime:
    """The one moment of an hour of twelve. ``texts``: with each hour of the day that may be meant."""
    found: list[datetime] = []
    late: list[NotYetToday] = []
    for text in texts:
        try:
            found.append(read_moment(text, at, zone_name, ahead=ahead, after=after))
        except NotYetToday as fault:
            late.append(fault)
    if not found and len(late) == 1:
        raise late[0]
    moments = found or [each.yesterday for each in late]
    if len(moments) > 1:
        first, second = (f'"{written(each)}"' for each in moments)
        raise NotAMoment(_("may be of two times; write {first} or {second}", first=first, second=second))
    return moments[0]


def _of_part(
    words: str, part: PartOfDay, at: datetime, zone_name: str, *, ahead: bool, after: datetime | None
) -> datetime:
    """A time that says its part of the day, as it is without, where that agrees with its clock."""
    is_late = False
    try:
        moment = read_moment(words, at, zone_name, ahead=ahead, after=after)
    except NotYetToday as fault:
        moment, is_late = fault.yesterday, True
        if part.is_last is None and local(moment, zone_name).hour in part.hours:
            raise
    hour = local(moment, zone_name).hour
    if hour not in part.hours and 0 < hour < NOON and hour + NOON in part.hours:  # "illalla klo 8" is 20.00
        in_the_evening = re.sub(rf"\b0?{hour}$", str(hour + NOON), words)
        if in_the_evening != words:
            return _of_part(in_the_evening, part, at, zone_name, ahead=ahead, after=after)
    if hour not in part.hours or (part.is_last is not None and has_day(words)):
        raise NotAMoment(_("is not a time; write {examples}", examples=_(EXAMPLES)))
    today, clock = local(at, zone_name).date(), local(moment, zone_name).timetz().replace(tzinfo=None)
    days = [local(moment, zone_name).date()]
    if part.is_last is not None and not ahead:
        back = days_back(hour, local(at, zone_name).hour, is_passed=not is_late, is_last=part.is_last)
        days = [today - timedelta(days=each) for each in back]
    elif has_day(words) and part.may_be_of_the_next_day(hour):
        later = days[0] + timedelta(days=1)
        days += [later] if ahead or _placed(later, clock, zone_name) <= at + A_LITTLE_AHEAD else []
    return _placed(_only(days, clock, zone_name), clock, zone_name)


def _only(days: Sequence[date], clock: time, zone_name: str) -> date:
    """The one day that may be meant. Raises ``NotAMoment`` where there are two."""
    if len(days) > 1:
        first, second = (f'"{written(_placed(day, clock, zone_name))}"' for day in days[:2])
        raise NotAMoment(_("may be of two days; write {first} or {second}", first=first, second=second))
    return days[0]


def _with_offset(text: str) -> datetime | None:
    """A moment in the form of ISO 8601 that bears its offset."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text.strip())
        return moment if moment.tzinfo else None
    return None


def has_day(text: str) -> bool:
    """Whether a typed moment says its day; "now" does."""
    words = without_about(plainly(text))
    if texts := in_digits(words):
        return has_day(texts[0])
    found = _DAY_FIRST.fullmatch(words)
    return found is None or found["day"] is not None


def _length(found: re.Match[str]) -> timedelta:
    number = found["number"] or ""
    return timedelta(minutes=_UNIT[found["unit"]] * (int(number) if number.isdecimal() else _LENGTHS[number]))


def _from_local(found: re.Match[str], at: datetime, zone_name: str, *, ahead: bool) -> datetime:
    said = found["day"]
    if not found["said"] and not found["half"] and found["clock"].isdecimal():
        _refuse_a_number(said, found["clock"])
    clock = _clock(found)
    if said is None:
        return _of_no_day(found, clock, at, zone_name, ahead=ahead)
    try:
        days = days_meant(said, local(at, zone_name).date(), ahead=ahead)
    except OtherWeekday as other:
        raise NotAMoment(_("falls on another weekday: it is {day}", day=_day_name(other.day))) from None
    except NotADay:
        raise _no_moment(said, at, zone_name) from None
    return _placed(_only(days, clock, zone_name), clock, zone_name, _offset(found))


def _offset(found: re.Match[str]) -> str | None:
    return found["offset"] or found["within"]


def _refuse_a_number(said: str | None, number: str) -> None:
    """Raise ``NotAMoment`` where a number without a colon may be no time: "26.11. 2026", or "14" alone."""
    is_word = said is not None and not any(letter.isdigit() for letter in said)
    if said is not None and not is_word and not bears_year(said):
        raise _no_clock()
    if len(number) <= HOUR and int(number) >= HOURS:
        raise _not_of_the_calendar()
    if len(number) <= HOUR and not is_word:
        raise NotAMoment(_("is an hour without minutes; write {examples}", examples=_(EXAMPLES)))


def _of_no_day(found: re.Match[str], clock: time, at: datetime, zone_name: str, *, ahead: bool) -> datetime:
    today = local(at, zone_name).date()
    moment = _placed(today, clock, zone_name, _offset(found))
    if ahead:
        return moment if moment > at else _placed(today + timedelta(days=1), clock, zone_name, _offset(found))
    if moment > at + A_LITTLE_AHEAD:
        yesterday = _placed(today - timedelta(days=1), clock, zone_name, _offset(found))
        raise NotYetToday(yesterday)
    return moment


def _clock(found: re.Match[str]) -> time:
    digits = found["clock"]
    parts = [digits[:HOUR], digits[HOUR:] or "0"] if digits.isdecimal() else re.split(r"[:.]", digits)
    hour, minute, second = (int(part) for part in [*parts, "0"][:3])
    if (hour, minute, second) == (HOURS, 0, 0):
        raise NotAMoment(_("is midnight at the end of a day; write 00:00 with the day after it"))
    if half := found["half"]:
        hour = hour % NOON + (NOON if half == "p" else 0) if 0 < hour <= NOON else NEVER
    try:
        return time(hour, minute, second)
    except ValueError:
        raise _not_of_the_calendar() from None


def _no_clock() -> NotAMoment:
    return NotAMoment(_("says the day but not the time; write {examples}", examples=_(EXAMPLES)))


def _not_of_the_calendar() -> NotAMoment:
    return NotAMoment(_("is not a day or time of the calendar; write {examples}", examples=_(EXAMPLES)))


def _no_moment(words: str, at: datetime, zone_name: str) -> NotAMoment:
    """What is wrong with a text that is no moment."""
    try:
        days_meant(words, local(at, zone_name).date())
    except NotInCalendar:
        return _not_of_the_calendar()
    except NotADay:
        return NotAMoment(_("is not a time; write {examples}", examples=_(EXAMPLES)))
    return _no_clock()


def _day_name(day: date) -> str:
    return f"{_(WEEKDAYS[str(day.weekday())])} {day.day}.{day.month}.{day.year}"


def _placed(day: date, clock: time, zone_name: str, offset: str | None = None) -> datetime:
    """A local time of a day, or one with its offset. Raises ``NotAMoment`` where there is none, or there are two."""
    if offset:
        return datetime.fromisoformat(f"{day}T{clock:%H:%M:%S}{offset}")
    first = datetime.combine(day, clock, zone(zone_name))
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    real = [each.astimezone(UTC).astimezone(zone(zone_name)) for each in (first, second)]
    choices = [f'"{each.isoformat(timespec="minutes")}"' for each in sorted(real, key=lambda each: each.utctimetuple())]
    facts = {"day": f"{day.day}.{day.month}.{day.year}", "first": choices[0], "second": choices[1]}
    if real[0].replace(tzinfo=None) != first.replace(tzinfo=None):
        raise NotAMoment(
            _("does not exist: on {day} the clocks went forward over it; write {first} or {second}", **facts)
        )
    raise NotAMoment(_("happened twice on {day}, when the clocks went back; write {first} or {second}", **facts))
