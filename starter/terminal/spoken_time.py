"""An hour as people say it, in words: "puoli kolme", "aamulla kuudelta", "i natt halv tre", "at half past two".

Such a clock has twelve hours, so that two times of the day may be meant; the part of the day beside it says of which.
All words here are as ``plainly`` writes them.
"""

from __future__ import annotations

import re

from starter.terminal.parts_of_day import without_part

_HOURS = (
    "yksi yhdelta ett one", "kaksi kahdelta tva two", "kolme kolmelta tre three", "nelja neljalta fyra four",
    "viisi viidelta fem five", "kuusi kuudelta sex six", "seitseman seitsemalta sju seven",
    "kahdeksan kahdeksalta atta eight", "yhdeksan yhdeksalta nio nine", "kymmenen kymmenelta tio ten",
    "yksitoista yhdeltatoista elva eleven", "kaksitoista kahdeltatoista tolv twelve",
)  # fmt: skip
_HOUR = {word: number for number, words in enumerate(_HOURS, 1) for word in words.split()}
_MINUTES = {
    "puoli": -30, "halv": -30, "half past": 30,
    "varttia vaille": -15, "vartin yli": 15, "varttia yli": 15, "kvart i": -15, "kvart over": 15,
    "a quarter to": -15, "quarter to": -15, "a quarter past": 15, "quarter past": 15,
}  # fmt: skip
"""What stands before an hour, in minutes from it: in Finnish and Swedish "half three" is 2.30."""
_NUMBER = rf"(?:{'|'.join(sorted(_HOUR, key=len, reverse=True))})"
_CLOCK = re.compile(
    r"(?:^|(?<= ))(?P<at>(?:klo|kello|klockan|kl|at)\.? )?"
    rf"(?:(?P<minutes>{'|'.join(_MINUTES)}) (?P<of>{_NUMBER}|1[0-2]|[1-9])|(?P<word>{_NUMBER})(?: o'?clock)?)(?= |$)",
    re.ASCII,
)
HALF_A_DAY, DAY = 720, 1440
"""Minutes."""


def in_digits(words: str) -> list[str]:
    """A typed time with its hour in digits, once for each time of the day that may be meant; empty without one."""
    found = _CLOCK.search(words)
    if found is None:
        return []
    before, after = words[: found.start()], words[found.end() :]
    minutes = 60 * _hour(found["of"] or found["word"]) + _MINUTES.get(found["minutes"] or "", 0)
    texts = {
        each // 60: f"{before}{each // 60}:{each % 60:02}{after}"
        for each in sorted({minutes % DAY, (minutes + HALF_A_DAY) % DAY})
    }
    _, part = without_part(next(iter(texts.values())))
    if part is None:
        return [*texts.values()] if found["at"] or found["minutes"] else []
    return [text for hour, text in texts.items() if hour in part.hours] or [*texts.values()]


def _hour(said: str) -> int:
    return _HOUR[said] if said in _HOUR else int(said)
