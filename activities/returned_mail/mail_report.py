"""What a mail says of a letter that was sent: it came back, is late, has arrived. Most mails say nothing of one.

Delivery status notifications (RFC 3464, 6533) and feedback reports (RFC 5965, 6591) are read by the standard library's
parser, whatever language the words around them are in. A mail system that sends words only is understood by them, in
Finnish, Swedish and English. An answer of a person or of their absence assistant is no bounce, whatever it quotes.

Looked at and not taken: ``flufl.bounce`` names addresses, not messages, and knows the words of English systems;
``mail-parser`` wraps the same standard library and knows no delivery status.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from typing import Literal, NamedTuple

from activities.mail.transport import MESSAGE_HEADER, without_addresses

Event = Literal["delivered", "bounced", "deferred"]
OURS = re.compile(r"\b[0-9a-f]{32}@[A-Za-z0-9.-]+[A-Za-z0-9]")
"""A Message-ID as kantadesk makes it."""
READ_AT_MOST = 20_000
"""Characters of the words of a mail system that are looked at."""
STATUS = {"message/delivery-status", "message/global-delivery-status"}
ORIGINAL = {
    "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers",
}  # fmt: skip
SYSTEMS = re.compile(r"^(mailer-?daemon|mail-?daemon|postmaster|microsoftexchange[0-9a-f]+)$", re.IGNORECASE)
AWAY = re.compile(
    r"^(automaattinen vastaus|poissa\b|automatic reply|out of (the )?office|auto(matic)?[- ]?(response|reply)|autosvar|"
    r"frånvaro|automatiskt svar)",
    re.IGNORECASE,
)
STILL_TRYING = re.compile(
    r"delayed|not yet been delivered|(will|to) (be retried|retry|keep trying|continue (trying|to try))|"
    r"still trying|warning message only|do not need to resend|"
    r"viivästy|viivästetty|ei ole vielä (voitu )?toimit|yritetään (uudelleen|edelleen)|yrittämistä jatketaan|"
    r"försena|fördröj|har ännu inte levererats|inte levererats än|nya försök|försöker igen|fortsätter att försöka",
    re.IGNORECASE,
)
CAME_BACK = re.compile(
    r"undeliver|not (be )?delivered|n't (be )?delivered|deliver(y|ing)? (to .{0,80} )?(has )?failed|failure notice|"
    r"permanent(ly)? (fatal )?(error|fail)|returned (to sender|mail)|user unknown|unknown user|no such (user|mailbox)|"
    r"(mailbox|quota).{0,30}(full|exceeded)|been rejected|gave up|giving up|"
    r"ei (voitu|voida|voi) toimittaa|ei (pystytty|onnistuttu) toimittamaan|toimitta(minen|misessa).{0,40}epäonnistu|"
    r"toimitus.{0,40}epäonnistu|ei toimitettavissa|palautettiin lähettäjälle|vastaanottajaa ei löydy|"
    r"postilaatikko on täynnä|"
    r"olevererba|inte (kunnat )?leverera|misslyckades.{0,40}lever|lever.{0,60}misslyckades|mottagaren hittades inte|"
    r"brevlådan är full|returnerats till avsändaren",
    re.IGNORECASE | re.DOTALL,
)
STATUS_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
CODE = re.compile(r"\b([45])\.\d{1,3}\.\d{1,3}\b")
REPLY_CODE = re.compile(r"\b([45])\d\d[ -](?=\D)")
WORST_FIRST: tuple[Event, ...] = ("bounced", "deferred", "delivered")
BY_ACTION: dict[str, Event] = {"failed": "bounced", "delayed": "deferred", "delivered": "delivered"}
"""``relayed`` and ``expanded`` say that somebody else has it now: nothing is known of its arrival."""
BY_CLASS: dict[str, Event] = {"5": "bounced", "4": "deferred", "2": "delivered"}


class MailReport(NamedTuple):
    """What became of a letter. ``message_ids``: what it may be about, the surest first; one of ours is the one.

    ``is_complaint``: it arrived, and the recipient's side calls it unwanted. ``detail``: without addresses.
    """

    message_ids: tuple[str, ...]
    event: Event
    detail: str
    is_complaint: bool = False


def report_in(raw: bytes) -> MailReport | None:
    """What a mail says of one of our letters; None where it says nothing of one. Half a mail is enough."""
    mail = message_from_bytes(raw)
    ids = tuple(dict.fromkeys(_ids(mail)))
    if not ids:
        return None
    parts = list(mail.walk())
    if any(part.get_content_type() in STATUS for part in parts):
        return _by_status(ids, parts)
    if feedback := next((part for part in parts if part.get_content_type() == "message/feedback-report"), None):
        return _by_feedback(ids, feedback)
    if mail.get_content_type() == "multipart/report" or not _is_from_a_system(mail):
        return None  # a read receipt, or a person
    return _by_words(ids, mail)


def _ids(mail: Message) -> Iterator[str]:
    """What looks like one of our Message-IDs: that of the returned letter first, then what the mail answers to."""
    for name in ("Message-ID", MESSAGE_HEADER):
        for part in mail.walk():
            if part is not mail:
                yield from OURS.findall(str(part.get(name, "")))
    for part in mail.walk():
        if part.get_content_type() in ORIGINAL and not part.is_multipart():
            yield from OURS.findall(_text(part))
    for name in ("In-Reply-To", "References"):
        yield from OURS.findall(str(mail.get(name, "")))
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            yield from OURS.findall(_text(part))


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # a character set that nobody knows
        return content.decode("utf-8", "replace")


# --- delivery status ----------------------------------------------------------------------------------------


def _by_status(ids: tuple[str, ...], parts: list[Message]) -> MailReport | None:
    """The gravest of what is said of each recipient: behind one address there may be many."""
    said: dict[Event, str] = {}
    for part in parts:
        for block in _blocks(part) if part.get_content_type() in STATUS else ():
            code = found[0] if (found := STATUS_CODE.search(str(block.get("Status", "")))) else ""
            action = str(block.get("Action", "")).split("(")[0].strip().lower()
            event = BY_ACTION.get(action) if action else BY_CLASS.get(code[:1])
            if event:
                said.setdefault(event, _detail(block, code))
    event = next((each for each in WORST_FIRST if each in said), None)
    return MailReport(ids, event, said[event]) if event else None


def _blocks(part: Message) -> list[Message]:
    """The groups of fields; of the international form, which the parser takes for a message, the text behind, too."""
    inner = part.get_payload()
    if not isinstance(inner, list):
        return [message_from_string(block) for block in _text(part).replace("\r\n", "\n").split("\n\n")]
    found = [block for block in inner if isinstance(block, Message)]
    if part.get_content_type() == "message/delivery-status":
        return found
    rest = "\n\n".join(_text(block) for block in found).replace("\r\n", "\n")
    return [*found, *(message_from_string(block) for block in rest.split("\n\n"))]


def _detail(block: Message, code: str) -> str:
    """Status, what the other side said, and which host said it."""
    said = str(block.get("Diagnostic-Code", "")).partition(";")[2] or str(block.get("Diagnostic-Code", ""))
    host = str(block.get("Remote-MTA", "")).partition(";")[2].strip()
    return without_addresses(" ".join(filter(None, (code, said.strip(), f"({host})" if host else ""))))


# --- feedback -----------------------------------------------------------------------------------------------


def _by_feedback(ids: tuple[str, ...], part: Message) -> MailReport:
    """A complaint is about a letter that arrived; one that failed its authentication may have been turned away."""
    fields = next(iter(_blocks(part)), Message())
    kind = str(fields.get("Feedback-Type", "")).strip().lower()
    result = str(fields.get("Delivery-Result", "")).strip().lower()
    if kind == "auth-failure" and result in {"reject", "policy"}:
        return MailReport(ids, "bounced", without_addresses(f"its authentication failed ({result})"))
    if kind in {"auth-failure", "not-spam"}:
        return MailReport(ids, "delivered", without_addresses(f"feedback: {kind}"))
    return MailReport(
        ids, "delivered", without_addresses(f"reported as unwanted mail ({kind or 'abuse'})"), is_complaint=True
    )


# --- words only ---------------------------------------------------------------------------------------------


def _is_from_a_system(mail: Message) -> bool:
    """Whether a mail system speaks, not a person nor their absence assistant."""
    if "X-Failed-Recipients" in mail:
        return True
    is_reply = str(mail.get("Auto-Submitted", "")).strip().lower().startswith("auto-replied")
    if is_reply or any(name in mail for name in ("X-Autoreply", "X-Autorespond")) or AWAY.search(_subject(mail)):
        return False
    local = parseaddr(str(mail.get("From", "")))[1].partition("@")[0]
    return bool(SYSTEMS.match(local)) or str(mail.get("Return-Path", "")).strip() == "<>"


def _subject(mail: Message) -> str:
    try:
        return str(make_header(decode_header(str(mail.get("Subject", "")))))
    except (ValueError, LookupError):
        return ""


def _by_words(ids: tuple[str, ...], mail: Message) -> MailReport:
    words = " ".join((_subject(mail) + "\n" + "\n".join(_own_texts(mail)))[:READ_AT_MOST].split())
    code = CODE.search(words) or REPLY_CODE.search(words)
    named = f"{code[0].strip(' -')}, " if code else ""
    if STILL_TRYING.search(words):
        return MailReport(ids, "deferred", f"{named}said in words only")
    if CAME_BACK.search(words) or (code and code[1] == "5"):
        return MailReport(ids, "bounced", f"{named}said in words only")
    return MailReport(ids, "deferred", f"{named}a mail system wrote of it in words that were not understood: read them")


def _own_texts(mail: Message) -> Iterator[str]:
    """The texts of the mail itself, without the letter that it brings back."""
    if mail.get_content_type() in ORIGINAL:
        return
    if mail.is_multipart():
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from _own_texts(part)
    elif mail.get_content_maintype() == "text":
        text = _text(mail)
        if mail.get_content_subtype() == "html":
            text = re.sub(r"<[^>]*>", " ", text)
        yield re.split(r"\n-+ ?(?:Original|Below|This is a copy|Alkuperäinen|Ursprungl)", text)[0]
