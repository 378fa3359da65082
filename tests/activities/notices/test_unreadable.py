"""Unreadable is not empty: whose words are elsewhere is never certain, whatever its title says."""

from __future__ import annotations

from datetime import datetime

import pytest

from activities.notices.mail import read_mail
from workflows.procedure.local_time import zone
from workflows.procedure.notices.reading import Reading, read_notice

NOW = datetime(2026, 11, 26, 15, 20, tzinfo=zone())
HEAD = (
    "From: a@example.org\nSubject: Häiriö Reseptikeskuksessa\nDate: Thu, 26 Nov 2026 14:05:00 +0200\nMIME-Version: 1.0\n"  # noqa: E501  # one pattern or sentence
    "Content-Type: {kind}\n"
)
WORDS = "Reseptikeskuksessa on häiriö. Selvitämme vikaa ja tiedotamme lisää, kun tiedämme enemmän sen syystä."
PLAIN = "text/plain; charset=utf-8"
PACKED = "Content-Transfer-Encoding: base64\n\n"


def _read(kind: str, body: str) -> Reading:
    return read_notice(read_mail(f"{HEAD.format(kind=kind)}{body}".encode()), NOW)


def _mixed(*parts: tuple[str, str]) -> tuple[str, str]:
    told = "".join(f"--E\nContent-Type: {kind}\n{body}\n" for kind, body in parts)
    return "multipart/mixed; boundary=E", f"\n{told}--E--\n"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        _mixed(("application/pdf; name=tiedote.pdf", f"{PACKED}JVBERi0xLjcK")),
        _mixed((PLAIN, "\nTerveisin Kanta-palvelut"), ("image/png; name=tiedote.png", f"{PACKED}iVBORw0K")),
        _mixed((PLAIN, "\nTiedote liitteenä."), ("application/zip; name=t.zip", f"{PACKED}UEsDBBQAAQAA")),
        _mixed((PLAIN, "\nOhessa."), ("application/octet-stream; name=t.docx", f"{PACKED}0M8R4KGxGuE=")),
        _mixed((PLAIN, "\nTämä viesti on luottamuksellinen."), ("application/pkcs7-mime; name=smime.p7m", "\nMIAG")),
        _mixed(
            (
                PLAIN,
                "\nThe following message could not be displayed by your programme, since its format is not supported here.",  # noqa: E501  # one pattern or sentence
            ),
            ("application/ms-tnef; name=winmail.dat", "\neJ8+IgAA"),
        ),
        (PLAIN, f"\n{WORDS}\n-----BEGIN PGP MESSAGE-----\nxx\n-----END PGP MESSAGE-----\n"),
        (PLAIN, "\nSinulle on lähetetty suojattu viesti: Häiriö Reseptikeskuksessa. Lue se linkistä."),
        (PLAIN, "\nKelan turvaposti: Reseptikeskuksessa on häiriö. Avaa viesti tunnistautumalla."),
        (PLAIN, "\nDu har fått ett krypterat meddelande: störning i Receptcentret."),
        (
            PLAIN,
            "\nYou have received a secure message regarding a fault in the Prescription Centre. Sign in to read it.",
        ),
        (PLAIN, f"\n{WORDS} [Viesti on katkaistu]"),
        (PLAIN, f"\n{WORDS}\n[Message clipped] View entire message"),
        (PLAIN, "\nhttps://www.kanta.fi/tiedote"),
        (PLAIN, "\nTämä viesti on luottamuksellinen."),
        ("text/html", "\n<img src=cid:a><p>This message is confidential.</p>"),
        (PLAIN, "\nSait tämän viestin, koska olet tilannut tiedotteet."),
        ("text/html", "\n<!-- Reseptikeskuksessa on häiriö -->"),
        ("text/calendar", "\nBEGIN:VCALENDAR\nEND:VCALENDAR"),
    ],
)
def test_it_is_never_certain(kind: str, body: str) -> None:
    assert not _read(kind, body).certain


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            PLAIN,
            f"\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{WORDS}\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n",  # noqa: E501  # one pattern or sentence
        ),
        _mixed((PLAIN, f"\n{WORDS}"), ("application/pkcs7-signature; name=smime.p7s", "\nMIAG")),
        _mixed((PLAIN, f"\n{WORDS}"), ("application/ms-tnef; name=winmail.dat", "\nx")),
        _mixed(
            ("text/html; charset=utf-8", f"\n<p>{WORDS}</p><img src=cid:a>"),
            ("image/png; name=logo.png", f"{PACKED}iVBORw0K"),
        ),
    ],
    ids=["pgp-signed", "smime-signed", "winmail-beside", "logo"],
)
def test_what_stands_beside_whole_words_takes_nothing_from_them(kind: str, body: str) -> None:
    reading = _read(kind, body)
    assert (reading.kind, reading.services, reading.certain) == ("fault", ("PRESCRIPTION",), True), reading.why
