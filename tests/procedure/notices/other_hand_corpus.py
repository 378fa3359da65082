"""The notices of ``notices/other_hand``: written and labelled by somebody who had not read the rules."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from pydantic import field_validator, model_validator

from tests.procedure.notices.corpus import FOLDER, Labelled
from workflows.procedure.notices.kinds import NoticeKind
from workflows.procedure.services import ServiceId

OTHER_HAND = FOLDER / "other_hand"
Set = Literal["build", "judge"]
SETS: tuple[Set, ...] = get_args(Set)
Hard = Literal[
    "night", "relative-day", "week-day", "wrong-week-day", "no-year", "holiday", "summer-time", "midnight", "duration",
    "no-times", "several-days", "several-windows", "several-services", "no-service", "spared", "old-name",
    "open-end", "reopened", "past-fault", "outside", "reminder", "moved", "called-off", "over", "over-run",
    "reserve", "conditional", "layout", "stacked", "footer", "two-languages",
]  # fmt: skip
Verdict = Literal["certain", "either", "ask"]
Window = tuple[datetime, datetime]


class OtherHand(Labelled):
    """A notice with its right reading and what a second careful reader may read besides (see the README there)."""

    kinds_too: tuple[NoticeKind, ...] = ()
    services_too: tuple[ServiceId, ...] = ()
    not_affected_too: tuple[ServiceId, ...] = ()
    windows_too: tuple[Window, ...] = ()
    windows_gone: tuple[Window, ...] = ()
    may_ask: bool = False
    doubt: str = ""
    hard: tuple[Hard, ...] = ()

    @field_validator("windows_too", "windows_gone", mode="before")
    @classmethod
    def _bounds(cls, windows: list[str]) -> list[list[datetime]]:
        """As ``windows``, always with an offset."""
        return [[datetime.fromisoformat(bound) for bound in window.split("/")] for window in windows]

    @model_validator(mode="after")
    def _doubt_is_said(self) -> OtherHand:
        """Who asks, or may ask, says why; who is certain has no reason to ask."""
        if self.may_ask and not self.certain:
            raise ValueError("may_ask says nothing beside certain = false")
        if bool(self.doubt) != (self.verdict != "certain"):
            raise ValueError("a doubt stands where somebody asks or may ask, and only there")
        return self

    @property
    def verdict(self) -> Verdict:
        """Whether a careful person is certain, asks, or may do either."""
        if not self.certain:
            return "ask"
        return "either" if self.may_ask else "certain"


def files(part: Set) -> list[Path]:
    """The files of one set, by name."""
    return sorted((OTHER_HAND / part).glob("*.toml"))


def notices_of(path: Path) -> list[OtherHand]:
    """The notices of one file, as they stand in it."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["notice"]
    return [OtherHand.model_validate(entry) for entry in entries]


def other_hand(part: Set) -> list[OtherHand]:
    """The notices of one set."""
    return [notice for path in files(part) for notice in notices_of(path)]
