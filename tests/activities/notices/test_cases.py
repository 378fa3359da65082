"""Inputs of the kinds that people who do this job have met, each with what a careful person reads in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from activities.notices.entries import raw_notices
from activities.notices.mail import read_mail
from workflows.procedure.local_time import local, zone
from workflows.procedure.notices.kinds import NoticeKind
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 26, 15, 20, tzinfo=zone())


class Right(NamedTuple):
    """What is to be read, times in local time."""

    kind: NoticeKind
    services: tuple[str, ...]
    spared: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    published: str = "26.11. 14:05"


FAULT = Right("fault", ("PRESCRIPTION",))
BREAK = Right("maintenance", ("PDR",), windows=("1.12. 18:00-1.12. 20:00",))


def _read(name: str) -> list[tuple[RawNotice, Reading]]:
    content = (CASES / name).read_bytes()
    notices = [read_mail(content)] if name.endswith(".eml") else raw_notices(content, {})
    return [(notice, read_notice(notice, NOW)) for notice in notices]


def _at(moment: datetime) -> str:
    return f"{local(moment):%-d.%-m. %H:%M}"


def _shown(notice: RawNotice, reading: Reading) -> Right:
    assert notice.published_at
    windows = tuple(f"{_at(window.starts_at)}-{_at(window.ends_at)}" for window in reading.windows)
    return Right(reading.kind, reading.services, reading.not_affected, windows, _at(notice.published_at))


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("bom-start.eml", [FAULT]),
        ("leading-blank.eml", [FAULT]),
        ("eml-as-octet.eml", [FAULT]),
        ("privacy-footer.fi.eml", [FAULT]),
        ("plain-with-filename.eml", [BREAK]),
        ("html-source-wrap.eml", [BREAK]),
        ("html-table-glued.eml", [BREAK]),
        ("html-table.xml", [BREAK]),
        ("hard-wrap-72.eml", [FAULT._replace(spared=("PDR", "MYKANTA", "KELAIN"))]),
        (
            "inline-forward.sv.eml",
            [Right("maintenance", ("PDR",), (), ("26.11. 18:00-26.11. 20:00",), "25.11. 15:02")],
        ),
        ("date-0000.xml", [FAULT]),
        ("doctype-in-cdata.xml", [FAULT]),
        ("php-warning-after.xml", [FAULT]),
        (
            "night-toward.xml",
            [
                Right("maintenance", ("IMAGING",), (), ("11.12. 22:00-12.12. 04:00",), "26.11. 15:10"),
                Right("maintenance", ("CDR",), (), ("4.12. 23:00-5.12. 02:00",), "26.11. 15:11"),
                Right("maintenance", ("MEDDB",), (), ("18.12. 23:00-19.12. 02:00",), "26.11. 15:12"),
            ],
        ),
    ],
)
def test_it_is_read_as_a_careful_person_reads_it(name: str, right: list[Right]) -> None:
    found = _read(name)
    assert [_shown(*one) for one in found] == right
    assert [reading.why for _, reading in found if not reading.certain] == []


def test_the_note_above_a_forwarded_mail_and_its_headers_are_no_part_of_the_notice() -> None:
    ((notice, _),) = _read("inline-forward.sv.eml")
    assert notice.text.startswith("I Patientdatalagret görs")
    assert notice.title == "Serviceavbrott i Patientdatalagret i morgon"


def test_winmail_dat_is_never_certain_and_says_what_it_is() -> None:
    ((notice, reading),) = _read("tnef-only.eml")
    assert not reading.certain
    assert "winmail.dat" in reading.why
    assert "winmail.dat" in notice.text


MAIL = (CASES / "leading-blank.eml").read_bytes().lstrip().replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    "damaged",
    [
        b"\xef\xbb\xbf" + MAIL,
        b"\n\r\n \n" + MAIL,
        MAIL.replace(b"\n", b"\r\r\n"),
        MAIL.replace(b"\n", b"\r"),
        b"From tiedote@example.org Thu Nov 26 14:05:00 2026\n" + MAIL,
        b"\xff\xfe" + MAIL.decode().encode("utf-16-le"),
        MAIL.replace(b"charset=utf-8", b"charset=us-ascii"),
        MAIL.decode().encode("cp1252"),
        MAIL.decode().encode().decode("cp1252").encode(),
    ],
    ids=["bom", "blank", "cr-cr-lf", "cr", "mbox", "utf-16", "wrong-charset", "cp1252-as-utf-8", "encoded-twice"],
)
def test_damage_on_the_way_changes_nothing(damaged: bytes) -> None:
    notice = read_mail(damaged)
    assert _shown(notice, read_notice(notice, NOW)) == FAULT
    assert read_notice(notice, NOW).certain


def _with_body(kind: str, body: bytes, more: bytes = b"") -> bytes:
    head = MAIL.split(b"Content-Type")[0]
    return head + b"Content-Type: " + kind.encode() + b"\n" + more + b"\n" + body


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_with_body("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", b"MIAG"), "S/MIME"),
        (_with_body("text/plain", b"-----BEGIN PGP MESSAGE-----\nxx\n-----END PGP MESSAGE-----\n"), "PGP"),
        (_with_body("text/html", b"<html><body><img src='cid:1'></body></html>"), "picture"),
        (_with_body("image/png; name=tiedote.png", b"\x89PNG"), "picture"),
        (_with_body("application/pdf; name=tiedote.pdf", b"%PDF-1.7 /Encrypt 5 0 R"), "password"),
        (_with_body("text/plain", b"\n"), "no text"),
    ],
    ids=["smime", "pgp", "image-only-html", "image", "password", "empty"],
)
def test_unreadable_is_not_empty(content: bytes, words: str) -> None:
    reading = read_notice(read_mail(content), NOW)
    assert not reading.certain
    assert words in reading.why


FORWARD = """Tiedoksi.

{head}

Potilastietovarannossa tehdään huolto huomenna klo 18.00–20.00. Asiakirjoja ei voi hakea huollon aikana."""


@pytest.mark.parametrize(
    "head",
    [
        "From: Tiedotteet <t@example.org>\nSent: Wednesday, November 25, 2026 3:02 PM\nTo: x\nSubject: Huolto",
        "---------- Forwarded message ---------\nLähettäjä: T <t@example.org>\nDate: ke 25. marrask. 2026 klo 15.02\nSubject: Huolto\nTo: x",  # noqa: E501  # one pattern or sentence
        "Begin forwarded message:\n\nFrom: T <t@example.org>\nSubject: Huolto\nDate: 25 November 2026 at 15.02.33 EET\nTo: x",  # noqa: E501  # one pattern or sentence
        "Välitetty viesti alkaa:\n\nLähettäjä: T\nAihe: Huolto\nPäivämäärä: 25. marraskuuta 2026 klo 15.02.33 UTC+2\nVastaanottaja: x",  # noqa: E501  # one pattern or sentence
        "Lähettäjä: T\nLähetetty: keskiviikko 25. marraskuuta 2026 15.02\nVastaanottaja: x\nAihe: Huolto",
        "> From: A\n> Sent: 26.11.2026 7.30\n> Subject: VL: Huolto\n>\n> From: T\n> Sent: 25.11.2026 15.02\n> Subject: Huolto",  # noqa: E501  # one pattern or sentence
    ],
    ids=["outlook", "gmail", "apple", "apple-fi", "outlook-fi", "twice"],
)
def test_a_forwarded_mail_counts_from_its_own_date(head: str) -> None:
    notice = read_mail(_with_body("text/plain; charset=utf-8", FORWARD.format(head=head).encode()))
    reading = read_notice(notice, NOW)
    assert notice.published_at is not None
    assert _at(notice.published_at) == "25.11. 15:02"
    assert _shown(notice, reading).windows == ("26.11. 18:00-26.11. 20:00",)
    assert reading.certain


def test_without_its_own_date_a_relative_day_is_a_doubt() -> None:
    head = "From: T <t@example.org>\nSent: some day\nSubject: Huolto"
    reading = read_notice(read_mail(_with_body("text/plain; charset=utf-8", FORWARD.format(head=head).encode())), NOW)
    assert not reading.certain


ITEM = "<item><title>Häiriö Reseptikeskuksessa</title><guid>{0}</guid><pubDate>Thu, 26 Nov 2026 14:05:00 +0200</pubDate>{1}</item>"  # noqa: E501  # one pattern or sentence


def test_one_bad_entry_never_hides_the_others() -> None:
    bad = ITEM.format(2, "<description><![CDATA[<p>Reseptikeskus & ").removesuffix("</item>")
    text = "<description>Reseptikeskuksessa on häiriö.</description>"
    body = f'<?xml version="1.0"?><rss version="2.0"><channel>{ITEM.format(1, text)}{bad}{ITEM.format(3, text)}</channel></rss>'  # noqa: E501  # one pattern or sentence
    assert {"1", "3"} <= {notice.guid for notice in raw_notices(body.encode(), {})}


def test_two_dates_of_an_entry_make_a_relative_day_doubtful() -> None:
    feed = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>1</id>
    <title>Huoltokatko Reseptikeskuksessa</title><published>2026-11-24T12:00:00+02:00</published>
    <updated>{0}T12:00:00+02:00</updated><summary>Huolto {1} klo 18–20. Reseptejä ei voi hakea.</summary></entry></feed>"""  # noqa: E501  # one pattern or sentence
    doubtful, clear, dated = (
        read_notice(raw_notices(feed.format(*fields).encode(), {})[0], NOW - timedelta(hours=3))
        for fields in (("2026-11-25", "ylihuomenna"), ("2026-11-24", "ylihuomenna"), ("2026-11-25", "28.11."))
    )
    assert (doubtful.certain, clear.certain, dated.certain) == (False, True, True)
