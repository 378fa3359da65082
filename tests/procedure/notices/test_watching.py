"""What is to be done about a notice: the parts that the tests of the watch don't reach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON
from workflows.maintenance.messages import MaintenanceOpening
from workflows.notices.orders import break_order
from workflows.notices.record import NoticeWatchRecord
from workflows.procedure.notices.decisions import (
    ENTERED,
    WatchedNotice,
    apart,
    reference_for,
    to_do,
    without_reminder,
)
from workflows.procedure.notices.reading import Reading
from workflows.procedure.operating_model.model import NoticeRules
from workflows.procedure.services import ServiceId
from workflows.procedure.window import Window

HOUR = timedelta(hours=1)


def window(start: float, end: float) -> Window:
    return Window(starts_at=NOON + start * HOUR, ends_at=NOON + end * HOUR)


def planned(*windows: Window) -> WatchedNotice:
    reading = Reading(kind="maintenance", certain=True, services=("PDR",), windows=windows, not_affected=("KELAIN",))
    return WatchedNotice(id="n", feed="f", guid="g", title="Muistutus: Katko", seen_at=NOON, reading=reading)


@pytest.mark.parametrize(
    ("windows", "joined"),
    [
        ([window(7, 19), window(8, 9)], [window(7, 19)]),
        ([window(5, 6), window(1, 2)], [window(1, 2), window(5, 6)]),
        ([window(1, 3), window(2, 4), window(4, 5)], [window(1, 5)]),
    ],
)
def test_windows_within_windows_are_one(windows: list[Window], joined: list[Window]) -> None:
    assert list(apart(windows)) == joined


def test_a_maintenance_takes_what_the_watch_sends() -> None:
    record = NoticeWatchRecord(
        reference="notice-watch", phase="watching", services=(), opened_at=NOON, next_look_at=NOON
    )
    order = break_order(planned(window(7, 19), window(8, 9), window(30, 31)), "x" * 8000, record, "MAINT-1")
    opening = MaintenanceOpening.model_validate(order.opening, extra="forbid")
    assert (opening.title, opening.source, len(opening.windows)) == ("Katko", "kela", 2)
    assert (opening.starts_at, opening.ends_at) == (NOON + 7 * HOUR, NOON + 31 * HOUR)


def test_a_break_of_more_than_a_year_is_a_misread_date() -> None:
    doing = to_do(planned(window(1, 2), window(24 * 400, 24 * 400 + 1)), None, [], NoticeRules(), NOON)
    assert (doing.act, doing.outcome) == ("show", "uncertain")


def announced(name: str, *windows: Window, services: tuple[ServiceId, ...] = ("PDR",), **more: Any) -> WatchedNotice:
    reading = Reading(kind="maintenance", certain=True, services=services, windows=windows)
    known = {"feed": "f", "guid": name, "title": name, "seen_at": NOON, "reference": f"MAINT-{name}"} | more
    return WatchedNotice(id=name, reading=reading, **known)


KNOWN = announced("a", window(7, 9), window(18, 20))
MOVED = announced("b", window(8, 9), window(18, 20), feed=ENTERED, reference="MAINT-a", seen_at=NOON + HOUR)


@pytest.mark.parametrize(
    ("entry", "known", "of"),
    [
        (announced("e", window(8, 9), feed=ENTERED), [KNOWN], "MAINT-a"),
        (announced("e", window(8, 9)), [KNOWN], None),
        (announced("e", window(9, 18), feed=ENTERED), [KNOWN], None),
        (announced("e", window(8, 9), feed=ENTERED, services=("PDR", "WILL")), [KNOWN], None),
        (announced("e", window(8, 9), feed=ENTERED, services=("WILL",)), [KNOWN], None),
        (announced("e", window(8, 9), feed=ENTERED), [KNOWN, announced("c", window(8, 10))], None),
        (announced("e", window(8.5, 9), feed=ENTERED), [MOVED, KNOWN], "MAINT-a"),
        (announced("e", window(7, 8), feed=ENTERED), [KNOWN, MOVED], None),
    ],
)
def test_an_entry_moves_the_one_break_that_it_overlaps(
    entry: WatchedNotice, known: list[WatchedNotice], of: str | None
) -> None:
    doing = to_do(entry, None, known, NoticeRules(), NOON)
    assert (doing.act, doing.of and doing.of.reference) == ("plan", of)


def test_an_entry_moves_a_break_back() -> None:
    back = announced("e", *KNOWN.reading.windows, feed=ENTERED)
    assert to_do(back, None, [KNOWN, MOVED], NoticeRules(), NOON).of == MOVED
    assert to_do(announced("e", *KNOWN.reading.windows), None, [KNOWN, MOVED], NoticeRules(), NOON).outcome == "repeat"


def test_a_reference_is_made_of_the_id_alone() -> None:
    assert reference_for("NOTICE", "1") == reference_for("NOTICE", "1") != reference_for("NOTICE", "2")
    assert len({reference_for("MAINT", str(n)) for n in range(5000)}) == 5000


@pytest.mark.parametrize(
    "title", ["Muistutus: Katko", "MUISTUTUS – Katko", "Påminnelse: Katko", "Reminder: Katko", "Katko"]
)
def test_a_reminder_without_its_word(title: str) -> None:
    assert without_reminder(title) == "Katko"
