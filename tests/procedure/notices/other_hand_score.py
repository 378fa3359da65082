"""How the reader does on the notices by another hand, by the rule of ``other_hand/README.md``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tests.procedure.notices.corpus import READ_AFTER, Rate, Score
from tests.procedure.notices.other_hand_corpus import OtherHand, Set, other_hand
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

_OF_ONE_NOTICE = re.compile(r"\s*\(.*?\)|\"[^\"]*\"|\b[A-Z][A-Z_]+\b(?:, [A-Z][A-Z_]+\b)*")
"""What a reason quotes of its notice: words and services. Reasons are counted without them: no judge text is shown."""


class Judged(NamedTuple):
    """A notice by another hand beside what the reader made of it."""

    notice: OtherHand
    reading: Reading

    @property
    def windows(self) -> set[tuple[datetime, datetime]]:
        """The windows that were read."""
        return {(window.starts_at, window.ends_at) for window in self.reading.windows}

    @property
    def faults(self) -> list[str]:
        """What is missing of the label, or was read beyond it and its tolerance."""
        notice, reading = self.notice, self.reading
        compared: dict[str, tuple[set[Any], set[Any], set[Any]]] = {
            "kind": ({reading.kind}, {notice.kind}, set(notice.kinds_too)),
            "services": (set(reading.services), set(notice.services), set(notice.services_too)),
            "not affected": (set(reading.not_affected), set(notice.not_affected), set(notice.not_affected_too)),
            "windows": (self.windows, set(notice.windows), set(notice.windows_too)),
        }
        if reading.kind in notice.kinds_too:
            compared.pop("kind")
        return [
            f"{name}: {_shown(read)} instead of {_shown(right)}"
            for name, (read, right, too) in compared.items()
            if not right <= read <= right | too
        ]

    @property
    def certain_and_wrong(self) -> bool:
        """Certain where a careful person asks, or certain of something that is not so."""
        return self.reading.certain and (not self.notice.certain or bool(self.faults))

    @property
    def left_to_a_person(self) -> bool:
        """Uncertain although a careful person is certain."""
        return self.notice.verdict == "certain" and not self.reading.certain


def judged(notice: OtherHand) -> Judged:
    """One notice as it is read ten minutes after its publication."""
    raw = RawNotice(title=notice.title, text=notice.text, published_at=notice.published_at)
    return Judged(notice, read_notice(raw, notice.published_at + READ_AFTER))


def judge_set(part: Set) -> list[Judged]:
    """Every notice of one set."""
    return [judged(notice) for notice in other_hand(part)]


def certain_and_wrong(group: Sequence[Judged]) -> Rate:
    """Of how many notices the reading is certain and wrong."""
    return Rate(hits=sum(one.certain_and_wrong for one in group), of=len(group))


def left_to_a_person(group: Sequence[Judged]) -> Rate:
    """Of how many notices that are labelled certain the reading is not."""
    labelled = [one for one in group if one.notice.verdict == "certain"]
    return Rate(hits=sum(one.left_to_a_person for one in labelled), of=len(labelled))


def reasons_left(group: Sequence[Judged]) -> Counter[str]:
    """Why notices are left to a person, most frequent first: each reason once a notice, without the notice's words."""
    left = [one for one in group if one.left_to_a_person]
    return Counter(reason for one in left for reason in sorted(_reasons(one.reading.why)))


def _reasons(why: str) -> set[str]:
    doubts = why.rpartition("Not certain: ")[2]
    plain = (" ".join(_OF_ONE_NOTICE.sub("…", doubt).split()) for doubt in doubts.split("; "))
    return {reason.strip(" .") for reason in plain}


def score_of_kinds(group: Iterable[Judged]) -> Score:
    """How well kinds are told; a second careful reader's kind counts as right."""
    return _score(group, lambda one: {one.reading.kind}, lambda one: ({one.notice.kind}, set(one.notice.kinds_too)))


def score_of_services(group: Iterable[Judged]) -> Score:
    """How well affected services are found."""
    return _score(
        group,
        lambda one: set(one.reading.services),
        lambda one: (set(one.notice.services), set(one.notice.services_too)),
    )


def score_of_spared(group: Iterable[Judged]) -> Score:
    """How well spared services are found."""
    return _score(
        group,
        lambda one: set(one.reading.not_affected),
        lambda one: (set(one.notice.not_affected), set(one.notice.not_affected_too)),
    )


def score_of_windows(group: Iterable[Judged]) -> Score:
    """How well windows are read, both bounds to the minute."""
    return _score(group, lambda one: one.windows, lambda one: (set(one.notice.windows), set(one.notice.windows_too)))


def _score(
    group: Iterable[Judged],
    read_of: Callable[[Judged], set[Any]],
    label_of: Callable[[Judged], tuple[set[Any], set[Any]]],
) -> Score:
    """Precision forgives what is tolerated; recall asks for the label only, of which a tolerated kind is as good."""
    right_and_read = read = found = asked = 0
    for one in group:
        told, (right, too) = read_of(one), label_of(one)
        right_and_read += len(told & (right | too))
        read += len(told)
        found += len(right & told)
        asked += len(right)
    return Score(precision=Rate(hits=right_and_read, of=read), recall=Rate(hits=found, of=asked))


def _shown(values: set[Any]) -> str:
    shown = ("/".join(at.isoformat() for at in one) if isinstance(one, tuple) else str(one) for one in values)
    return ", ".join(sorted(shown)) or "nothing"
