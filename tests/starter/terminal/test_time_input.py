"""How a person may type a moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starter.terminal.day_words import in_english
from starter.terminal.errors import Wrong
from starter.terminal.period import whole_period
from starter.terminal.time_input import NotAMoment, NotYetToday, has_day, read_moment

NOON = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # 12.00 in Finland, a Sunday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-22T14:05+02:00", "2026-11-22T12:05"),
        ("2026-11-22T12:05Z", "2026-11-22T12:05"),
        ("2026-11-22 11:05", "2026-11-22T09:05"),
        ("2026-11-22T11:05:30", "2026-11-22T09:05:30"),
        ("22.11.2026 11.05", "2026-11-22T09:05"),
        ("1.7.2026 9:05", "2026-07-01T06:05"),
        ("11:05", "2026-11-22T09:05"),
        ("klo 9", "2026-11-22T07:00"),
        ("0905", "2026-11-22T07:05"),
        ("9:05 am", "2026-11-22T07:05"),
        ("12.05", "2026-11-22T10:05"),  # five minutes ahead: clocks differ
        (" NOW ", "2026-11-22T10:00"),
        ("nyt", "2026-11-22T10:00"),
        ("10 min ago", "2026-11-22T09:50"),
        ("puoli tuntia sitten", "2026-11-22T09:30"),
        ("för 2 timmar sedan", "2026-11-22T08:00"),
        ("tunti sitten", "2026-11-22T09:00"),
        ("noin puolitoista tuntia sitten", "2026-11-22T08:30"),
        ("för en halvtimme sedan", "2026-11-22T09:30"),
        ("a quarter of an hour ago", "2026-11-22T09:45"),
        ("viime yönä 02:10", "2026-11-22T00:10"),
        ("viime yona klo 23.30", "2026-11-21T21:30"),
        ("last night at 11 pm", "2026-11-21T21:00"),
        ("yöllä 2.10", "2026-11-22T00:10"),
        ("i natt kl. 02.10", "2026-11-22T00:10"),
        ("aamulla klo 6", "2026-11-22T04:00"),
        ("aamulla kuudelta", "2026-11-22T04:00"),
        ("i morse kl. 6", "2026-11-22T04:00"),
        ("puoli kolme", "2026-11-22T00:30"),  # 14.30 has not come yet
        ("i natt halv tre", "2026-11-22T00:30"),
        ("at half past two", "2026-11-22T00:30"),
        ("eilen iltapäivällä varttia vaille kolme", "2026-11-21T12:45"),
        ("i går kväll kl. 20.15", "2026-11-21T18:15"),
        ("yesterday evening 20:15", "2026-11-21T18:15"),
        ("maanantaina aamulla klo 6", "2026-11-16T04:00"),
        ("eilen 14:30", "2026-11-21T12:30"),
        ("eilen 14", "2026-11-21T12:00"),
        ("14.30 eilen", "2026-11-21T12:30"),
        ("tänään klo 13.05", "2026-11-22T11:05"),  # ahead, but the day is said: who takes the message refuses it
        ("tanaan kello 9.05", "2026-11-22T07:05"),
        ("huomenna 06:00", "2026-11-23T04:00"),
        ("toissapäivänä 23.50", "2026-11-20T21:50"),
        ("igår kl. 14.30", "2026-11-21T12:30"),
        ("i förrgår kl 14.30", "2026-11-20T12:30"),
        ("i dag 9.05", "2026-11-22T07:05"),
        ("i morgon 6.00", "2026-11-23T04:00"),
        ("Yesterday at 2:30pm", "2026-11-21T12:30"),
        ("21.11. 14:30", "2026-11-21T12:30"),
        ("21.11 14:30", "2026-11-21T12:30"),
        ("21.11.26 14.05", "2026-11-21T12:05"),
        ("21.11. klo 14", "2026-11-21T12:00"),
        ("31.12. 14:30", "2026-12-31T12:30"),  # the nearest; of the future, which is refused later
        ("29.2. 14:30", "2028-02-29T12:30"),
        ("21. marraskuuta klo 14.30", "2026-11-21T12:30"),
        ("den 21 november 2026 kl. 14.30", "2026-11-21T12:30"),
        ("Nov 21 14:30", "2026-11-21T12:30"),
        ("21/11 14:30", "2026-11-21T12:30"),
        ("ma 14:30", "2026-11-16T12:30"),
        ("perjantaina klo 14.30", "2026-11-20T12:30"),
        ("i fredags kl. 14.30", "2026-11-20T12:30"),
        ("on Friday 14:30", "2026-11-20T12:30"),
        ("last Sunday 14:30", "2026-11-15T12:30"),
        ("la 21.11.2026 klo 14.05", "2026-11-21T12:05"),
        ("on 18.11.2026 kl. 14.05", "2026-11-18T12:05"),
        ("su 25.10.2026 klo 3.30 (+02:00)", "2026-10-25T01:30"),  # as it is said back
    ],
)
def test_it_is_read(typed: str, meant: str) -> None:
    assert read_moment(typed, NOON) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("06:00", "2026-11-23T04:00"),
        ("13:00", "2026-11-22T11:00"),
        ("ma 06:00", "2026-11-23T04:00"),
        ("15.7. 06:00", "2027-07-15T03:00"),
        ("ylihuomenna klo 6", "2026-11-24T04:00"),
        ("yöllä 2.10", "2026-11-23T00:10"),
        ("huomenna aamulla klo 6", "2026-11-23T04:00"),
    ],
)
def test_what_is_planned_lies_ahead(typed: str, meant: str) -> None:
    assert read_moment(typed, NOON, ahead=True) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


AT_NIGHT = datetime(2026, 11, 28, 1, 15, tzinfo=UTC)  # 3.15 in Finland, a Saturday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("klo 3 yöllä", "2026-11-28T01:00"),
        ("3 yöllä", "2026-11-28T01:00"),
        ("aamuyöllä 2.15", "2026-11-28T00:15"),
        ("kl. 1.30 på natten", "2026-11-27T23:30"),
        ("2:30 at night", "2026-11-28T00:30"),
        ("eilen illalla klo 22.30", "2026-11-27T20:30"),
        ("22.30 eilen illalla", "2026-11-27T20:30"),
        ("i går kväll kl. 22.30", "2026-11-27T20:30"),
        ("perjantaina illalla 21.00", "2026-11-27T19:00"),
        ("eilen iltapäivällä 14.30", "2026-11-27T12:30"),
        ("viime yönä 23.30", "2026-11-27T21:30"),
        ("last night at 11:30 pm", "2026-11-27T21:30"),
        ("tänä yönä 3.00", "2026-11-28T01:00"),
        ("i natt kl. 1.30", "2026-11-27T23:30"),
        ("i natt 23.30", "2026-11-27T21:30"),
        ("eilen yöllä 23.30", "2026-11-27T21:30"),
        ("eilen aamuyöllä 2.00", "2026-11-27T00:00"),
        ("eilen yöllä 4.00", "2026-11-27T02:00"),  # the small hours after it have not come yet
        ("tunti sitten", "2026-11-28T00:15"),
        ("juuri nyt", "2026-11-28T01:15"),
        ("eilen illalla klo 8", "2026-11-27T18:00"),
        ("i går kväll kl 8", "2026-11-27T18:00"),
        ("last evening at 8", "2026-11-27T18:00"),
        ("viime iltana klo 9", "2026-11-27T19:00"),
        ("noin 2.30", "2026-11-28T00:30"),
        ("ungefär kl. 2.30", "2026-11-28T00:30"),
        ("around 2.30", "2026-11-28T00:30"),
        ("eilen noin klo 20.00", "2026-11-27T18:00"),
        ("puoli kolme", "2026-11-28T00:30"),
        ("halv tre", "2026-11-28T00:30"),
        ("half past two", "2026-11-28T00:30"),
    ],
)
def test_a_time_may_say_its_part_of_the_day(typed: str, meant: str) -> None:
    assert read_moment(typed, AT_NIGHT) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("klo 15 yöllä", "is not a time"),
        ("eilen illalla 9.30", "is not a time"),
        ("viime yönä eilen 3:10", "is not a time"),
        ("yöllä", "is not a time"),
        ("eilen illalla", "says the day but not the time"),
        ("28.11. 01:00-02:00", "is not a time"),  # a range, never an offset
        ("viime yönä 3:10", 'may be of two days; write "28.11.2026 03:10" or "27.11.2026 03:10"'),
        ("last night 3am", "may be of two days"),
        ("eilen yöllä 1.30", 'may be of two days; write "27.11.2026 01:30" or "28.11.2026 01:30"'),
    ],
)
def test_a_part_of_the_day_that_is_not_clear_or_does_not_agree_is_refused(typed: str, why: str) -> None:
    with pytest.raises(NotAMoment) as refused:
        read_moment(typed, AT_NIGHT)
    assert str(refused.value).startswith(why)


@pytest.mark.parametrize(
    "typed", ["illalla 22.30", "illalla klo 8", "aamulla 6.15", "iltapäivällä 14.30", "yöllä 4.00"]
)
def test_a_part_of_the_day_that_has_not_come_yet_is_asked_about(typed: str) -> None:
    with pytest.raises(NotYetToday):
        read_moment(typed, AT_NIGHT)


def test_last_night_is_one_night_once_it_is_over() -> None:
    assert read_moment("viime yönä 3:10", NOON) == datetime(2026, 11, 22, 1, 10, tzinfo=UTC)
    assert read_moment("viime yönä 23:10", NOON) == datetime(2026, 11, 21, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("23:30", "2026-11-24T21:30"),  # goes by the start
        ("06:00", "2026-11-25T04:00"),
        ("ke 06:00", "2026-11-25T04:00"),
        ("25.11. klo 6.00", "2026-11-25T04:00"),
        ("ylihuomenna 23:30", "2026-11-24T21:30"),  # goes by the present, as whoever types it does
        ("i övermorgon kl. 23.30", "2026-11-24T21:30"),
        ("the day after tomorrow 23:30", "2026-11-24T21:30"),
        ("huomenna 06:00", "2026-11-23T04:00"),  # lies before the start: who takes it refuses it
        ("now", "2026-11-22T10:00"),
    ],
)
def test_the_end_of_what_is_planned_goes_by_its_start_unless_it_says_from_today(typed: str, meant: str) -> None:
    start = read_moment("ylihuomenna 22:00", NOON, ahead=True)
    read = read_moment(typed, NOON, ahead=True, after=start)
    assert read == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("yesterday", "but not the time"),
        ("26.11.", "but not the time"),
        ("26.11. 2026", "but not the time"),
        ("26.11. 14", "but not the time"),
        ("26 november", "but not the time"),
        ("", "is not a time"),
        ("soon", "is not a time"),
        ("12.11.10.30", "is not a time"),
        ("14", "an hour without minutes"),
        ("14,05", 'a comma in the time; write "14:05"'),
        ("eilen klo 9,30", 'a comma in the time; write "9:30"'),
        ("25", "calendar"),
        ("24", "calendar"),
        ("25:00", "calendar"),
        ("eilen klo 24.00", "midnight at the end of a day"),
        ("13:30 pm", "calendar"),
        ("2026-02-30 10:00", "calendar"),
        ("31.2. 10:00", "calendar"),
        ("2026-11-22", "but not the time"),
        ("eilen puoli kolme", 'of two times; write "21.11.2026 02:30" or "21.11.2026 14:30"'),
        ("eilen yöllä 2.10", 'of two days; write "21.11.2026 02:10" or "22.11.2026 02:10"'),
        ("aamulla klo 14", "is not a time"),
        ("yöllä", "is not a time"),
        ("kolme päivää", "is not a time"),
        ("su 10:00", 'of two days; write "22.11.2026 10:00" or "15.11.2026 10:00"'),
        ("viime maanantaina 10:00", 'of two days; write "16.11.2026 10:00" or "9.11.2026 10:00"'),
        ("next Monday 10:00", 'of two days; write "23.11.2026 10:00" or "30.11.2026 10:00"'),
        ("5/11 10:00", 'of two days; write "5.11.2026 10:00" or "11.5.2027 10:00"'),
        ("ma 21.11. 14.05", "another weekday: it is Sat 21.11.2026"),
        ("2026-03-29 03:30", 'does not exist.*write "2026-03-29T02:30[+]02:00" or "2026-03-29T04:30[+]03:00"'),
        ("25.10. klo 3.30", 'happened twice.*write "2026-10-25T03:30[+]03:00" or "2026-10-25T03:30[+]02:00"'),
    ],
)
def test_it_is_refused_in_plain_words(typed: str, said: str) -> None:
    with pytest.raises(NotAMoment, match=said):
        read_moment(typed, NOON)


@pytest.mark.parametrize("typed", ["26.11. 06:00", "su 06:00"])
def test_a_plan_that_may_be_of_two_days_is_refused(typed: str) -> None:
    with pytest.raises(NotAMoment, match="of two days"):
        read_moment(typed, datetime(2026, 11, 29, 10, 0, tzinfo=UTC), ahead=True)


@pytest.mark.parametrize("typed", ["12.40", "23:55", "klo 23.55", "11:55 pm", "iltapäivällä puoli neljä"])
def test_a_time_that_has_not_come_yet_is_never_silently_of_yesterday(typed: str) -> None:
    with pytest.raises(NotYetToday, match="did you mean yesterday") as refused:
        read_moment(typed, NOON)
    there = refused.value.yesterday.astimezone(NOON.tzinfo)
    assert there == read_moment(f"yesterday {typed}", NOON)


def test_in_the_night_what_may_be_of_this_one_or_of_the_last_is_refused_with_both() -> None:
    at = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # 03.00 in Finland
    with pytest.raises(NotAMoment, match=r"of two days; write .22[.]11[.]2026 02:10. or .21[.]11[.]2026 02:10"):
        read_moment("viime yönä 2.10", at)
    assert (
        read_moment("yöllä 2.10", at)
        == read_moment("i natt kl. 02.10", at)
        == datetime(2026, 11, 22, 0, 10, tzinfo=UTC)
    )
    with pytest.raises(NotAMoment, match="of two times"):
        read_moment("half past two", datetime(2026, 11, 22, 20, 0, tzinfo=UTC))


def test_whether_a_day_is_said() -> None:
    for typed in ("eilen 14:30", "26.11. 14:30", "ma 06:00", "now", "14:30 yesterday"):
        assert has_day(typed)
    for typed in ("14:30", "klo 14.30", "6", "2:30 pm", "puoli kolme"):
        assert not has_day(typed)


@pytest.mark.parametrize(
    ("typed", "plan"),
    [("ma klo 9.00", "Mon 9.00"), ("Måndag kl. 9.00", "Mon 9.00"), ("Mon 09:00", "Mon 09:00"), ("soon", "soon")],
)
def test_a_time_of_the_week(typed: str, plan: str) -> None:
    assert in_english(typed) == plan


def test_the_days_of_a_period() -> None:
    assert whole_period("1.1.2026", "2026-01-01")[1] == datetime(2026, 1, 1, 22, 0, tzinfo=UTC)
    assert whole_period("eilen", "yesterday") == whole_period("i går", "igår")
    for unclear in ("1.1.", "viime maanantaina", "", "soon"):
        with pytest.raises(Wrong, match="--from: is not one day"):
            whole_period(unclear, "1.1.2026")


def test_an_hour_that_happened_twice_is_clear_with_its_offset() -> None:
    first = read_moment("2026-10-25T03:30+03:00", NOON)
    second = read_moment("2026-10-25T03:30+02:00", NOON)
    assert (second - first).total_seconds() == 3600


def test_the_edges_of_the_clock_changes_are_taken() -> None:
    assert read_moment("2026-03-29 02:59", NOON) == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert read_moment("2026-03-29 04:00", NOON) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert read_moment("2026-10-25 02:59", NOON) == datetime(2026, 10, 24, 23, 59, tzinfo=UTC)
    assert read_moment("2026-10-25 04:00", NOON) == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


@given(st.text(max_size=40))
def test_no_text_breaks_it(typed: str) -> None:
    try:
        moment = read_moment(typed, NOON)
    except NotAMoment:
        return
    assert moment.tzinfo is not None
