"""A mail that was forwarded as text: its own headers in the middle of another, as programs write them.

What stands above them is a covering note. The deepest headers are those of the notice.
"""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from typing import NamedTuple

from activities.notices.dates import moment_of
from workflows.procedure.notices.days import names_a_date, names_relative_days
from workflows.procedure.notices.vocabulary import Said, says
from workflows.procedure.wording import plain

_LABELS = {
    "from": "from|från|lähettäjä|avsändare|von|frå|fra",
    "date": "sent|date|skickat|skickades|datum|lähetetty|lähetysaika|lähetyspäivä|päivämäärä|päiväys|pvm|aika|gesendet|date sent|sent on|sent at",  # noqa: E501  # one pattern or sentence
    "subject": "subject|ämne|aihe|otsikko|ärende|betreff",
    "other": "to|till|an|vastaanottaja|vastaanottajat|kenelle|cc|kopia|kopio|bcc|reply-to|svara till|vastausosoite|importance|prioritet"  # noqa: E501  # one pattern or sentence
    "|tärkeys|attachments|bilagor|liitteet|organization|resent-from|mottagare|list-id|reply to|svar till",
}
_HEADER = re.compile(
    r"^\W{0,4}(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")\s?\W{0,3}:\W{0,3}?\s?(?P<value>.*)$",
    re.IGNORECASE,
)
_HOURS = re.compile(r"\d[.:]\d\d|^\W*(?:klo?\b|\d)")
"""Then "From" names no person but the beginning of a break."""
_LONGEST_BLOCK = 14
"""Lines of headers, with those of a long list of recipients that goes on in the next line."""
_NEWS: tuple[Said, ...] = ("ended", "called_off", "moved", "correction", "reopened", "over")
_SEPARATOR = re.compile(
    r"^\W*(?:original message|forwarded message|begin forwarded message|alkuperäinen viesti|välitetty viesti(?: alkaa)?"
    r"|alku välitetylle viestille|välitetty viesti alkaa tästä|vidarebefordras|edelleenlähetetty viesti|ursprungligt meddelande|vidarebefordrat (?:meddelande|brev)|end of forwarded message)\W*$",  # noqa: E501  # one pattern or sentence
    re.IGNORECASE | re.MULTILINE,
)
_WROTE = re.compile(
    r"\b(?:wrote|writes|sent|forwarded|kirjoitti|lähetti|välitti|skrev|skickade|vidarebefordrade)\b", re.IGNORECASE
)
_LONGEST_ATTRIBUTION = 300
_ON_ONE_LINE = re.compile(
    r"\s+\*?(?=(?:" + "|".join(f"(?:{words})" for words in _LABELS.values()) + r")\*?\s?:\s)", re.IGNORECASE
)


class Forwarded(NamedTuple):
    """A notice inside the text of a mail. ``remarks``: what speaks against relying on it."""

    title: str
    text: str
    published_at: datetime | None
    remarks: tuple[str, ...]


def forwarded(text: str, *, is_reply: bool) -> Forwarded | None:
    """The notice that the text of a mail carries below its headers; None where it carries no other mail."""
    lines = [part for line in text.split("\n") for part in _apart(line)]
    blocks = _blocks(lines)
    if not blocks:
        return None
    _, end, found = blocks[-1]
    note = "\n".join(line for line in lines[: blocks[0][0]] if line.strip())
    published_at = moment_of(found.get("date", ""))
    remarks = []
    text_below = "\n".join(lines[end:]).strip("\n")
    if published_at is None and needs_its_date(text_below):
        remarks.append("the forwarded mail's own date is not found")
    if is_reply and _SEPARATOR.sub("", note).strip():
        remarks.append("a reply stands above the mail that it answers: a person reads which of them counts")
    elif any(says(said).search(plain(note)) for said in _NEWS):
        remarks.append("the note above the forwarded mail tells news of its own")
    return Forwarded(found.get("subject", ""), text_below, published_at, tuple(remarks))


def needs_its_date(text: str) -> bool:
    """Whether nobody can say of which days a text tells without the date of its own."""
    words = plain(text)
    return names_relative_days(words) or not names_a_date(words)


def quotes_another(text: str) -> bool:
    """Whether a mail's text quotes another one, below a line like "On Monday … wrote:" or a mere separator."""
    if _SEPARATOR.search(text):
        return True
    lines = [line.strip() for line in text.split("\n")]
    wrapped = [
        f"{line} {after}" for line, after in itertools.pairwise(lines) if after and not line.endswith((".", "!", "?"))
    ]
    return any(
        line.endswith(":") and len(line) <= _LONGEST_ATTRIBUTION and _WROTE.search(line) for line in (*lines, *wrapped)
    )


def _apart(line: str) -> list[str]:
    """Headers that stand on one line, each on its own."""
    first = _HEADER.match(line.strip())
    if not first or not first["from"]:
        return [line]
    parts = _ON_ONE_LINE.split(line.strip())
    return parts if len(parts) > 2 else [line]  # noqa: PLR2004  # from, when, and something besides


def _blocks(lines: list[str]) -> list[tuple[int, int, dict[str, str]]]:
    """Each run of headers: where it begins and ends, and what it says."""
    blocks = []
    at = 0
    while at < len(lines):
        end, found = _block(lines, at)
        if "from" in found and not _HOURS.search(found["from"]) and ("date" in found or "subject" in found):
            blocks.append((at, end, found))
            at = end
        else:
            at += 1
    return blocks


def _block(lines: list[str], start: int) -> tuple[int, dict[str, str]]:
    """The headers that begin at a line; one that goes on in the next is told by the headers that follow."""
    found: dict[str, str] = {}
    end = start
    last = ""
    for at in range(start, min(start + _LONGEST_BLOCK, len(lines))):
        match = _HEADER.match(lines[at].strip())
        if match:
            last = str(match.lastgroup if match.lastgroup != "value" else _named(match))
            if last in found and last != "other":
                break
            found[last] = match["value"].strip(" *_")
            end = at + 1
        elif at > start and last == "date" and lines[at].strip() and moment_of(found["date"]) is None:
            found["date"] = f"{found['date']} {lines[at].strip()}"
            end = at + 1
        elif at == start or not lines[at].strip() or last not in ("other", "from", "subject"):
            if at > start and not lines[at].strip() and len(found) == 1 and at == start + 1:
                continue  # some programs leave a line between all headers
            break
    return end, found


def _named(match: re.Match[str]) -> str:
    return next(name for name in _LABELS if match[name] is not None)
