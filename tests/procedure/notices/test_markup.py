"""HTML as people see it: cells, lists and headings apart, what is hidden left out, what is struck out not read."""

from __future__ import annotations

from datetime import datetime

import pytest

from activities.notices.entries import plain_text
from workflows.procedure.local_time import local, zone
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

NOW = datetime(2026, 11, 26, 15, 20, tzinfo=zone())
ROWS = {"Palvelu": "Potilastietovaranto", "Alkaa": "1.12.2026 klo 18.00", "Päättyy": "1.12.2026 klo 20.00"}
SENTENCE = "Potilastietovarannossa tehdään huolto 1.12.2026 klo 18.00–20.00."


def _read(markup: str) -> Reading:
    return read_notice(RawNotice(title="Huolto", text=plain_text(markup), published_at=NOW), NOW)


def _each(form: str) -> str:
    return "".join(form.format(*row) for row in ROWS.items())


def _columns(cell: str) -> str:
    return "<table><tr>{}</tr><tr>{}</tr></table>".format(
        "".join(cell.format(label) for label in ROWS), "".join(f"<td>{value}</td>" for value in ROWS.values())
    )


@pytest.mark.parametrize(
    "markup",
    [
        f"<table>{_each('<tr><th>{}</th><td>{}</td></tr>')}</table>",
        f"<table>{_each('<tr><td><p>{}</p></td><td><p>{}</p></td></tr>')}</table>",
        f"<table><tr><td><table>{_each('<tr><td>{}</td><td>{}</td></tr>')}</table></td></tr></table>",
        _columns("<th>{}</th>"),
        _columns("<td>{}</td>"),
        _columns("<td><b>{}</b></td>"),
        f"<dl>{_each('<dt>{}</dt><dd>{}</dd>')}</dl>",
        f"<ul>{_each('<li>{}: {}</li>')}</ul>",
        _each("<h2>{}</h2>{}"),
        _each("<div>{}</div><div>{}</div>"),
        _each("<my-label>{}</my-label><my-value>{}</my-value>"),
        SENTENCE,
        f"<P>{SENTENCE.replace(' ', chr(10))}</P>",
        f"<p>{SENTENCE.replace('–', '&ndash;').replace(' ', '&nbsp;')}</p>",
        f"<p>{SENTENCE.replace('tietovaranno', '<b>tieto&shy;varanno</b>')}</p>",
        f"<pre>{SENTENCE.replace(' klo', chr(10) + 'klo')}</pre>",
        f"<o:p></o:p><p class=MsoNormal>{SENTENCE}<o:p></o:p></p>",
        f"<![CDATA[<p>{SENTENCE}</p>]]>",
        f"&lt;p&gt;{SENTENCE}&lt;/p&gt;",
        f"<div style='display:none'>Esikatselu 2.12. klo 1–2</div><p>{SENTENCE}</p>",
        f"<p hidden>Esikatselu 2.12. klo 1–2<p>{SENTENCE}</p>",
        f"<div style='mso-hide:all'><img src=x><p>2.12. klo 1–2</p></div><p>{SENTENCE}</p>",
        f"<p>{SENTENCE}</p><script>'2.12. klo 3-4'</script><style>p{{}}</style><!-- 5.12. klo 2-3 -->",
    ],
)
def test_the_same_notice_in_any_markup(markup: str) -> None:
    reading = _read(markup)
    assert [f"{local(one.starts_at):%-d.%-m. %H:%M}-{local(one.ends_at):%H:%M}" for one in reading.windows] == [
        "1.12. 18:00-20:00"
    ]
    assert (reading.services, reading.certain) == (("PDR",), True), reading.why


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{SENTENCE} <del>2.12. klo 18–20</del></p>",
        f"<p>{SENTENCE} <s>2.12. klo 18–20</s></p>",
        f"<p>{SENTENCE} <span style='text-decoration: line-through'>2.12. <b>klo</b> 18–20</span></p>",
        f"<p>{SENTENCE}</p><strike><p>2.12. klo 18–20</p><p>[3.12.] klo 18–20</p>",
    ],
)
def test_what_is_struck_out_is_kept_and_not_read(markup: str) -> None:
    reading = _read(markup)
    assert len(reading.windows) == 1
    assert "a part of it is struck out" in reading.why
    assert "[struck out: 2.12. klo 18–20" in plain_text(markup)
