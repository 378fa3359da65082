"""What mails say of a letter: written samples of mail systems, in Finnish, Swedish and English, and of no bounce."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.returned_mail.mail_report import report_in
from tests.activities.returned_mail.letter_box import ID, SAMPLES, sample

GMAIL = (
    "5.1.1 550-5.1.1 The email account that you tried to reach does not exist. (gmail-smtp-in.l.google.example. "
    "(192.0.2.26, the server for the domain gmail.example.))"
)
SAID = {
    "postfix-failed.en": (
        "bounced",
        "5.1.1 550 5.1.1 <[address]>: Recipient address rejected: User unknown (mx.kanta.example)",
    ),
    "postfix-delayed.en": ("deferred", "4.4.1 connect to mx.kanta.example[192.0.2.7]:25: Connection timed out"),
    "postfix-delivered.en": ("delivered", "2.1.5"),
    "exchange-failed.fi": (
        "bounced",
        "5.1.10 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    ),
    "exchange-expired.sv": ("bounced", "4.4.7 400 4.4.7 Message delayed"),
    "exchange-delayed.fi": ("deferred", "4.4.7"),
    "gmail-failed.en": (
        "bounced",
        GMAIL,
    ),
    "list-one-failed.en": ("bounced", "5.2.2 552 5.2.2 mailbox full"),
    "smtputf8-failed.sv": ("bounced", "5.6.7 553 5.6.7 no SMTPUTF8"),
    "gateway-status-only.en": ("bounced", "5.7.1"),
    "arf-abuse.en": ("delivered", "reported as unwanted mail (abuse)"),
    "arf-auth-rejected.en": ("bounced", "its authentication failed (reject)"),
    "qmail-failed.en": ("bounced", "5.1.1, said in words only"),
    "exim-failed.en": ("bounced", "550, said in words only"),
    "exim-delayed.en": ("deferred", "said in words only"),
    "gateway-failed.fi": ("bounced", "said in words only"),
    "gateway-failed.sv": ("bounced", "said in words only"),
    "gateway-delayed.sv": ("deferred", "said in words only"),
    "unknown-words": ("deferred", "a mail system wrote of it in words that were not understood: read them"),
}
SAYS_NOTHING = [
    "relayed.en", "away.fi", "away.sv", "away-null-sender.en", "person.fi", "ticket.en", "read-receipt.en",
    "bounce-of-somebody-else.en",
]  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_became_of_the_letter(name: str) -> None:
    report = report_in(sample(name))
    assert report is not None
    assert (report.event, report.detail) == SAID[name]
    assert report.message_ids[0] == ID
    assert report.is_complaint == (name == "arf-abuse.en")
    assert "@" not in report.detail


@pytest.mark.parametrize("name", SAYS_NOTHING)
def test_what_is_no_bounce(name: str) -> None:
    assert report_in(sample(name)) is None


def test_every_sample_is_tried() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == {*SAID, *SAYS_NOTHING}


@pytest.mark.parametrize("name", SAID)
def test_line_ends_and_folding_change_nothing(name: str) -> None:
    whole = report_in(sample(name))
    assert report_in(sample(name).replace(b"\r\n", b"\n")) == whole
    assert report_in(b"Received: from a (b)\r\n\tby c; Sun, 22 Nov 2026 14:06:10 +0200\r\n" + sample(name)) == whole


@pytest.mark.parametrize("name", [name for name in SAID if "postfix" in name or "exchange" in name])
def test_the_beginning_of_a_mail_is_enough(name: str) -> None:
    """What is read of a mail ends somewhere in the letter that it brings back."""
    mail = sample(name)
    end = mail.rindex(ID.encode()) + len(ID)
    assert report_in(mail[:end]) == report_in(mail)


def test_the_returned_letters_own_id_comes_first() -> None:
    other = "f" * 32 + "@organisation.example"
    mail = sample("postfix-failed.en").replace(b"To: desk", f"References: <{other}>\r\nTo: desk".encode(), 1)
    report = report_in(mail)
    assert report
    assert report.message_ids == (ID, other)


@pytest.mark.parametrize("name", ["postfix-failed.en", "exchange-failed.fi"])
def test_a_letter_that_got_another_id_on_its_way_is_known_by_our_own_header(name: str) -> None:
    mail = sample(name).replace(ID.encode(), b"AS8P190MB1234@AS8P190MB1234.EURP190.PROD.OUTLOOK.COM")
    assert report_in(mail) is None
    mail = mail.replace(b"X-Kantadesk-Incident: INC-1", f"X-Kantadesk-Message: {ID}".encode())
    report = report_in(mail)
    assert report
    assert (report.event, report.message_ids) == ("bounced", (ID,))


@given(st.binary(max_size=400), st.integers(0, 3000))
def test_a_damaged_mail_breaks_nothing(garbage: bytes, at: int) -> None:
    mail = sample("gmail-failed.en")
    report = report_in(mail[:at] + garbage + mail[at:])
    assert report is None or not re.search(r"\w@\w", report.detail)
