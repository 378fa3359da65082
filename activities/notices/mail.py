"""A notice that came by mail, from its ``.eml`` file: title, text, date, id. Programs' faults are put up with.

A mail attached to a mail, or forwarded in its text, is taken for the notice itself: that is how programs forward.
Bytes that are UTF-8
are read as UTF-8 whatever the mail says, since nothing else looks like it by chance. What can't be read is said in a
remark, so that
nobody relies on the title alone.
"""

from __future__ import annotations

import html
import re
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from typing import NamedTuple

from activities.notices.body import MailWords, text_of
from activities.notices.characters import characters
from activities.notices.damage import kind_of_file, number_of_mails, repaired, without_mbox
from activities.notices.dates import moment_of
from activities.notices.entries import plain_text
from activities.notices.forwarded import forwarded, needs_its_date, quotes_another
from activities.notices.unread import is_whole, why_not_here, why_unread
from workflows.procedure.model import MAX_LINE, MAX_TEXT
from workflows.procedure.notices.layout import unwrapped
from workflows.procedure.notices.names import names_a_service
from workflows.procedure.notices.reading import RawNotice
from workflows.procedure.notices.remarks import with_remarks
from workflows.procedure.notices.text import without_footers
from workflows.procedure.wording import plain

MAX_BYTES = 10_000_000
DEEPEST = 20
"""Mails inside mails that are looked into; real ones have two or three."""
_PREFIX = r"(?:vs|vl|vb|fw|fwd|re|sv|wg|aw|tr|välitys|vast)\s*(?:\[\d+\])?\s*:\s*"
_FORWARDED = re.compile(rf"^(?:{_PREFIX})+", re.IGNORECASE)
_REPLY = re.compile(r"^(?:re|sv|vs|aw|vast)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_MAILS = ("message/rfc822", "message/global", "application/eml", "application/x-eml")
_UNKNOWN = "application/octet-stream"
_QUOTED_PRINTABLE = re.compile(rb"=(?:[0-9A-F]{2}|\n)")
_HEADERS = re.compile(rb"\A(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_HEADER_IN_TEXT = re.compile(
    r"^(?:MIME-Version|Content-Type|Content-Transfer-Encoding)\s?:", re.IGNORECASE | re.MULTILINE
)
_POINTS_TO_FILE = re.compile(
    r"\b(?:liite|liitteen|liitteessä|liitteenä|oheinen|oheise|bilag|bifoga|attach|enclosed)", re.IGNORECASE
)
_SOME_WORDS = 80
"""A shorter text beside an attachment is a covering note, not the notice."""


class UnusableMailError(ValueError):
    """The file is no mail that a notice can be read from. The message says what to do."""


class _Inner(NamedTuple):
    """The mail that is the notice; how many were attached side by side; whether it came inside another."""

    mail: Message
    siblings: int = 1
    depth: int = 0


def read_mail(content: bytes) -> RawNotice:
    """The notice in a mail. Raises ``UnusableMailError``.

    ``guid``: the mail's Message-ID. Texts are cut to what a message may carry, identity codes masked.
    ``published_at``: the notice's own
    date, never that of a mail around it.
    """
    if len(content) > MAX_BYTES:
        raise UnusableMailError("is larger than 10 MB; save the mail without its attachments")
    if problem := kind_of_file(content):
        raise UnusableMailError(problem)
    content = repaired(content)
    if (mails := number_of_mails(content)) > 1:
        raise UnusableMailError(f"is a mailbox with {mails} mails; save the one that holds the notice")
    try:
        inner = _innermost(_Inner(_whole(without_mbox(content))))
        words = text_of(inner.mail)
    except (MessageError, RecursionError, ValueError, LookupError):
        raise UnusableMailError("can't be read as a mail; enter the notice with --title and --text") from None
    if not inner.mail.keys() or not (_header(inner.mail, "Subject") or words.text.strip()):
        raise UnusableMailError("holds no mail with a subject or a text; enter the notice with --title and --text")
    return _notice(inner, words)


def _whole(content: bytes) -> Message:
    """The mail; where blank lines stand in the midst of its headers, from those that say whose it is."""
    mail = message_from_bytes(content, policy=compat32)
    behind = content.partition(b"\n\n")[2].lstrip()
    is_cut = not any(name in mail for name in ("From", "Subject", "Date"))
    return _whole(behind) if is_cut and _HEADERS.match(behind) else mail


def _notice(inner: _Inner, told: MailWords) -> RawNotice:
    mail, text = inner.mail, told.text
    subject, published_at = _header(mail, "Subject"), moment_of(_header(mail, "Date"))
    remarks = _remarks(inner, told)
    if found := forwarded(text, is_reply=bool(_REPLY.match(subject))):
        text, published_at = found.text, found.published_at
        subject = " ".join(plain_text(html.escape(found.title)).split()) or subject
        remarks += found.remarks
        if not text.strip():
            remarks.append("below the forwarded mail's headers stands no text")
    elif told.is_quoted or quotes_another(text):
        remarks.append("it quotes another mail: a person reads which of them counts")
    elif _FORWARDED.match(subject) and needs_its_date(text):
        remarks.append("it was forwarded, and the date of its words is not found")
    words = plain_text(html.escape(unwrapped(text)))
    title = subject or words.split("\n")[0] or "(no title)"
    return RawNotice(
        title=_FORWARDED.sub("", title)[:MAX_LINE].strip() or title[:MAX_LINE],
        text=with_remarks(words, tuple(dict.fromkeys(remarks)))[:MAX_TEXT],
        published_at=published_at,
        guid=_header(mail, "Message-ID").strip("<> ")[:MAX_LINE],
    )


def _remarks(inner: _Inner, told: MailWords) -> list[str]:
    """What of the mail could not be read, where that may be the notice."""
    remarks = []
    text = told.text
    if _HEADER_IN_TEXT.search(text):
        remarks.append("it is damaged: headers of a mail stand in its text")
    if why := why_not_here(text):
        remarks.append(why)
    if told.is_encrypted:
        remarks.append("it is encrypted (PGP); open it in the mail program and enter its words")
    if inner.siblings > 1:
        remarks.append(f"{inner.siblings} mails are attached to it, of which the first was read")
    unread = [why for part in inner.mail.walk() if not part.is_multipart() and (why := why_unread(part))]
    own = without_footers(text).strip()
    if len(own) < _SOME_WORDS or not names_a_service(plain(own)):
        remarks += [why for why in unread if not own or is_whole(why) or _POINTS_TO_FILE.search(text)][:1]
        if not own and not unread and not told.is_encrypted:
            remarks.append("it holds no text" + (", only a picture" if _shows_picture(inner.mail) else ""))
    return remarks


def _shows_picture(mail: Message) -> bool:
    parts = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/html"]
    return any(b"<img" in content.lower() for content in parts if isinstance(content, bytes))


def _innermost(outer: _Inner) -> _Inner:
    """The mail that was forwarded as an attachment, if there is one, in whatever way it was attached."""
    if outer.depth >= DEEPEST:
        raise ValueError("too many mails inside each other")
    inside = [mail for part in _parts(outer.mail) if (mail := _attached(part))]
    if not inside:
        return outer
    return _innermost(_Inner(inside[0], max(outer.siblings, len(inside)), outer.depth + 1))


def _parts(mail: Message) -> list[Message]:
    """The parts of one mail, not those of a mail inside it."""
    if mail.get_content_maintype() != "multipart" or not mail.is_multipart():
        return [mail]
    payload = mail.get_payload()
    return (
        [part for child in payload if isinstance(child, Message) for part in _parts(child)]
        if isinstance(payload, list)
        else []
    )


def _attached(part: Message) -> Message | None:
    """The mail that a part holds; it may be in base64, which the rules of mail forbid, or called a mere file."""
    kind, name = part.get_content_type(), decoded(part.get_filename() or "").lower()
    is_named = name.endswith(".eml") and kind.startswith(("application/", "text/plain"))
    if not (kind in _MAILS or is_named or (kind == _UNKNOWN and not name)):
        return None
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        inner = payload[0]
        if inner.keys() and not _is_packed(part, inner):
            return inner
        content = _unpacked(part, inner)
    else:
        unpacked = part.get_payload(decode=True)
        content = unpacked if isinstance(unpacked, bytes) else b""
    content = without_mbox(repaired(content))
    mail = message_from_bytes(content, policy=compat32) if _HEADERS.match(content) else None
    return mail if mail and (is_named or kind in _MAILS or (mail["From"] and mail["Subject"])) else None


def _is_packed(part: Message, inner: Message) -> bool:
    """Whether a mail with readable headers was encoded as a whole (quoted-printable), which the rules forbid."""
    told = [str(mail.get("Content-Transfer-Encoding", "")).strip().lower() for mail in (part, inner)]
    return told[0] == "quoted-printable" != told[1] and bool(_QUOTED_PRINTABLE.search(inner.as_bytes()))


def _unpacked(part: Message, inner: Message) -> bytes:
    """What stands in a mail's place in some transfer encoding."""
    carrier = Message()
    carrier["Content-Transfer-Encoding"] = str(part.get("Content-Transfer-Encoding", "7bit"))
    carrier.set_payload(inner.as_bytes().decode("ascii", "surrogateescape").lstrip("\n"))
    unpacked = carrier.get_payload(decode=True)
    return unpacked if isinstance(unpacked, bytes) else b""


def _header(mail: Message, name: str) -> str:
    """A header on one line, decoded; also where it holds bytes that it should not."""
    raw = next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    text = decoded(characters(raw.encode("utf-8", "surrogateescape"), None))
    return " ".join(plain_text(html.escape(text.encode("utf-8", "replace").decode())).split())


def decoded(text: str) -> str:
    """A header with its encoded words decoded, as far as they can be."""
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, UnicodeError, LookupError, ValueError):
        return text.strip()
