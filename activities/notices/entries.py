"""The raw entries of an RSS 2.0 or Atom feed, whose bytes may be hostile, damaged, or no feed at all."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from xml.sax import SAXException

import feedparser

from activities.notices.dates import moment_of
from activities.notices.download import FeedUnreadableError
from workflows.procedure.identity_codes import masked
from workflows.procedure.model import MAX_LINE, MAX_TEXT
from workflows.procedure.notices.reading import RawNotice

MAX_ENTRIES = 500
_TAIL = 2000
_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>\s*(?:<!--.*?-->\s*)*$", re.DOTALL)
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})")
_KNOWN_ENCODING = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|ascii|iso[-_]?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d"
)
"""Others (UTF-7 among them) can hide a document type from the look at the bytes."""
_BLOCKS = {"p", "div", "br", "li", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "table"}


def raw_notices(body: bytes, headers: Mapping[str, str]) -> tuple[RawNotice, ...]:
    """The notices of a feed as they stand there. Raises ``FeedUnreadableError`` where it can't be trusted as a whole.

    A feed that was cut off is refused: the part that is missing may be the notice that ends a fault.
    """
    start = body.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()  # also seen through UTF-16
    if start.startswith((b"<!doctype html", b"<html")):
        raise FeedUnreadableError("the address answers with a web page (a login page?), not with a feed")
    if b"<!doctype" in start:
        raise FeedUnreadableError("the feed declares its own document type, which is refused: it could be a trap")
    if (named := _ENCODING.match(start)) and not _KNOWN_ENCODING.fullmatch(named[1].decode("ascii", "replace")):
        raise FeedUnreadableError("the feed is written in an encoding that is not read here")
    feed = feedparser.parse(body, response_headers=_kept(headers))
    if not feed.get("version"):
        raise FeedUnreadableError("the address answers with something that is neither RSS nor Atom")
    if isinstance(feed.get("bozo_exception"), SAXException) and not _CLOSED.search(start[-_TAIL:]):
        raise FeedUnreadableError("the feed is cut off")
    return tuple(_notice(entry) for entry in feed.entries[:MAX_ENTRIES])


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """What the parser may know of the headers: the type, unless it names an encoding that is not read here."""
    written = headers.get("content-type", "")
    named = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", written, re.IGNORECASE)
    if not written or (named and not _KNOWN_ENCODING.fullmatch(named[1].lower())):
        return {}
    return {"content-type": written}


def _notice(entry: Any) -> RawNotice:
    title = _line(entry.get("title", ""))
    written = entry.get("published") or entry.get("updated") or ""
    link = entry.get("link", "")
    is_usable = link.startswith(("https://", "http://")) and len(link) <= MAX_LINE and masked(link) == link
    link = link if is_usable else ""
    same = hashlib.sha256(f"{title}\n{written}".encode()).hexdigest()
    guid = _line(entry.get("id", "")) or link or f"sha256:{same}"
    return RawNotice(
        guid=guid, title=title or "(no title)", text=_text(entry), link=link, published_at=moment_of(written)
    )


def _text(entry: Any) -> str:
    contents = [part.get("value", "") for part in entry.get("content", [])]
    return plain_text(max([entry.get("summary", ""), *contents], key=len))[:MAX_TEXT]


def _line(markup: str) -> str:
    return " ".join(plain_text(markup).split())[:MAX_LINE]


def plain_text(markup: str) -> str:
    """The words of some HTML, a line for each block, list entries with a dash.

    Control characters are left out and personal identity codes masked: the text goes on into records and messages.
    """
    words = _Words()
    words.feed(markup)
    words.close()
    kept = "".join(c for c in "".join(words.parts) if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return masked("\n".join(line for line in lines if line))


class _Words(HTMLParser):
    """Collects the text of HTML, not its scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # given by HTMLParser
        self.silent += tag in ("script", "style")
        if tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style") and self.silent > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data.replace("\t", " "))
