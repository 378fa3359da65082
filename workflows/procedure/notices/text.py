"""A notice cut into sentences: markup and oddities of encoding left out, advice told apart from what happened."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple

from workflows.procedure.notices.layout import unwrapped
from workflows.procedure.notices.markup import has_markup, lines_of
from workflows.procedure.notices.vocabulary import says
from workflows.procedure.wording import plain

MAX_TITLE_READ = 500
MAX_TEXT_READ = 20_000
"""Longer notices are read up to here, and said to be uncertain. The longest seen has some 1,500 characters."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_BULLET = re.compile(r"^\s*(?:[-•*·–]|\d\))\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\bklo\.)(?<!\bkl\.)\s+(?=[\"(]?[^\W\da-zåäö_])")
_OPEN = ":"
_SPARING_HEADING = re.compile(
    r"(?:mihin (?:häiriö|katko|huolto|vika) ei vaikuta|ei vaikutusta|ei koske|not affected|unaffected|påverkas inte|berörs inte)\W*"  # noqa: E501  # one pattern or sentence
)
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

    @property
    def told(self) -> tuple[Sentence, ...]:
        """Every sentence but those that give advice."""
        return tuple(sentence for sentence in (*self.title, *self.body) if not sentence.advice)


def cut_into_sentences(title: str, text: str) -> Sentences:
    """The sentences of a notice. Never raises; takes time in proportion to what is read."""
    heading, body = _clean(title[:MAX_TITLE_READ]), _clean(text[:MAX_TEXT_READ])
    return Sentences(
        title=tuple(
            Sentence(plain(part), _is_question(part)) for part in _SENTENCE_END.split(" ".join(heading.split())) if part
        ),
        body=tuple(_sentences(_with_lists_joined(_without_footers(body)))),
        flat=plain(f"{' '.join(heading.split())}\n{body}"),
        cut=len(title) > MAX_TITLE_READ or len(text) > MAX_TEXT_READ,
    )


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(2):  # feeds wrap HTML in escaped HTML
        text = lines_of(text) if has_markup(text) else html.unescape(text)
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return unwrapped("\n".join(" ".join(line.split()) for line in text.split("\n")))


def _with_lists_joined(text: str) -> list[str]:
    """The lines; a list whose heading spares what follows ("ei vaikuta seuraaviin:") is one line with its heading."""
    lines: list[str] = []
    joining = False
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        entry = line[bullet.end() :] if bullet else line
        if joining and (bullet or (lines[-1].endswith(_OPEN) and len(entry) <= _HEADING and not _is_sentence(entry))):
            lines[-1] += f"{'' if lines[-1].endswith(_OPEN) else ','} {entry}"
            continue
        joining = _begins_list(line)
        lines.append(line)
        if joining and not line.endswith(":"):
            lines[-1] += ":"
    return lines


def _begins_list(line: str) -> bool:
    """Whether a line spares or affects what is listed below it: it ends with a colon, or is a bare heading that spares."""  # noqa: E501
    words = plain(line)
    if says("advice").search(words):
        return False
    if line.endswith(":"):
        return any(
            says(said).search(words) for said in ("spares_after", "spares_before", "break", "fails", "fault", "planned")
        )
    is_heading = len(line) <= _HEADING // 2 and not _is_sentence(line)
    return is_heading and bool(_SPARING_HEADING.fullmatch(words))


def _is_sentence(line: str) -> bool:
    return line.endswith((".", "!", "?"))


def _is_question(words: str) -> bool:
    return words.rstrip().endswith("?")


def _without_footers(text: str) -> str:
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
            words = plain(part)
            if words:
                found.append(Sentence(words, under_advice or _is_question(words) or bool(says("advice").search(words))))
    return found


def _is_advice_heading(line: str) -> bool:
    return line.endswith(":") and len(line) <= _HEADING and bool(says("advice").search(plain(line)))
