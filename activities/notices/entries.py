"""The raw entries of an RSS 2.0 or Atom feed, whose bytes may be hostile, damaged, or no feed at all."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax import SAXException

import feedparser

from activities.notices.dates import moment_of
from activities.notices.download import FeedUnreadableError
from workflows.procedure.identity_codes import identity_codes_in, masked
from workflows.procedure.local_time import local
from workflows.procedure.model import MAX_LINE, MAX_TEXT
from workflows.procedure.notices.days import names_relative_days
from workflows.procedure.notices.markup import lines_of
from workflows.procedure.notices.reading import RawNotice
from workflows.procedure.notices.remarks import with_remarks
from workflows.procedure.wording import plain

MAX_ENTRIES = 500
_CLOSING = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_OPENING = re.compile(rb"<\?xml\s|<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})")
_KNOWN_ENCODING = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|ascii|iso[-_]?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d"
)
"""Others (UTF-7 among them) can hide a document type from the look at the bytes."""
_ENTRY = re.compile(rb"<(item|entry)[\s>]", re.IGNORECASE)
_LONGEST_JUNK = 20_000
"""Bytes before a feed that a server's programme has written by mistake."""


def raw_notices(body: bytes, headers: Mapping[str, str]) -> tuple[RawNotice, ...]:
    """The notices of a feed as they stand there. Raises ``FeedUnreadableError`` where it can't be trusted as a whole.

    A feed that was cut off is refused: the part that is missing may be the notice that ends a fault. What a server
    writes before or
    after the feed is left out, and an entry that can't be read is one that nobody relies on; the others are read.
    """
    body = _feed_alone(body)
    start = _seen_through(body)
    _check_head(start)
    if (named := _ENCODING.match(start)) and not _KNOWN_ENCODING.fullmatch(named[1].decode("ascii", "replace")):
        raise FeedUnreadableError("the feed is written in an encoding that is not read here")
    feed = feedparser.parse(body, response_headers=_kept(headers))
    if not feed.get("version"):
        raise FeedUnreadableError("the address answers with something that is neither RSS nor Atom")
    is_damaged = isinstance(feed.get("bozo_exception"), SAXException)
    if is_damaged and not _CLOSING.search(start):
        raise FeedUnreadableError("the feed is cut off")
    entries = feed.entries
    if is_damaged and len(_ENTRY.findall(body)) > len(entries):
        entries = entries_one_by_one(body, _kept(headers)) or entries
    return tuple(_notice(entry) for entry in entries[:MAX_ENTRIES])


def _seen_through(body: bytes) -> bytes:
    """The beginning and all that follows in lower case; also seen through UTF-16."""
    return body.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()


def _feed_alone(body: bytes) -> bytes:
    """The feed without what a programme has written before it or after its end (a warning, a counter)."""
    ends = list(_CLOSING.finditer(body))
    body = body[: ends[-1].end()] if ends else body
    start = _OPENING.search(body[:_LONGEST_JUNK])
    before = body[: start.start()].lstrip(b"\xef\xbb\xbf \t\r\n") if start else b""
    is_document = before.lower().startswith((b"<!doctype", b"<html", b"<?"))
    return body[start.start() :] if start and before and not is_document else body


def _check_head(start: bytes) -> None:
    """Refuse what is a web page, and a feed with a document type of its own: only what stands before its first element counts."""  # noqa: E501
    head = start[_PROLOG.match(start).end() :]  # type: ignore[union-attr]  # matches nothing, too
    if head.startswith((b"<!doctype html", b"<html")):
        raise FeedUnreadableError("the address answers with a web page (a login page?), not with a feed")
    before_first_element = re.split(rb"<\w", head, maxsplit=1)[0]
    if b"<!doctype" in before_first_element or b"<!entity" in before_first_element:
        raise FeedUnreadableError("the feed declares its own document type, which is refused: it could be a trap")


def entries_one_by_one(body: bytes, headers: Mapping[str, str]) -> list[Any]:
    """The entries of a damaged feed, each parsed for itself: what one leaves open does not swallow the next."""
    starts = [found.start() for found in _ENTRY.finditer(body)][:MAX_ENTRIES]
    root = _CLOSING.findall(body)
    tail = b"</channel>" * (b"<channel" in body) + (root[-1] if root else b"")
    found: list[Any] = []
    for at, end in zip(starts, [*starts[1:], len(body)], strict=True):
        piece = body[at:end]
        name = _ENTRY.match(piece)[1]  # type: ignore[index]  # every piece begins with one
        if piece.count(b"<![CDATA[") > piece.count(b"]]>"):
            piece += b"]]>"
        whole = body[: starts[0]] + piece + (b"" if b"</" + name in piece else b"</" + name + b">") + tail
        found += feedparser.parse(whole, response_headers=dict(headers)).entries[:1]
    return found


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """What the parser may know of the headers: the type, unless it names an encoding that is not read here."""
    written = headers.get("content-type", "")
    named = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", written, re.IGNORECASE)
    if not written or (named and not _KNOWN_ENCODING.fullmatch(named[1].lower())):
        return {}
    return {"content-type": written}


def _notice(entry: Any) -> RawNotice:
    """One entry. Whatever is odd about it keeps no other from being read."""
    try:
        return _read(entry)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, AssertionError) as fault:
        same = hashlib.sha256(repr(entry).encode("utf-8", "replace")).hexdigest()
        why = f"this entry of the feed could not be read ({type(fault).__name__})"
        return RawNotice(
            guid=f"sha256:{same}", title="(an entry that could not be read)", text=with_remarks("", (why,))
        )


def _read(entry: Any) -> RawNotice:
    title, text = _line(entry.get("title", "")), _text(entry)
    told = [dict.get(entry, name) or "" for name in ("published", "updated")]  # "get" takes one for the other
    published, updated = map(moment_of, told)
    written = told[0] or told[1]
    link = entry.get("link", "")
    is_usable = link.startswith(("https://", "http://")) and len(link) <= MAX_LINE and not identity_codes_in(link)
    link = link if is_usable else ""
    same = hashlib.sha256(f"{title}\n{written}".encode()).hexdigest()
    guid = _line(entry.get("id", "")) or link or f"sha256:{same}"
    if why := _doubt_of_dates(told, published, updated, f"{title}\n{text}"):
        text = with_remarks(text, (why,))[:MAX_TEXT]
    return RawNotice(guid=guid, title=title or "(no title)", text=text, link=link, published_at=published or updated)


def _doubt_of_dates(told: list[str], published: datetime | None, updated: datetime | None, words: str) -> str:
    """What speaks against reckoning the days of an entry from its date, where it has two."""
    if not all(told) or not names_relative_days(plain(words)):
        return ""
    if published is None or updated is None:
        return "one of its two dates could not be read, and it tells its days by one of them"
    if local(published).date() == local(updated).date():
        return ""
    return f"it was published on {_day(published)} and updated on {_day(updated)}, and tells its days by one of them"


def _day(moment: datetime) -> str:
    return f"{local(moment):%-d.%-m.%Y}"


def _text(entry: Any) -> str:
    contents = [part.get("value", "") for part in entry.get("content", [])]
    return plain_text(max([entry.get("summary", ""), *contents], key=len))[:MAX_TEXT]


def _line(markup: str) -> str:
    return " ".join(plain_text(markup).split())[:MAX_LINE]


def plain_text(markup: str) -> str:
    """The words of some HTML, a line for each block, list entries with a dash.

    Control characters are left out and personal identity codes masked: the text goes on into records and messages.
    """
    kept = "".join(c for c in lines_of(markup) if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return masked("\n".join(line for line in lines if line))
