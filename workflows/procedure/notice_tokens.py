"""The words in a notice that name days and times, in their order: the first step in reading its windows.

Which day is meant by "19.4." or "tiistaina" depends on the day of publication and is decided here; which day belongs to
which time, in ``notice_windows.py``. The words stand in ``data/notice_dates.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from workflows.procedure import rule_data
from workflows.procedure.feast_days import feast_day
from workflows.procedure.wording import phrases

TokenKind = Literal["day", "time", "to", "starts", "starts_after", "ends", "lasts", "stop"]


class Token(NamedTuple):
    """One word or number of a notice that matters for its windows. ``text``: as it stands there."""

    kind: TokenKind
    text: str
    start: int
    end: int
    day: date | None = None
    explicit: bool = False
    """A day written as a date, which says more than the weekday or feast beside it."""
    doubt: str = ""
    weekday: int = -1
    """Of a day named by its weekday only."""
    feast: str = ""
    minutes: int = -1
    """Of a time: minutes since midnight, 1440 for 24.00. Of a duration: how long."""
    marked: bool = True
    """Of a time: it can't be anything else; other numbers count only in a range with one that is marked."""


_DATA = rule_data.read("notice_dates")
SOURCE: str = _DATA["source"]
VERIFIED: bool = _DATA["verified"]
_MARKS: dict[str, list[str]] = _DATA["marks"]
_DAY = timedelta(days=1)
_BACK, _AHEAD = timedelta(days=90), timedelta(days=275)
"""A day without a year lies between these, seen from the day of publication."""
_FEAST_BACK = timedelta(days=30)
_MIDNIGHT, _NOON = 1440, 12


def _alternatives(words: Iterable[str]) -> str:
    return phrases(sorted(words, key=len, reverse=True)).pattern


_MONTHS = [re.compile(_alternatives(words)) for words in _DATA["months"]]
_MONTH = _alternatives(word for words in _DATA["months"] for word in words)
_WEEKDAYS = [re.compile(_alternatives(words)) for words in _DATA["weekdays"]]
_SHORT_WEEKDAYS = [re.compile(_alternatives(words)) for words in _DATA["short_weekdays"]]
_SHORT_WEEKDAY = "|".join(word for words in _DATA["short_weekdays"] for word in words)
_FEASTS = {feast: re.compile(_alternatives(words)) for feast, words in _DATA["feasts"].items()}
_RELATIVE = {int(days): re.compile(_alternatives(words)) for days, words in _DATA["relative_days"].items()}
_NUMBERS = {word: int(number) for number, words in _DATA["numbers"].items() for word in words}
_OPENING_HOURS = phrases(_MARKS["opening_hours"])
_WRITTEN = phrases(_MARKS["written"])
_NEXT_WEEK = re.compile(rf"{_alternatives(_DATA['next_week'])}\s*$")
_LAST_WEEK = re.compile(rf"{_alternatives(_DATA['last'])}\s*$")
_TIME_TO = re.compile(
    r"(?:\d[.:]\d\d|\b(?:klo|kello|kl\.?|klockan|from|mellan|från|between) \d{1,2})\s?(?:-|till|to|och|and|ja)\s?$"
)
_MARKED_TIME = re.compile(r"\s?(?:klo|kello|kl|klockan|at)\b")
_AM_PM = r"(?:\s?(?P<{}>[ap])\.?\s?m\b\.?)"
_SUFFIX = r"(?::?(?:n|stä|sta|ään|een|iin|ltä|lta)\b)?"

_SCANNER = re.compile(
    "|".join(
        (
            r"(?P<iso>(?<![\d-])\d{4}-\d\d-\d\d(?!\d))",
            rf"(?P<feast>{_alternatives(w for words in _DATA['feasts'].values() for w in words)})",
            r"(?P<full>(?<![\d.])\d{1,2}\.\s?\d{1,2}\.\s?\d{4}(?!\d))",
            rf"(?P<time>(?P<mark>(?:{_alternatives(_MARKS['time'])}\.?\s*){{1,2}})(?P<h>\d{{1,2}})(?:[.:](?P<m>\d\d))?(?!\d|\.\d|\.?\s+{_MONTH}|\.\s?(?:-|till|to|until|klo|kl)\b){_SUFFIX}{_AM_PM.format('ap')}?)",
            rf"(?P<month_first>(?P<mf>{_MONTH})\s+(?P<mfd>\d{{1,2}})\b\.?(?!\s?[:.]\d)(?:(?:st|nd|rd|th|,)?\s+(?P<mfy>20\d\d)\b)?)",
            rf"(?P<day_first>(?<![\d.:])(?P<dfd>\d{{1,2}})\.?(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<df>{_MONTH})(?:,?\s+(?P<dfy>20\d\d)\b)?)",
            r"(?P<days>(?<![\d.:])(?P<d1>\d{1,2})\.\s?-\s?(?P<d2>\d{1,2})\.(?P<dm>\d{1,2})\.(?:\s?(?P<dy>20\d\d)\b)?)",
            r"(?P<short>(?<![\d.:])(?P<sd>\d{1,2})\.(?P<sm>\d{1,2})\.(?!\d))",
            rf"(?P<bare>(?<![\d.:,])(?P<bh>\d{{1,2}})(?:(?P<bs>[.:])(?P<bm>\d{{1,2}}))?(?![\d:]|\.\d|/\d){_SUFFIX}{_AM_PM.format('bap')}?)",
            rf"(?P<weekday>{_alternatives(w for words in _DATA['weekdays'] for w in words)})",
            rf"(?P<brief>(?<!\w)(?:{_SHORT_WEEKDAY})\.?\s(?=\d{{1,2}}[. ]))",
            rf"(?P<relative>{_alternatives(w for words in _DATA['relative_days'].values() for w in words)})",
            rf"(?P<starts_after>{_alternatives(_MARKS['starts_after'])})",
            rf"(?P<starts>{_alternatives(_MARKS['starts'])})",
            rf"(?P<ends>{_alternatives(_MARKS['ends'])})",
            rf"(?P<lasts>{_alternatives(_MARKS['lasts'])})",
            r"(?P<to>-|(?<!\w)(?:till|to|until|och|and|ja)(?!\w))",
            r"(?P<stop>[!?;\n]|\.(?=\s|$))",
        )
    )
)
_DURATION = re.compile(
    rf"[^\d\n.]{{0,25}}?(?<!\w)(?P<n>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\s?"
    rf"(?:(?P<hours>{_alternatives(_MARKS['hour'])})|(?P<minutes>{_alternatives(_MARKS['minute'])}))"
)


def tokens(text: str, published: date) -> list[Token]:
    """The days and times of a ``plain`` text, but not those of opening hours and of the day on which it was written."""
    found: list[Token] = []
    for line_start, line in _lines(text):
        if _OPENING_HOURS.search(line):
            line = _without_opening_hours(line)  # noqa: PLW2901
        written = _WRITTEN.search(line)
        found += [
            token._replace(start=token.start + line_start, end=token.end + line_start)
            for token in _tokens_of(line, published)
            if not (written and token.kind in ("day", "time") and token.start >= written.start())
        ]
        end = line_start + len(line)
        found.append(Token("stop", "\n", end, end + 1))
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _without_opening_hours(line: str) -> str:
    """The line with the sentences about a help desk blanked, so that places stay."""
    parts = re.split(r"((?<=\w\w)[.!?]\s)", line)
    return "".join(" " * len(part) if _OPENING_HOURS.search(part) else part for part in parts)


def _tokens_of(line: str, published: date) -> Iterator[Token]:
    at = 0
    while match := _SCANNER.search(line, at):
        at = match.end()
        name = str(match.lastgroup) if match.lastgroup in _READERS else _outer(match)
        for token in _READERS[name](match, published):
            if token.kind == "lasts":
                lasting = _DURATION.match(line, match.end())
                if not lasting:
                    continue
                number = lasting["n"]
                count = int(number) if number.isdigit() else _NUMBERS[number]
                at = lasting.end()
                yield token._replace(minutes=count * (60 if lasting["hours"] else 1), end=at)
            else:
                yield token


def _outer(match: re.Match[str]) -> str:
    return next(name for name in _READERS if match[name] is not None)


def _token(match: re.Match[str], kind: TokenKind, **fields: object) -> Token:
    return Token(kind, match[0], match.start(), match.end())._replace(**fields)  # type: ignore[arg-type]  # named fields


def _on(match: re.Match[str], published: date, day: str, month: int, year: str | None) -> Token:
    """A written date; without a year, the nearest one to the day of publication that fits."""
    years = [int(year)] if year else [published.year + n for n in (0, 1, -1)]
    days = [found for y in years if (found := _day(y, month, int(day)))]
    near = [d for d in days if year or published - _BACK <= d <= published + _AHEAD]
    doubt = "" if near else f'"{match[0].strip()}" is no day of the calendar near its publication'
    return _token(match, "day", day=near[0] if near else None, explicit=True, doubt=doubt)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_of(word: str) -> int:
    return next(n for n, pattern in enumerate(_MONTHS, 1) if pattern.fullmatch(word))


def _iso(match: re.Match[str], published: date) -> Iterator[Token]:
    year, month, day = match[0].split("-")
    yield _on(match, published, day, int(month), year)


def _full(match: re.Match[str], published: date) -> Iterator[Token]:
    day, month, year = (part.strip() for part in match[0].split("."))
    yield _on(match, published, day, int(month), year)


def _short(match: re.Match[str], published: date) -> Iterator[Token]:
    """A date ("19.4."), or the end of a range of times that closes its sentence ("klo 17.00–18.00.")."""
    before, after = match.string[max(0, match.start() - 25) : match.start()], match.string[match.end() :]
    if _TIME_TO.search(before) and len(match["sm"]) > 1 and not _MARKED_TIME.match(after):
        yield _token(match, "time", minutes=_minutes(match["sd"], match["sm"], None), marked=False)
        yield _token(match, "stop")
    else:
        yield _on(match, published, match["sd"], int(match["sm"]), None)


def _days(match: re.Match[str], published: date) -> Iterator[Token]:
    for day in (match["d1"], match["d2"]):
        yield _on(match, published, day, int(match["dm"]), match["dy"])
        if day == match["d1"]:
            yield _token(match, "to")


def _month_first(match: re.Match[str], published: date) -> Iterator[Token]:
    yield _on(match, published, match["mfd"], _month_of(match["mf"]), match["mfy"])


def _day_first(match: re.Match[str], published: date) -> Iterator[Token]:
    yield _on(match, published, match["dfd"], _month_of(match["df"]), match["dfy"])


def _time(match: re.Match[str], _: date) -> Iterator[Token]:
    minutes = _minutes(match["h"], match["m"], match["ap"])
    if minutes >= 0:
        yield _token(match, "time", minutes=minutes)


def _bare(match: re.Match[str], published: date) -> Iterator[Token]:
    """A number that may be a time ("8:50", "19"), or in Swedish a date ("21.1", "17.11")."""
    rest = match["bm"] or ""
    if rest and match["bs"] == "." and (len(rest) == 1 or not _ranges(match)):
        if 1 <= int(rest) <= 12 and int(match["bh"]):  # noqa: PLR2004  # months
            yield _on(match, published, match["bh"], int(rest), None)
        elif len(rest) > 1 and (minutes := _minutes(match["bh"], rest, match["bap"])) >= 0:
            yield _token(match, "time", minutes=minutes, marked=False)
        return
    if len(rest) != 1 and (minutes := _minutes(match["bh"], rest, match["bap"])) >= 0:
        yield _token(match, "time", minutes=minutes, marked=match["bs"] == ":" or bool(match["bap"]))


def _ranges(match: re.Match[str]) -> bool:
    """Whether a dash or a word for "to" stands right before or after a number, so that it is a time in a range."""
    after, before = match.string[match.end() : match.end() + 8], match.string[max(0, match.start() - 8) : match.start()]
    return bool(
        re.match(r"\s?-|\s(?:till|to|until|och|and)\s", after)
        or re.search(r"(?:-|\s(?:till|to|until|och|and|ja))\s?$", before)
    )


def _minutes(hours: str, minutes: str | None, half: str | None) -> int:
    """Minutes since midnight; -1 for what is no time of day."""
    h, m = int(hours), int(minutes or 0)
    if half:
        if not 1 <= h <= _NOON:
            return -1
        h = h % _NOON + (_NOON if half == "p" else 0)
    return h * 60 + m if m < 60 and h * 60 + m <= _MIDNIGHT else -1  # noqa: PLR2004  # minutes


def _feast(match: re.Match[str], published: date) -> Iterator[Token]:
    feast = next(feast for feast, pattern in _FEASTS.items() if pattern.fullmatch(match[0]))
    days = (feast_day(feast, published.year + n) for n in (0, 1, -1))
    yield _token(match, "day", day=next(d for d in days if d >= published - _FEAST_BACK), feast=feast)


def _weekday(match: re.Match[str], published: date) -> Iterator[Token]:
    weekday = next(n for n, pattern in enumerate(_WEEKDAYS) if pattern.fullmatch(match[0]))
    ahead = (weekday - published.weekday()) % 7
    before = match.string[: match.start()]
    doubt = f'"{match[0]}" may be the day of its publication or a week later' if not ahead else ""
    if _NEXT_WEEK.search(before):
        ahead, doubt = 7 - published.weekday() + weekday, ""
    elif _LAST_WEEK.search(before):
        ahead, doubt = (ahead or 7) - 7, ""
    yield _token(match, "day", day=published + ahead * _DAY, doubt=doubt, weekday=weekday)


def _brief(match: re.Match[str], published: date) -> Iterator[Token]:
    weekday = next(n for n, pattern in enumerate(_SHORT_WEEKDAYS) if pattern.match(match[0]))
    yield _token(match, "day", day=published + (weekday - published.weekday()) % 7 * _DAY, weekday=weekday)


def _relative(match: re.Match[str], published: date) -> Iterator[Token]:
    ahead = next(days for days, pattern in _RELATIVE.items() if pattern.fullmatch(match[0]))
    yield _token(match, "day", day=published + ahead * _DAY)


_Reader = Callable[[re.Match[str], date], Iterator[Token]]


def _mark(kind: TokenKind) -> _Reader:
    return lambda match, _: iter([_token(match, kind)])


_READERS: dict[str, _Reader] = {
    "iso": _iso, "full": _full, "time": _time, "month_first": _month_first, "day_first": _day_first, "days": _days,
    "short": _short, "bare": _bare, "feast": _feast, "weekday": _weekday, "brief": _brief, "relative": _relative,
    "starts_after": _mark("starts_after"), "starts": _mark("starts"), "ends": _mark("ends"), "lasts": _mark("lasts"),
    "to": _mark("to"), "stop": _mark("stop"),
}  # fmt: skip
