"""The retention of a record: how much a process remembers itself. What is older leaves for the evidence.

A process may live for years, and its whole record travels in one payload each time it continues as new: one that does
not fit (2 MB) would stop the process for ever. So each list of a record has a bound in entries and in
bytes of JSON. A full list is emptied by half, the oldest first, so that what leaves goes in large parts and seldom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import is_
from typing import Any, ClassVar, NamedTuple, TypeVar

from pydantic import BaseModel, Field, PrivateAttr
from pydantic_core import to_json

from workflows.procedure.model import Model
from workflows.process.messages import Document

E = TypeVar("E")
M = TypeVar("M", bound=BaseModel)

RECORD_AT_MOST = 1_600_000
"""Bytes of a record with every list full, and every text as long and as costly to write as it can be. Tested."""
LOOKED_AFTER_EACH = 64_000
CARRIED_AT_MOST = 1_900_000
"""Bytes that a run may hand to the next one: Temporal takes 2 MB, and encryption adds some."""
PART_AT_MOST = 250_000
"""Bytes of what is archived at once; a single entry may be longer."""
TEXT_AT_MOST = 20_000
"""Bytes of a reporter's own text in the record; the whole of a longer one goes to the evidence."""
SHORT_TEXT = 200
"""Bytes of a text of an entry that was shortened because it may not leave."""
ITEMS_AT_MOST = 20
"""Items of a list inside such an entry."""
OPEN_DUTIES_AT_MOST = 100
OPEN_BYTES_AT_MOST = 150_000
"""What is open never leaves; beyond this, messages that open more are refused, in words."""
STILL_COMING_BACK = timedelta(days=14)
"""For so long a letter may bounce: mail servers give up after about five days (RFC 5321, 4.5.4.1)."""


class BoundedList(NamedTuple):
    """One list of a record. ``least``: so many of the latest entries never leave."""

    name: str
    at_most: int
    bytes_at_most: int
    least: int = 0


def size(value: Any) -> int:
    """How many bytes of JSON a value takes."""
    return len(to_json(value))


class Weighed(NamedTuple):
    """What a list weighed when it was looked at: ``values`` its entries alone, ``whole`` with their keys."""

    places: Sequence[Any]
    entries: Sequence[Any]
    values: int
    whole: int
    are_frozen: bool


def weighed(kept: list[Any] | dict[Any, Any], before: Weighed | None) -> Weighed:
    """Weigh a list. Where it has only grown since ``before``, only what is new is weighed: frozen values stay."""
    places: Sequence[Any] = list(kept) if isinstance(kept, dict) else range(len(kept))
    entries = list(kept.values()) if isinstance(kept, dict) else list(kept)
    if not before or not _has_only_grown(places, entries, before):
        return Weighed(places, entries, size(entries), size(kept), _are_frozen(entries))
    known = len(before.entries)
    more = sum(size(entry) + 1 for entry in entries[known:])
    keys = sum(size(place) + 1 for place in places[known:]) if isinstance(kept, dict) else 0
    return Weighed(places, entries, before.values + more, before.whole + more + keys, _are_frozen(entries[known:]))


def _has_only_grown(places: Sequence[Any], entries: Sequence[Any], before: Weighed) -> bool:
    known = len(before.entries)
    is_longer = before.are_frozen and 0 < known <= len(entries)
    return is_longer and all(map(is_, entries, before.entries)) and places[:known] == before.places


def _are_frozen(entries: Sequence[Any]) -> bool:
    return all(isinstance(entry, str | Model) for entry in entries)


def too_many(entries: Sequence[E], weight: int, bounded: BoundedList, stays: Callable[[E], bool]) -> list[int]:
    """Which entries leave a full list: the oldest that may, until it is half empty; none while it isn't full."""
    count = len(entries)
    if count <= bounded.at_most and weight <= bounded.bytes_at_most:
        return []
    leaving: list[int] = []
    for place, entry in enumerate(entries[: len(entries) - bounded.least]):
        if count <= bounded.at_most // 2 and weight <= bounded.bytes_at_most // 2:
            break
        if not stays(entry):
            leaving.append(place)
            count, weight = count - 1, weight - size(entry)
    return leaving


def shortened(entry: M) -> M:
    """The entry with every long text cut, and every long list inside it: what stands there whole is kept elsewhere."""
    fields = entry.model_dump(mode="json")
    return type(entry).model_validate({name: _shortened(value) for name, value in fields.items()})


def _shortened(value: Any) -> Any:
    match value:
        case str():
            return cut(value, SHORT_TEXT)
        case dict():
            return {cut(name, SHORT_TEXT): _shortened(each) for name, each in list(value.items())[:ITEMS_AT_MOST]}
        case list():
            return [_shortened(each) for each in value[:ITEMS_AT_MOST]]
    return value


def cut(text: str, at_most: int) -> str:
    """The text, or as much of it as takes so many bytes of JSON, with a mark that it goes on elsewhere."""
    if len(text) <= at_most // 6 or size(text) - 2 <= at_most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) - 2 <= at_most - len(GOES_ON) else (low, middle - 1)
    return text[:low] + GOES_ON


GOES_ON = " [...: the whole text stands with the evidence]"


def in_pieces(text: str) -> Iterator[str]:
    """A long text in pieces that fit anywhere."""
    for start in range(0, len(text), 15_000):
        yield text[start : start + 15_000]


class Retention(BaseModel):
    """The bounded lists of a record, and what is on its way from them to the evidence."""

    bounded_lists: ClassVar[tuple[BoundedList, ...]] = ()

    journals: list[Document] = Field(default_factory=list)
    """Where the latest parts lie with the evidence."""
    leaving: list[tuple[str, Any]] = Field(default_factory=list)
    """What has left its list and is not with the evidence yet: the list's name and the entry."""
    brought_out: int = 0
    """How many entries have been archived."""
    only_in_evidence: dict[str, int] = Field(default_factory=dict)
    _grown: int = PrivateAttr(default=0)
    _weighed: dict[str, Weighed] = PrivateAttr(default_factory=dict)
    """What each list weighed when it was last looked at: the record is looked at after each message."""

    def stays(self, list_name: str, entry: Any, now: datetime) -> bool:  # noqa: ARG002  # a record may say so
        """Whether an entry may not leave."""
        return False

    def _stays(self, list_name: str, now: datetime, entry: Any) -> bool:
        return self.stays(list_name, entry, now)

    def apply_retention(self, now: datetime) -> None:
        """Empty each full list by half: the oldest entries that may leave wait to be archived."""
        self._grown = 0
        of_lists = self._weighed  # a private attribute of a model is slow to find
        for bounded in self.bounded_lists:
            kept = getattr(self, bounded.name)
            of_lists[bounded.name] = now_weighed = weighed(kept, of_lists.get(bounded.name))
            places, entries, weight = now_weighed.places, now_weighed.entries, now_weighed.values
            gone = too_many(entries, weight, bounded, partial(self._stays, bounded.name, now))
            for position in reversed(gone):
                del kept[places[position]]
            for position in gone:
                self.let_go(bounded.name, entries[position])
            if gone:
                self.only_in_evidence[bounded.name] = self.only_in_evidence.get(bounded.name, 0) + len(gone)
            self._shorten(bounded, size(kept) if gone else now_weighed.whole)

    def grow_by(self, more: int, now: datetime) -> None:
        """Apply the retention when many messages come at once: after each 64 kB of them. ``more``: bytes."""
        self._grown += more
        if self._grown > LOOKED_AFTER_EACH:
            self.apply_retention(now)

    def _shorten(self, bounded: BoundedList, weight: int) -> None:
        """If what may not leave is still too long, cut its texts; the whole goes to the evidence."""
        if weight <= bounded.bytes_at_most:
            return
        kept = getattr(self, bounded.name)
        for place, entry in list(kept.items() if isinstance(kept, dict) else enumerate(kept)):
            if isinstance(entry, BaseModel) and not getattr(entry, "is_open", False):
                short = shortened(entry)
                if short != entry:
                    self.let_go(f"{bounded.name}_in_full", entry)
                    kept[place] = short

    def let_go(self, list_name: str, entry: Any) -> None:
        """Hand an entry over to the archive."""
        self.leaving.append((list_name, entry.model_dump(mode="json") if isinstance(entry, BaseModel) else entry))

    def let_go_text(self, of: str, text: str, at_most: int = TEXT_AT_MOST) -> str:
        """A text, short enough to stay (in bytes of JSON); the whole of a longer one is handed over."""
        short = cut(text, at_most)
        if short != text:
            for number, piece in enumerate(in_pieces(text), 1):
                self.let_go("texts", {"of": of, "piece": number, "text": piece})
        return short

    def next_part(self) -> list[tuple[str, Any]]:
        """The next entries to archive: as many as fit, at least one; empty if nothing waits."""
        part, weight = self.leaving[:1], size(self.leaving[:1])
        for entry in self.leaving[1:]:
            weight += size(entry)
            if weight > PART_AT_MOST:
                break
            part.append(entry)
        return part

    def part_is_kept(self, entries: int, kept: Document) -> None:
        """The first entries that waited are with the evidence now."""
        del self.leaving[:entries]
        self.brought_out += entries
        self.journals.append(kept)
