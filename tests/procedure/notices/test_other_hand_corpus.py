"""The form of the corpus by another hand: counts, labels, days, the split. The reader isn't run on it here."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.procedure.notices.corpus import PARTS, labelled
from tests.procedure.notices.other_hand_corpus import SETS, OtherHand, Set, files, notices_of, other_hand
from workflows.procedure.languages import LANGUAGES
from workflows.procedure.local_time import zone

AT_LEAST = {"fi": 150, "sv": 75, "en": 75}
HARD_SHARE = {"night": 0.25, "spared": 0.1, "relative-day": 0.1, "several-services": 0.15, "holiday": 0.05}
MOST_IN_A_FILE = 40
DAY_NAMES = {
    "fi": ("maanantai", "tiistai", "keskiviik", "torstai", "perjantai", "lauantai", "sunnuntai"),
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
}
SHORT_DAYS = {
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}
MONTHS = {
    "fi": ["tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu"],
    "sv": [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
}
ALL: list[OtherHand] = [notice for part in SETS for notice in other_hand(part)]


def _named_days(notice: OtherHand) -> list[tuple[int, date]]:
    """Each day of the week that stands right before a date: its number (Monday is 0), and the date."""
    text = f"{notice.title}\n{notice.text}".lower()
    months = "|".join(MONTHS[notice.language])
    found = []
    for number, (name, short) in enumerate(zip(DAY_NAMES[notice.language], SHORT_DAYS[notice.language], strict=True)):
        pattern = rf"\b(?:{name}\w*|{short}),?(?: den)? (\d{{1,2}})(?:\.\s?(\d{{1,2}})\b|\.?\s({months}))"
        for day, month, month_name in re.findall(pattern, text):
            month_number = int(month) if month else MONTHS[notice.language].index(month_name) + 1
            found.append((number, _nearest(notice.published_at, int(day), month_number)))
    return found


def _nearest(published_at: datetime, day: int, month: int) -> date:
    """The date without its year that a reader means: from four months before the publication on."""
    there = published_at.date() - timedelta(days=120)
    while (there.day, there.month) != (day, month):
        there += timedelta(days=1)
    return there


def test_there_are_enough_of_each_language_and_both_sets_are_alike() -> None:
    """At least 150, 75 and 75; of each language, kind and verdict one set has at most one more than the other."""
    counts = Counter[str](notice.language for notice in ALL)
    assert {language: counts[language] >= least for language, least in AT_LEAST.items()} == dict.fromkeys(
        AT_LEAST, True
    )
    strata = [Counter((one.language, one.kind, one.verdict) for one in other_hand(part)) for part in SETS]
    assert [stratum for stratum in strata[0] | strata[1] if abs(strata[0][stratum] - strata[1][stratum]) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_split_follows_its_rule(language: str) -> None:
    """Sorted by kind, verdict, hard kinds and id they go to the two sets in turn, the first Swedish one to judge."""
    where = {notice.id: part for part in SETS for notice in other_hand(part)}
    order = sorted(
        (notice for notice in ALL if notice.language == language),
        key=lambda notice: (notice.kind, notice.verdict, notice.hard, notice.id),
    )
    first = SETS.index("judge" if language == "sv" else "build")
    assert [where[notice.id] for notice in order] == [SETS[(first + place) % 2] for place in range(len(order))]


@pytest.mark.parametrize(
    "path", [path for part in SETS for path in files(part)], ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_a_file_is_short_of_one_language_and_in_order(path: Path) -> None:
    """At most forty, named by their language, by time of publication."""
    notices = notices_of(path)
    assert 0 < len(notices) <= MOST_IN_A_FILE
    assert {notice.language for notice in notices} == {path.name.partition("-")[0]}
    assert [notice.id for notice in notices] == sorted(notice.id for notice in notices)
    assert [notice.published_at for notice in notices] == sorted(notice.published_at for notice in notices)


def test_nothing_stands_twice() -> None:
    """No id and no text, neither here nor in the older parts."""
    older = [notice for part in PARTS for notice in labelled(part)]
    assert len({notice.id for notice in [*ALL, *older]}) == len(ALL) + len(older)
    texts = Counter(" ".join(f"{notice.title} {notice.text}".lower().split()) for notice in [*ALL, *older])
    ours = {" ".join(f"{notice.title} {notice.text}".lower().split()) for notice in ALL}
    assert [text for text in ours if texts[text] > 1] == []
    assert len(ours) == len(ALL)


@pytest.mark.parametrize("part", SETS)
def test_hard_kinds_have_a_good_share(part: Set) -> None:
    """In each set, of all its notices."""
    notices = other_hand(part)
    shares = {hard: sum(hard in notice.hard for notice in notices) / len(notices) for hard in HARD_SHARE}
    assert {hard for hard, least in HARD_SHARE.items() if shares[hard] < least} == set()


@pytest.mark.parametrize("notice", ALL, ids=lambda notice: notice.id)
def test_labels_do_not_contradict_each_other(notice: OtherHand) -> None:
    """Nothing is affected and spared, right and only tolerated; news names nothing; a sure break has its hours."""
    assert not set(notice.services) & set(notice.not_affected)
    assert not set(notice.services) & set(notice.services_too)
    assert not set(notice.not_affected) & set(notice.not_affected_too)
    assert notice.kind not in notice.kinds_too
    assert all(len(set(label)) == len(label) for label in (notice.services, notice.not_affected, notice.hard))
    assert list(notice.hard) == sorted(notice.hard)
    assert ("several-services" in notice.hard) == (len(notice.services) > 1)
    assert ("reminder" in notice.hard) == notice.repeat
    assert bool({"moved", "called-off"} & set(notice.hard)) == bool(notice.windows_gone)
    if notice.kind == "other":
        assert (notice.services, notice.not_affected, notice.windows) == ((), (), ())
    elif notice.verdict == "certain":
        assert notice.services or notice.not_affected
    if notice.kind == "maintenance" and notice.verdict == "certain":
        assert notice.windows


@pytest.mark.parametrize("notice", ALL, ids=lambda notice: notice.id)
def test_windows_are_in_order_and_in_helsinki(notice: OtherHand) -> None:
    """The beginning before the end, sorted, with the offset that Helsinki has then, each in one of the three lists."""
    lists = (notice.windows, notice.windows_too, notice.windows_gone)
    for windows in lists:
        assert list(windows) == sorted(windows)
        for starts_at, ends_at in windows:
            assert starts_at < ends_at
            assert ends_at - starts_at <= timedelta(days=6)
            for bound in (starts_at, ends_at):
                assert bound.utcoffset() == bound.astimezone(zone()).utcoffset()
                assert not bound.second
    every = [window for windows in lists for window in windows]
    assert len(set(every)) == len(every)
    assert notice.published_at.utcoffset() == notice.published_at.astimezone(zone()).utcoffset()


@pytest.mark.parametrize("notice", ALL, ids=lambda notice: notice.id)
def test_windows_lie_where_the_kind_lets_them_lie(notice: OtherHand) -> None:
    """What has ended lies behind its notice; what is planned lies ahead, unless it is over."""
    if notice.kind == "end":
        assert all(ends_at <= notice.published_at for _, ends_at in notice.windows)
    if notice.kind == "maintenance" and "over" not in notice.hard:
        assert all(ends_at > notice.published_at for _, ends_at in notice.windows)


@pytest.mark.parametrize("notice", [notice for notice in ALL if _named_days(notice)], ids=lambda notice: notice.id)
def test_days_of_the_week_are_right_unless_meant_as_a_doubt(notice: OtherHand) -> None:
    """A wrong day of the week is a fault of the corpus, or it is labelled so and nobody may be certain."""
    wrong = [named for named in _named_days(notice) if named[1].weekday() != named[0]]
    assert bool(wrong) == ("wrong-week-day" in notice.hard), wrong
    if wrong:
        assert notice.verdict == "ask"


def test_the_form_can_be_wrong() -> None:
    """A doubt without a word, and a word without a doubt, are refused; so is a hard kind that isn't one."""
    good = ALL[0].model_dump(exclude={"windows", "windows_too", "windows_gone", "doubt", "certain", "may_ask"})
    assert OtherHand.model_validate(good).verdict == "certain"
    for fault in ({"certain": False}, {"doubt": "why"}, {"may_ask": True}, {"hard": ["unheard-of"]}):
        with pytest.raises(ValidationError):
            OtherHand.model_validate(good | fault)
