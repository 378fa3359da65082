"""Which mail addresses can be used: the same answer at loading, at a message and when a letter goes out."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.breach.messages import Controller
from workflows.procedure.operating_model.mail_address import (
    LONGEST,
    UnusableAddress,
    as_sent,
    fault_in,
    invisible_in,
    usable,
)

HIDDEN = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202c\u2066\u2069\u061c\u180e\u034f\u115f\u3164\u2800"
    "\ufe0f\u00a0\u2009\u202f\u3000\u2028\u0000\t\n\r\u007f\u0085\ue000\U000e0041"
)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("desk@example.org", "desk@example.org"),
        ("Desk.24-7+kanta@Example.ORG", "Desk.24-7+kanta@Example.ORG"),
        ("o'brien_2@r3---x.example.org", "o'brien_2@r3---x.example.org"),
        ("root@localhost", "root@localhost"),
        ("terveysasema@pohjoinen-väylä.fi", "terveysasema@xn--pohjoinen-vyl-lfbc.fi"),
        ("terveysasema@pohjoinen-va\u0308yla\u0308.fi", "terveysasema@xn--pohjoinen-vyl-lfbc.fi"),
        ("a@POHJOINEN-VÄYLÄ.FI", "a@xn--pohjoinen-vyl-lfbc.fi"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("a@пример.example", "a@xn--e1afmkfd.example"),
        ("a@sub.åbo.example.fi", "a@sub.xn--bo-xia.example.fi"),
        ("a@xn--pohjoinen-vyl-lfbc.fi", "a@xn--pohjoinen-vyl-lfbc.fi"),
    ],
)
def test_what_can_be_used_travels_with_its_domain_in_ascii(written: str, sent: str) -> None:
    assert as_sent(written) == sent
    assert as_sent(sent) == sent
    assert usable(written) == written
    assert fault_in(written) is None


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("tekninen-tuki@example.org\u200b", r"\(U\+200B ZERO WIDTH SPACE as character 26\)"),
        ("\ufeffdesk@example.org", r"\(U\+FEFF ZERO WIDTH NO-BREAK SPACE as character 1\)"),
        ("desk@exam\u00adple.org", r"U\+00AD SOFT HYPHEN"),
        ("desk@example.org\u00a0", r"U\+00A0 NO-BREAK SPACE"),
        ("desk@example.org\n", r"U\+000A a control character"),
        ("käyttötuki@example.org", "has 'ä' before the @"),
        ("\u0430dmin@example.org", "before the @"),
        ("desk@\u0435xample.org", r"letters of two alphabets \(Cyrillic and Latin\) in one word"),
        ("desk@ex\u03b1mple.väylä.fi", r"letters of two alphabets \(Greek and Latin\)"),
        ("a@xn--zz.fi", "a domain that can't exist"),
        ("a@☃☃", "a domain that can't exist"),
        ("a@-ä.fi", "a domain that can't exist"),
        ("a@" + ".".join(["ä" * 20] * 12), "a domain that can't exist"),
    ],
)
def test_what_is_wrong_is_named(written: str, why: str) -> None:
    with pytest.raises(UnusableAddress, match=why) as fault:
        as_sent(written)
    assert written not in str(fault.value), "an address is not repeated in a log"


@pytest.mark.parametrize(
    "written",
    [
        *("", "desk", "@example.org", "desk@", "a@b@example.org", "a b@example.org", "desk@example.org ", " a@b.fi"),
        *("Desk <desk@example.org>", "mailto:desk@example.org", "a@b.fi, c@d.fi", "a@b.fi;c@d.fi", '"a b"@b.fi'),
        *("a..b@example.org", ".a@example.org", "a.@example.org", "a@example..org", "a@.org", "a@example.org."),
        *("a@-b.fi", "a@b-.fi", "a@b_c.fi", "a@[192.0.2.1]", "desk＠example.org", "a@b@ä.fi"),
        *("x" * 65 + "@example.org", "a@" + "x" * 64 + ".fi", "a@" + ".".join(["x" * 60] * 5)),
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(UnusableAddress, match="must be one e-mail address"):
        usable(written)


@given(hidden=st.sampled_from(HIDDEN), place=st.integers(0, len("desk@example.org")))
def test_nothing_invisible_passes_anywhere(hidden: str, place: int) -> None:
    address = "desk@example.org"
    assert "shows nothing" in str(fault_in(address[:place] + hidden + address[place:]))
    assert invisible_in(address) is None


def test_an_address_that_release_0_2_0_has_recorded_is_still_read() -> None:
    recorded = {"name": "County A", "email": "käyttötuki@example.org\u200b"}
    assert Controller.model_validate(recorded).email == recorded["email"]
    assert fault_in(recorded["email"])


def test_what_comes_with_kantadesk_can_be_used() -> None:
    directory = (resources.files("workflows.procedure") / "data" / "authorities.toml").read_text(encoding="utf-8")
    addresses = re.findall(r'"(\S+@\S+)"', directory)
    assert len(addresses) > 3
    assert [address for address in addresses if fault_in(address)] == []


PARTS = st.text(st.sampled_from("abx1-.@ä߀ \u200b\u0301_n"), max_size=20)


@given(PARTS, PARTS | PARTS.map("xn--{}".format))
def test_what_passes_is_plain_ascii_on_its_way(local: str, domain: str) -> None:
    try:
        sent = as_sent(f"{local}@{domain}")
    except UnusableAddress:
        return
    assert sent.isascii()
    assert sent.isprintable()
    assert len(sent) <= LONGEST
    assert sent.count("@") == 1
