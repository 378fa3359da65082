"""A notice cut into sentences: markup and oddities of encoding left out, advice told apart from what happened."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple

from workflows.procedure.notices.layout import unwrapped
from workflows.procedure.notices.markup import STRUCK_OUT, has_markup, lines_of
from workflows.procedure.notices.names import is_names_only, names_a_service
from workflows.procedure.notices.vocabulary import Said, says
from workflows.procedure.wording import plain

MAX_TITLE_READ = 500
MAX_TEXT_READ = 20_000
"""Longer notices are read up to here, and said to be uncertain. The longest seen has some 1,500 characters."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_BULLET = re.compile(r"^\s*(?:[-•*·–]|\d\))\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\bklo\.)(?<!\bkl\.)\s+(?=[\"(]?[^\W\da-zåäö_])")
_OPEN = ":"
_SPARED = "not affected:"
_AFFECTS: tuple[Said, ...] = ("break", "fails", "fault", "planned")
_NEITHER = re.compile(
    r"\bneither\b(.{1,150}?)\b(is|are|was|were|will be) (affected|concerned|impacted|involved|disturbed)\b"
)
"""Is said as "X nor Y is not affected"."""
_DURING = re.compile(
    r"\b(?:huolto)?(?:katkon|huollon|häiriön|työn) (?:aikana|ulkopuolel\w+)|\b(?:under|utanför) (?:avbrottet|underhållet|störningen)"  # noqa: E501
    r"|\b(?:katkosta|huollosta|häiriöstä|viasta|työstä) huolimatta|\btrots (?:avbrottet|underhållet|störningen|felet)"
    r"|\b(?:during|outside|throughout|despite|in spite of) the (?:\w+ )?(?:maintenance|break|outage|fault|work)"
)
OF_SERVICES = re.compile(
    r"^(?:(?:häiriön |katkon |huollon )?(?:palvelut?|kohde|kohteet|järjestelmät?)|(?:berörda )?tjänst(?:er)?|(?:affected )?(?:services?|systems?))\s*:"  # noqa: E501  # one pattern or sentence
)
"""The heading of the services that a notice is about."""
_HEADING = 80
"""A heading is shorter than this."""


class Sentence(NamedTuple):
    """One sentence in ``plain`` words. ``advice``: tells what to do or where to read more, not what happened."""

    words: str
    advice: bool = False


class Sentences(NamedTuple):
    """A notice as it is read. ``cut``: a part of it was left unread because it is too long."""

    title: tuple[Sentence, ...]
    body: tuple[Sentence, ...]
    flat: str
    """Title and text in ``plain`` words, line by line, for what reaches over sentences: dates and times."""
    cut: bool
    is_struck: bool = False
    """A part of it was struck out, and is not read."""

    @property
    def told(self) -> tuple[Sentence, ...]:
        """Every sentence but those that give advice."""
        return tuple(sentence for sentence in (*self.title, *self.body) if not sentence.advice)


def cut_into_sentences(title: str, text: str) -> Sentences:
    """The sentences of a notice. Never raises; takes time in proportion to what is read."""
    written = [_clean(title[:MAX_TITLE_READ]), _clean(text[:MAX_TEXT_READ])]
    heading, body = (STRUCK_OUT.sub(" ", part) for part in written)
    return Sentences(
        title=tuple(
            Sentence(_words(part), _is_question(part))
            for part in _SENTENCE_END.split(" ".join(heading.split()))
            if part
        ),
        body=tuple(_sentences(_with_lists_joined(without_footers(body)))),
        flat=plain(f"{' '.join(heading.split())}\n{body}"),
        cut=len(title) > MAX_TITLE_READ or len(text) > MAX_TEXT_READ,
        is_struck=[heading, body] != written,
    )


def _words(part: str) -> str:
    """The plain words of a sentence, without those that say nothing here ("ei kuitenkaan vaikuta")."""
    words = _NEITHER.sub(r"\1 \2 not \3", plain(part))
    return " ".join(says("filler").sub(" ", words).split()) if says("filler").search(words) else words


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(2):  # feeds wrap HTML in escaped HTML
        text = lines_of(text) if has_markup(text) else html.unescape(text)
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return unwrapped("\n".join(" ".join(line.split()) for line in text.split("\n")))


def _with_lists_joined(text: str) -> list[str]:
    """The lines; a list whose heading spares or affects what follows ("ei vaikuta seuraaviin:") is one line with it."""
    lines = text.split("\n")
    joined: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        entries = _entries(lines, at) if _is_heading(line) else []
        heading = _meaning_of_heading(line) if entries else ""
        if not heading:
            joined.append(line)
            continue
        at += len(entries)
        joined.append(f"{heading} {', '.join(entries)}")
    return joined


def _is_heading(line: str) -> bool:
    words = plain(line)
    stands_alone = line.endswith(_OPEN) or (len(line) <= _HEADING and not _is_sentence(line))
    return stands_alone and not (_BULLET.match(line) or is_names_only(words) or says("advice").search(words))


def _entries(lines: list[str], at: int) -> list[str]:
    """The entries of a list that begins at a line: list entries, or else lines of nothing but names."""
    entries: list[str] = []
    is_bulleted = bool(_BULLET.match(lines[at])) if at < len(lines) else False
    for line in lines[at:]:
        bullet = _BULLET.match(line)
        if bool(bullet) != is_bulleted or not (bullet or is_names_only(plain(line))):
            break
        entries.append((line[bullet.end() :] if bullet else line).rstrip(" .;,"))
    return entries


def _meaning_of_heading(line: str) -> str:
    """The words for a heading before its list: those for what is spared, or its own; nothing where it isn't understood."""  # noqa: E501
    words = plain(line)
    own = f"{line.rstrip(' :')}:"
    if OF_SERVICES.fullmatch(plain(own)):
        return own
    if says("spares_after").search(words) or says("spares_before").search(words):
        return own if names_a_service(words) else _SPARED
    if any(says(said).search(outside_work(words)) for said in _AFFECTS):
        return own if line.endswith(_OPEN) else ""
    return _SPARED if says("spares_list").search(words) and not names_a_service(words) else ""


def outside_work(words: str) -> str:
    """The words without those that only say during or outside which break something holds."""
    return _DURING.sub(" ", says("denied").sub(" ", words))


def _is_sentence(line: str) -> bool:
    return line.endswith((".", "!", "?"))


def _is_question(words: str) -> bool:
    return words.rstrip().endswith("?")


def without_footers(text: str) -> str:
    """The lines without what every mail of a sender carries, and without a signature."""
    lines = text.split("\n")
    if "--" in lines:
        lines = lines[: lines.index("--")]
    return "\n".join(_without_footer(line) for line in lines)


def _without_footer(line: str) -> str:
    if not says("footer").search(plain(line)):
        return line
    return " ".join(part for part in _SENTENCE_END.split(line) if not says("footer").search(plain(part)))


def _sentences(lines: list[str]) -> list[Sentence]:
    found = []
    under_advice = False
    for line in lines:
        bullet = _BULLET.match(line)
        under_advice = under_advice if bullet else _is_advice_heading(line)
        for part in _SENTENCE_END.split(line[bullet.end() :] if bullet else line):
            words = _words(part)
            if words:
                found.append(Sentence(words, under_advice or _is_question(words) or bool(says("advice").search(words))))
    return found


def _is_advice_heading(line: str) -> bool:
    return line.endswith(":") and len(line) <= _HEADING and bool(says("advice").search(plain(line)))
