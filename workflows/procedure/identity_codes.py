"""Finnish personal identity codes (henkilötunnus), found in free text before it leaves the house.

Source: Digital and Population Data Services Agency (DVV), "The personal identity code", with the intermediate
characters added by decree 690/2022 from 1 January 2023: ``+`` for the 1800s, ``- Y X W V U`` for the 1900s and
``A B C D E F`` for the 2000s. The last character is the remainder, modulo 31, of the nine digits.

A code is also found where the text hides it from the eye of a program: full-width or other digits, any dash, spaces or
line breaks around the sign, and characters that show nothing (control, zero-width, combining) anywhere inside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
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


def check_character(nine_digits: str) -> str:
    """The last character of a code whose day, month, year and number are these nine digits."""
    return _CHECK[int(nine_digits) % 31]


def identity_codes_in(text: str) -> list[tuple[int, int]]:
    """Where personal identity codes stand in a text, as (start, end) offsets; the codes themselves are not returned."""
    readings = [""] if _SOFT_HYPHEN not in text else ["", "-"]
    return sorted({span for soft_hyphen in readings for span in _found(text, soft_hyphen)})


def masked(text: str) -> str:
    """The text with every personal identity code replaced by asterisks of the same length."""
    for start, end in identity_codes_in(text):
        text = text[:start] + "*" * (end - start) + text[end:]
    return text


def _is_real(code: re.Match[str]) -> bool:
    """Whether the parts are a real date, a person's number (002 and up) and the right check character."""
    day, month, year, sign, number, check = code.group("day", "month", "year", "sign", "number", "check")
    try:
        date(_CENTURY[sign.upper()] + int(year), int(month), int(day))
    except ValueError:
        return False
    return int(number) >= _FIRST_NUMBER and check_character(day + month + year + number) == check.upper()


def _found(text: str, soft_hyphen: str) -> Iterator[tuple[int, int]]:
    """The codes of a text when soft hyphens are read as nothing, or as dashes."""
    plain = [soft_hyphen if char == _SOFT_HYPHEN else _plain(char) for char in text]
    reading = "".join(plain)
    spans = [
        code.span() for written in (_WITH_DASH, _WITH_LETTER) for code in written.finditer(reading) if _is_real(code)
    ]
    if spans:
        origin = [index for index, piece in enumerate(plain) for _ in piece]
        yield from ((origin[start], origin[end - 1] + 1) for start, end in spans)


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
