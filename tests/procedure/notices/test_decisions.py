"""What is done about a notice, decision by decision, with the reason that a person reads; no Temporal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.builders import NOON
from workflows.procedure.notices.decisions import (
    ENTERED,
    Doing,
    WatchedNotice,
    apart,
    changes,
    is_new_break,
    reference_for,
    services_of,
    still_open,
    to_do,
    without_reminder,
)
from workflows.procedure.notices.reading import Reading
from workflows.procedure.operating_model.model import NoticeRules
from workflows.procedure.window import Window

HOUR = timedelta(hours=1)
MOMENT = timedelta(seconds=1)
RULES = NoticeRules()
REFERENCES = ["NOTICE-F385AZWW", "NOTICE-4N95PB3E", "NOTICE-33UHSEUJ"]


def window(start: float, end: float) -> Window:
    return Window(starts_at=NOON + start * HOUR, ends_at=NOON + end * HOUR)


def reading(**said: Any) -> Reading:
    return Reading.model_validate({"kind": "fault", "certain": True, "services": ("PDR",)} | said)


def notice(name: str = "n", *, reads: Reading | None = None, **more: Any) -> WatchedNotice:
    reads = reads or reading()
    known = {"id": name, "feed": "f", "guid": f"guid-{name}", "title": name, "seen_at": NOON, "affects": reads.services}
    return WatchedNotice.model_validate(known | {"published_at": NOON, "reading": reads} | more)


def of_break(name: str = "b", *windows: Window, **more: Any) -> WatchedNotice:
    said = {key: more.pop(key) for key in ("services", "not_affected", "is_repeat", "certain") if key in more}
    reads = reading(kind="maintenance", windows=windows or (window(24, 26),), **said)
    return notice(name, reads=reads, **more)


def decided(of: WatchedNotice, before: WatchedNotice | None = None, *others: WatchedNotice, **more: Any) -> Doing:
    return to_do(of, before, list(others), RULES, more.pop("now", NOON), **more)


def test_a_fault_of_a_known_service_is_told_and_may_open_an_incident() -> None:
    assert decided(notice()) == Doing("tell", "", "acted", may_open=True)


def test_what_is_uncertain_is_shown_with_its_reason() -> None:
    assert decided(notice(reads=reading(certain=False, why="two services"))) == Doing(
        "show", "two services", "uncertain"
    )
    assert decided(notice(reads=reading(certain=False))) == Doing(
        "show", "it can't be told for certain what it says", "uncertain"
    )


def test_what_is_about_neither_is_left() -> None:
    assert decided(notice(reads=reading(kind="other"))) == Doing(
        "nothing", "it is neither about a fault nor about a planned break", "nothing_to_do"
    )


def test_what_names_no_known_service_is_shown() -> None:
    assert decided(notice(affects=())) == Doing("show", "it names no service that is known here", "uncertain")
    assert decided(of_break(services=())) == Doing(
        "show", "it announces a planned break of no service that is known here", "uncertain"
    )


@pytest.mark.parametrize(
    ("published", "seen_first", "why"),
    [
        (NOON - 24 * HOUR, False, None),
        (NOON - 24 * HOUR - MOMENT, False, "it was published more than 24 hours before it was seen"),
        (None, False, None),
        (None, True, "it stood there, without a date, when the feed was read for the first time"),
        (NOON, True, None),
    ],
)
def test_what_comes_too_late_is_recorded_only(published: Any, seen_first: bool, why: str | None) -> None:
    doing = decided(notice(published_at=published), is_first_look=seen_first)
    assert doing == (Doing("nothing", why) if why else Doing("tell", "", "acted", may_open=True))


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.5, "an hour"), (1, "an hour"), (1.4, "an hour"), (1.5, "2 hours"), (1.6, "2 hours"), (2, "2 hours")],
)
def test_how_old_is_too_old_in_words(hours: float, words: str) -> None:
    rules = RULES.model_copy(update={"too_old_after": hours * HOUR})
    old = notice(published_at=NOON - 30 * HOUR)
    assert to_do(old, None, [], rules, NOON).why == f"it was published more than {words} before it was seen"


def test_what_a_known_notice_says_now_is_new_however_old_it_is_but_not_on_a_first_look() -> None:
    old = notice(published_at=NOON - 30 * HOUR)
    assert decided(old, notice(published_at=NOON - 30 * HOUR)).act == "tell"
    assert decided(old, notice(published_at=NOON - 30 * HOUR), is_first_look=True).act == "nothing"


def test_a_break_is_too_late_only_when_its_last_window_is_over() -> None:
    old = of_break("b", window(-9, -8), window(-2, 0), published_at=NOON - 300 * HOUR)
    assert decided(old, now=NOON - MOMENT) == Doing("plan", "", "acted")
    assert decided(old, old) == Doing("nothing", "the break is over already")


def test_a_break_without_a_time_is_judged_by_its_publication_and_then_shown() -> None:
    undated = notice(reads=reading(kind="maintenance"))
    assert decided(undated) == Doing(
        "show", "it announces a planned break, but no time that could be read", "uncertain"
    )
    assert decided(undated.model_copy(update={"published_at": NOON - 25 * HOUR})).act == "nothing"
    doubtful = of_break("b", window(-9, -8), certain=False)
    assert decided(doubtful).act == "show"


@pytest.mark.parametrize(("hours", "act"), [(24 * 366, "plan"), (24 * 366 + 0.01, "show")])
def test_a_break_lasts_a_year_at_most(hours: float, act: str) -> None:
    doing = decided(of_break("b", window(5, 5 + hours - 2), window(4, 6), window(6, 4 + hours)))
    assert doing.act == act
    assert doing.why == ("" if act == "plan" else "it announces a planned break that would last for more than a year")


KNOWN = of_break("known", reference="MAINT-1", link="https://kanta.example/1")


def test_a_break_that_is_known_is_moved_or_repeated() -> None:
    same_page = {"link": "https://kanta.example/1"}
    moved = of_break("again", window(30, 32), **same_page)
    assert decided(moved, None, KNOWN) == Doing("plan", "", "acted", of=KNOWN)
    assert decided(of_break("again", **same_page), None, KNOWN) == Doing(
        "nothing", "it repeats “known” (MAINT-1)", "repeat", of=KNOWN
    )
    assert decided(of_break("known"), KNOWN) == Doing("plan", "", "acted", of=KNOWN)
    assert decided(of_break("again", window(30, 32))) == Doing("plan", "", "acted")
    unplanned = KNOWN.model_copy(update={"reference": ""})
    assert decided(moved, None, unplanned) == Doing("plan", "", "acted")


def test_a_page_counts_before_what_merely_looks_the_same() -> None:
    other = of_break("other", reference="MAINT-2")
    again = of_break("again", window(30, 32), link="https://kanta.example/1", is_repeat=True, title="Muistutus: other")
    assert decided(again, None, other, KNOWN).of == KNOWN


@pytest.mark.parametrize(
    ("again", "is_known"),
    [
        (of_break("x", window(24, 26)), True),  # the same times of the same service
        (of_break("x", window(24, 26), services=("KELAIN",)), False),
        (of_break("x", window(24, 26), services=("KELAIN", "PDR")), True),
        (of_break("x", window(25, 26)), False),
        (of_break("x", window(25, 28), is_repeat=True), True),  # a reminder whose times overlap
        (of_break("x", window(26, 28), is_repeat=True), False),  # touching is not overlapping
        (of_break("x", window(22, 24), is_repeat=True), False),
        (of_break("x", window(22, 24.1), is_repeat=True), True),
        (of_break("x", window(25, 28), is_repeat=True, services=("KELAIN",)), False),
        (of_break("x", window(50, 51), is_repeat=True, title="Muistutus:  KNOWN!", services=("KELAIN",)), True),
        (of_break("x", window(50, 51), title="Muistutus: known", services=("KELAIN",)), False),
    ],
)
def test_which_notices_announce_the_same_break(again: WatchedNotice, is_known: bool) -> None:
    assert decided(again, None, KNOWN).of == (KNOWN if is_known else None)


def test_two_breaks_without_times_are_not_the_same() -> None:
    undated = notice("known", reads=reading(kind="maintenance"), reference="MAINT-1")
    assert decided(notice("x", reads=reading(kind="maintenance")), None, undated).act == "show"


def test_a_persons_entry_moves_the_break_as_it_was_last_told() -> None:
    entry = of_break("e", window(25, 27), feed=ENTERED)
    assert decided(entry, None, KNOWN) == Doing("plan", "", "acted", of=KNOWN)
    later = KNOWN.model_copy(update={"id": "later", "seen_at": NOON + HOUR, "link": ""})
    moved_away = of_break("later", window(40, 41), reference="MAINT-1", seen_at=NOON, changed_at=NOON + HOUR)
    assert decided(entry, None, later, KNOWN).of == later
    assert decided(entry, None, moved_away, KNOWN).of is None
    undated = notice("u", reads=reading(kind="maintenance"), reference="MAINT-1", seen_at=NOON + 2 * HOUR)
    assert decided(entry, None, undated, KNOWN).of == KNOWN
    assert decided(of_break("e", window(25, 27)), None, KNOWN).of is None


def test_a_break_of_its_own_since_the_one_it_seemed_to_move_is_over() -> None:
    entry = of_break("e", window(25, 27), feed=ENTERED)
    assert is_new_break(entry, KNOWN)
    assert not is_new_break(of_break("e", window(25, 27)), KNOWN)
    assert not is_new_break(of_break("e", window(27, 28), feed=ENTERED), KNOWN)
    assert not is_new_break(entry.model_copy(update={"link": KNOWN.link}), KNOWN)


def test_a_fault_on_the_page_of_a_break_is_shown() -> None:
    about = notice("x", link=KNOWN.link, affects=())
    assert decided(about, None, KNOWN) == Doing(
        "show", "it seems to change or end the planned break MAINT-1", "uncertain"
    )
    assert decided(about, None, KNOWN.model_copy(update={"reference": ""})).why.startswith("it names no service")
    assert decided(notice("x"), None, notice("y"), KNOWN).act == "tell"
    before = of_break("x", reference="MAINT-1")
    assert decided(notice("x"), before).why == "it seems to change or end the planned break MAINT-1"


def test_a_repeated_fault_is_left_where_the_first_is_known() -> None:
    again = notice("x", reads=reading(is_repeat=True), title="Muistutus: Häiriö, taas")
    first = notice("y", title="häiriö taas")
    assert decided(again, None, first) == Doing("nothing", "it repeats “häiriö taas”", "repeat")
    assert decided(again, None, notice("z")).act == "tell"
    assert decided(notice("x", title="häiriö taas"), None, first).act == "tell"


@pytest.mark.parametrize("kind", ["change", "end", "correction"])
def test_what_follows_a_fault_is_told_and_opens_nothing(kind: str) -> None:
    assert decided(notice(reads=reading(kind=kind))) == Doing("tell", "", "acted", may_open=False)


def test_a_fault_that_has_been_proposed_or_has_ended_opens_nothing_more() -> None:
    proposed = notice("y", reference="NOTICE-1")
    assert decided(notice("x"), None, proposed) == Doing("tell", "", "acted", may_open=False)
    elsewhere = notice("y", reads=reading(services=("KELAIN",)), reference="NOTICE-1")
    assert decided(notice("x"), None, elsewhere).may_open
    unproposed = notice("y")
    assert decided(notice("x"), None, unproposed).may_open
    end = notice("z", reads=reading(kind="end"), published_at=NOON + MOMENT)
    assert not decided(notice("x"), None, end).may_open
    ended_before = notice("z", reads=reading(kind="end"), published_at=NOON - MOMENT)
    assert decided(notice("x"), None, proposed.model_copy(update={"published_at": NOON - HOUR}), ended_before).may_open
    assert not decided(notice("x", reference="NOTICE-2")).may_open


def test_which_faults_last() -> None:
    first, second = notice("1"), notice("2", reads=reading(services=("KELAIN",)))
    end = notice("3", reads=reading(kind="end"), published_at=NOON + HOUR)
    doubtful = notice("4", reads=reading(kind="end", certain=False, services=("KELAIN",)), published_at=NOON + HOUR)
    assert still_open([first, second], [first, second, end, doubtful]) == {"2"}
    assert still_open([first, notice("5", reads=reading(certain=False))], []) == {"1"}
    undated = notice("6", published_at=None, seen_at=NOON + 2 * HOUR)
    assert still_open([undated], [end]) == {"6"}
    on_the_page = notice("7", reads=reading(kind="end", services=()), link="l", published_at=NOON + HOUR)
    assert still_open([notice("8", link="l"), first], [on_the_page]) == {"1"}


def test_the_services_of_a_notice_are_its_own_or_those_of_its_page() -> None:
    earlier = [notice("a", affects=()), notice("a", affects=("KELAIN",)), notice("b", affects=("WILL",), link="l")]
    assert services_of(reading(), "a", "l", earlier) == ("PDR",)
    nameless = reading(services=())
    assert services_of(nameless, "a", "", earlier) == ("KELAIN",)
    assert services_of(nameless, "z", "l", earlier) == ("WILL",)
    assert services_of(nameless, "z", "", earlier) == ()
    assert services_of(nameless, "z", "", [notice("b", affects=("WILL",))]) == ()


def test_what_a_later_notice_changes() -> None:
    assert changes(KNOWN, KNOWN) == {}
    moved = of_break("x", window(30, 32), window(25, 26), window(31, 33), title="t", services=("KELAIN",))
    times = {
        "windows": [w.model_dump(mode="json") for w in (window(25, 26), window(30, 33))],
        "starts_at": (NOON + 25 * HOUR).isoformat(),
        "ends_at": (NOON + 33 * HOUR).isoformat(),
    }
    assert changes(moved, KNOWN) == times
    own = moved.model_copy(update={"id": "known"})
    assert changes(own, KNOWN) == times | {"title": "t", "services": ["KELAIN"]}
    spared = of_break("known", not_affected=("WILL",))
    assert changes(spared, KNOWN) == {"not_affected": ["WILL"]}
    assert changes(KNOWN, spared) == {"not_affected": []}
    assert changes(notice("known", reads=reading(kind="maintenance", services=())), KNOWN) == {}


def test_windows_that_touch_are_one_and_the_longer_end_counts() -> None:
    assert apart([window(2, 3), window(1, 2)]) == (window(1, 3),)
    assert apart([window(1, 9), window(2, 3)]) == (window(1, 9),)
    assert apart([window(1, 2), window(2.1, 3)]) == (window(1, 2), window(2.1, 3))


def test_a_window_ends_after_it_has_begun() -> None:
    for end in (NOON, NOON - HOUR):
        with pytest.raises(ValidationError, match="ends_at: must be later than starts_at"):
            Window(starts_at=NOON, ends_at=end)


def test_references_stay_what_they_are_from_release_to_release() -> None:
    assert [reference_for("NOTICE", guid) for guid in ("1", "häiriö", "\ud800")] == REFERENCES
    assert reference_for("MAINT", "1") == REFERENCES[0].replace("NOTICE", "MAINT")


def test_only_the_first_word_makes_a_reminder() -> None:
    assert without_reminder("Katko, muistutus: uusi") == "Katko, muistutus: uusi"
