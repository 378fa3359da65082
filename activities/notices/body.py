"""The words of a mail's own body: plain text where it says as much as the HTML, folded lines put together."""

from __future__ import annotations

import re
from email.message import Message
from typing import NamedTuple

from activities.notices.characters import characters
from activities.notices.unread import without_armour
from workflows.procedure.notices.markup import lines_of

_QUOTED = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
_QUOTED_IN_HTML = re.compile(
    rb"<blockquote[^>]{0,200}\btype=.?cite|class=.?(?:gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|moz-forward)",
    re.IGNORECASE,
)
"""How Gmail, Apple Mail, Yahoo and Thunderbird mark what another mail says."""
_STUB = 4
"""HTML that says so many times as much as the plain text beside it: that one only says that there is HTML."""
_WORDS = ("text/plain", "text/html", "text/enriched", "text/richtext")


class MailWords(NamedTuple):
    """The words of a mail with their lines, without marks of quotation; whether a part is encrypted, or was quoted."""

    text: str
    is_encrypted: bool = False
    is_quoted: bool = False


def text_of(mail: Message) -> MailWords:
    """The words of a mail's own body."""
    text = _text(mail, accepts_named=False) or _text(mail, accepts_named=True) or _attached_text(mail)
    words, is_encrypted = without_armour(_QUOTED.sub("", text))
    is_quoted = bool(_QUOTED.search(text)) or any(_quotes(part) for part in mail.walk())
    return MailWords(words, is_encrypted, is_quoted)


def _quotes(part: Message) -> bool:
    """Whether some HTML marks words as another mail's."""
    content = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
    return isinstance(content, bytes) and bool(_QUOTED_IN_HTML.search(content))


def _text(part: Message, *, accepts_named: bool) -> str:
    payload = part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(payload, list):
        texts = [
            (child.get_content_type(), _text(child, accepts_named=accepts_named))
            for child in payload
            if isinstance(child, Message)
        ]
        if part.get_content_subtype() == "alternative":
            return _fullest(texts)
        return "\n\n".join(text for _, text in texts if text.strip())
    if part.is_multipart() or part.get_content_type() not in _WORDS or _is_file(part, accepts_named=accepts_named):
        return ""
    return _words(part)


def _is_file(part: Message, *, accepts_named: bool) -> bool:
    """Whether a part is an attached file. A body may have a name, too, where nothing calls it attached."""
    if part.get_content_disposition() == "attachment":
        return True
    return part.get_filename() is not None and not accepts_named


def _attached_text(mail: Message) -> str:
    """Where nothing else has words: those of the first attached text."""
    parts = (part for part in mail.walk() if part.get_content_type() in _WORDS and not part.is_multipart())
    return next((text for part in parts if (text := _words(part)).strip()), "")


def _fullest(texts: list[tuple[str, str]]) -> str:
    """Of one text in several forms: the plain one, unless it says next to nothing of what the other says."""
    said = [(kind, text) for kind, text in texts if text.strip()]
    plain = next((text for kind, text in said if kind == "text/plain"), "")
    other = next((text for kind, text in said if kind != "text/plain"), "")
    return other if len(" ".join(other.split())) > _STUB * len(" ".join(plain.split())) else plain


def _words(part: Message) -> str:
    content = part.get_payload(decode=True)
    text = characters(content, part.get_content_charset()) if isinstance(content, bytes) else ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() != "text/plain":
        return lines_of(text)
    if str(part.get_param("format") or "").lower() == "flowed":
        text = _unflowed(text, joins_words=str(part.get_param("delsp") or "").lower() == "yes")
    return text


def _unflowed(text: str, *, joins_words: bool) -> str:
    """RFC 3676: a line that ends with a space goes on in the next."""
    lines: list[str] = []
    goes_on = False
    for written in text.split("\n"):
        quote = len(written) - len(written.lstrip(">"))
        line = written[quote:].removeprefix(" ")
        if goes_on:
            lines[-1] += line
        else:
            lines.append(">" * quote + line)
        goes_on = written.endswith(" ") and line != "-- "
        if goes_on and joins_words:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
