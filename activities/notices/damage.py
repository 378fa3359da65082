"""What happens to the bytes of a mail on its way to a file, undone; and what a file is that holds no mail."""

from __future__ import annotations

import codecs
import re

_MBOX = re.compile(rb"\A>?From [^\n]{1,200}\n")
_NEXT_IN_MBOX = re.compile(rb"\n\nFrom \S[^\n]{0,150}\d{4}[^\n]{0,20}\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_MARK_AT_LINE = re.compile(rb"^(?:\xef\xbb\xbf)+", re.MULTILINE)
_MOST = 8
"""Of the first ten pairs of bytes, more than so many have a zero where the text is UTF-16."""
_KINDS = (
    (b"\xd0\xcf\x11\xe0", "is an Outlook file (.msg); save the mail as .eml, or forward it and save that"),
    (b"%PDF", "is a PDF; save the mail itself as .eml, or enter the notice with --title and --text"),
    (b"PK\x03\x04", "is a zip file or an Office document; save the mail itself as .eml"),
    (b"\x1f\x8b", "is compressed (gzip); unpack it first"),
    (b"\x89PNG", "is a picture; enter the notice with --title and --text"),
    (b"\xff\xd8\xff", "is a picture; enter the notice with --title and --text"),
    (b"<!doctype html", "is a web page; save the mail itself as .eml"),
    (b"<html", "is a web page; save the mail itself as .eml"),
    (b"{\\rtf", "is a text of a word processor (RTF); save the mail itself as .eml"),
)


def kind_of_file(content: bytes) -> str:
    """What a file is that holds no mail, and what to do; empty where it may be a mail."""
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not content.strip():
        return "is empty: it holds no mail"
    return next((words for mark, words in _KINDS if start.lower().startswith(mark.lower())), "")


def number_of_mails(content: bytes) -> int:
    """How many mails a repaired file of an mbox holds; 1 where it is none."""
    return 1 + len(_NEXT_IN_MBOX.findall(content)) if _MBOX.match(content) else 1


def repaired(content: bytes) -> bytes:
    """The bytes with one kind of line ending, without a byte order mark and what stands before the first header."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if content.startswith(mark):
            content = content[2:].decode(encoding, "replace").encode()
    if content[1:20:2].count(0) > _MOST or content[:20:2].count(0) > _MOST:  # UTF-16 without its mark
        content = content.decode("utf-16-le" if content[1:2] == b"\0" else "utf-16-be", "replace").encode()
    content = _MARK_AT_LINE.sub(b"", re.sub(rb"\r+\n", b"\n", content).replace(b"\r", b"\n"))
    while (stripped := content.removeprefix(codecs.BOM_UTF8).lstrip(b"\n \t\0\x1a")) != content:
        content = stripped
    return content


def without_mbox(content: bytes) -> bytes:
    """A mail without the line that begins it in an mbox, and without what was quoted for it."""
    if not (first := _MBOX.match(content)):
        return content
    return _QUOTED_FROM.sub(rb"\1", content[first.end() :])
