"""The forms in which notices write days and times ("19.4.", "klo 07.00", "tiistaina", "8 p.m."), and what each means.

A day without a year, a weekday, a feast and "huomenna" are reckoned from the day of publication. The words stand in
``data/notice_dates.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from workflows.procedure.notices.time_words import (
    DATA,
    MARKS,
    NIGHTS,
    Form,
    Token,
    TokenKind,
    alternatives,
    any_of,
    token_of,
    which,
)
from workflows.procedure.public_holidays import feast_day

_CLOCK_WORDS: dict[str, list[str]] = DATA["clock_words"]

_DAY = timedelta(days=1)
_BACK, _AHEAD = timedelta(days=90), timedelta(days=275)
"""A day without a year lies between these, seen from the day of publication."""
_YEARS = 2
"""A year that is written lies no further from that of the publication than this; else it is a slip."""
_FEAST_BACK = timedelta(days=30)
_MIDNIGHT, _NOON, _MONTHS_OF_YEAR = 1440, 12, 12


_FEASTS: dict[str, list[str]] = DATA["feasts"]
_RELATIVE: dict[str, list[str]] = DATA["relative_days"]
_LAST_NIGHT = re.compile(r"viime yö.*|last night")
_COMING_NIGHT = re.compile(r"(?:ensi|tulevana|tänä) yönä|i natt|tonight")
_SOME_NIGHT = re.compile(r"yö|natt|night")
_MONTH = any_of(DATA["months"])
_NEXT_WEEK = re.compile(rf"{alternatives(DATA['next_week'])}\s*$")
_LAST_WEEK = re.compile(rf"{alternatives(DATA['last'])}\s*$")
_TIME_MARK = alternatives(MARKS["time"])
_TO = r"(?:-|till|to|until|och|and|ja)"
_RANGE_BEFORE = re.compile(rf"(?:-|\s{_TO})\s?$")
_RANGE_AFTER = re.compile(rf"\s?-|\s{_TO}\s")
_TIME_TO = re.compile(rf"(?:\d[.:]\d\d|{_TIME_MARK}\.? \d{{1,2}})\s?{_TO}\s?$")
_TIME_MARK_NEXT = re.compile(rf"\s?{_TIME_MARK}")
_STRETCH = frozenset({"-", "/", "to", "till"})
_IN_LIST = re.compile(r"\d{1,2}|-|/|,|\b(?:ja|och|and|to|till)\b")
_LOOK_BACK = 25
"""Characters before a number that tell whether it ends a range of times."""


def _on(match: re.Match[str], published: date, day: str, month: int, year: str | None) -> Token:
    """A written date; without a year, the nearest one to the day of publication that fits."""
    years = [int(year)] if year else [published.year + n for n in (0, 1, -1)]
    days = [found for y in years if abs(y - published.year) <= _YEARS and (found := _day(y, month, int(day)))]
    near = [on for on in days if year or published - _BACK <= on <= published + _AHEAD]
    doubt = "" if near else f'"{match[0].strip()}" is no day of the calendar near its publication'
    return token_of(match, "day", day=near[0] if near else None)._replace(explicit=True, doubt=doubt)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_of(word: str) -> int:
    return which(DATA["months"], word) + 1


def _iso(match: re.Match[str], published: date) -> Iterator[Token]:
    year, month, day = match[0].split("-")
    yield _on(match, published, day, int(month), year)


def _full(match: re.Match[str], published: date) -> Iterator[Token]:
    day, month, year = (part.strip() for part in match[0].split("."))
    yield _on(match, published, day, int(month), year)


def _days(match: re.Match[str], published: date, days: str, month: int, year: str | None) -> Iterator[Token]:
    """Days that share a month ("10., 11. ja 14.9.", "24.–25.10."): the words between them stay words for "to"."""
    for word in _IN_LIST.findall(days):
        if word.isdigit():
            yield _on(match, published, word, month, year)
        else:
            yield token_of(match, "to")._replace(text="-" if word in _STRETCH else word)


def _listed(match: re.Match[str], published: date) -> Iterator[Token]:
    return _days(match, published, match["l_days"], int(match["l_month"]), match["l_year"])


def _listed_month(match: re.Match[str], published: date) -> Iterator[Token]:
    """Two days that share a month with a name ("18–19 July", "den 21 och 22 januari")."""
    return _days(match, published, match["lm_days"], _month_of(match["lm_month"]), match["lm_year"])


def _listed_bare(match: re.Match[str], published: date) -> Iterator[Token]:
    """Two days in the Swedish way ("4-5.2"): the month has one digit, as minutes never have, or a bracket closes it."""
    return _days(match, published, match["lb_days"], int(match["lb_month"]), None)


def _short(match: re.Match[str], published: date) -> Iterator[Token]:
    """A date ("19.4."), or the end of a range of times that closes its sentence ("klo 17.00–18.00.")."""
    before = match.string[max(0, match.start() - _LOOK_BACK) : match.start()]
    if _TIME_TO.search(before) and len(match["s_month"]) > 1 and not _TIME_MARK_NEXT.match(match.string, match.end()):
        if (minutes := _minutes(match["s_day"], match["s_month"], None)) >= 0:
            yield token_of(match, "time", minutes=minutes)._replace(marked=False)
        yield token_of(match, "stop")
    else:
        yield _on(match, published, match["s_day"], int(match["s_month"]), None)


def _month_first(match: re.Match[str], published: date) -> Iterator[Token]:
    yield _on(match, published, match["mf_day"], _month_of(match["mf_month"]), match["mf_year"])


def _day_first(match: re.Match[str], published: date) -> Iterator[Token]:
    yield _on(match, published, match["df_day"], _month_of(match["df_month"]), match["df_year"])


def _feast(match: re.Match[str], published: date) -> Iterator[Token]:
    feast = list(_FEASTS)[which(_FEASTS.values(), match[0])]
    days = (feast_day(feast, published.year + n) for n in (0, 1))
    yield token_of(match, "day", day=next(on for on in days if on >= published - _FEAST_BACK))._replace(feast=feast)


def _weekday(match: re.Match[str], published: date) -> Iterator[Token]:
    weekday = which(DATA["weekdays"], match["w_day"])
    ahead = (weekday - published.weekday()) % 7
    before = match.string[: match.start()]
    doubt = "" if ahead else f'"{match[0]}" may be the day of its publication or a week later'
    if _NEXT_WEEK.search(before):
        ahead, doubt = 7 - published.weekday() + weekday, ""
    elif _LAST_WEEK.search(before):
        ahead, doubt = ahead - 7, ""
    yield token_of(match, "day", day=published + ahead * _DAY)._replace(
        doubt=doubt, weekday=weekday, is_soon=0 < ahead < len(DATA["weekdays"]) - published.weekday()
    )


def _brief(match: re.Match[str], published: date) -> Iterator[Token]:
    weekday = which(DATA["short_weekdays"], match[0].rstrip(". "))
    day = published + (weekday - published.weekday()) % 7 * _DAY
    yield token_of(match, "day", day=day)._replace(weekday=weekday)


def _relative(match: re.Match[str], published: date) -> Iterator[Token]:
    ahead = int(list(_RELATIVE)[which(_RELATIVE.values(), match[0])])
    night = "loose" if _SOME_NIGHT.search(match[0]) else ""
    night = "to" if _LAST_NIGHT.fullmatch(match[0]) else "from" if _COMING_NIGHT.fullmatch(match[0]) else night
    yield token_of(match, "day", day=published + ahead * _DAY)._replace(night=night)


def _night(match: re.Match[str], _: date) -> Iterator[Token]:
    night = list(NIGHTS)[which(NIGHTS.values(), match[0])]
    if night != "words":
        yield token_of(match, "night")._replace(night=night)


def _clock_word(match: re.Match[str], _: date) -> Iterator[Token]:
    minutes = int(list(_CLOCK_WORDS)[which(_CLOCK_WORDS.values(), match[0])])
    if minutes == _MIDNIGHT:
        yield token_of(match, "to")._replace(text="-", end=match.start() + 1)
    yield token_of(match, "time", minutes=minutes)._replace(start=match.start() + 1)


def _time(match: re.Match[str], _: date) -> Iterator[Token]:
    minutes = _minutes(match["t_hours"], match["t_minutes"], match["t_half"])
    if minutes >= 0:
        yield token_of(match, "time", minutes=minutes)


def _bare(match: re.Match[str], published: date) -> Iterator[Token]:
    """A number that may be a time ("8:50", "19"), or in Swedish a date ("21.1", "17.11")."""
    first, rest, dotted = match["b_hours"], match["b_minutes"] or "", match["b_by"] == "."
    if rest and dotted and (len(rest) == 1 or not _in_range(match)) and 1 <= int(rest) <= _MONTHS_OF_YEAR:
        yield _on(match, published, first, int(rest), None)
    elif len(rest) != 1 and (minutes := _minutes(first, rest, match["b_half"])) >= 0:
        marked = match["b_by"] == ":" or bool(match["b_half"])
        yield token_of(match, "time", minutes=minutes)._replace(marked=marked)


def _in_range(match: re.Match[str]) -> bool:
    """Whether a dash or a word for "to" stands right before or after a number, so that it is a time in a range."""
    before = match.string[max(0, match.start() - _LOOK_BACK) : match.start()]
    return bool(_RANGE_AFTER.match(match.string, match.end()) or _RANGE_BEFORE.search(before))


def _minutes(hours: str, minutes: str | None, half: str | None) -> int:
    """Minutes since midnight; -1 for what is no time of day."""
    h, m = int(hours), int(minutes or 0)
    if half:
        if not 1 <= h <= _NOON:
            return -1
        h = h % _NOON + (_NOON if half == "p" else 0)
    return h * 60 + m if m < 60 and h * 60 + m <= _MIDNIGHT else -1  # noqa: PLR2004  # minutes of an hour


def _word(kind: TokenKind) -> Callable[[re.Match[str], date], Iterator[Token]]:
    return lambda match, _: iter([token_of(match, kind)])


_CASE = r"(?: :?(?:n|stä|sta|ään|een|iin|ltä|lta)\b )?"
"""A Finnish ending after a number: "kello 20:n"."""
_HALF = r"(?: \s?(?P<{0}_half>[ap])\.?\s?m\b\.? )?"
_YEAR = r"(?: ,?\s+ (?P<{0}_year>20\d\d)\b )?"

FORMS: dict[str, Form] = {
    "iso": Form(r"(?<![\d-]) \d{4}-\d\d-\d\d (?!\d)", _iso),
    "feast": Form(any_of(_FEASTS.values()), _feast),  # before numbers: "2. pääsiäispäivä"
    "full": Form(r"(?<![\d.]) \d{1,2}\.\s?\d{1,2}\.\s?\d{4} (?!\d)", _full),
    "time": Form(
        rf"""(?: {_TIME_MARK}\.?\s* ){{1,2}} (?P<t_hours>\d{{1,2}}) (?: [.:](?P<t_minutes>\d\d) )?
             (?! \d | \.\d | \.?\s+{_MONTH} | \.\s?(?:-|till|to|until|klo|kl)\b ) {_CASE} {_HALF.format("t")}""",
        _time,
    ),
    "month_first": Form(  # not "toukokuussa 10.30", nor the year of "June 2026"
        rf"(?P<mf_month>{_MONTH})\s+(?P<mf_day>\d{{1,2}})\b (?!\s?[:.]\d) (?:\.|st|nd|rd|th)? {_YEAR.format('mf')}",
        _month_first,
    ),
    "day_first": Form(
        rf"""(?<![\d.:]) (?P<df_day>\d{{1,2}}) (?:\.|st|nd|rd|th)? \s+ (?:of\s+)? (?P<df_month>{_MONTH})
             {_YEAR.format("df")}""",
        _day_first,
    ),
    "listed": Form(
        r"""(?<![\d.:]) (?P<l_days> (?: \d{1,2} (?: \.(?: \s?-\s? | ,\s? | \s(?:ja|och|and)\s ) | \.?\s?/\s? ) ){1,9}
             \d{1,2} )
            \. (?P<l_month>\d{1,2}) \. (?: \s?(?P<l_year>20\d\d)\b )?""",
        _listed,
    ),
    "listed_month": Form(
        rf"""(?<![\d.:-])(?<!-\s)(?<!till\s)(?<!to\s)
             (?P<lm_days> \d{{1,2}}(?:st|nd|rd|th)?\.? (?: \s?[-/]\s? | ,\s? | \s(?:ja|och|and|to|till)\s )
             (?: {any_of(DATA["weekdays"])} \s )? (?: (?:den|the)\s )? \d{{1,2}} )
             (?:\.|st|nd|rd|th)? \s+ (?:of\s+)? (?P<lm_month>{_MONTH}) (?!\w) {_YEAR.format("lm")}""",
        _listed_month,
    ),
    "listed_bare": Form(
        r"(?<![\d.:]) (?P<lb_days>\d{1,2}\s?-\s?\d{1,2}) \. (?P<lb_month>[1-9]|1[0-2](?=\)|,?\s+kl)) (?![\d.:])",
        _listed_bare,
    ),
    "short": Form(r"(?<![\d.:]) (?P<s_day>\d{1,2})\.(?P<s_month>\d{1,2})\. (?!\d)", _short),
    "bare": Form(
        rf"""(?<![\d.:,]) (?P<b_hours>\d{{1,2}}) (?: (?P<b_by>[.:])(?P<b_minutes>\d{{1,2}}) )?
             (?! \d | :\d | \.\d | /\d ) {_CASE} {_HALF.format("b")}""",
        _bare,
    ),
    "clock_word": Form(any_of(_CLOCK_WORDS.values()), _clock_word),
    "weekday": Form(rf"(?P<w_day>{any_of(DATA['weekdays'])}) (?:-(?:ilta|illa|aamu|yö|päivä)\w*)?", _weekday),
    "brief": Form(rf"{any_of(DATA['short_weekdays'])} \.? \s (?=\d{{1,2}}\.\s?\d{{1,2}}\.)", _brief),
    "relative": Form(any_of(_RELATIVE.values()), _relative),
    "night": Form(any_of(NIGHTS.values()), _night),
    "starts_after": Form(alternatives(MARKS["starts_after"]), _word("starts_after")),
    "starts": Form(alternatives(MARKS["starts"]), _word("starts")),
    "ends": Form(alternatives(MARKS["ends"]), _word("ends")),
    "lasts": Form(alternatives(MARKS["lasts"]), _word("lasts")),
    "to": Form(rf"-|(?<!\w)(?:{_TO}|samt|sekä)(?!\w)", _word("to")),
    "stop": Form(r"[!?;\n]|\.(?=\s|$)", _word("stop")),
}
"""In the order in which they are tried at each place."""
