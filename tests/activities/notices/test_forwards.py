"""Forwarded mails, as programs write them: the words' own date counts; where it isn't found, nobody is certain."""

from __future__ import annotations

import base64
import quopri
from datetime import datetime

import pytest

from activities.notices.mail import read_mail
from workflows.procedure.local_time import local, zone
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

NOW = datetime(2026, 11, 26, 15, 20, tzinfo=zone())
NOTICE = "Potilastietovarannossa tehdään huolto huomenna klo 18.00–20.00. Asiakirjoja ei voi hakea huollon aikana."
NAMES = "Kanta <t@example.org>"
SENT = "Sent: Wednesday, November 25, 2026 3:02 PM"
OUTER = (
    "From: Kollega <k@example.org>\nTo: desk@example.org\nSubject: {subject}\nMIME-Version: 1.0\n"
    "Date: Thu, 26 Nov 2026 07:50:00 +0200\nMessage-ID: <x@example.org>\n"
)
INNER = (
    f"From: {NAMES}\nTo: A\nSubject: Huolto\nDate: Wed, 25 Nov 2026 15:02:00 +0200\nMIME-Version: 1.0\n"
    f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{NOTICE}"
)


def _read(content: str) -> tuple[RawNotice, Reading]:
    notice = read_mail(content.encode())
    return notice, read_notice(notice, NOW)


def _mail(body: str, kind: str = "plain", subject: str = "VL: Huolto") -> str:
    return f"{OUTER.format(subject=subject)}Content-Type: text/{kind}; charset=utf-8\n\n{body}"


def _check_is_of_the_day_before(content: str) -> None:
    notice, reading = _read(content)
    assert notice.published_at
    assert f"{local(notice.published_at):%-d.%-m. %H:%M}" == "25.11. 15:02"
    assert [f"{local(window.starts_at):%-d.%-m. %H:%M}" for window in reading.windows] == ["26.11. 18:00"]
    assert reading.certain, reading.why
    assert notice.title == "Huolto"
    assert "25" not in notice.text


@pytest.mark.parametrize(
    "head",
    [
        f"FYI\n\n____________________________\nFrom: {NAMES}\n{SENT}\nTo: All\nSubject: Huolto",
        f"From: {NAMES}\nSent: 25 November 2026 15:02\nTo: All\nCc: b\nSubject: Huolto\nImportance: High",
        f"Hej!\n\nFrån: {NAMES}\nSkickat: den 25 november 2026 15:02\nTill: Alla\nÄmne: Huolto",
        f"Från: {NAMES}\nSkickat: onsdag 25 november 2026 kl. 15:02\nTill: Alla\nÄmne: Huolto",
        f"---------- Forwarded message ---------\nFrån: {NAMES}\nDate: ons 25 nov. 2026 kl 15:02\nSubject: Huolto",
        f"---------- Edelleenlähetetty viesti ----------\nLähettäjä: {NAMES}\nPäivämäärä: 25. marraskuuta 2026 klo 15.02\nAihe: Huolto\nVastaanottaja: x@example.org",  # noqa: E501  # one pattern or sentence
        f"Vidarebefordrat brev:\n\nFrån: {NAMES}\nÄmne: Huolto\nDatum: 25 november 2026 15:02:33 EET\nTill: x",
        f"Alku välitetylle viestille:\n\nLähettäjä: {NAMES}\nAihe: Huolto\nPäiväys: 25. marraskuuta 2026 klo 15.02.33 EET",  # noqa: E501  # one pattern or sentence
        f"-------- Välitetty viesti --------\nAihe: \tHuolto\nPäiväys: \tWed, 25 Nov 2026 15:02:33 +0200\nLähettäjä: \t{NAMES}",  # noqa: E501  # one pattern or sentence
        f"-------- Vidarebefordrat meddelande --------\nÄmne: Huolto\nDatum: Wed, 25 Nov 2026 15:02:33 +0200\nFrån: {NAMES}",  # noqa: E501  # one pattern or sentence
        f"*From:* {NAMES}\n*Sent:* Wednesday, November 25, 2026 3:02 PM\n*To:* x\n*Subject:* Huolto",
        f"Lähettäjä: {NAMES}\nLähetetty: ke 25.11.2026 15:02\nVastaanottaja: x\nAihe: Huolto",
        f"Lähettäjä: {NAMES}\nLähetyspäivä: 25.11.2026 15:02\nKenelle: x\nKopio: y\nAihe: Huolto",
        f"From: {NAMES}\nDate: 2026-11-25 15:02\nTo: x\nSubject: Huolto",
        f"From: {NAMES}\nSent: Wednesday, November 25, 2026 1:02 PM (UTC)\nTo: x\nSubject: Huolto",
        f"Von: {NAMES}\nGesendet: Mittwoch, 25. November 2026 15:02\nAn: A\nBetreff: Huolto",
        f"From: {NAMES} {SENT} To: A Subject: Huolto",
        f"From: {NAMES}\n\n{SENT}\n\nTo: A\n\nSubject: Huolto",
        f"From:\u00a0{NAMES}\nSent:\u00a0Wednesday, November 25, 2026 3:02\u202fPM\nTo:\u00a0A\nSubject:\u00a0Huolto",
        "From: Kanta\n <t@example.org>\nSent: Wednesday,\n November 25, 2026 3:02 PM\nTo: A\nSubject: Huolto",
        f"From: {NAMES}\n{SENT}\nTo: a@example.org; b@example.org;\n c@example.org\nCc: f@example.org\nSubject: Huolto",
        f"FYI\nFrom: A\nSent: Thursday, November 26, 2026 7:30 AM\nTo: B\nSubject: FW: Huolto\n\nTiedoksi!\n\nFrom: {NAMES}\n{SENT}\nSubject: Huolto",  # noqa: E501  # one pattern or sentence
        f"From: A\nSent: Thursday, November 26, 2026 7:30 AM\nSubject: FW: Huolto\n\nVälitän.\n\nLähettäjä: C\nLähetetty: keskiviikko 25. marraskuuta 2026 17.30\nAihe: VL: Huolto\n\nHuomioikaa.\n\nFrån: {NAMES}\nSkickat: den 25 november 2026 15:02\nÄmne: Huolto",  # noqa: E501  # one pattern or sentence
    ],
)
def test_headers_of_any_program(head: str) -> None:
    _check_is_of_the_day_before(_mail(f"{head}\n\n{NOTICE}"))


def test_quoted_headers() -> None:
    text = f"From: {NAMES}\n{SENT}\nTo: x\nSubject: Huolto\n\n{NOTICE}"
    _check_is_of_the_day_before(_mail("\n".join(f">> {line}" for line in text.split("\n"))))


@pytest.mark.parametrize(
    "head",
    [
        f"<div style='border-top:solid'><p><b>From:</b> Kanta<br><b>Sent:</b> {SENT[6:]}<br><b>To:</b> A<br><b>Subject:</b> Huolto</p></div>",  # noqa: E501  # one pattern or sentence
        "<div class='gmail_quote'><div class='gmail_attr'>---------- Forwarded message ---------<br>From: <b>Kanta</b><br>Date: Wed, Nov 25, 2026 at 3:02\u202fPM<br>Subject: Huolto<br>To: x<br></div></div>",  # noqa: E501  # one pattern or sentence
        f"<table><tr><th>From:</th><td>Kanta</td></tr><tr><th>Sent:</th><td>{SENT[6:]}</td></tr><tr><th>Subject:</th><td>Huolto</td></tr></table>",  # one pattern or sentence  # noqa: E501  # one pattern or sentence
    ],
    ids=["outlook", "gmail", "table"],
)
def test_headers_in_html(head: str) -> None:
    _check_is_of_the_day_before(_mail(f"<html><body><p>FYI</p>{head}<p>{NOTICE}</p></body></html>", "html"))


@pytest.mark.parametrize(
    "head",
    [
        "From: Kanta\nTo: A\nSubject: Huolto\n\n",
        "From: Kanta\nSent: 11/10/2026 15:02\nTo: A\nSubject: Huolto\n\n",
        "From: Kanta\nSent: 25 November 2026 15:02 XYZT\nTo: A\nSubject: Huolto\n\n",
        f"Tämä on peruttu.\n\nFrom: Kanta\n{SENT}\nSubject: Huolto\n\n",
        "FYI\n\nOn Wed, 25 Nov 2026 at 15:02, Kanta <t@example.org> wrote:\n> ",
        "FYI\n\nOn Wed, 25 Nov 2026 at 15:02, Kanta-palvelujen tiedotteet ja viestintä\n<t@example.org> wrote:\n> ",
        "Kanta <t@example.org> kirjoitti 25.11.2026 kello 15.02:\n> ",
        "ke 25. marrask. 2026 klo 15.02 Kanta (t@example.org) kirjoitti:\n",
        "Den ons 25 nov. 2026 kl 15:02 skrev Kanta <t@example.org>:\n",
        "Kanta <t@example.org> skrev 25 november 2026 kl. 15:02:\n",
        "25 nov. 2026 kl. 15:02 skrev Kanta <t@example.org>:\n",
        "Kanta lähetti eilen tämän:\n",
        "> ",
        "---------- Forwarded message ----------\n",
        "-----Alkuperäinen viesti-----\n",
        "Vidarebefordras:\n\n",
        "",
    ],
)
def test_where_the_own_date_is_not_found_nobody_is_certain(head: str) -> None:
    _, reading = _read(_mail(f"{head}{NOTICE}"))
    assert not reading.certain


@pytest.mark.parametrize("kind", ["<blockquote type='cite'>{}</blockquote>", "<div class=gmail_quote>{}</div>"])
def test_what_html_quotes_without_headers_is_a_doubt(kind: str) -> None:
    _, reading = _read(_mail(f"<p>{kind.format(NOTICE)}</p>", "html", "Huolto"))
    assert "quotes another mail" in reading.why


def test_a_forwarded_mail_that_names_its_days_as_dates_needs_no_date_of_its_own() -> None:
    _, reading = _read(_mail(NOTICE.replace("huomenna", "perjantaina 27.11.")))
    assert reading.certain, reading.why


ATTACHED = {
    "rfc822": ("message/rfc822", "", INNER),
    "digest": ("message/rfc822; name=x.mht", "", INNER),
    "base64": ("message/rfc822", "base64", base64.encodebytes(INNER.encode()).decode()),
    "quoted-printable": ("message/rfc822", "quoted-printable", quopri.encodestring(INNER.encode()).decode()),
    **{
        name: (kind, "base64", base64.encodebytes(INNER.encode()).decode())
        for name, kind in {
            "octet-stream": 'application/octet-stream; name="HUOLTO.EML"',
            "name-of-rfc-2231": "application/octet-stream; name*=utf-8''Huolto%20%C3%A4.eml",
            "encoded-name": 'application/octet-stream; name="=?utf-8?B?SHVvbHRvLmVtbA==?="',
            "without-name": "application/octet-stream",
            "called-text": 'text/plain; name="Huolto.eml"',
            "called-outlook": 'application/vnd.ms-outlook; name="Huolto.eml"',
            "x-eml": "application/x-eml",
        }.items()
    },
}


@pytest.mark.parametrize("way", ATTACHED)
def test_a_mail_attached_in_any_way(way: str) -> None:
    kind, encoding, content = ATTACHED[way]
    coded = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    _check_is_of_the_day_before(
        f"{OUTER.format(subject='VL: Huolto')}Content-Type: multipart/mixed; boundary=B\n\n"
        "--B\nContent-Type: text/plain; charset=utf-8\n\nTiedoksi, katsokaa liite.\n"
        f"--B\nContent-Type: {kind}\n{coded}\n{content}\n--B--\n"
    )


def test_a_file_of_unknown_kind_is_no_mail_because_it_looks_like_one() -> None:
    card = base64.encodebytes(b"BEGIN: VCARD\nVERSION: 3.0\nFN: Kela\n").decode()
    notice, _ = _read(
        f"{OUTER.format(subject='Huolto')}Content-Type: multipart/mixed; boundary=B\n\n"
        f"--B\nContent-Type: text/plain; charset=utf-8\n\n{NOTICE}\n"
        f"--B\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n{card}\n--B--\n"
    )
    assert notice.text == NOTICE
