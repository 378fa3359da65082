"""The days and times of notices one by one, at the edges of what is taken. Published on Monday 7 September 2026."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.procedure.local_time import local, zone
from workflows.procedure.notices.days import _merged
from workflows.procedure.notices.doubts import _has_strange_negation
from workflows.procedure.notices.kinds import _tells_end_beside_fault
from workflows.procedure.notices.mentions import services_in
from workflows.procedure.notices.names import _inflected, _name_pattern
from workflows.procedure.notices.text import Sentence, _clean
from workflows.procedure.notices.time_words import Token, alternatives
from workflows.procedure.notices.tokens import tokens
from workflows.procedure.notices.windows import _Reading, windows_in
from workflows.procedure.services import SERVICES
from workflows.procedure.wording import plain

MONDAY = date(2026, 9, 7)


def told(text: str, published: date = MONDAY) -> list[tuple[str, str]]:
    """Each day as a date and each time as a clock; other words by their kind."""
    return [(token.kind, _value(token)) for token in tokens(plain(text), published) if token.text != "\n"]


def _value(token: Token) -> str:
    if token.kind == "day":
        return token.day.isoformat() if token.day else "?"
    return f"{token.minutes // 60}:{token.minutes % 60:02}" if token.minutes >= 0 else ""


def days(text: str, published: date = MONDAY) -> list[str]:
    return [value for kind, value in told(text, published) if kind == "day"]


def times(text: str) -> list[str]:
    return [value for kind, value in told(text) if kind == "time"]


def doubts(text: str) -> list[str]:
    return [token.doubt for token in tokens(plain(text), MONDAY) if token.doubt]


def windows(text: str, hour: int = 10) -> tuple[list[str], tuple[str, ...]]:
    read = windows_in(plain(text), datetime(2026, 9, 7, hour, tzinfo=zone()))
    return [f"{local(w.starts_at):%d.%m. %H:%M}–{local(w.ends_at):%d.%m. %H:%M}" for w in read.windows], read.doubts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2028-09-10", ["2028-09-10"]),
        ("2024-09-10", ["2024-09-10"]),
        ("2029-09-10", ["?"]),
        ("2023-09-10", ["?"]),
        ("10.9.2028", ["2028-09-10"]),
        ("10.9.2029", ["?"]),
        ("8. ja 9.9.2025", ["2025-09-08", "2025-09-09"]),
        ("september 10, 2025", ["2025-09-10"]),
        ("10 september 2025", ["2025-09-10"]),
        ("10 september", ["2026-09-10"]),
        ("9.6.", ["2026-06-09"]),  # 90 days back, still this year's
        ("8.6.", ["2027-06-08"]),
        ("31.2.", ["?"]),
    ],
)
def test_written_dates(text: str, found: list[str]) -> None:
    assert days(text) == found


def test_the_last_day_ahead_and_the_last_day_back_that_are_taken() -> None:
    published = date(2027, 9, 1)  # 29 February lies between it and next summer
    assert (published + timedelta(days=275), published - timedelta(days=90)) == (date(2028, 6, 2), date(2027, 6, 3))
    assert [days(text, published) for text in ("1.6.", "2.6.", "3.6.", "4.6.")] == [
        ["2028-06-01"], ["2028-06-02"], ["2027-06-03"], ["2027-06-04"],
    ]  # fmt: skip
    assert days("29.2.", date(2027, 12, 1)) == ["2028-02-29"]
    assert days("30.12.", date(2027, 1, 10)) == ["2026-12-30"]


def test_a_slip_in_a_date_is_named() -> None:
    assert doubts("huolto 31.2. klo 8") == ['"31.2." is no day of the calendar near its publication']
    assert doubts("huolto 10.9.") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tiistaina", "2026-09-08"),
        ("sunnuntaina", "2026-09-13"),
        ("maanantaina", "2026-09-07"),
        ("ensi viikon maanantaina", "2026-09-14"),
        ("ensi viikon sunnuntaina", "2026-09-20"),
        ("viime tiistaina", "2026-09-01"),
        ("viime sunnuntaina", "2026-09-06"),
        ("viime maanantaina", "2026-08-31"),
        ("ti 8.9.", "2026-09-08"),
    ],
)
def test_weekdays(text: str, found: str) -> None:
    assert found in days(text)


def test_weekdays_of_a_notice_of_another_day() -> None:
    thursday = date(2026, 9, 10)
    assert days("tiistaina", thursday) == ["2026-09-15"]
    assert days("ensi viikon tiistaina", thursday) == ["2026-09-15"]
    assert days("viime tiistaina", thursday) == ["2026-09-08"]
    assert days("viime torstaina", thursday) == ["2026-09-03"]
    assert days("perjantaina", thursday) == ["2026-09-11"]


def test_the_weekday_of_its_publication_is_doubtful_unless_a_word_says_which() -> None:
    assert doubts("maanantaina") == ['"maanantaina" may be the day of its publication or a week later']
    assert doubts("tiistaina") == doubts("ensi viikon maanantaina") == doubts("viime maanantaina") == []


def test_a_short_weekday_is_the_next_one_and_says_which() -> None:
    found = [token for token in tokens("ke 31.2. ma 7.9.", MONDAY) if token.kind == "day"]
    assert [(token.text, token.weekday, str(token.day)) for token in found] == [
        ("ke ", 2, "2026-09-09"), ("31.2.", -1, "None"), ("ma ", 0, "2026-09-07"), ("7.9.", -1, "2026-09-07"),
    ]  # fmt: skip
    assert [token.day for token in tokens("ma. 7.9.", MONDAY) if token.weekday == 0] == [MONDAY]
    thursday = date(2026, 9, 10)
    assert [token.day for token in tokens("ti 15.9.", thursday) if token.weekday >= 0] == [date(2026, 9, 15)]
    assert [token.weekday for token in tokens("tiistaina", MONDAY) if token.kind == "day"] == [1]


def test_a_feast_is_the_next_one_or_that_of_a_month_ago() -> None:
    assert days("juhannusaattona", date(2026, 7, 19)) == ["2026-06-19"]
    assert days("juhannusaattona", date(2026, 7, 20)) == ["2027-06-25"]
    assert days("jouluaattona", date(2026, 12, 31)) == ["2026-12-24"]


def test_written_days_are_explicit_and_others_are_not() -> None:
    assert [token.explicit for token in tokens("10.9. tiistaina huomenna", MONDAY) if token.kind == "day"] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("klo 0–1", ["0:00", "1:00"]),
        ("klo 0.00–0.30", ["0:00", "0:30"]),
        ("23.00–0.00", ["23:00", "0:00"]),
        ("klo 17.00–18.00.", ["17:00", "18:00"]),
        ("klo 17.00–0.00.", ["17:00", "0:00"]),
        ("klo 17.00–18.60.", ["17:00"]),
        ("0:00", ["0:00"]),
        ("8 a.m.", ["8:00"]),
        ("12 a.m.", ["0:00"]),
        ("12 p.m.", ["12:00"]),
        ("13 p.m.", []),
        ("24:00", ["24:00"]),
        ("24:01", []),
    ],
)
def test_times(text: str, found: list[str]) -> None:
    assert times(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("21.1", [("day", "2027-01-21")]),
        ("21.12", [("day", "2026-12-21")]),
        ("20.13", [("time", "20:13")]),
        ("20.10", [("day", "2026-10-20")]),
        ("20.10–21.10", [("time", "20:10"), ("to", ""), ("time", "21:10")]),
        ("20.10 – 21.10", [("time", "20:10"), ("to", ""), ("time", "21:10")]),
        ("20.1–21.1", [("day", "2027-01-20"), ("to", ""), ("day", "2027-01-21")]),
        ("20.10 asti", [("day", "2026-10-20")]),
        ("20:10", [("time", "20:10")]),
        ("20.00", [("time", "20:00")]),
    ],
)
def test_numbers_with_a_dot_are_times_in_a_range_and_days_elsewhere(text: str, found: list[tuple[str, str]]) -> None:
    assert told(text) == found


def test_a_time_that_closes_a_range_is_not_marked_and_ends_the_sentence() -> None:
    found = [(t.kind, t.marked) for t in tokens(plain("klo 17.00–18.00. 19.4."), MONDAY) if t.kind != "stop"]
    assert found == [("time", True), ("to", True), ("time", False), ("day", True)]
    assert told("klo 17.00–18.10. klo 19")[-1] == ("time", "19:00")
    assert days("klo 17–18.1. klo 19") == days("klo 17–18.1. Palvelu") == ["2027-01-18"]
    assert times("8.00–9.00. Palvelu") == ["8:00", "9:00"]


@pytest.mark.parametrize(
    ("text", "found", "doubt"),
    [
        ("10.9. ja 11.9. ja 12.9. klo 20–22",
         ["10.09. 20:00–10.09. 22:00", "11.09. 20:00–11.09. 22:00", "12.09. 20:00–12.09. 22:00"], ""),
        ("Alkaa 10.9. klo 20 ja kestää 1 minuutin", ["10.09. 20:00–10.09. 20:01"], ""),
        ("Alkaa 10.9. klo 20 ja kestää 2 tuntia", ["10.09. 20:00–10.09. 22:00"], ""),
        ("Alkaa 10.9. klo 20 ja kestää 0 minuuttia", [], "a start is told, but not its day"),
        ("Alkaa klo 20 ja kestää 10 minuuttia", [], "a start is told, but not its day"),
        ("Alkaa maanantaina klo 20 ja kestää 10 minuuttia", ["07.09. 20:00–07.09. 20:10"],
         '"maanantaina" may be the day of its publication or a week later'),
        ("Alkaa 25.10. klo 3.30 ja kestää 10 minuuttia", ["25.10. 03:30–25.10. 03:40"], ""),
        ("tiistaina 9.9. klo 20–22", ["09.09. 20:00–09.09. 22:00"], '"tiistaina" and "9.9." are not the same day'),
        ("tiistaina 8.9. klo 20–22", ["08.09. 20:00–08.09. 22:00"], ""),
        ("8.9. tiistaina klo 20–22", ["08.09. 20:00–08.09. 22:00"], ""),
        ("maanantaina 7.9. klo 20–22", ["07.09. 20:00–07.09. 22:00"], ""),
        ("maanantaina 8.9. klo 20–22", ["08.09. 20:00–08.09. 22:00"], '"maanantaina" and "8.9." are not the same day'),
        ("jouluaattona 24.12. klo 6–7", ["24.12. 06:00–24.12. 07:00"], ""),
        ("jouluaattona 23.12. klo 6–7", ["23.12. 06:00–23.12. 07:00"],
         '"jouluaattona" and "23.12." are not the same day'),
        ("10.9. ja klo 20–22", ["10.09. 20:00–10.09. 22:00"], ""),
        ("10.9. – 11.9. – 12.9. klo 22–02", ["10.09. 22:00–11.09. 02:00"],
         "times are told for a stretch of days: on each of them, or from the first to the last?"),
        ("maanantaina 14.9. klo 20–22", ["14.09. 20:00–14.09. 22:00"], ""),
        ("jouluaattona 24.12.2027 klo 6–7", ["24.12. 06:00–24.12. 07:00"], ""),
        ("10.9. klo 8–9.\nklo 20–22 huolto jatkuu 11.9.",
         ["10.09. 08:00–10.09. 09:00", "10.09. 20:00–10.09. 22:00"], ""),
        ("10.9. klo 8–9.\nklo 20–22 11.9.", ["10.09. 08:00–10.09. 09:00", "11.09. 20:00–11.09. 22:00"], ""),
        ("huomenna 8.9. klo 6–7", ["08.09. 06:00–08.09. 07:00"], ""),
        ("huomenna 9.9. klo 6–7", ["09.09. 06:00–09.09. 07:00"], '"huomenna" and "9.9." are not the same day'),
        ("10.9. klo 20 – 10.9. klo 20", [], "a window ends before it starts"),
    ],
)  # fmt: skip
def test_windows_and_what_is_doubtful(text: str, found: list[str], doubt: str) -> None:
    assert windows(text) == (found, (doubt,) if doubt else ())


def test_the_first_of_an_hour_that_comes_twice_is_the_start() -> None:
    read = windows_in(plain("Alkaa 25.10. klo 3.30 ja kestää 10 minuuttia"), datetime(2026, 9, 7, 10, tzinfo=zone()))
    assert f"{read.windows[0].starts_at:%H:%M}" == "00:30"


def test_two_names_of_one_day_are_one_word_from_the_first_to_the_last() -> None:
    one = Token("day", "tiistaina", 3, 12, day=date(2026, 9, 8), weekday=1)
    other = Token("day", "8.9.", 13, 17, day=date(2026, 9, 8), explicit=True)
    for first, second in ((one, other), (other._replace(start=3, end=7), one._replace(start=8, end=17))):
        merged = _merged(first, second)
        assert (merged.text, merged.start, merged.end, merged.explicit, merged.doubt) == ("8.9.", 3, 17, True, "")


def test_the_longest_of_several_words_is_found() -> None:
    assert alternatives(["a", "abc", "ab"]) == alternatives(["abc", "ab", "a"])
    assert alternatives(["a", "abc", "ab"]).index("abc") < alternatives(["a", "abc"]).index("a)")


@pytest.mark.parametrize(
    ("start", "end", "doubt"),
    [
        ("2026-09-10", "2026-09-24", ""),
        ("2026-09-10", "2026-09-24 00:00:01", "a window is longer than 14 days"),
        ("2026-09-10", "2026-09-10", "a window ends before it starts"),
        ("2000-01-01", "2000-01-02", ""),
        ("1999-12-31 23:59:59", "2000-01-02", "a window lies in another century"),
        ("2099-12-30", "2099-12-31 23:59:59", ""),
        ("2099-12-30", "2100-01-01", "a window lies in another century"),
    ],
)
def test_which_windows_are_taken(start: str, end: str, doubt: str) -> None:
    reading = _Reading("", datetime(2026, 9, 7, 10, tzinfo=zone()))
    reading._add(*(datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (start, end)))
    assert (reading.doubts, len(reading.found)) == (([doubt], 0) if doubt else ([], 1))


def test_blocks_of_a_page_are_lines_and_list_items_have_a_dash() -> None:
    assert _clean("a<LI>b</li>c<br/>d<b>e</b><li class='x'>f</LI>") == "a\n- b\nc\nde\n- f"
    assert _clean("&lt;p&gt;a&lt;/p&gt;b") == "a\nb"


def test_names_of_services_in_any_case_and_with_any_hyphen() -> None:
    for text in ("omakannassa", "reseptikeskuksen", "tiedonhallintapalvelussa", "potilastiedon arkistosta"):
        assert any(_name_pattern(service).search(text) for service in SERVICES.values()), text
    assert _inflected("e-resepti") == _inflected("e-resepti").replace(r"\-", "[- ]?")
    pattern = re.compile(_inflected("e-resepti palvelu"))
    assert all(pattern.fullmatch(text) for text in ("e-resepti palvelu", "eresepti palvelu", "e resepti palvelu"))
    assert not pattern.fullmatch("e-reseptipalvelu")
    for service in SERVICES.values():
        for name in service.names():
            for part in filter(None, (part.strip() for part in re.split(r"[()]", name))):
                assert _name_pattern(service).fullmatch(plain(part)), part


@pytest.mark.parametrize(
    ("sentences", "is_contradiction"),
    [
        (["Reseptikeskuksessa on häiriö", "Häiriö on päättynyt"], True),
        (["Reseptikeskus ei toimi", "Häiriö on päättynyt"], True),
        (["Reseptikeskuksessa on häiriö", "Päivitys: häiriö on päättynyt"], False),
        (["Päivitys: Reseptikeskuksessa on häiriö", "Häiriö on päättynyt"], True),
        (["Häiriö on päättynyt"], False),
    ],
)
def test_an_end_beside_a_fault_is_doubtful_unless_the_end_is_the_news(
    sentences: list[str], is_contradiction: bool
) -> None:
    assert _tells_end_beside_fault([Sentence(plain(words)) for words in sentences]) is is_contradiction


@pytest.mark.parametrize(
    ("words", "is_strange"),
    [
        ("omakanta ei näytä", True),
        ("reseptikeskus ei toimi", False),
        ("reseptikeskus ei toimi eikä vastaa", False),
        ("reseptikeskus ei tällä hetkellä toimi", False),
        ("kela ei näytä", False),
        ("ei vaikuta omakantaan ei", False),
        ("omakanta toimii normaalisti ei", False),
        ("häiriö ei vaikuta omakantaan, mutta reseptikeskus ei näytä", True),
        ("reseptikeskus ei näytä, mutta häiriö ei vaikuta omakantaan", True),
        ("häiriö ei vaikuta omakantaan mutta reseptikeskus ei näytä", True),
        ("reseptikeskus ei näytä ei vaikuta omakantaan", False),
        ("omakanta eikä", True),
    ],
)
def test_a_not_beside_a_service_that_belongs_to_no_known_phrase(words: str, is_strange: bool) -> None:
    assert _has_strange_negation(plain(words)) is is_strange


@pytest.mark.parametrize(
    ("words", "spared"),
    [
        ("omakannassa on häiriö, kelain toimii normaalisti", ("KELAIN",)),
        ("omakanta har störningar, kelain påverkas inte", ("KELAIN",)),
        ("omakanta, kelain toimivat normaalisti", ("MYKANTA", "KELAIN")),
        ("omakanta, reseptikeskuksessa on häiriö, kelain toimivat normaalisti", ("MYKANTA", "KELAIN")),
    ],
)
def test_what_has_a_fault_of_its_own_is_not_spared_with_the_others(words: str, spared: tuple[str, ...]) -> None:
    assert services_in([Sentence(plain(words))]).spared == spared
