"""Dates of notices as feeds and mails write them.

"-0000" is UTC, a name that is known has its offset, and where no zone is told the time is Finland's. A name that
isn't known could be
any hour: such a date can't be told.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: TID251  # an activity: a zone that a mail names

from workflows.procedure import local_time
from workflows.procedure.model import EARLIEST, LATEST

_HOURS = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2, "MESZ": 2, "MEZ": 1,  # noqa: E501  # one pattern or sentence
    "SAST": 2, "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,  # noqa: E501  # one pattern or sentence
    "PDT": -7,
}  # fmt: skip
"""Names of zones as mail and feed programs write them. "IST" and others that mean several zones are left out."""
_OF_WINDOWS = {
    "FLE": 2,
    "GTB": 2,
    "EASTERN EUROPEAN": 2,
    "CENTRAL EUROPEAN": 1,
    "W. EUROPE": 1,
    "ROMANCE": 1,
    "GREENWICH MEAN": 0,
}
"""What stands before "Standard Time" (in summer an hour more before "Summer Time" or "Daylight Time")."""
_FINNISH_TIME = ("suomen aikaa", "finsk tid", "finnish time")
_COMMENT = re.compile(r"\s*\([^()]*\)\s*$")
_OFFSET = re.compile(r"(?:\b(?:UTC|GMT))?\s*(?<!\d[-.])([+-])(\d{1,2}):?(\d{2})?$")
_ZONE_NAME = re.compile(r"(?<=[\d\s])([^\W\d_][^\W\d]*(?:[/. -]{1,2}[^\W\d]+){0,5})$")
_ZONE_IN_WORDS = re.compile(r"(?P<place>.+?)\s(?P<which>standard|summer|daylight)\stime", re.IGNORECASE)
_CTIME = re.compile(
    r"[A-Za-z]{3},?\s(?P<month>[A-Za-z]{3})\s(?P<day>\d{1,2})\s(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?P<zone>\s[A-Z]{1,5}|\s[+-]\d{4})?\s(?P<year>\d{4})"
)
_RFC_2822 = re.compile(r"(?:[A-Za-z]{3,9},?\s)?\d{1,2}[\s-][A-Za-z]{3,9}[\s-]\d{2,4}\s\d{1,2}[:.]\d{2}(?:[:.]\d{2})?")
_HALVES = ("am", "pm")
_HALF_BEFORE = re.compile(r"[ap]\.?m\.?\s", re.IGNORECASE)
_MONTHS = (
    ("tammi", "jan"), ("helmi", "feb"), ("maalis", "mar"), ("huhti", "apr"), ("touko", "maj", "may"), ("kesä", "jun"), ("heinä", "jul"),  # noqa: E501  # one pattern or sentence
    ("elo", "aug"), ("syys", "sep"), ("loka", "okt", "oct"), ("marras", "nov"), ("joulu", "dec"),
)  # fmt: skip
_TIME = re.compile(r"(?<![\d.])(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?\s?([ap]\.?\s?m\b\.?)?(?!\s?[.\d])", re.IGNORECASE)
_DAYS = (
    re.compile(r"(?<!\d)(?P<y>20\d\d)-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\.?\s(?P<m>[^\W\d_]{3,12})\.?,?\s(?P<y>20\d\d)"),
    re.compile(r"(?P<m>[^\W\d_]{3,12})\.?\s(?P<d>\d{1,2}),?\s(?P<y>20\d\d)"),
    re.compile(r"(?<!\d)(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>20\d\d)"),
)


def moment_of(written: str) -> datetime | None:
    """The moment that a date means, in UTC; None where it can't be told."""
    text, zone = _zone_of(_in_order(" ".join(written.split())))
    if zone is None:
        return None
    for read in (_internet, _iso, _in_words):
        try:
            moment = read(text)
            moment = (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if EARLIEST <= moment < LATEST else None
    return None


def _zone_of(text: str) -> tuple[str, tzinfo | None]:
    """The date without its zone, and the zone: Finland's where none is told, None where its name isn't known."""
    for words in _FINNISH_TIME:
        text = text.removesuffix(words).rstrip(" ,")
    if (offset := _OFFSET.search(text)) and re.search(r"\d[:.]\d\d|\d[Tt]\d", text[: offset.start()]):
        sign = -1 if offset[1] == "-" else 1
        hours = int(offset[2]) if len(offset[2]) <= 2 else 0  # noqa: PLR2004
        delta = timedelta(hours=hours, minutes=int(offset[3] or 0)) * sign
        return (text[: offset.start()].rstrip(), timezone(delta)) if abs(delta) < timedelta(hours=24) else (text, None)
    name = _ZONE_NAME.search(text)
    if not name or not re.search(r"\d[:.]\d\d", text[: name.start()]) or _is_half(name[1]):
        return text, local_time.zone()
    half = _HALF_BEFORE.match(name[1])
    begins = name.start() + (half.end() if half else 0)
    return text[:begins].rstrip(), _zone_named(text[begins:])


def _in_order(text: str) -> str:
    """The date as mails write it: no comment behind its zone, and not in the order of C ("Nov 26 14:05:00 2026")."""
    if (found := _CTIME.fullmatch(text)) is not None:
        text = f"{found['day']} {found['month']} {found['year']} {found['time']}{found['zone'] or ''}"
    comment = _COMMENT.search(text)
    if not comment:
        return text
    before = text[: comment.start()]
    name = _ZONE_NAME.search(before)
    has_zone = _OFFSET.search(before) or (name and not _is_half(name[1]))
    return before if has_zone or not re.search(r"\d[:.]\d\d", before) else f"{before} {comment[0].strip(' ()')}"


def _is_half(name: str) -> bool:
    return name.lower().replace(".", "").strip() in _HALVES


def _zone_named(name: str) -> tzinfo | None:
    """The zone of a name; None where it isn't known, or may be several."""
    if "/" in name:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None
    hours = _HOURS.get(name.upper())
    if hours is None and (words := _ZONE_IN_WORDS.fullmatch(name)):
        hours = _OF_WINDOWS.get(words["place"].upper())
        hours = None if hours is None else hours + (words["which"].lower() != "standard")
    return None if hours is None else timezone(timedelta(hours=hours))


def _internet(text: str) -> datetime:
    """RFC 2822, as in RSS; its parser would leave out what it doesn't know, such as "PM"."""
    if not _RFC_2822.fullmatch(text):
        raise ValueError("is no date of a mail")
    return parsedate_to_datetime(re.sub(r"(?<=\w)-(?=\w)", " ", text)).replace(tzinfo=None)


def _iso(text: str) -> datetime:
    """ISO 8601, as in Atom."""
    return datetime.fromisoformat(text)


def _in_words(text: str) -> datetime:
    """21.11.2026 klo 18.00, den 25 november 2026 15:02, Wednesday, November 25, 2026 3:02 PM: as programs tell people."""  # noqa: E501
    day = next((found for form in _DAYS if (found := form.search(text.casefold()))), None)
    if not day:
        raise ValueError("is no date in words")
    parts = day.groupdict()
    if "a" in parts:
        parts |= {"d": parts["a"], "m": parts["b"]}
        if int(parts["a"]) <= 12 and int(parts["b"]) <= 12 and parts["a"] != parts["b"]:  # noqa: PLR2004
            raise ValueError("may be a day and a month, or the other way round")
        if int(parts["b"]) > 12:  # noqa: PLR2004
            parts |= {"d": parts["b"], "m": parts["a"]}
    rest = text[: day.start()] + " " + text[day.end() :]
    time = _TIME.search(rest)
    hour, minute, second = (int(time[n] or 0) for n in (1, 2, 3)) if time else (0, 0, 0)
    if time and time[4]:
        hour = hour % 12 + (12 if time[4].lower().startswith("p") else 0)
    return datetime(int(parts["y"]), _month(parts["m"]), int(parts["d"]), hour, minute, second)  # noqa: DTZ001  # its zone was read before


def _month(written: str) -> int:
    if written.isdigit():
        return int(written)
    stems = sorted(
        ((stem, n) for n, stems in enumerate(_MONTHS, start=1) for stem in stems), key=lambda each: -len(each[0])
    )
    return next((n for stem, n in stems if written.startswith(stem)), 0)
