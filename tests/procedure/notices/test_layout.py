"""Layout is not grammar: wrapping, tags and transfer encodings never change how a notice is read.

Each notice is tried with one width, one frame and one encoding; ``make fuzz`` tries each with all of them.
"""

from __future__ import annotations

import html
import textwrap
from email.message import EmailMessage
from functools import cache

import pytest

from activities.notices.entries import plain_text
from activities.notices.mail import read_mail
from tests.procedure.notices.corpus import READ_AFTER
from tests.procedure.notices.other_hand_corpus import OtherHand, other_hand
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

WIDTHS = range(40, 121, 8)
FRAMES = [
    "<p>{}</p>",
    "<div><span>{}</span></div>",
    "<ul><li>{}</li></ul>",
    "<table><tr><td>\n{}\n</td></tr></table>",
    "<section><h2></h2>{}<br></section>",
]
ENCODINGS = ["quoted-printable", "base64", "8bit"]
PROSE = [notice for notice in other_hand("build") if "\n" not in notice.text.strip() and "<" not in notice.text]
"""One paragraph each: what a program wraps."""
TRIED = [False, pytest.param(True, marks=pytest.mark.fuzz)]


def _read(notice: OtherHand, text: str) -> Reading:
    raw = RawNotice(title=notice.title, text=text, published_at=notice.published_at)
    return read_notice(raw, notice.published_at + READ_AFTER)


@cache
def _by_itself(place: int) -> Reading:
    return _read(PROSE[place], PROSE[place].text)


def _tries(ways: int, *, each: bool) -> list[tuple[int, int]]:
    """Which notice is tried in which way: each in one, or each in all."""
    return [(place, way) for place in range(len(PROSE)) for way in range(ways) if each or place % ways == way]


@pytest.mark.parametrize("each", TRIED)
def test_wrapping_at_any_width(each: bool) -> None:
    changed = [
        (PROSE[place].id, WIDTHS[way])
        for place, way in _tries(len(WIDTHS), each=each)
        if _read(PROSE[place], textwrap.fill(PROSE[place].text.strip(), WIDTHS[way])) != _by_itself(place)
    ]
    assert changed == []


def _tagged(text: str, frame: str) -> str:
    words = "\n".join(html.escape(text.strip()).split(" "))
    return plain_text(frame.format(words.replace("\n", "&nbsp;", 1)))


@pytest.mark.parametrize("each", TRIED)
def test_tags_and_line_breaks_of_the_source(each: bool) -> None:
    changed = [
        (PROSE[place].id, FRAMES[way])
        for place, way in _tries(len(FRAMES), each=each)
        if _read(PROSE[place], _tagged(PROSE[place].text, FRAMES[way])) != _by_itself(place)
    ]
    assert changed == []


def _mail(notice: OtherHand) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["Date"] = notice.title, notice.published_at
    return mail


@pytest.mark.parametrize("each", TRIED)
def test_encodings_on_the_way(each: bool) -> None:
    for place, way in _tries(len(ENCODINGS), each=each):
        mail = _mail(PROSE[place])
        mail.set_content(PROSE[place].text, cte=ENCODINGS[way])
        assert read_mail(bytes(mail)).text.split() == PROSE[place].text.split()


def test_flowed_text() -> None:
    for place, notice in enumerate(PROSE):
        mail = _mail(notice)
        lines = textwrap.wrap(notice.text.strip(), 66, break_on_hyphens=False)
        mail.set_content(" \n".join(lines), params={"format": "flowed"})
        assert _read(notice, read_mail(bytes(mail)).text) == _by_itself(place)
