"""Personal identity codes as the releases up to 0.2.0 found them: what they refused, a replay must refuse again.

Only for reading what those releases have read. Everything else asks ``identity_codes.py``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

_CENTURY = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"
_DASHES = "\N{MINUS SIGN}\N{HYPHEN BULLET}\N{MODIFIER LETTER MINUS SIGN}\N{BOX DRAWINGS LIGHT HORIZONTAL}"
_UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Mn", "Me")
_DATE, _NUMBER = r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{2})\s{0,2}", r"\s{0,2}(?P<number>\d{3})"
_WITH_DASH = re.compile(rf"(?<!\d){_DATE}(?P<sign>[-+]){_NUMBER}(?P<check>\d(?!\d)|[A-Z])", re.IGNORECASE)
_WITH_LETTER = re.compile(
    rf"(?<![0-9A-F]){_DATE}(?P<sign>[YXWVUABCDEF]){_NUMBER}(?P<check>[0-9A-Z])(?![0-9A-F])", re.IGNORECASE
)
"""A code may be glued to words. One whose sign is a letter isn't looked for inside a SHA-256: 1 in 3,000 holds one."""
_FIRST_NUMBER = 2


def was_taken_for_a_code(text: str) -> bool:
    """Whether those releases found an identity code in a text."""
    readings = [""] if _SOFT_HYPHEN not in text else ["", "-"]
    return any(_found(text, soft_hyphen) for soft_hyphen in readings)


def _is_real(code: re.Match[str]) -> bool:
    """Whether the parts are a real date, a person's number (002 and up) and the right check character."""
    day, month, year, sign, number, check = code.group("day", "month", "year", "sign", "number", "check")
    try:
        date(_CENTURY[sign.upper()] + int(year), int(month), int(day))
    except ValueError:
        return False
    return int(number) >= _FIRST_NUMBER and _CHECK[int(day + month + year + number) % 31] == check.upper()


def _found(text: str, soft_hyphen: str) -> bool:
    """Whether there is a code when soft hyphens are read as nothing, or as dashes."""
    reading = "".join(soft_hyphen if char == _SOFT_HYPHEN else _plain(char) for char in text)
    return any(_is_real(code) for written in (_WITH_DASH, _WITH_LETTER) for code in written.finditer(reading))


@lru_cache(maxsize=2048)
def _plain(char: str) -> str:
    """What a character means to a reader: compatibility forms made plain, dashes one dash, the unseen nothing."""
    if char.isspace():
        return " "
    parts = unicodedata.normalize("NFKC", char)
    return "".join(_shown(part) for part in parts if unicodedata.category(part) not in _UNSEEN)


def _shown(char: str) -> str:
    if unicodedata.category(char) == "Pd" or char in _DASHES:
        return "-"
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)
