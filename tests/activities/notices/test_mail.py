"""A notice that came by mail, as mail programs write it."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from activities.notices.mail import MAX_BYTES, UnusableMailError, read_mail

HEAD = b"From: kanta@example.org\r\nDate: Mon, 23 Nov 2026 02:30:00 +0200\r\nMessage-ID: <n-1@example.org>\r\n"
TEXT = "Häiriö alkoi klo 13. Ei vaikuta Kelaimeen."


def mail(body: bytes, kind: str = "text/plain", subject: bytes = b"x", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return HEAD + b"Subject: " + subject + f"\r\n{more}Content-Type: {kind}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "utf-8"),  # says one thing and does another
        ("us-ascii", "utf-8"),
        ("no-such-charset", "utf-8"),
        ("iso-8859-1", "iso-8859-1"),
        ("utf-8", "cp1252"),
        ("no-such-charset", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-7", "utf-7"),
    ],
)
def test_text_in_any_encoding_right_or_wrong(declared: str, encoding: str) -> None:
    assert read_mail(mail(TEXT.encode(encoding), f"text/plain; charset={declared}")).text == TEXT


@pytest.mark.parametrize(
    "subject",
    [
        b"=?iso-8859-1?Q?H=E4iri=F6?=",
        b"=?utf-8?B?SMOkaXJpw7Y=?=",
        "Häiriö".encode(),
        "Häiriö".encode("cp1252"),
        b"VL: VS: =?utf-8?B?SMOkaXJpw7Y=?=",
        b"Fwd: =?utf-8?Q?H=C3=A4iri=C3?=\r\n =?utf-8?Q?=B6?=",
    ],
)
def test_the_subject_is_the_title(subject: bytes) -> None:
    assert read_mail(mail(b"x", subject=subject)).title == "Häiriö"


def test_a_reminder_stays_a_reminder() -> None:
    assert read_mail(mail(b"x", subject=b"Muistutus: katko 19.4.")).title == "Muistutus: katko 19.4."


def test_date_and_id() -> None:
    read = read_mail(mail(b"x"))
    assert read.published_at
    assert (read.published_at.isoformat(), read.guid) == ("2026-11-23T00:30:00+00:00", "n-1@example.org")
    bare = read_mail(b"Subject: x\r\n\r\ny")
    assert (bare.published_at, bare.guid, bare.text) == (None, "", "y")


def test_a_mail_of_html_only_is_read_as_text() -> None:
    html = "<html><style>p{}</style><p>Häiriö <b>alkoi</b> klo 13.</p><script>evil()</script><p>131052-308T</p></html>"
    assert read_mail(mail(html.encode(), "text/html; charset=utf-8")).text == "Häiriö alkoi klo 13.\n***********"


def test_the_plain_part_wins_unless_it_is_empty() -> None:
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content("Plain <1 h> text\n")
    message.add_alternative("<p>Rich</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="x.pdf")
    message.add_attachment("attached", filename="x.txt")
    assert read_mail(bytes(message)).text == "Plain <1 h> text"
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content("\n")
    message.add_alternative("<p>Rich</p>", subtype="html")
    assert read_mail(bytes(message)).text == "Rich"


def test_a_mail_forwarded_as_an_attachment_is_the_notice() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Häiriö"
    inner["Message-ID"] = "<inner@example.org>"
    inner.set_content("Sisältö")
    outer = EmailMessage()
    outer["Subject"] = "Tiedoksi"
    outer.set_content("Katsokaa tämä")
    outer.add_attachment(inner)
    read = read_mail(bytes(outer))
    assert (read.title, read.text, read.guid) == ("Häiriö", "Sisältö", "inner@example.org")


def test_marks_of_quotation_are_left_out_and_said() -> None:
    remark, text = read_mail(mail(b"> > Alkoi klo 13.\r\n>\r\n> Jatkuu.")).text.split("\n", maxsplit=1)
    assert text == "Alkoi klo 13.\nJatkuu."
    assert "quotes another mail" in remark


def test_long_texts_are_cut() -> None:
    read = read_mail(mail(b"x" * 50_000, subject=b"y" * 5000))
    assert (len(read.text), len(read.title)) == (8000, 300)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "save the mail as .eml"),
        (b"x" * (MAX_BYTES + 1), "larger than 10 MB"),
        (b"", "holds no mail"),
        (b"\x00\xff\xfe" * 50, "holds no mail"),
        (b"Content-Type: message/rfc822\r\n\r\n" * 3000, "mail"),
    ],
)
def test_what_is_no_mail_says_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(UnusableMailError, match=words):
        read_mail(content)
