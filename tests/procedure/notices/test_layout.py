"""Layout is not grammar: wrapping, tags and transfer encodings never change how a notice is read."""

from __future__ import annotations

import html
import textwrap
from email.message import EmailMessage

import pytest

from activities.notices.entries import plain_text
from activities.notices.mail import read_mail
from tests.procedure.notices.corpus import READ_AFTER
from tests.procedure.notices.other_hand_corpus import OtherHand, other_hand
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

WIDTHS = range(40, 121, 8)
PROSE = [notice for notice in other_hand("build") if "\n" not in notice.text.strip() and "<" not in notice.text]
"""One paragraph each: what a program wraps."""


def _read(notice: OtherHand, text: str) -> Reading:
    raw = RawNotice(title=notice.title, text=text, published_at=notice.published_at)
    return read_notice(raw, notice.published_at + READ_AFTER)


@pytest.mark.parametrize("width", WIDTHS)
def test_wrapping_at_any_width(width: int) -> None:
    changed = [
        notice.id
        for notice in PROSE
        if _read(notice, textwrap.fill(notice.text.strip(), width)) != _read(notice, notice.text)
    ]
    assert changed == []


@pytest.mark.parametrize(
    "frame",
    [
        "<p>{}</p>",
        "<div><span>{}</span></div>",
        "<ul><li>{}</li></ul>",
        "<table><tr><td>\n{}\n</td></tr></table>",
        "<section><h2></h2>{}<br></section>",
    ],
)
def test_tags_and_line_breaks_of_the_source(frame: str) -> None:
    def tagged(text: str) -> str:
        words = "\n".join(html.escape(text.strip()).split(" "))
        return plain_text(frame.format(words.replace("\n", "&nbsp;", 1)))

    assert [notice.id for notice in PROSE if _read(notice, tagged(notice.text)) != _read(notice, notice.text)] == []


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_encodings_on_the_way(encoding: str) -> None:
    for notice in PROSE:
        mail = EmailMessage()
        mail["Subject"], mail["Date"] = notice.title, notice.published_at
        mail.set_content(notice.text, cte=encoding)
        assert read_mail(bytes(mail)).text.split() == notice.text.split()


def test_flowed_text() -> None:
    for notice in PROSE:
        mail = EmailMessage()
        mail["Subject"], mail["Date"] = notice.title, notice.published_at
        mail.set_content(
            " \n".join(textwrap.wrap(notice.text.strip(), 66, break_on_hyphens=False)), params={"format": "flowed"}
        )
        assert _read(notice, read_mail(bytes(mail)).text) == _read(notice, notice.text)
