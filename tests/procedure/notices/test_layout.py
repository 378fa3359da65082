"""Layout is not grammar: wrapping, tags and transfer encodings never change how a notice is read.

Prose reads the same at each width, in each frame and encoding; ``make fuzz`` tries each with all of them. Of notices
whose lines mean something, no layout makes a reading that is certain and different.
"""

from __future__ import annotations

import html
import textwrap
from email.message import EmailMessage
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.notices.entries import plain_text
from activities.notices.mail import read_mail
from tests.procedure.notices.corpus import PARTS, READ_AFTER, Labelled, labelled
from tests.procedure.notices.other_hand_corpus import SETS, other_hand
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


def _read(notice: Labelled, text: str) -> Reading:
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


def _mail(notice: Labelled) -> EmailMessage:
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


EVERY: list[Labelled] = [notice for part in PARTS for notice in labelled(part)]
EVERY += [notice for part in SETS for notice in other_hand(part)]
WRITTEN = [notice for notice in EVERY if notice.title.strip() and notice.text.strip() and "<" not in notice.text]
NOTICES = st.sampled_from(range(len(WRITTEN)))
CHARSETS = ["utf-8", "iso-8859-1", "windows-1252"]


def _differs(notice: Labelled, changed: Reading) -> bool:
    """Whether a reading is certain and says something else than that of the notice as it was written."""
    whole = _read(notice, notice.text)
    fields = ("kind", "services", "not_affected", "windows", "is_repeat")
    return changed.certain and any(getattr(whole, field) != getattr(changed, field) for field in fields)


def _wrapped(text: str, width: int) -> str:
    """Each line wrapped for itself, as mail programs do."""
    lines = [
        textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) for line in text.strip().split("\n")
    ]
    return "\n".join("\n".join(wrapped) for wrapped in lines)


def _framed(text: str, frame: str, *, wraps_source: bool) -> str:
    words = html.escape(text.strip()).replace("\n", "<br>")
    return frame.format(words.replace(" ", "\n") if wraps_source else words)


@given(NOTICES, st.integers(22, 130))
def test_no_width_makes_another_reading(place: int, width: int) -> None:
    notice = WRITTEN[place]
    assert not _differs(notice, _read(notice, _wrapped(notice.text, width)))


@given(NOTICES, st.sampled_from(FRAMES), st.booleans())
def test_no_tags_make_another_reading(place: int, frame: str, wraps_source: bool) -> None:
    notice = WRITTEN[place]
    assert not _differs(notice, _read(notice, plain_text(_framed(notice.text, frame, wraps_source=wraps_source))))


@given(
    NOTICES,
    st.sampled_from(ENCODINGS),
    st.sampled_from(CHARSETS),
    st.sampled_from(["plain", "flowed", "wrapped", "html"]),
    st.integers(60, 78),
)
def test_no_mail_makes_another_reading(place: int, encoding: str, charset: str, way: str, width: int) -> None:
    notice = WRITTEN[place]
    mail = _mail(notice)
    lines = [textwrap.wrap(line, width, break_on_hyphens=False) or [""] for line in notice.text.strip().split("\n")]
    written = {
        "plain": notice.text,
        "flowed": "\n".join(" \n".join(wrapped) for wrapped in lines),
        "wrapped": _wrapped(notice.text, width),
        "html": _framed(notice.text, FRAMES[0], wraps_source=True),
    }[way]
    charset = charset if written.encode(charset, "ignore").decode(charset) == written else "utf-8"
    params = {"format": "flowed"} if way == "flowed" else {}
    subtype = "html" if way == "html" else "plain"
    mail.set_content(written, subtype, charset=charset, cte=encoding, params=params)
    read = read_mail(bytes(mail))
    reading = _read(notice.model_copy(update={"title": read.title}), read.text)
    assert not _differs(notice, reading)
