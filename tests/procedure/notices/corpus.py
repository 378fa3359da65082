"""The labelled notices of ``tests/procedure/notices`` and how well the reader does on them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, field_validator

from workflows.procedure.languages import Language
from workflows.procedure.local_time import zone
from workflows.procedure.model import Model
from workflows.procedure.notices.kinds import NoticeKind
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice
from workflows.procedure.services import ServiceId

FOLDER = Path(__file__).parent
Part = Literal["build", "judge", "fresh", "last", "unseen", "later"]
PARTS: tuple[Part, ...] = ("build", "judge", "fresh", "last", "unseen", "later")
KINDS: tuple[NoticeKind, ...] = ("fault", "change", "end", "correction", "maintenance", "other")
READ_AFTER = timedelta(minutes=10)


class Labelled(Model):
    """A notice with what a careful person reads in it; the labels are explained in ``notices/README.md``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    language: Language | Literal["unknown"]
    published_at: datetime
    title: str
    text: str
    kind: NoticeKind
    services: tuple[ServiceId, ...] = ()
    not_affected: tuple[ServiceId, ...] = ()
    windows: tuple[tuple[datetime, datetime], ...] = ()
    repeat: bool = False
    certain: bool = True
    real: bool = False
    source: str = ""

    @field_validator("windows", mode="before")
    @classmethod
    def _from_texts(cls, windows: list[str]) -> list[list[datetime]]:
        """Local times ("2026-03-28T22:00/2026-03-29T04:00"); with an offset where the clocks change."""
        moments = [[datetime.fromisoformat(bound) for bound in window.split("/")] for window in windows]
        return [[at if at.tzinfo else at.replace(tzinfo=zone()) for at in window] for window in moments]


class Read(Model):
    """A labelled notice beside what the reader made of it."""

    notice: Labelled
    reading: Reading

    @property
    def windows(self) -> set[tuple[datetime, datetime]]:
        """The windows that were read."""
        return {(window.starts_at, window.ends_at) for window in self.reading.windows}

    @property
    def faults(self) -> list[str]:
        """What was read otherwise than labelled. What "other" notices name leads to nothing and isn't compared."""
        notice, reading = self.notice, self.reading
        compared: dict[str, tuple[Any, Any]] = {"kind": (notice.kind, reading.kind)}
        if notice.kind != "other":
            compared |= {
                "services": (set(notice.services), set(reading.services)),
                "not affected": (set(notice.not_affected), set(reading.not_affected)),
                "windows": (set(notice.windows), self.windows),
                "repeat": (notice.repeat, reading.is_repeat),
            }
        return [f"{name}: {read} instead of {label}" for name, (label, read) in compared.items() if label != read]

    @property
    def wrong_action(self) -> bool:
        """Certain, and what would follow is wrong: the kind, the services, or the time of planned work."""
        notice, reading = self.notice, self.reading
        if not reading.certain:
            return False
        if not notice.certain or notice.kind != reading.kind:
            return True
        if notice.kind == "other":
            return False
        wrong_time = notice.kind == "maintenance" and set(notice.windows) != self.windows
        return set(notice.services) != set(reading.services) or wrong_time


def labelled(part: Part) -> list[Labelled]:
    """The notices of one part."""
    entries = tomllib.loads((FOLDER / f"{part}.toml").read_text(encoding="utf-8"))["notice"]
    return [Labelled.model_validate(entry) for entry in entries]


def read_part(part: Part) -> list[Read]:
    """The notices of one part as the reader reads them, ten minutes after publication."""
    return [
        Read(
            notice=notice,
            reading=read_notice(
                RawNotice(title=notice.title, text=notice.text, published_at=notice.published_at),
                notice.published_at + READ_AFTER,
            ),
        )
        for notice in labelled(part)
    ]


class Rate(Model):
    """So many of so many; nothing of nothing is all."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.hits / self.of if self.of else 1.0


class Score(Model):
    """Precision: how much of what was read is right. Recall: how much of what is right was read."""

    precision: Rate
    recall: Rate


def score_of_kind(reads: Iterable[Read], kind: NoticeKind) -> Score:
    """How well one kind is told from the others."""
    return _score([({one.notice.kind} & {kind}, {one.reading.kind} & {kind}) for one in reads])


def score_of_services(reads: Sequence[Read], which: Literal["services", "not_affected"]) -> Score:
    """How well services are found, over all notices that are not "other"."""
    return _score(
        [(set(getattr(one.notice, which)), set(getattr(one.reading, which))) for one in reads if _matters(one)]
    )


def score_of_windows(reads: Sequence[Read]) -> Score:
    """How well windows are read, both bounds to the minute."""
    return _score([(set(one.notice.windows), one.windows) for one in reads if _matters(one)])


def rate(reads: Sequence[Read], holds: Callable[[Read], bool]) -> Rate:
    """Of how many notices something holds."""
    return Rate(hits=sum(map(holds, reads)), of=len(reads))


def _matters(one: Read) -> bool:
    return one.notice.kind != "other"


def _score(pairs: Sequence[tuple[set[Any], set[Any]]]) -> Score:
    hits = sum(len(right & read) for right, read in pairs)
    return Score(
        precision=Rate(hits=hits, of=sum(len(read) for _, read in pairs)),
        recall=Rate(hits=hits, of=sum(len(right) for right, _ in pairs)),
    )
