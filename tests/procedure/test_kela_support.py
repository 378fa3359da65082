"""Whom at Kela to call at which hour: nights, weekends, holidays, clock changes; no test asks what time it is now."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.kela.support_hours import (
    CUSTOMER_SERVICE,
    TECHNICAL_SUPPORT,
    customer_service_at,
    whom_to_call,
)
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.local_time import local, said_back, zone


def helsinki(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone())


OPEN = [
    ("2026-11-27 07:00", "2026-11-27 17:00"),  # a Friday
    ("2026-11-27 16:59:59", "2026-11-27 17:00"),
    ("2026-03-30 07:00", "2026-03-30 17:00"),  # the Monday after the clock went forward
    ("2026-10-26 07:00", "2026-10-26 17:00"),  # and back
    ("2026-04-30 12:00", "2026-04-30 17:00"),  # the eve of May Day is a working day
    ("2026-12-31 12:00", "2026-12-31 17:00"),
    ("2026-04-02 12:00", "2026-04-02 17:00"),  # Maundy Thursday
]
CLOSED = [
    ("2026-11-27 06:59:59", "2026-11-27 07:00", False),
    ("2026-11-27 17:00", "2026-11-30 07:00", False),  # Friday evening, Monday morning
    ("2026-11-28 12:00", "2026-11-30 07:00", False),
    ("2026-11-25 23:30", "2026-11-26 07:00", False),
    ("2026-11-26 00:00", "2026-11-26 07:00", False),
    ("2026-12-06 12:00", "2026-12-07 07:00", False),  # Independence Day on a Sunday closes nothing more
    ("2026-12-23 18:00", "2026-12-28 07:00", True),  # Christmas: Eve on Thursday, Friday, weekend
    ("2026-12-24 10:00", "2026-12-28 07:00", True),
    ("2027-01-05 20:00", "2027-01-07 07:00", True),  # Epiphany on a Wednesday
    ("2026-04-02 17:00", "2026-04-07 07:00", True),  # Easter: Good Friday to Monday
    ("2026-05-14 09:00", "2026-05-15 07:00", True),  # Ascension
    ("2026-06-18 17:01", "2026-06-22 07:00", True),  # Midsummer Eve
    ("2026-12-31 17:00", "2027-01-04 07:00", True),  # over the year
    ("2026-03-29 02:59", "2026-03-30 07:00", False),  # the night in which an hour is missing
    ("2026-10-25 03:30", "2026-10-26 07:00", False),  # the hour that comes twice
]


@pytest.mark.parametrize(("at", "closes"), OPEN)
def test_it_is_open_and_says_when_it_closes(at: str, closes: str) -> None:
    hour = customer_service_at(helsinki(at))
    assert (hour.is_open, hour.changes_at, hour.rests_on_holidays) == (True, helsinki(closes), False)


@pytest.mark.parametrize(("at", "opens", "holiday"), CLOSED)
def test_it_is_closed_and_says_when_it_opens(at: str, opens: str, holiday: bool) -> None:
    hour = customer_service_at(helsinki(at))
    assert (hour.is_open, hour.changes_at, hour.rests_on_holidays) == (False, helsinki(opens), holiday)


def test_the_hour_that_comes_twice_is_closed_both_times() -> None:
    first, second = (helsinki("2026-10-25 03:30").replace(fold=fold) for fold in (0, 1))
    assert first.astimezone(UTC) != second.astimezone(UTC)
    assert customer_service_at(first) == customer_service_at(second)


def test_the_hours_are_those_of_finland_whatever_zone_a_moment_has() -> None:
    winter, summer = datetime(2026, 11, 27, 5, tzinfo=UTC), datetime(2026, 7, 1, 4, tzinfo=UTC)
    for seven in (winter, summer):
        assert customer_service_at(seven).is_open
        assert not customer_service_at(seven - timedelta(seconds=1)).is_open
        assert customer_service_at(seven.astimezone(zone("America/New_York"))).is_open


def test_it_rests_on_every_holiday_that_the_library_knows() -> None:
    calendar = holidays.country_holidays("FI", years=range(2026, 2041))
    day = date(2026, 1, 1)
    while day.year < 2041:
        noon = datetime.combine(day, time(12), zone())
        assert customer_service_at(noon).is_open == (day.weekday() < 5 and day not in calendar), day
        day += timedelta(days=1)


MINUTES = st.datetimes(datetime(2026, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(MINUTES)
def test_what_is_said_changes_exactly_then(at: datetime) -> None:
    hour = customer_service_at(at)
    just_before = customer_service_at(hour.changes_at.astimezone(UTC) - timedelta(microseconds=1))
    assert hour.changes_at > at
    assert just_before.is_open == hour.is_open
    assert just_before.changes_at == hour.changes_at
    assert customer_service_at(hour.changes_at).is_open is not hour.is_open
    assert local(hour.changes_at).time() == (CUSTOMER_SERVICE.closes if hour.is_open else CUSTOMER_SERVICE.opens)


@given(MINUTES, st.sampled_from(LANGUAGES))
def test_a_fault_is_never_sent_to_an_office(at: datetime, language: Language) -> None:
    fault, others = whom_to_call(at, language, "0100 100", said_back)
    assert fault == whom_to_call(None, language, "0100 100", said_back)[0]
    assert "0100 100" in fault
    assert said_back(customer_service_at(at).changes_at) in others
    assert "{" not in fault + others


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_has_checked_is_said(language: Language) -> None:
    checked = [
        whom_to_call(helsinki(at), language, "1", said_back)[1] for at in ("2026-11-27 12:00", "2026-11-28 12:00")
    ]
    assumed = whom_to_call(helsinki("2026-12-24 12:00"), language, "1", said_back)[1]
    mark = {
        "fi": "pyhäpäivinä on tarkistamatta",
        "sv": "på helgdagar är inte kontrollerat",
        "en": "holidays is unverified",
    }
    number = {"fi": "numero on tarkistamatta", "sv": "nummer är inte kontrollerat", "en": "service is unverified"}
    assert mark[language] in assumed
    assert not any(mark[language] in each for each in checked)
    assert all(number[language] in each for each in (*checked, assumed))
    assert not CUSTOMER_SERVICE.holidays.verified
    assert TECHNICAL_SUPPORT.source


SAID = {
    "fi": (
        (
            "Häiriöt: Kelan tekninen tuki, puh. 020 634 7787, palvelee ympäri vuorokauden (käyttötuki ja "
            "järjestelmätoimittajat)."
        ),
        (
            "Muut asiat: Kelan ammattilaisten asiakaspalvelu, puh. 020 634 7787, on nyt kiinni. Se aukeaa "
            "Mon 30.11.2026 07:00. Asiakaspalvelun numero on tarkistamatta."
        ),
    ),
    "sv": (
        "Störningar: FPA:s tekniska support, tfn 020 634 7787, svarar dygnet runt (användarstöd och systemleverantörer).",  # noqa: E501
        (
            "Övriga ärenden: FPA:s kundtjänst för yrkesutbildade, tfn 020 634 7787, är nu stängd. Den öppnar "
            "Mon 30.11.2026 07:00. Kundtjänstens nummer är inte kontrollerat."
        ),
    ),
    "en": (
        "Faults: Kela's technical support, tel. 020 634 7787, answers around the clock (helpdesks and system suppliers).",  # noqa: E501
        (
            "Other matters: Kela's customer service for professionals, tel. 020 634 7787, is closed now. It opens "
            "Mon 30.11.2026 07:00. The number of the customer service is unverified."
        ),
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words(language: Language) -> None:
    assert whom_to_call(helsinki("2026-11-27 17:00"), language, "020 634 7787", said_back) == SAID[language]
