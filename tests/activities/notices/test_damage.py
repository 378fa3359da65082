"""Damage on the way: a mail or a feed is read as if it were whole, or said to be damaged; never certain and other."""

from __future__ import annotations

import base64
import codecs
import quopri
import unicodedata
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.notices.download import FeedUnreadableError
from activities.notices.entries import raw_notices
from activities.notices.mail import UnusableMailError, read_mail
from workflows.procedure.local_time import zone
from workflows.procedure.notices.reading import Reading, read_notice

NOW = datetime(2026, 11, 26, 15, 20, tzinfo=zone())
HEAD = (
    "From: Tiedote <t@example.org>\r\nTo: d@example.org\r\nSubject: Häiriö Reseptikeskuksessa\r\n"
    "Date: Thu, 26 Nov 2026 14:05:00 +0200\r\nMessage-ID: <a@example.org>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit"
)
BODY = "Reseptikeskuksessa on häiriö. Häiriö ei vaikuta OmaKantaan.\r\n"
MAIL = f"{HEAD}\r\n\r\n{BODY}".encode()
SUBJECT = "Subject: Häiriö Reseptikeskuksessa".encode()
Change = Callable[[bytes], bytes]


def _read(content: bytes) -> Reading:
    return read_notice(read_mail(content), NOW)


WHOLE = _read(MAIL)


def _swap(old: bytes, new: bytes) -> Change:
    return lambda mail: mail.replace(old, new)


def _coded(name: str, content: bytes) -> bytes:
    return f"{HEAD.replace('8bit', name)}\r\n\r\n".encode() + content


def test_the_whole_mail_is_read_for_certain() -> None:
    assert (WHOLE.kind, WHOLE.services, WHOLE.not_affected) == ("fault", ("PRESCRIPTION",), ("MYKANTA",))
    assert WHOLE.certain


FRAMES: dict[str, Change] = {
    "bom": lambda mail: codecs.BOM_UTF8 + mail,
    "blank-lines": lambda mail: b"\r\n \t\n\n" + mail,
    "mbox": lambda mail: b"From - Thu Nov 26 14:05:00 2026\r\nX-Mozilla-Status: 0001\r\n" + mail,
    "quoted-from": lambda mail: b">From t@example.org Thu Nov 26 14:05:00 2026\r\n" + mail,
    "ctrl-z": lambda mail: mail + b"\x1a",
    "resent": lambda mail: b"Resent-Date: Fri, 27 Nov 2026 14:05:00 +0200\r\nResent-From: k@example.org\r\n" + mail,
    "received": lambda mail: b"Received: by x; Fri, 27 Nov 2026 14:06:00 +0200\r\n" + mail,
}
ENDINGS: dict[str, Change] = {
    "cr-cr-lf": _swap(b"\r\n", b"\r\r\n"),
    "cr": _swap(b"\r\n", b"\r"),
    "lf": _swap(b"\r\n", b"\n"),
    "crlf": lambda mail: mail,
}
BODIES: dict[str, Change] = {
    "charset-latin-1": _swap(b"charset=utf-8", b"charset=iso-8859-1"),
    "charset-ascii": _swap(b"charset=utf-8", b"charset=us-ascii"),
    "charset-unknown": _swap(b"charset=utf-8", b"charset=x-unknown"),
    "charset-missing": _swap(b"; charset=utf-8", b""),
    "type-missing": _swap(b"Content-Type: text/plain; charset=utf-8\r\n", b""),
    "encoding-unknown": _swap(b"8bit", b"8-bit"),
    "quoted-printable": lambda _: _coded("quoted-printable", quopri.encodestring(BODY.encode())),
    "base64": lambda _: _coded("base64", base64.encodebytes(BODY.encode())),
    "base64-cut": lambda _: _coded("base64", base64.b64encode(BODY.encode()).rstrip(b"=")),
    "named": _swap(b"charset=utf-8", b"charset=utf-8; name=viesti.txt"),
    "inline": _swap(b"MIME-Version", b"Content-Disposition: inline; filename=body.txt\r\nMIME-Version"),
    "attached": _swap(b"MIME-Version", b"Content-Disposition: attachment; filename=body.txt\r\nMIME-Version"),
    "encoded-subject": _swap(SUBJECT, b"Subject: =?utf-8?Q?H=C3=A4iri=C3=B6_Reseptikeskuksessa?="),
    "split-subject": _swap(SUBJECT, b"Subject: =?utf-8?Q?H=C3=A4iri=C3?=\r\n =?utf-8?Q?=B6_Reseptikeskuksessa?="),
    "wrong-subject": _swap(SUBJECT, b"Subject: =?us-ascii?Q?H=C3=A4iri=C3=B6_Reseptikeskuksessa?="),
    "decomposed": lambda mail: unicodedata.normalize("NFD", mail.decode()).encode(),
    "soft-hyphens": _swap(b"Reseptikeskuksessa on", "Resepti\u00adkeskuksessa\u00a0on".encode()),
    "zero-width": _swap(b"Reseptikeskuksessa on", "Resepti\u200bkeskuksessa on".encode()),
    "twice-utf-8": lambda mail: mail.decode().encode().decode("latin-1").encode(),
    "latin-1-called-utf-8": lambda mail: mail.decode().encode("latin-1"),
    "as-it-was": lambda mail: mail,
}


@given(
    st.sampled_from(list(BODIES)), st.sampled_from(list(ENDINGS)), st.lists(st.sampled_from(list(FRAMES)), max_size=3)
)
def test_damage_of_several_kinds_at_once(body: str, ending: str, frames: list[str]) -> None:
    mail = ENDINGS[ending](BODIES[body](MAIL))
    for frame in frames:
        mail = FRAMES[frame](mail)
    try:
        reading = _read(mail)
    except UnusableMailError:  # an mbox of several, a mark in the middle: refused, never misread
        assert len(frames) > 1
    else:
        assert not reading.certain or reading == WHOLE


@pytest.mark.parametrize("name", [*FRAMES, *ENDINGS, *BODIES])
def test_one_damage_changes_nothing(name: str) -> None:
    assert _read((FRAMES | ENDINGS | BODIES)[name](MAIL)) == WHOLE


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_file_in_another_encoding(encoding: str) -> None:
    assert _read(MAIL.decode().encode(encoding)) == WHOLE


@given(st.integers(0, len(MAIL)), st.binary(min_size=1, max_size=6))
def test_bytes_that_are_lost_or_added_make_nothing_break(at: int, junk: bytes) -> None:
    for content in (MAIL[:at], MAIL[:at] + junk + MAIL[at:], MAIL[:at] + junk + MAIL[at + len(junk) :]):
        try:
            reading = _read(content)
        except UnusableMailError:
            continue
        assert set(reading.services) <= {"PRESCRIPTION", "MYKANTA"}


FEED = '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>K</title>{}</channel></rss>'
ITEM = (
    "<item><title>Häiriö Reseptikeskuksessa</title><guid>{}</guid><pubDate>Thu, 26 Nov 2026 14:05:00 +0200</pubDate>"
    "<description>{}</description></item>"
)
TEXT = "Reseptikeskuksessa on häiriö."
TWO = FEED.format(ITEM.format(1, TEXT) + ITEM.format(2, TEXT))


def _with(text: str) -> str:
    return FEED.format(ITEM.format(1, text) + ITEM.format(2, TEXT))


@pytest.mark.parametrize(
    "body",
    [
        codecs.BOM_UTF8 + TWO.encode(),
        "\n\n" + TWO,
        "<br />\n<b>Warning</b>: x in y on line 3<br />\n" + TWO,
        TWO + "<br />\n<b>Warning</b>: x",
        TWO + "<!-- generated in 3 s -->",
        TWO + "<html><body>x</body></html>",
        _with(f"<![CDATA[<!DOCTYPE html><html><body><p>{TEXT}</p></body></html>]]>"),
        _with(f"&lt;!DOCTYPE html&gt;&lt;p&gt;{TEXT}&lt;/p&gt;"),
        _with(f"&lt;![CDATA[&lt;p&gt;{TEXT}&lt;/p&gt;]]&gt;"),
        _with(f"<![CDATA[<!ENTITY x 'y'><p>{TEXT}</p>]]>"),
        _with(f"{TEXT} A & B"),
        _with(TEXT.replace(" ", "&nbsp;")),
        _with(TEXT.replace("ä", "&auml;")),
        _with(f"{TEXT}\x0b"),
        _with(f"<b>{TEXT}"),
        TWO.replace("utf-8", "iso-8859-1").encode("latin-1"),
        TWO.encode("latin-1"),
        TWO.replace("utf-8", "utf-16").encode("utf-16"),
        FEED.format(ITEM.format(1, TEXT).replace("</item>", "") + ITEM.format(2, TEXT)),
    ],
)
def test_no_entry_of_a_damaged_feed_is_lost(body: str | bytes) -> None:
    notices = raw_notices(body.encode() if isinstance(body, str) else body, {})
    assert [notice.guid for notice in notices] == ["1", "2"]
    readings = [read_notice(notice, NOW) for notice in notices]
    assert [(each.kind, each.services, each.certain) for each in readings] == [("fault", ("PRESCRIPTION",), True)] * 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (TWO[:-60], "cut off"),
        ("<!DOCTYPE html><html><body>login</body></html>", "web page"),
        (TWO.replace("<rss", '<!DOCTYPE rss [<!ENTITY x "y">]><rss'), "document type"),
        ("", "neither RSS nor Atom"),
    ],
)
def test_what_is_refused_is_refused_for_its_true_reason(body: str, why: str) -> None:
    with pytest.raises(FeedUnreadableError, match=why):
        raw_notices(body.encode(), {})
