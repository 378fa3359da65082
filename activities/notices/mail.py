"""A notice that came by mail, from its ``.eml`` file: title, text, date, id. Programs' faults are put up with.

A mail attached to a mail is taken for the notice itself: that is how programs forward. Bytes that are UTF-8 are read as
UTF-8 whatever the mail says, since nothing else looks like it by chance.
"""

from __future__ import annotations

import html
import re
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32

from activities.notices.dates import moment_of
from activities.notices.entries import plain_text
from workflows.procedure.model import MAX_LINE, MAX_TEXT
from workflows.procedure.notices.reading import RawNotice

MAX_BYTES = 10_000_000
_OUTLOOK = b"\xd0\xcf\x11\xe0"
_FORWARDED = re.compile(r"^(?:(?:vs|vl|fw|fwd|re|sv|vb)\s*:\s*)+", re.IGNORECASE)
_QUOTED = re.compile(r"^(?:>\s?)+", re.MULTILINE)
_STATEFUL = ("utf-7", "utf-16", "utf-32", "iso-2022", "hz")
"""Encodings whose bytes can pass for plain ASCII or UTF-8."""


class UnusableMailError(ValueError):
    """The file is no mail that a notice can be read from. The message says what to do."""


def read_mail(content: bytes) -> RawNotice:
    """The notice in a mail. Raises ``UnusableMailError``.

    ``guid``: the mail's Message-ID. Texts are cut to what a message may carry, identity codes masked.
    """
    if len(content) > MAX_BYTES:
        raise UnusableMailError("is larger than 10 MB; save the mail without its attachments")
    if content.startswith(_OUTLOOK):
        raise UnusableMailError("is an Outlook file (.msg); save the mail as .eml, or forward it and save that")
    try:
        mail = _innermost(message_from_bytes(content, policy=compat32))
        text = _text(mail)
    except (MessageError, RecursionError, ValueError, LookupError):
        raise UnusableMailError("can't be read as a mail; enter the notice with --title and --text") from None
    if not mail.keys() or not (title := _header(mail, "Subject") or text.split("\n")[0]):
        raise UnusableMailError("holds no mail with a subject or a text; enter the notice with --title and --text")
    return RawNotice(
        title=_FORWARDED.sub("", title)[:MAX_LINE].strip() or title[:MAX_LINE],
        text=text[:MAX_TEXT],
        published_at=moment_of(_header(mail, "Date")),
        guid=_header(mail, "Message-ID").strip("<> ")[:MAX_LINE],
    )


def _innermost(mail: Message) -> Message:
    """The mail that was forwarded as an attachment, if there is one."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            return _innermost(inner) if isinstance(inner, Message) else mail
    return mail


def _text(mail: Message) -> str:
    """The first plain text that says anything, else the first HTML, as plain text."""
    parts = [part for part in mail.walk() if not part.is_multipart() and part.get_filename() is None]
    plain = (html.escape(_QUOTED.sub("", _decoded(part))) for part in parts if part.get_content_type() == "text/plain")
    rich = (_decoded(part) for part in parts if part.get_content_type() == "text/html")
    for markup in (*plain, *rich):
        if words := plain_text(markup):
            return words
    return ""


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    return _characters(content, part.get_content_charset()) if isinstance(content, bytes) else ""


def _characters(content: bytes, declared: str | None) -> str:
    declared = declared or "utf-8"
    tried = [declared, "utf-8"] if declared.startswith(_STATEFUL) else ["utf-8", declared]
    for encoding in tried:
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("cp1252", "replace")


def _header(mail: Message, name: str) -> str:
    """A header on one line, decoded; also where it holds bytes that it should not."""
    raw = next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    text = _characters(raw.encode("utf-8", "surrogateescape"), None)
    try:
        text = str(make_header(decode_header(text)))
    except (HeaderParseError, UnicodeError, LookupError, ValueError):
        text = text.strip()
    return " ".join(plain_text(html.escape(text.encode("utf-8", "replace").decode())).split())
