"""Nights belong to two days: which of them a word for a night means, and on which day its hours lie.

"12.12. vastaisena yönä", "natten mot lördagen" and "the night before 12 December" are the night that ends on the day;
"ensi yönä" the one that begins on it; "lauantaiyönä klo 1–4" may be either.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from workflows.procedure.local_time import local
from workflows.procedure.notices.time_words import NIGHTS, Token, alternatives
from workflows.procedure.window import Window

_DAY = timedelta(days=1)
_NOON = 720
_BETWEEN = 12
"""Characters that may stand between a day and the word that makes it a night."""
_OF_DAY = {"early": re.compile(r"aamu|morgon|morning"), "loose": re.compile(r"yö|öi|natt|night")}
_INTO = re.compile(r"(?:taihin|viikkoon|päivään|aamuun|iltaan|yöhön|aattoon)(?!\w)")
_OUT_OF_TIME = re.compile(r":?(?:stä|sta|ltä|lta)$")
_INTO_TIME = re.compile(r":?(?:ään|aan|een|iin|hin|seen|ksaan)$")
_BESIDE = re.compile(r"[\s,()]*(?:(?:den|the|on|d)\b\.?)?[\s,()]*")
_SAYS_NOTHING = re.compile(r"[\s,()]*(?:(?:on|in|at|from|during|of|the|i|på|under|om|den|av|d|klo|kl|kello)\b[\s,.]*)*")
"""What may stand between a day and a mere word for a night."""
_NIGHT_WORD = re.compile(alternatives(NIGHTS["words"]))


class OnNight(NamedTuple):
    """The day on which a time of a night lies, and what is doubtful about it."""

    day: date
    doubt: str = ""


def on_night(day: date, token: Token | None, minutes: int, *, crosses: bool) -> OnNight:
    """On which day a time lies that stands beside a day. ``crosses``: what begins then lasts over midnight."""
    night = token.night if token else ""
    is_evening = minutes >= _NOON
    if night == "to":
        return OnNight(day - _DAY if is_evening else day)
    if night == "from":
        return OnNight(day if is_evening else day + _DAY)
    if night == "early" and is_evening:
        return OnNight(day, "hours of an evening are told for a morning")
    if night == "loose" and not is_evening:
        return OnNight(day, f'"{token.text.strip() if token else ""}" may be the night before that day or after it')
    if night == "loose" and not crosses:
        return OnNight(day)
    return OnNight(day)


def is_understood(word: str) -> bool:
    """Whether a word for a night is a mere name of what is done then ("yökatko")."""
    return not _NIGHT_WORD.fullmatch(word)


def goes_into_day(words: str) -> bool:
    """Whether the words for a day say "to it" by their Finnish case ("lauantaihin 5.2.")."""
    return bool(_INTO.search(words))


def names_night(text: str) -> bool:
    """Whether a ``plain`` text has a word for a night in it."""
    return bool(_NIGHT_WORD.search(text))


def with_nights(text: str, found: list[Token]) -> list[Token]:
    """The tokens with each word for a night put into the day that it belongs to; what has no day is left out."""
    tokens = [_of_its_own(token) for token in found]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind != "night":
            at += 1
            continue
        del tokens[at]
        at = _put(text, tokens, at, token)
    return _with_cases(text, tokens)


def _of_its_own(token: Token) -> Token:
    """A day whose own word says which part of it is meant ("sunnuntaiaamuyönä", "lördagsnatten")."""
    if token.kind != "day" or token.night or token.explicit:
        return token
    night = next((name for name, words in _OF_DAY.items() if words.search(token.text)), "")
    return token._replace(night=night) if night in ("early", "loose") and token.weekday >= 0 else token


def _put(text: str, tokens: list[Token], at: int, night: Token) -> int:
    """Mark the day beside a word for a night, and say where to go on."""
    before, after = _day_before(text, tokens, at, night), _day_after(text, tokens, at, night)
    match night.night:
        case "pair_after" if after is not None and not _is_pair(tokens, after):
            tokens[after] = tokens[after]._replace(night="loose")  # "the night of 16 November"
        case "to_after" | "pair_after" if after is not None:
            last = _last_of_pair(tokens, after) if night.night == "pair_after" or _is_list(tokens, after) else after
            at = _mark(tokens, after, last, "to")
            _with_its_date(text, tokens, at - 1)
            while (
                tokens[at : at + 1] and tokens[at].kind == "to" and _is_list(tokens, at + 1)
            ):  # "nights of 1–2 and 3–4 May"
                at = _mark(tokens, at + 1, at + 3, "to")
            return at
        case "to_before" | "pair_before" if before is not None:
            first = before - 2 if _is_pair(tokens, before - 2) and night.night == "pair_before" else before
            _mark(tokens, first, before, "to")
            tokens[first] = tokens[first]._replace(end=night.end)
            _with_its_date(text, tokens, first)
            return first + 1
        case "from_before" if before is not None:
            tokens[before] = tokens[before]._replace(night="from", end=night.end)
            _with_its_date(text, tokens, before)
        case "from_after" if after is not None:
            tokens[after] = tokens[after]._replace(night="from", start=night.start)
            _with_its_date(text, tokens, after)
        case "early" | "loose":
            _put_loose(text, tokens, (before, after), night)
    return at


def _put_loose(text: str, tokens: list[Token], beside: tuple[int | None, int | None], night: Token) -> None:
    """Mark the day beside a word that says only that it is night; what else stands between them is not understood."""
    before, after = beside
    at = before if before is not None else after
    if at is None or tokens[at].night:
        return
    told = tokens[at]
    between = text[told.end : night.start] if before is not None else text[night.end : told.start]
    strange = "" if _SAYS_NOTHING.fullmatch(between) else f'"{between.strip()} {night.text}" is not understood'
    tokens[at] = told._replace(
        night=night.night,
        doubt=told.doubt or strange,
        end=max(told.end, night.end) if night.night == "early" else told.end,
    )
    if strange and before is not None and after is not None:
        tokens[after] = tokens[after]._replace(doubt=tokens[after].doubt or strange)
    if night.night == "early" and not strange:
        _with_its_date(text, tokens, at)


def _day_before(text: str, tokens: list[Token], at: int, night: Token) -> int | None:
    near = at > 0 and tokens[at - 1].kind == "day" and night.start - tokens[at - 1].end <= _BETWEEN
    return at - 1 if near and "\n" not in text[tokens[at - 1].end : night.start] else None


def _day_after(text: str, tokens: list[Token], at: int, night: Token) -> int | None:
    near = at < len(tokens) and tokens[at].kind == "day" and tokens[at].start - night.end <= _BETWEEN
    return at if near and "\n" not in text[night.end : tokens[at].start] else None


def _is_pair(tokens: list[Token], at: int) -> bool:
    return at >= 0 and [token.kind for token in tokens[at : at + 3]] == ["day", "to", "day"]


def _is_list(tokens: list[Token], at: int) -> bool:
    return _is_pair(tokens, at) and bool(tokens[at].explicit) and tokens[at + 1].text.strip() == "-"


def _last_of_pair(tokens: list[Token], at: int) -> int:
    return at + 2 if _is_pair(tokens, at) else at


def _mark(tokens: list[Token], first: int, last: int, night: str) -> int:
    """One night for two days beside each other, or the night of one day; and where to go on."""
    told = tokens[last]
    doubt = told.doubt
    if first != last and told.day:
        begins = tokens[first]
        is_before = begins.day == told.day - _DAY or (
            begins.weekday >= 0 and (begins.weekday + 1) % 7 == told.day.weekday()
        )
        if not is_before:
            doubt = f'"{begins.text.strip()}" and "{told.text.strip()}" are not two days beside each other'
    elif first != last:
        doubt = told.doubt or "a night is told between days that are not clear"
    if not told.explicit and first != last and tokens[first].explicit and tokens[first].day:
        told = told._replace(day=tokens[first].day + _DAY, explicit=True)  # type: ignore[operator,arg-type]  # it is a day
        is_before = told.weekday < 0 or told.day is None or told.day.weekday() == told.weekday
        doubt = "" if is_before else f'"{tokens[first].text.strip()}" is not the day before "{told.text.strip()}"'
    tokens[first : last + 1] = [told._replace(night=night, doubt=doubt, start=tokens[first].start)]
    return first + 1


def _with_its_date(text: str, tokens: list[Token], at: int) -> None:
    """Put the date that follows a night into it ("lauantain vastaisena yönä 5.2.", "natten mellan fredag och lördag (4-5.2)")."""  # noqa: E501
    told = tokens[at]
    following = at + 1
    if told.explicit or following >= len(tokens) or tokens[following].kind != "day":
        return
    if not tokens[following].explicit or not _BESIDE.fullmatch(text, told.end, tokens[following].start):
        return
    last = following + 2 if _is_list(tokens, following) else following
    written = tokens[last]
    agrees = written.day is not None and (told.weekday < 0 or written.day.weekday() == told.weekday)
    doubt = "" if agrees else f'"{told.text.strip()}" and "{written.text.strip()}" are not the same day'
    tokens[at : last + 1] = [written._replace(night=told.night, doubt=doubt, start=told.start)]


def _with_cases(text: str, tokens: list[Token]) -> list[Token]:
    """The Finnish cases that say from and to ("klo 23:sta lauantaihin klo 3:een") as the word for "to" that they are."""  # noqa: E501
    whole: list[Token] = []
    for token in tokens:
        before = whole[-1] if whole else None
        goes_into = token.kind == "day" and goes_into_day(text[token.start : token.end])
        if goes_into and [one.kind for one in whole[-2:]] == [
            "time",
            "starts_after",
        ]:  # "klo 22 alkaen lauantaihin klo 4"
            before = whole[-2]
            del whole[-1]
        after_time = before is not None and before.kind == "time"
        goes_into = goes_into and after_time
        from_to = after_time and token.kind == "time" and _INTO_TIME.search(token.text.strip())
        if goes_into or (from_to and before and _OUT_OF_TIME.search(before.text.strip())):
            whole.append(Token("to", "-", token.start, token.start))
        whole.append(token)
    return whole


def tells_one_night_twice(clear: set[Window], found: list[Window]) -> bool:
    """Whether the same hours over midnight are told of a clear night, and of a bare day right before or after it."""
    bare = {w for w in found if w not in clear and local(w.starts_at).date() != local(w.ends_at).date()}
    return any(
        local(one.starts_at).time() == local(other.starts_at).time()
        and abs(one.starts_at - other.starts_at) <= 2 * _DAY
        for one in clear
        for other in bare
    )
