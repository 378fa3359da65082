"""Nights, days that are named by another day, and days that come again: right, or left to a person."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from workflows.procedure.local_time import local, zone
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

THURSDAY = datetime(2026, 11, 26, 15, 20, tzinfo=zone())
FI, SV, EN = (
    "Huoltokatko Reseptikeskuksessa",
    "Underhållsavbrott i Receptcentret",
    "Maintenance in the Prescription Centre",
)


def _read(text: str) -> Reading:
    title = next(title for title in (FI, SV, EN) if text.startswith(title))
    return read_notice(RawNotice(title=title, text=f"{text}.", published_at=THURSDAY), THURSDAY + timedelta(minutes=9))


def _shown(reading: Reading) -> str:
    return ", ".join(
        f"{local(one.starts_at):%-d.%-m. %H:%M}-{local(one.ends_at):%-d.%-m. %H:%M}" for one in reading.windows
    )


@pytest.mark.parametrize(
    ("text", "window"),
    [
        (f"{FI} ensi yönä klo 23–03", "26.11. 23:00-27.11. 03:00"),
        (f"{FI} ensi yönä kello 1.00–4.30", "27.11. 01:00-27.11. 04:30"),
        (f"{FI} torstain ja perjantain välisenä yönä 3.–4.12. kello 00.30–05", "4.12. 00:30-4.12. 05:00"),
        (f"{FI} torstain ja perjantain välisenä yönä (3.-4.12.) kello 23-1", "3.12. 23:00-4.12. 01:00"),
        (f"{FI} alkaa perjantaina 4.12. klo 23 ja päättyy seuraavana aamuna klo 5", "4.12. 23:00-5.12. 05:00"),
        (f"{FI} alkaa perjantai-iltana 4.12. klo 23 ja päättyy lauantaiaamuna klo 5", "4.12. 23:00-5.12. 05:00"),
        (f"{FI} sunnuntaita vasten yöllä 5.12.–6.12. klo 23.30–2.30", "5.12. 23:30-6.12. 02:30"),
        (f"{FI} sunnuntaita 6.12. vasten klo 1–3", "6.12. 01:00-6.12. 03:00"),
        (f"{FI} 6.12. aamuyöllä klo 1–3", "6.12. 01:00-6.12. 03:00"),
        (f"{FI} sunnuntaina 6.12. aamuyöstä klo 2–4", "6.12. 02:00-6.12. 04:00"),
        (f"{FI} perjantain aamuyönä 4.12. klo 2–4", "4.12. 02:00-4.12. 04:00"),
        (f"{FI} pe 4.12. klo 22:00 - la 5.12. klo 06:00", "4.12. 22:00-5.12. 06:00"),
        (f"{FI} yöllä 4.12. klo 22:00 – 5.12. klo 06:00", "4.12. 22:00-5.12. 06:00"),
        (f"{FI} huomenna aamuyöllä klo 1–3", "27.11. 01:00-27.11. 03:00"),
        (f"{FI} tänä yönä klo 1–3", "27.11. 01:00-27.11. 03:00"),
        (f"{FI} tulevana yönä klo 00.00–05.00", "27.11. 00:00-27.11. 05:00"),
        (f"{FI} tulevana viikonloppuna lauantain ja sunnuntain välisenä yönä klo 1–3", "29.11. 01:00-29.11. 03:00"),
        (f"{FI} tiistain 8. joulukuuta vastaisena yönä klo 0.30–4", "8.12. 00:30-8.12. 04:00"),
        (f"{FI} maanantain vastaisena yönä 7.12. klo 21–2", "6.12. 21:00-7.12. 02:00"),
        (f"{FI} itsenäisyyspäivän vastaisena yönä klo 23–4", "5.12. 23:00-6.12. 04:00"),
        (f"{FI} itsenäisyyspäivän aattona 5.12. klo 23 – 4", "5.12. 23:00-6.12. 04:00"),
        (f"{FI} perjantaista 4.12. klo 23:sta lauantaihin klo 4:ään", "4.12. 23:00-5.12. 04:00"),
        (f"{FI} perjantai 4.12. klo 20 - keskiyö", "4.12. 20:00-5.12. 00:00"),
        (f"{FI} perjantaina 4.12. klo 22 alkaen lauantaiaamuun klo 4 asti", "4.12. 22:00-5.12. 04:00"),
        (f"{FI} 4.12. klo 22 – seuraavana päivänä klo 4", "4.12. 22:00-5.12. 04:00"),
        (f"{FI} 4.12. klo 22–seuraavan päivän klo 4", "4.12. 22:00-5.12. 04:00"),
        (f"{SV} natten mot lördagen den 5 december kl. 23–02", "4.12. 23:00-5.12. 02:00"),
        (f"{SV} natten mot den 5 december kl. 1–3", "5.12. 01:00-5.12. 03:00"),
        (f"{SV} i natt kl. 23–02", "26.11. 23:00-27.11. 02:00"),
        (f"{SV} i natt kl. 1–3", "27.11. 01:00-27.11. 03:00"),
        (f"{SV} natten till söndag 6.12 klockan 01.00–03.00", "6.12. 01:00-6.12. 03:00"),
        (f"{SV} natten efter lördagen den 5 december kl. 23–02", "5.12. 23:00-6.12. 02:00"),
        (f"{SV} lördagen den 5 december på småtimmarna kl. 1–3", "5.12. 01:00-5.12. 03:00"),
        (f"{SV} fredagen den 4 december kl. 22 till följande morgon kl. 5", "4.12. 22:00-5.12. 05:00"),
        (f"{SV} börjar fredagen den 4 december kl. 22 och slutar följande dag kl. 5", "4.12. 22:00-5.12. 05:00"),
        (f"{SV} under natten 4–5 december kl. 23–02", "4.12. 23:00-5.12. 02:00"),
        (f"{SV} nattetid mellan 4 och 5 december kl. 01–03", "5.12. 01:00-5.12. 03:00"),
        (f"{SV} natt mot lördag, 5.12.2026, kl 23-02", "4.12. 23:00-5.12. 02:00"),
        (f"{SV} fredagskvällen 4.12 kl. 22 – lördagsmorgonen kl. 5", "4.12. 22:00-5.12. 05:00"),
        (f"{EN} in the early hours of Saturday 5 December, 1:00–3:00", "5.12. 01:00-5.12. 03:00"),
        (f"{EN} tonight from 11 p.m. to 2 a.m", "26.11. 23:00-27.11. 02:00"),
        (f"{EN} tonight 1:00–3:00", "27.11. 01:00-27.11. 03:00"),
        (f"{EN} overnight from Friday 4 December 22:00 to Saturday 04:00", "4.12. 22:00-5.12. 04:00"),
        (f"{EN} on Friday 4 December from 22:00 until 4:00 the next morning", "4.12. 22:00-5.12. 04:00"),
        (f"{EN} on Friday 4 December from 22:00 until 04:00 the following day", "4.12. 22:00-5.12. 04:00"),
        (f"{EN} on the night of Friday 4 to Saturday 5 December, 1–3 am", "5.12. 01:00-5.12. 03:00"),
        (f"{EN} during the night between 4 and 5 December at 23:00–02:00", "4.12. 23:00-5.12. 02:00"),
        (f"{EN} from Friday evening, 4 December at 10 pm, to Saturday morning at 5 am", "4.12. 22:00-5.12. 05:00"),
        (f"{EN} on the eve of 5 December from 22:00 to 02:00", "4.12. 22:00-5.12. 02:00"),
        (f"{EN} on the night after Saturday 5 December from 22:00 to 02:00", "5.12. 22:00-6.12. 02:00"),
        (f"{EN} on the night leading up to Saturday, 5 December, 1:00-4:00", "5.12. 01:00-5.12. 04:00"),
        (f"{FI} perjantaina 4.12. klo 8 – seuraavana päivänä klo 10", "4.12. 08:00-5.12. 10:00"),
        (f"{FI} alkaa perjantaina 4.12. klo 8 ja päättyy seuraavana päivänä klo 10", "4.12. 08:00-5.12. 10:00"),
        (f"{FI} perjantaista klo 20 sunnuntaihin klo 8", "27.11. 20:00-29.11. 08:00"),
        (f"{FI} 4.12. klo 20 – 6.12. klo 8", "4.12. 20:00-6.12. 08:00"),
        (f"{FI} 4.12. ja 5.12. klo 20–23", "4.12. 20:00-4.12. 23:00, 5.12. 20:00-5.12. 23:00"),
        (f"{FI} 4.12. ja 5.12. klo 23–2", "4.12. 23:00-5.12. 02:00, 5.12. 23:00-6.12. 02:00"),
        (f"{FI} tänään klo 23 – huomenna klo 2", "26.11. 23:00-27.11. 02:00"),
        (f"{FI} tänään klo 23 alkaen ja kestää noin kolme tuntia", "26.11. 23:00-27.11. 02:00"),
        (f"{FI} huomenillalla klo 22–24", "27.11. 22:00-28.11. 00:00"),
        (f"{FI} perjantain 4.12. vastaisena yönä klo 24–02", "4.12. 00:00-4.12. 02:00"),
        (f"{FI} 4.12. klo 00.00–02.00", "4.12. 00:00-4.12. 02:00"),
        (f"{FI} torstain 3.12. ja perjantain 4.12. välisenä yönä klo 24–02", "4.12. 00:00-4.12. 02:00"),
        (f"{FI} 3.12. klo 24 – 4.12. klo 2", "4.12. 00:00-4.12. 02:00"),
        (f"{FI} perjantaina 4.12. klo 22 - 5", "4.12. 22:00-5.12. 05:00"),
        (f"{FI} perjantaina 4.12. klo 20–8", "4.12. 20:00-5.12. 08:00"),
        (f"{FI} 5. ja 6. joulukuuta välisenä yönä klo 23–3", "5.12. 23:00-6.12. 03:00"),
        (f"{FI} pe-la yönä 4.-5.12. klo 23.00-03.00", "4.12. 23:00-5.12. 03:00"),
        (f"{FI} pe/la-yönä 4./5.12. klo 23.00-03.00", "4.12. 23:00-5.12. 03:00"),
        (f"{FI} lauantaina 5.12. varhain aamulla klo 4–6", "5.12. 04:00-5.12. 06:00"),
        (f"{SV} fredagen den 4 december kl. 8 till följande dag kl. 10", "4.12. 08:00-5.12. 10:00"),
        (f"{SV} fredagen den 4 december kl. 22–24", "4.12. 22:00-5.12. 00:00"),
        (f"{SV} natten mot lördag den 5 december, med början kl. 23 och slut kl. 02", "4.12. 23:00-5.12. 02:00"),
        (f"{SV} under natten mellan den 4 och den 5 december kl. 23.30–2", "4.12. 23:30-5.12. 02:00"),
        (f"{SV} natten den 4–5 december kl. 23–2", "4.12. 23:00-5.12. 02:00"),
        (f"{SV} natt till onsdag kl 1-3", "2.12. 01:00-2.12. 03:00"),
        (f"{SV} natten före lördagen den 5 december kl. 22–1", "4.12. 22:00-5.12. 01:00"),
        (f"{SV} i natt mellan kl. 23 och 2", "26.11. 23:00-27.11. 02:00"),
        (f"{SV} i kväll kl. 22 till i morgon kl. 6", "26.11. 22:00-27.11. 06:00"),
        (f"{EN} on Friday 4 December from 8:00 until 10:00 the next day", "4.12. 08:00-5.12. 10:00"),
        (f"{EN} starts on 4 December at 10 p.m. and ends the following morning at 5 a.m", "4.12. 22:00-5.12. 05:00"),
        (f"{EN} starts on 4 December at 8 a.m. and ends the following day at 10 a.m", "4.12. 08:00-5.12. 10:00"),
        (f"{EN} on the night of 4–5 December, 1:00–3:00", "5.12. 01:00-5.12. 03:00"),
        (f"{EN} in the small hours of 5 December, 1–3 a.m", "5.12. 01:00-5.12. 03:00"),
        (f"{EN} tonight between 11 pm and 2 am", "26.11. 23:00-27.11. 02:00"),
        (f"{EN} overnight 4/5 December, 23:00–02:00", "4.12. 23:00-5.12. 02:00"),
        (f"{EN} the night into 5 December from 23:00 to 02:00", "4.12. 23:00-5.12. 02:00"),
        (f"{EN} early on 5 December from 1 to 3 a.m", "5.12. 01:00-5.12. 03:00"),
        (f"{EN} on 5 December from 1 am to 3 am", "5.12. 01:00-5.12. 03:00"),
        (f"{EN} on 4 December from 12 am to 2 am", "4.12. 00:00-4.12. 02:00"),
        (f"{EN} on 4 December from 11 p.m. to 12 a.m", "4.12. 23:00-5.12. 00:00"),
        (
            f"{SV} den 27 november kl. 18–20 och den 28 november kl. 8–9",
            "27.11. 18:00-27.11. 20:00, 28.11. 08:00-28.11. 09:00",
        ),
        (
            f"{EN} on 27 November 18:00 to 20 and the 28 November at 8–9 a.m.",
            "27.11. 18:00-27.11. 20:00, 28.11. 08:00-28.11. 09:00",
        ),
        (
            f"{FI} 27., 28. ja 29.11. klo 18–20",
            "27.11. 18:00-27.11. 20:00, 28.11. 18:00-28.11. 20:00, 29.11. 18:00-29.11. 20:00",
        ),
        (f"{FI} 27.11. klo 22–24 ja 28.11. klo 0–2", "27.11. 22:00-28.11. 00:00, 28.11. 00:00-28.11. 02:00"),
    ],
)
def test_a_window_is_read_right(text: str, window: str) -> None:
    reading = _read(text)
    assert _shown(reading) == window
    assert reading.certain, reading.why


@pytest.mark.parametrize(
    "text",
    [
        f"{FI} lauantaiyönä 5.12. klo 1–3",
        f"{FI} 5.12. yöllä klo 1–3",
        f"{FI} viime yönä klo 22–04",
        f"{FI} huomisyönä klo 1–3",
        f"{FI} huomenna yöllä klo 1–3",
        f"{FI} jouluyönä klo 1–3",
        f"{FI} lauantain puoleisena yönä 5.12. klo 23-04",
        f"{FI} lauantaihin 5.12. päättyvänä yönä klo 23-04",
        f"{FI} puoliltaöin 5.12. klo 0–2",
        f"{FI} perjantaina 4.12. iltakymmenestä aamuneljään",
        f"{FI} yökatkona 4.12. klo 1–3",
        f"{SV} lördag natt 5.12 kl. 1–3",
        f"{SV} nästa natt kl. 1–3",
        f"{SV} lördagsnatten den 5 december kl. 1–3",
        f"{SV} i morgon natt kl. 1–3",
        f"{SV} i övermorgon på natten kl. 1–3",
        f"{EN} on Friday night, 4 December, 1–3 am",
        f"{EN} tomorrow night 1:00–3:00",
        f"{EN} from midnight to 4 a.m. on 5 December",
        f"{EN} on Saturday 5 December from midnight until 4 am",
        f"{EN} last night from 22:00 to 02:00",
        f"{FI} joka yö 4.–6.12. klo 1–3",
        f"{FI} öisin 4.–6.12. klo 23–3",
        f"{FI} tulevana viikonloppuna yöllä klo 1–3",
        f"{FI} uudenvuodenyönä klo 1–3",
        f"{FI} yöllä klo 1–3 (pe 4.12.)",
        f"{FI} perjantain puolella yötä 4.12. klo 23–3",
        f"{FI} lauantaina 5.12. klo 1–3 yöllä",
        f"{SV} på natten den 5 december kl. 1–3",
        f"{SV} natten mot torsdagen kl. 1–3",
        f"{SV} kvällen före självständighetsdagen kl. 20–22",
        f"{SV} dagen före självständighetsdagen kl. 20–22",
        f"{EN} on the night of 4 December, 1:00–3:00",
        f"{EN} tonight, 27 November, 1–3 a.m",
        f"{EN} overnight on 4 December, 1:00–3:00",
        f"{EN} the day before Independence Day, 20:00–22:00",
        f"{EN} the evening before 5 December, 20:00–22:00",
        f"{FI} itsenäisyyspäivän aattona klo 20–22",
        f"{FI} itsenäisyyspäivää edeltävänä päivänä klo 20–22",
        f"{FI} 5.12. edeltävänä iltana klo 20–22",
        f"{FI} päivää ennen itsenäisyyspäivää klo 20–22",
        f"{FI} 5.12. aattoiltana klo 20–22",
        f"{SV} dagen efter självständighetsdagen kl. 20–22",
        f"{FI} itsenäisyyspäivän jälkeisenä päivänä klo 20–22",
        f"{FI} viikko itsenäisyyspäivästä klo 20–22",
        f"{FI} viikon päästä perjantaina klo 20–22",
        f"{FI} ensi perjantaina klo 20–22",
        f"{FI} kahden viikon kuluttua perjantaina klo 20–22",
        f"{FI} joka perjantai klo 20–22",
        f"{FI} perjantaisin klo 20–22",
        f"{SV} varje fredag kl. 20–22",
        f"{EN} every Friday 20:00–22:00",
        f"{EN} on Fridays 20:00–22:00",
        f"{EN} a week on Friday 20:00–22:00",
        f"{EN} in two weeks, on Friday 20:00–22:00",
        f"{EN} on Friday week 20:00–22:00",
        f"{SV} om en vecka på fredag kl. 20–22",
        f"{FI} perjantaina viikolla 50 klo 20–22",
    ],
)
def test_what_may_be_another_day_is_left_to_a_person(text: str) -> None:
    assert not _read(text).certain


EARLY = [
    *((FI, f"4.12. {word} klo") for word in ("pikkutunneilla", "pikkutunteina", "aamun tunteina", "aamuvarhain")),
    *((SV, f"den 4 december {word} kl.") for word in ("på småtimmarna", "under de tidiga timmarna", "i gryningen")),
    *((EN, f"on 4 December {word} from") for word in ("in the small hours", "in the wee hours", "before dawn")),
]


@pytest.mark.parametrize(("title", "day"), EARLY)
def test_the_small_hours_of_a_day_lie_on_it_and_hours_of_an_evening_do_not_fit_them(title: str, day: str) -> None:
    small, evening = _read(f"{title} {day} 01:00–03:00"), _read(f"{title} {day} 23:00–02:00")
    assert (small.certain, _shown(small)) == (True, "4.12. 01:00-4.12. 03:00")
    assert not evening.certain
