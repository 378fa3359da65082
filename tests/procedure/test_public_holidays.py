"""The feasts by which notices name a day, held against a library; and times on nights with a clock change."""

from __future__ import annotations

from datetime import date

import holidays
import pytest

from workflows.procedure import rule_data
from workflows.procedure.local_time import written
from workflows.procedure.notices.wall_clock import on_the_clock
from workflows.procedure.public_holidays import FEASTS, feast_day

YEARS = range(2015, 2041)
IN_THE_LIBRARY = {
    "good_friday": "Pitkäperjantai",
    "easter": "Pääsiäispäivä",
    "easter_monday": "Toinen pääsiäispäivä",
    "ascension": "Helatorstai",
    "whit_sunday": "Helluntaipäivä",
    "new_year": "Uudenvuodenpäivä",
    "epiphany": "Loppiainen",
    "may_day": "Vappu",
    "midsummer_eve": "Juhannusaatto",
    "midsummer_day": "Juhannuspäivä",
    "all_saints": "Pyhäinpäivä",
    "independence_day": "Itsenäisyyspäivä",
    "christmas_eve": "Jouluaatto",
    "christmas_day": "Joulupäivä",
    "st_stephens_day": "Tapaninpäivä",
}


@pytest.mark.parametrize(("feast", "name"), IN_THE_LIBRARY.items())
def test_the_feasts_fall_where_the_library_has_them(feast: str, name: str) -> None:
    calendar = holidays.country_holidays("FI", years=YEARS, language="fi")
    assert [feast_day(feast, year) for year in YEARS] == calendar.get_named(name, lookup="exact")


def test_the_others_fall_beside_them() -> None:
    assert feast_day("maundy_thursday", 2026) == date(2026, 4, 2)
    assert feast_day("easter_eve", 2026) == date(2026, 4, 4)
    assert (feast_day("may_eve", 2026), feast_day("new_years_eve", 2026)) == (date(2026, 4, 30), date(2026, 12, 31))
    assert len(FEASTS) == len(IN_THE_LIBRARY) + 4


def test_every_feast_has_its_names_and_no_name_is_without_a_day() -> None:
    assert set(rule_data.read("notice_dates")["feasts"]) == FEASTS


@pytest.mark.parametrize(
    ("day", "minutes", "ends", "at", "decided"),
    [
        (date(2026, 3, 28), 1440, True, "29.3.2026 00:00 (+02:00)", ""),
        (date(2026, 3, 29), 180, False, "29.3.2026 04:00 (+03:00)", "does not exist"),
        (date(2026, 3, 29), 210, True, "29.3.2026 04:00 (+03:00)", "does not exist"),
        (date(2026, 3, 29), 240, False, "29.3.2026 04:00 (+03:00)", ""),
        (date(2026, 10, 25), 179, False, "25.10.2026 02:59 (+03:00)", ""),
        (date(2026, 10, 25), 210, False, "25.10.2026 03:30 (+03:00)", "comes twice"),
        (date(2026, 10, 25), 210, True, "25.10.2026 03:30 (+02:00)", "comes twice"),
        (date(2026, 10, 25), 240, True, "25.10.2026 04:00 (+02:00)", ""),
    ],
)
def test_a_time_on_a_night_with_a_clock_change(day: date, minutes: int, ends: bool, at: str, decided: str) -> None:
    moment = on_the_clock(day, minutes, ends=ends)
    assert written(moment.at) == at
    assert decided in moment.decided
    assert bool(moment.decided) == bool(decided)
