"""The day of a moment as people say it in Finnish, Swedish and English: "eilen", "i måndags", "26.11.", "26 Nov".

A text may mean several days: "Monday" on a Monday, "last Monday" on any other day. Who reads it says which ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

RELATIVE = {
    "tanaan": 0, "idag": 0, "i dag": 0, "today": 0, "tana aamuna": 0, "i morse": 0, "imorse": 0, "this morning": 0,
    "i kvall": 0, "ikvall": 0, "tana iltana": 0, "this evening": 0, "tonight": 0,
    "eilen": -1, "igar": -1, "i gar": -1, "yesterday": -1,
    "toissapaivana": -2, "i forrgar": -2, "forrgar": -2, "the day before yesterday": -2, "day before yesterday": -2,
    "huomenna": 1, "imorgon": 1, "i morgon": 1, "tomorrow": 1,
    "ylihuomenna": 2, "i overmorgon": 2, "overmorgon": 2, "the day after tomorrow": 2, "day after tomorrow": 2,
}  # fmt: skip
"""Days from today. The words as ``plainly`` writes them, as all words here."""
WEEKDAYS = (
    "ma maanantai maanantaina maanantain mandag mandagen mandags man mon monday",
    "ti tiistai tiistaina tiistain tisdag tisdagen tisdags tis tue tues tuesday",
    "ke keskiviikko keskiviikkona keskiviikon onsdag onsdagen onsdags ons wed weds wednesday",
    "to torstai torstaina torstain torsdag torsdagen torsdags tor tors thu thur thurs thursday",
    "pe perjantai perjantaina perjantain fredag fredagen fredags fre fr fri friday",
    "la lauantai lauantaina lauantain lordag lordagen lordags lor lo sat saturday",
    "su sunnuntai sunnuntaina sunnuntain sondag sondagen sondags son so sun sunday",
)
MONTHS = (
    "tammikuuta tammikuun tammi januari january jan",
    "helmikuuta helmikuun helmi februari february feb",
    "maaliskuuta maaliskuun maalis mars march mar",
    "huhtikuuta huhtikuun huhti april apr",
    "toukokuuta toukokuun touko maj may",
    "kesakuuta kesakuun kesa juni june jun",
    "heinakuuta heinakuun heina juli july jul",
    "elokuuta elokuun elo augusti august aug",
    "syyskuuta syyskuun syys september sept sep",
    "lokakuuta lokakuun loka oktober october okt oct",
    "marraskuuta marraskuun marras november nov",
    "joulukuuta joulukuun joulu december dec",
)
LAST = ("viime", "forra", "last", "edellinen")
NEXT = ("ensi", "nasta", "next")
RECENT = timedelta(days=60)
"""A day of a plan that bears no year and is over since less than this may have been meant for this year."""
_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAY = {word: number for number, words in enumerate(WEEKDAYS) for word in words.split()}
_MONTH = {word: number for number, words in enumerate(MONTHS, 1) for word in words.split()}
_DATES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})(?:\.? ?(?P<y>\d{4}|(?<=[. ])\d{2})|\.)?",
        r"(?P<d>\d{1,2})/(?P<m>\d{1,2})(?:[/ -](?P<y>\d{4}|\d{2}))?",
        r"(?P<d>\d{1,2})(?:\.|st|nd|rd|th|:e)? (?:of )?(?P<month>[a-z]+)(?: (?P<y>\d{4}))?",
        r"(?P<month>[a-z]+) (?P<d>\d{1,2})(?:st|nd|rd|th)?(?: (?P<y>\d{4}))?",
    )
)


class NotADay(ValueError):
    """The text is no day."""


class NotInCalendar(NotADay):
    """There is no such day: 31 February."""


class OtherWeekday(NotADay):
    """The day falls on another weekday than the one beside it; ``day`` is the one of the calendar."""

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


def plainly(text: str) -> str:
    """A text in small letters without accents (å, ä, ö are a, a, o here), with single spaces for spaces and commas."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(part for part in parts if not unicodedata.combining(part)).replace(",", " ").split())


def weekday_named(word: str) -> int | None:
    """The number of a weekday (0 is Monday) by its name in any of the languages; None where it is none."""
    return _WEEKDAY.get(plainly(word).rstrip("."))


def days_meant(text: str, today: date, *, ahead: bool = False) -> list[date]:
    """The days that a text may mean, the nearest first. ``ahead``: days to come are meant. Raises ``NotADay``."""
    words = re.sub(r"^(?:on|pa|den|the) (?=.)", "", plainly(text))
    if words in RELATIVE:
        return [today + timedelta(days=RELATIVE[words])]
    first, _, rest = words.partition(" ")
    if rest and (wanted := _WEEKDAY.get(first.rstrip("."))) is not None:
        days = [day for day in _dates(rest, today, ahead=ahead) if day.weekday() == wanted]
        if days:
            return days[:1]
        raise OtherWeekday(_dates(rest, today, ahead=ahead)[0])
    with suppress(NotADay):
        return _weekdays(words, today, ahead=ahead)
    return _dates(words, today, ahead=ahead)


def bears_year(text: str) -> bool:
    """Whether a date says its year: a number behind it is none, then."""
    words = plainly(text)
    return any((found := pattern.fullmatch(words)) and found["y"] for pattern in _DATES)


def _weekdays(words: str, today: date, *, ahead: bool) -> list[date]:
    """The days of this name that may be meant; of today's name, and with "last" or "next", there are two."""
    *before, name = words.split() or [""]
    wanted = _WEEKDAY.get(name.rstrip("."))
    said = " ".join(before)
    if wanted is None or said not in ("", "i", *LAST, *NEXT) or (said == "i" and not name.endswith("dags")):
        raise NotADay
    week = timedelta(days=7)
    if said in NEXT or (ahead and said not in ("i", *LAST)):
        first = today + timedelta(days=(wanted - today.weekday()) % 7)
        days = [first, first + week]
    else:
        first = today - timedelta(days=(today.weekday() - wanted) % 7)
        days = [first, first - week]
    if first == today:
        return days[1:] if said else days  # "last Monday" on a Monday is not today
    return days if said in (*LAST, *NEXT) else days[:1]


def _dates(words: str, today: date, *, ahead: bool) -> list[date]:
    """The days that a date may mean: without a year there may be several, with a stroke the month may be either."""
    found = next((match for pattern in _DATES if (match := pattern.fullmatch(words))), None)
    if found is None:
        raise NotADay
    parts = found.groupdict()
    month = _MONTH.get(parts["month"]) if "month" in parts else int(parts["m"])
    if month is None:
        raise NotADay
    readings = [(int(parts["d"]), month)]
    if "/" in words:
        readings.append((month, int(parts["d"])))
    days = [day for each in dict.fromkeys(readings) for day in _in_years(*each, parts["y"], today, ahead=ahead)]
    if not days:
        raise NotInCalendar(words)
    return days


def _in_years(day: int, month: int, year: str | None, today: date, *, ahead: bool) -> list[date]:
    """A day of a month in the year that is said, else in the nearest one."""
    if year:
        return list(_real(day, month, int(year) if len(year) > 2 else 2000 + int(year)))  # noqa: PLR2004  # digits
    near = [real for number in range(today.year - 4, today.year + 5) for real in _real(day, month, number)]
    if not ahead:
        return [min(near, key=lambda each: abs(each - today))] if near else []
    passed = [each for each in near if today - RECENT < each < today]
    return [*passed, *[each for each in near if each >= today][:1]]


def _real(day: int, month: int, year: int) -> Iterator[date]:
    with suppress(ValueError):
        yield date(year, month, day)


def in_english(text: str) -> str:
    """A time of the week as the plan of a drill writes it: "ma klo 9.00" is "Mon 9.00"; as it is, where it is none."""
    day, _, clock = re.sub(r"\b(?:klo|kello|kl|at)\b\.? ?", "", plainly(text)).partition(" ")
    wanted = weekday_named(day)
    return text if wanted is None else f"{_WEEK[wanted]} {clock}"
