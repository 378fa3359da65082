"""A record that stays small: its lists are shelves, and what no longer fits waits to be brought to the evidence."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from pydantic import BaseModel, Field, PrivateAttr

from workflows import bounds
from workflows.bounds import Shelf
from workflows.messages import Document


class Shelved(BaseModel):
    """The shelves of a record, and what is on its way from them to the evidence."""

    shelves: ClassVar[tuple[Shelf, ...]] = ()

    journals: list[Document] = Field(default_factory=list)
    """Where the latest parts lie with the evidence."""
    leaving: list[tuple[str, Any]] = Field(default_factory=list)
    """What has left its shelf and is not with the evidence yet: the shelf's name and the entry."""
    brought_out: int = 0
    """How many entries were brought to the evidence."""
    only_in_evidence: dict[str, int] = Field(default_factory=dict)
    _grown: int = PrivateAttr(default=0)

    def stays(self, shelf: str, entry: Any, now: datetime) -> bool:  # noqa: ARG002  # nothing, where nothing is said
        """Whether an entry may not leave."""
        return False

    def _stays(self, shelf: str, now: datetime, entry: Any) -> bool:
        return self.stays(shelf, entry, now)

    def keep_within_bounds(self, now: datetime) -> None:
        """Empty each full shelf by half: the oldest entries that may leave wait to be brought to the evidence."""
        self._grown = 0
        for shelf in self.shelves:
            kept = getattr(self, shelf.name)
            places = list(kept) if isinstance(kept, dict) else list(range(len(kept)))
            entries = [kept[place] for place in places]
            gone = bounds.too_many(entries, shelf, partial(self._stays, shelf.name, now))
            for position in reversed(gone):
                del kept[places[position]]
            for position in gone:
                self.let_go(shelf.name, entries[position])
            if gone:
                self.only_in_evidence[shelf.name] = self.only_in_evidence.get(shelf.name, 0) + len(gone)
            self._shorten(shelf)

    def grow_by(self, more: int, now: datetime) -> None:
        """Look after the bounds where many messages come at once: after each 64 kB of them. ``more``: bytes."""
        self._grown += more
        if self._grown > bounds.LOOKED_AFTER_EACH:
            self.keep_within_bounds(now)

    def _shorten(self, shelf: Shelf) -> None:
        """Where what may not leave is still too long, cut its texts; the whole goes to the evidence."""
        kept = getattr(self, shelf.name)
        if bounds.size(kept) <= shelf.bytes_at_most:
            return
        for place, entry in list(kept.items() if isinstance(kept, dict) else enumerate(kept)):
            if isinstance(entry, BaseModel) and not getattr(entry, "is_open", False):
                short = bounds.shortened(entry)
                if short != entry:
                    self.let_go(f"{shelf.name}_in_full", entry)
                    kept[place] = short

    def let_go(self, shelf: str, entry: Any) -> None:
        """Hand an entry over to be brought to the evidence."""
        self.leaving.append((shelf, entry.model_dump(mode="json") if isinstance(entry, BaseModel) else entry))

    def let_go_text(self, of: str, text: str, at_most: int = bounds.TEXT_AT_MOST) -> str:
        """A text, short enough to stay (in bytes of JSON); the whole of a longer one is handed over."""
        short = bounds.cut(text, at_most)
        if short != text:
            for number, piece in enumerate(bounds.in_pieces(text), 1):
                self.let_go("texts", {"of": of, "piece": number, "text": piece})
        return short

    def next_part(self) -> list[tuple[str, Any]]:
        """The next entries to bring to the evidence: as many as fit, at least one; empty where nothing waits."""
        part, weight = self.leaving[:1], bounds.size(self.leaving[:1])
        for entry in self.leaving[1:]:
            weight += bounds.size(entry)
            if weight > bounds.PART_AT_MOST:
                break
            part.append(entry)
        return part

    def part_is_kept(self, entries: int, kept: Document) -> None:
        """The first entries that waited are with the evidence now."""
        del self.leaving[:entries]
        self.brought_out += entries
        self.journals.append(kept)
