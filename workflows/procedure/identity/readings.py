"""How a text may be read: as it stands, and as a program or a reader further on would see it.

A reading is a text of plain characters, each with the place in the original that it comes from, so that what is found
in a reading can be masked in the original. Nothing here knows what is looked for.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

_SOFT_HYPHEN = "\N{SOFT HYPHEN}"
_DASHES = "\N{MINUS SIGN}\N{HYPHEN BULLET}\N{MODIFIER LETTER MINUS SIGN}\N{BOX DRAWINGS LIGHT HORIZONTAL}\N{LOW LINE}"
_UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Mn", "Me")
_ALIKE = dict(
    zip(
        "АВСЕНІЈКМОРТХҮаvсеһіјкмортхуѴΑΒΕΖΗΙΚΜΝΟΡΤΧΥϹϜ",
        "ABCEHIJKMOPTXYAVCEHIJKMOPTXYVABEZHIKMNOPTXYCF",
        strict=True,
    )
)
"""Cyrillic and Greek letters that look like Latin ones."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});?")
_ESCAPED = re.compile(r"%[0-9A-F]{2}", re.IGNORECASE)
_QUOTED_PRINTABLE = re.compile(r"=\r?\n|=[0-9A-F]{2}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_BREAK = re.compile(r"[ \t]*(?:=?\r?\n|[\r\v\f\x85\u2028\u2029])[ \t]*(?:[>|][ \t]?)*|[ \t]+(?:[>|][ \t]?)+")
"""A line break with the quote marks behind it; or those alone, where lines were joined."""
_SPREAD = re.compile(r"(?<!\w)(?:\d[ ]){5}\d(?!\w)")
_SPACE_BETWEEN = re.compile(r"(?<=[\d+-])[ ](?=[\dA-Za-z+-](?!\w))")
"""Between the signs of a number that is spread out, each by itself."""
_MARKS = re.compile(r"""(?<=[\d+-])[ ]{0,2}["'*`()\[\]«»“”„‘’]{1,4}[ ]{0,2}(?=[\d+-])""")
"""Quotation marks, brackets and Markdown inside a number."""
_UNICODE_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{14,}(?:\r?\n[>| ]*[A-Za-z0-9+/_-]{4,})*={0,2}")
_PRINTABLE = 0.9
"""How much of what base64 holds must be text, to be read as one."""


class ReadText(NamedTuple):
    """A text as it may be read. ``starts``, ``ends``: where each character comes from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of the reading lies in the original."""
        return self.starts[start], self.ends[end - 1]


def readings(text: str) -> Iterator[ReadText]:
    """Every way to read a text that differs from those before it."""
    yield _plainly(_as_it_stands(text))
    if _SOFT_HYPHEN in text:
        yield _plainly(_as_it_stands(text.replace(_SOFT_HYPHEN, "-")))
    if "&" in text:
        yield _plainly(_decoded(text, _ENTITY, lambda found: html.unescape(found) if ";" in found else found))
        if "<" in text:
            yield _plainly(_decoded(text, re.compile(f"{_TAG.pattern}|{_ENTITY.pattern}"), _without_tags))
    elif "<" in text and _TAG.search(text):
        yield _plainly(_decoded(text, _TAG, _nothing))
    if "%" in text and _ESCAPED.search(text):
        yield _plainly(_decoded(text, _ESCAPED, lambda found: chr(int(found[1:], 16))))
    if "=" in text and _QUOTED_PRINTABLE.search(text):
        yield _plainly(_decoded(text, _QUOTED_PRINTABLE, _from_quoted_printable))
    for seen, pattern, decode in _BY_PATTERN:
        if seen.search(text):
            yield _plainly(_decoded(text, pattern, decode))


def hidden_texts(text: str) -> Iterator[tuple[str, int, int]]:
    """What is written as base64 inside a text: what it says, and where it stands."""
    for found in _BASE64.finditer(text):
        packed = re.sub(r"[^A-Za-z0-9+/_-]", "", found[0]).replace("-", "+").replace("_", "/")
        for shift in range(4):
            content = packed[shift:]
            if said := _said(content[: len(content) - (len(content) % 4 == 1)]):
                yield said, found.start(), found.end()
                break


def _said(packed: str) -> str:
    """The text in base64; empty where there is none."""
    try:
        content = base64.b64decode(packed + "=" * (-len(packed) % 4))
    except binascii.Error:
        return ""
    for encoding in ("utf-8", "utf-16-le"):
        try:
            said = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        shown = sum(char.isprintable() or char in "\r\n\t" for char in said)
        if said and shown >= len(said) * _PRINTABLE and any(char.isdigit() for char in said):
            return said
    return ""


class _Pieces(NamedTuple):
    """A text in pieces, mostly single characters, and where each comes from: three lists of one length."""

    chars: list[str]
    starts: list[int]
    ends: list[int]

    def add(self, text: str, start: int) -> None:
        """A part of the original as it stands there."""
        self.chars.extend(text)
        self.starts.extend(range(start, start + len(text)))
        self.ends.extend(range(start + 1, start + len(text) + 1))

    def stand_for(self, said: str, start: int, end: int) -> None:
        """What is said by a part of the original that is written otherwise."""
        self.chars.extend(said)
        self.starts.extend([start] * len(said))
        self.ends.extend([end] * len(said))


def _as_it_stands(text: str) -> _Pieces:
    pieces = _Pieces([], [], [])
    pieces.add(text, 0)
    return pieces


def _decoded(text: str, pattern: re.Pattern[str], decode: Callable[[str], str]) -> _Pieces:
    pieces = _Pieces([], [], [])
    at = 0
    for found in pattern.finditer(text):
        pieces.add(text[at : found.start()], at)
        pieces.stand_for(decode(found[0]), found.start(), found.end())
        at = found.end()
    pieces.add(text[at:], at)
    return pieces


def _nothing(_: str) -> str:
    return ""


def _unescaped(found: str) -> str:
    return chr(int(found.removeprefix("\\u"), base=16))


_BY_PATTERN = (
    (_SPREAD, _SPACE_BETWEEN, _nothing),
    (_MARKS, _MARKS, _nothing),
    (_UNICODE_ESCAPE, _UNICODE_ESCAPE, _unescaped),
    (_BREAK, _BREAK, _nothing),
)
"""Where the first is seen, each place of the second is read by the third."""


def _from_quoted_printable(found: str) -> str:
    return chr(int(found[1:], 16)) if found[1:].isalnum() else ""


def _without_tags(found: str) -> str:
    return "" if found.startswith("<") else html.unescape(found)


def _plainly(pieces: _Pieces) -> ReadText:
    shown = list(map(_plain, pieces.chars))
    lengths = list(map(len, shown))
    starts, ends = pieces.starts, pieces.ends
    if lengths.count(1) < len(lengths):  # seldom: most characters stand for one
        starts = [start for start, length in zip(starts, lengths, strict=True) for _ in range(length)]
        ends = [end for end, length in zip(ends, lengths, strict=True) for _ in range(length)]
    return ReadText("".join(shown), tuple(starts), tuple(ends))


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """What a character means to a reader: compatibility forms made plain, dashes one dash, the unseen nothing."""
    if char.isspace():
        return "\n" if char in "\r\n" else " "
    parts = unicodedata.normalize("NFKC", char)
    return "".join(_shown(part) for part in parts if unicodedata.category(part) not in _UNSEEN)


def _shown(char: str) -> str:
    if unicodedata.category(char) == "Pd" or char in _DASHES:
        return "-"
    digit = unicodedata.decimal(char, None)
    return _ALIKE.get(char, char) if digit is None else str(digit)
