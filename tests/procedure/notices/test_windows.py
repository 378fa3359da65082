"""The forms in which notices write their times, each on its own. Published on Monday 7 September 2026."""

from __future__ import annotations

from datetime import datetime

import pytest

from workflows.procedure.local_time import local, zone
from workflows.procedure.notices.windows import MAX_WINDOWS, windows_in
from workflows.procedure.wording import plain

MONDAY = datetime(2026, 9, 7, 10, 0, tzinfo=zone())


def windows(text: str, at: datetime = MONDAY) -> list[str]:
    found = windows_in(plain(text), at).windows
    return [f"{local(w.starts_at):%d.%m.%y %H:%M}–{local(w.ends_at):%d.%m.%y %H:%M}" for w in found]


@pytest.mark.parametrize(
    "text",
    [
        "10.9. klo 20-22",
        "10.9.2026 kello 20.00–22.00.",
        "10.09. klo 20:00 – 22:00",
        "torstaina klo 20–22",
        "to 10.9. klo 20–22",
        "klo 20–22 torstaina 10.9.",
        "torstaina 10.9.2026 kello 20:n ja 22:n välillä",
        "syyskuun 10. päivänä klo 20–22",
        "10. syyskuuta klo 20.00–22.00",
        "Alkamisaika 10.9. klo 20.00\nPäättymisaika 10.9. klo 22.00",
        "Alkamisaika\n10.9. klo 20.00\nPäättymisaika\n10.9. klo 22.00",
        "Katko alkaa torstaina klo 20 ja päättyy viimeistään klo 22.",
        "10.9. klo 20.00 alkaen. Katko päättyy klo 22.00.",
        "10.9. alkaen klo 20 ja päättyy klo 22",
        "Aika: 10.9.2026 klo 20.00\nKesto: noin 2 tuntia",
        "alkaa 10.9. klo 20 ja kestää noin kaksi tuntia",
        "10.9 kl 20-22",
        "torsdagen den 10 september 2026 kl. 20–22",
        "den 10 september mellan klockan 20 och 22",
        "på torsdag från klockan 20 till klockan 22",
        "2026-09-10 20:00–22:00",
        "Thursday 10 September, 8–10 p.m.",
        "on September 10, 2026 from 8 pm to 10 pm",
        "between 8 p.m. and 10 p.m. on 10 September",
        "starts on 10 September at 20:00 and lasts two hours",
        "Kirjoitettu 1.9.2026\nHuolto 10.9. klo 20–22\nPuh. 020 634 7787, ma–pe klo 7–17",
    ],
)
def test_one_window_in_many_forms(text: str) -> None:
    assert windows(text) == ["10.09.26 20:00–10.09.26 22:00"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.9. klo 22–02", ["10.09.26 22:00–11.09.26 02:00"]),
        ("10.–11.9. klo 22–02", ["10.09.26 22:00–11.09.26 02:00"]),
        ("10.9. klo 22 – 11.9. klo 2", ["10.09.26 22:00–11.09.26 02:00"]),
        ("from 22:00 on 10 September to 02:00 on 11 September", ["10.09.26 22:00–11.09.26 02:00"]),
        ("Alkaa 10.9. klo 22.00\nPäättyy klo 04.00", ["10.09.26 22:00–11.09.26 04:00"]),
        ("pe 11.9. klo 20:00–24:00", ["11.09.26 20:00–12.09.26 00:00"]),
        ("10.9. ja 11.9. klo 20–22", ["10.09.26 20:00–10.09.26 22:00", "11.09.26 20:00–11.09.26 22:00"]),
        ("10. ja 11.9. klo 20–22", ["10.09.26 20:00–10.09.26 22:00", "11.09.26 20:00–11.09.26 22:00"]),
        ("10.9. klo 20–22 ja 23–24", ["10.09.26 20:00–10.09.26 22:00", "10.09.26 23:00–11.09.26 00:00"]),
        ("10.9. kl. 20–22 samt 11.9. kl. 21–22", ["10.09.26 20:00–10.09.26 22:00", "11.09.26 21:00–11.09.26 22:00"]),
        ("ensi viikon torstaina klo 7–9", ["17.09.26 07:00–17.09.26 09:00"]),
        ("huomenna klo 6–7", ["08.09.26 06:00–08.09.26 07:00"]),
        ("tänään klo 20–22", ["07.09.26 20:00–07.09.26 22:00"]),
        ("i övermorgon kl. 6–7", ["09.09.26 06:00–09.09.26 07:00"]),
        ("jouluaattona klo 6–7", ["24.12.26 06:00–24.12.26 07:00"]),
        ("loppiaisena klo 6–7", ["06.01.27 06:00–06.01.27 07:00"]),
        ("långfredagen kl. 6–7", ["26.03.27 06:00–26.03.27 07:00"]),
        ("toisena pääsiäispäivänä klo 6–7", ["29.03.27 06:00–29.03.27 07:00"]),
        ("28.1. klo 6–7", ["28.01.27 06:00–28.01.27 07:00"]),
        ("28.8. klo 6–7", ["28.08.26 06:00–28.08.26 07:00"]),
        ("Häiriö kesti klo 8.05–9.40.", ["07.09.26 08:05–07.09.26 09:40"]),
        (
            "10.9. klo 7–19. Klo 8:50–9:45 palvelu on kokonaan poissa.",
            ["10.09.26 07:00–10.09.26 19:00", "10.09.26 08:50–10.09.26 09:45"],
        ),
        (
            "Alkaa 10.9. klo 22, päättyy 11.9. klo 4. Klo 1–2 katko on täydellinen.",
            ["10.09.26 22:00–11.09.26 04:00", "11.09.26 01:00–11.09.26 02:00"],
        ),
        ("puh. 020 634 7787, 24/7, versio 4.2, noin 25 minuutin katko klo 14 jälkeen", []),
        ("Seuraava tiedote klo 10.30.", []),
    ],
)
def test_windows(text: str, expected: list[str]) -> None:
    assert windows(text) == expected


def test_a_day_without_a_year_is_the_nearest_to_its_publication() -> None:
    in_december, in_january = (datetime(year, month, 28, 9, tzinfo=zone()) for year, month in ((2026, 12), (2027, 1)))
    assert windows("4.1. klo 6–7", in_december) == ["04.01.27 06:00–04.01.27 07:00"]
    assert windows("30.12. klo 6–7", in_january) == ["30.12.26 06:00–30.12.26 07:00"]


def test_a_window_holds_the_hour_that_comes_twice() -> None:
    read = windows_in(plain("25.10. klo 3.30–3.45"), MONDAY)
    (window,) = read.windows
    assert (window.ends_at - window.starts_at).total_seconds() == 75 * 60
    assert all("comes twice" in note for note in read.notes)


def test_more_windows_than_anybody_announces_are_not_read() -> None:
    days = "\n".join(f"{day}.10. klo {hour}–{hour + 1}" for day in range(1, 31) for hour in (8, 10))
    read = windows_in(plain(days), MONDAY)
    assert len(read.windows) == MAX_WINDOWS
    assert read.doubts == (f"it tells more than {MAX_WINDOWS} times",)


def test_as_many_windows_as_are_read_are_no_doubt() -> None:
    days = "\n".join(f"{day}.10. klo 8–9" for day in range(1, MAX_WINDOWS + 1))
    read = windows_in(plain(days), MONDAY)
    assert len(read.windows) == MAX_WINDOWS
    assert read.doubts == ()
    read = windows_in(plain(f"{days}\n{MAX_WINDOWS + 1}.10. klo 8–9"), MONDAY)
    assert len(read.windows) == MAX_WINDOWS
    assert read.doubts == (f"it tells more than {MAX_WINDOWS} times",)
