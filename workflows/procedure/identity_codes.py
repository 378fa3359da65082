"""Finnish personal identity codes (henkilötunnus), found in free text before it leaves the house.

Source: Digital and Population Data Services Agency (DVV), "The personal identity code", with the intermediate
characters added by decree 690/2022 from 1 January 2023: ``+`` for the 1800s, ``- Y X W V U`` for the 1900s and
``A B C D E F`` for the 2000s. The last character is the remainder, modulo 31, of the nine digits.

Two answers. **A code**: date, number and check character are right, and nothing else is as likely. **A doubt**: they
are right, but it may just as well be a date with a ticket's number or a time of day; or it is one digit away from a
code. A code never leaves. About a doubt a person is asked, and where nobody can be asked it is masked, so that neither
a clock stops nor anything leaks. How often both are wrong: ``benchmarks/identity_codes.py``.

A code is also found where the text hides it from the eye of a program (``identity/readings.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from workflows.procedure.identity.readings import hidden_texts, readings

Verdict = Literal["code", "doubt"]
_CENTURY = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_FIRST_NUMBER = 2
_RECENT = (18, 32)
"""Years (20xx) in which a date before a dash and four digits is most likely that of a ticket."""
_GAP = r"\s{0,3}"
_APART = r"(?:[ ](?=[A-Z](?![A-Z0-9])))?"
"""A check character may stand apart where it is a letter by itself."""
_DAY = (
    r"(?:(?P<d1>\d{2})[ ]?(?P<m1>\d{2})[ ]?(?P<y1>\d{2})"
    r"|(?P<d2>\d{1,2})[./][ ]?(?P<m2>\d{1,2})[./][ ]?(?P<y2>(?:18|19|20)?\d{2})"
    r"|(?P<d3>\d{2})-?(?P<m3>\d{2})-?(?P<y3>(?:18|19|20)\d{2})"
    r"|(?P<y4>(?:18|19|20)\d{2})-?(?P<m4>\d{2})-?(?P<d4>\d{2}))"
)
_DASHED = re.compile(
    rf"(?<!\d){_DAY}{_GAP}(?P<sign>[-+])[-]{{0,2}}{_GAP}(?P<number>\d{{3}}){_APART}(?P<check>\d(?!\d)|[A-Z])",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    rf"(?<![0-9A-F]){_DAY}{_GAP}(?P<sign>[YXWVUABCDEF]){_GAP}(?P<number>\d{{3}})[ ]?(?P<check>[0-9A-Z])(?![0-9A-F])",
    re.IGNORECASE,
)
"""One whose sign is a letter isn't looked for inside a SHA-256: 1 in 3,000 holds one."""
_UNSIGNED = re.compile(
    rf"(?<!\d){_DAY}(?P<sign>\s{{1,2}}|[./*~:;|,\\]|)(?P<number>\d{{3}}){_APART}(?P<check>\d(?!\d)|[A-Z](?![A-Z0-9]))",
    re.IGNORECASE,
)
_MISTYPED = re.compile(
    r"(?<![0-9A-Z])(?P<date>[0-9OILSZB]{6}|[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2}))\s{0,2}(?P<sign>[-+YXWVUABCDEF])"
    r"\s{0,2}(?P<number>[0-9OILSZB]{3})(?P<check>[0-9A-Z])(?![0-9A-Z])",
    re.IGNORECASE,
)
_OF_A_PERSON = re.compile(
    r"(?:hetu|henkil[öo]-?tun|sotu|syntym|synt\.|personbet|personnum|person-?id|identity code|personal id|social sec"
    r"|\bssn\b|\bpic\b|\bhlö|potila|patient|kund|asiak|\bs\.|födelse|födel|born|birth|dob)[^\n.;]{0,25}$",
    re.IGNORECASE,
)
_OF_A_TICKET = re.compile(
    r"(?:tiket|ticket|ärende|arende|\binc|\breq|\bchg|\bprb|\bsr\b|viite|\bref|\bnro|\bnr\b|\bno\.|numero|nummer|versio"
    r"|\bbuild|tilaus|\border|lasku|invoice|faktura|tunniste|palvelupyyn|service request|\bkl\b|\bklo\b|vikailmoitus"
    r"|häiriö|felanm|störning|change|muutos|ändring|dnro|diar|\bdnr|\bloki\b|\blog\b|\berä\b|batch|\blot\b)"
    r"[\w :#.=/()-]{0,16}$|#$",
    re.IGNORECASE,
)
_OF_A_REFERENCE = re.compile(r"[A-Z]-$", re.IGNORECASE)
"""Before a day of recent years, written year first: a reference such as INC-20261127-384C."""
_MOBILE = ("040", "041", "042", "043", "044", "045", "046", "050")
"""How the number of a mobile telephone begins."""
_BEFORE = 48
"""Characters before a place that say what it is."""
_PIECE, _OVERLAP = 1000, 200
_FEWEST_DIGITS = 5
"""Of nine, at most four may be mistyped as letters."""


class CodeSpot(NamedTuple):
    """A place in a text."""

    start: int
    end: int
    verdict: Verdict

    def moved(self, by: int) -> CodeSpot:
        """The same place in a longer text."""
        return CodeSpot(self.start + by, self.end + by, self.verdict)


def check_character(nine_digits: str) -> str:
    """The last character of a code whose day, month, year and number are these nine digits."""
    return _CHECK[int(nine_digits) % 31]


def identity_codes_in(text: str) -> list[tuple[int, int]]:
    """Where personal identity codes stand in a text, as (start, end) offsets; the codes themselves are not returned."""
    return [(found.start, found.end) for found in _all(text) if found.verdict == "code"]


def doubts_in(text: str) -> list[tuple[int, int]]:
    """Where something stands that may be a code, mistyped or by chance none: a person is to look at it."""
    every = _all(text)
    codes = [found for found in every if found.verdict == "code"]
    return [
        (found.start, found.end)
        for found in every
        if found.verdict == "doubt" and not any(found.start < code.end and code.start < found.end for code in codes)
    ]


def masked(text: str) -> str:
    """The text with every code and every doubt replaced by asterisks of the same length."""
    return _covered(text, [(found.start, found.end) for found in _all(text)])


def without_doubts(text: str) -> str:
    """The text with every doubt masked: what goes out of the house, where a code would stop it altogether."""
    return _covered(text, doubts_in(text))


def _covered(text: str, places: list[tuple[int, int]]) -> str:
    for start, end in places:
        text = text[:start] + "*" * (end - start) + text[end:]
    return text


@lru_cache(maxsize=512)
def _all(text: str) -> tuple[CodeSpot, ...]:
    """Everything that is found, in order; a long text is looked at piece by piece, most of which hold no digits."""
    found: set[CodeSpot] = set()
    for start in range(0, max(len(text) - _OVERLAP, 1), _PIECE):
        piece = text[start : start + _PIECE + _OVERLAP]
        if _may_hold_one(piece):
            # what stands before the first characters of a piece, the piece before it knows
            found.update(each.moved(start) for each in _found(piece) if not start or each.start >= _BEFORE)
    for said, start, end in hidden_texts(text):
        if verdicts := [each.verdict for each in _found(said)]:
            found.add(CodeSpot(start, end, "code" if "code" in verdicts else "doubt"))
    return tuple(sorted(found))


def _may_hold_one(piece: str) -> bool:
    return sum(map(str.isdigit, piece)) >= _FEWEST_DIGITS or "&" in piece or "%" in piece


def _found(text: str) -> Iterator[CodeSpot]:
    for reading in readings(text):
        for start, end, verdict in _in_plain(reading.text):
            yield CodeSpot(*reading.span(start, end), verdict)


def _in_plain(text: str) -> Iterator[tuple[int, int, Verdict]]:
    for pattern in (_DASHED, _LETTERED, _UNSIGNED):
        for place in pattern.finditer(text):
            if verdict := _judged(text, place):
                yield place.start(), place.end(), verdict
    for place in _MISTYPED.finditer(text):
        if _is_one_digit_away(place) and _is_meant(text, place):
            yield place.start(), place.end(), "doubt"


class _Parts(NamedTuple):
    """A place that has the form of a code, taken apart. ``year``: two digits, or four where they are written."""

    day: str
    month: str
    year: str
    sign: str
    number: str
    check: str

    @property
    def is_right(self) -> bool:
        """Whether it is a real date, a person's number (002 and up) and the right check character."""
        digits = self.day + self.month + self.year[-2:] + self.number
        return self.has_date and int(self.number) >= _FIRST_NUMBER and check_character(digits) == self.check

    @property
    def has_date(self) -> bool:
        """Whether there is such a day in the century that the sign or the written year names."""
        if len(self.year) == 4:  # noqa: PLR2004  # digits
            return _is_day(int(self.year), self.month, self.day)
        centuries = [_CENTURY[self.sign]] if self.sign in _CENTURY else [1900, 2000]
        return any(_is_day(century + int(self.year), self.month, self.day) for century in centuries)

    @property
    def ends_in_a_letter(self) -> bool:
        """Whether the check character is a letter: then nothing but a code looks like it."""
        return self.check.isalpha()

    @property
    def may_be_a_tickets(self) -> bool:
        """Whether the date is of a time in which tickets are numbered by such dates."""
        first, last = _RECENT
        return first <= int(self.year[-2:]) <= last and self.year[:-2] in ("", "20")

    @property
    def may_be_a_time(self) -> bool:
        """Whether the last four digits may be a time of day."""
        last = self.number + self.check
        return last.isdigit() and int(last[:2]) < 24 and int(last[2:]) < 60  # noqa: PLR2004  # of the clock


def _is_day(year: int, month: str, day: str) -> bool:
    try:
        date(year, int(month), int(day))
    except ValueError:
        return False
    return True


def _parts(place: re.Match[str]) -> _Parts:
    found = place.groupdict()
    which = next(n for n in "1234" if found[f"d{n}"] is not None)
    day, month, year = (found[f"{of}{which}"] for of in "dmy")
    return _Parts(
        day.zfill(2), month.zfill(2), year, found["sign"].strip().upper(), found["number"], found["check"].upper()
    )


def _judged(text: str, place: re.Match[str]) -> Verdict | None:
    """Whether a place is a code, may be one, or is something else; by what stands before it where that decides."""
    parts = _parts(place)
    before = text[max(0, place.start() - _BEFORE) : place.start()]
    is_a_persons = bool(_OF_A_PERSON.search(before))
    is_reference = bool(place["y4"] and parts.may_be_a_tickets and _OF_A_REFERENCE.search(before))
    if not parts.is_right or (is_reference and not is_a_persons):
        return None
    if is_a_persons:
        return "code"
    is_ticket = bool(_OF_A_TICKET.search(before))
    if parts.sign in _CENTURY:
        return _judged_by_sign(parts, is_ticket=is_ticket)
    if parts.ends_in_a_letter and parts.sign == "" and place["sign"] and not parts.may_be_a_tickets:
        return "doubt" if is_ticket else "code"
    if is_ticket or (
        not parts.ends_in_a_letter and (parts.may_be_a_time or place["sign"].strip() or not place["sign"])
    ):
        return None
    return "doubt"


def _judged_by_sign(parts: _Parts, *, is_ticket: bool) -> Verdict | None:
    if parts.ends_in_a_letter:
        return "code"
    if parts.sign != "-":
        return "doubt" if is_ticket else "code"
    if is_ticket or (len(parts.year) == 4 and parts.year >= "2000"):  # noqa: PLR2004  # digits
        return None
    return "doubt" if parts.may_be_a_tickets or (parts.day + parts.month).startswith(_MOBILE) else "code"


_TYPED_FOR = str.maketrans("OILSZB", "011528")


def _is_one_digit_away(place: re.Match[str]) -> bool:
    """Whether one digit or the check character, typed otherwise, makes a code of it."""
    written, number, check = place["date"].upper(), place["number"].upper(), place["check"].upper()
    as_meant, meant = written.translate(_TYPED_FOR), number.translate(_TYPED_FOR)
    if "." in as_meant:
        day, month, year = as_meant.split(".")
        as_meant = day.zfill(2) + month.zfill(2) + year[-2:]
    sign = place["sign"].upper()
    if _made_of(as_meant + meant, sign, check).is_right:
        return (as_meant, meant) != (written, number) and "." not in written
    if _made_of(as_meant + meant, sign, check).has_date and int(meant) >= _FIRST_NUMBER:
        return check in _CHECK or check in "OIL"
    digits = as_meant + meant
    return any(
        _made_of(digits[:at] + other + digits[at + 1 :], sign, check).is_right
        for at in range(9)
        for other in "0123456789"
    )


def _made_of(digits: str, sign: str, check: str) -> _Parts:
    return _Parts(digits[:2], digits[2:4], digits[4:6], sign, digits[6:], check)


def _is_meant(text: str, place: re.Match[str]) -> bool:
    """Whether something that is almost a code is likely to be one: by its last letter, or by what stands before it."""
    before = text[max(0, place.start() - _BEFORE) : place.start()]
    if _OF_A_PERSON.search(before):
        return True
    if _OF_A_TICKET.search(before) or (place["check"].isdigit() and place["date"].startswith(_MOBILE)):
        return False
    digits = place["date"].replace(".", "")
    if place["check"].isalpha():
        return place["sign"] in "-+" or place["sign"].isupper()
    first, last = _RECENT
    parts = _made_of(digits[:6] + place["number"], place["sign"].upper(), place["check"])
    is_typed = digits.isdigit() and place["number"].isdigit() and "." not in place["date"]
    return is_typed and place["sign"] == "-" and parts.has_date and not first <= int(parts.year) <= last
