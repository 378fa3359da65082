"""Which messages a process has taken, so that none is applied twice; and what it has said, so that nothing goes twice.

What can be promised with bounded memory: a repeat is recognised as long as fewer than 9,500 other ids came after it. An
older one that says when it happened (``occurred_at``) *may* be a repeat: it is refused, kept and explained. An older
one without ``occurred_at`` can't be told from a new message and is applied.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2b, sha256
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer
from pydantic_core import to_json

from workflows.procedure.local_time import said_back
from workflows.procedure.model import Moment
from workflows.process.messages import Message

CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""A time in the future is a mistake, unless it is this close: the sender's clock may be a little fast."""
EVENT_IDS_AT_MOST = 10_000
EVENT_IDS_AT_ONCE = 500
"""So many are forgotten together, since only each 500th time of receipt is kept."""
DIGEST_BYTES = 8
"""Of an event id: among 10,000, one in 10^15 new ids would be taken for a repeat."""
SAYINGS_AT_MOST = 400
"""So many different things said are counted; what comes after them has running numbers, which no count can meet."""
BESIDE_THE_MATTER = frozenset((
    "language", "sector", "for_citizens", "stands_in_for", "is_mailing", "asked_at", "attachments", "happened_at",
))  # fmt: skip
"""Facts of a letter that say nothing of the matter; of the attachments the names count.

When it happened is one: a sender who names no time gets that of the receipt, which is another one after a reset.
"""


def _unpacked(value: Any) -> Any:
    if isinstance(value, str):
        whole = b64decode(value)
        return {whole[at : at + DIGEST_BYTES]: None for at in range(0, len(whole), DIGEST_BYTES)}
    return value


def _packed(ids: dict[bytes, None]) -> str:
    return b64encode(b"".join(ids)).decode()


EventIds = Annotated[dict[bytes, None], BeforeValidator(_unpacked), PlainSerializer(_packed, return_type=str)]
"""Digests of event ids in the order of receipt; in JSON one text, 11 bytes an id."""


class Deduplication(BaseModel):
    """What a record knows of the messages that were taken, and how often it has said what."""

    applied_count: int = 0
    from_nobody_count: int = 0
    """Of these, what came with the key and no person has said: see ``is_from_nobody``."""
    repeated_count: int = 0
    seen_events: dict[str, None] = Field(default_factory=dict)
    """Digests as releases before ``event_ids`` kept them: taken over with the first new id."""
    event_ids: EventIds = Field(default_factory=dict)
    event_ids_at: list[Moment] = Field(default_factory=list)
    """When each 500th of the ids was received."""
    forgotten_until: Moment | None = None
    """Ids received until then are no longer known."""
    sayings: dict[str, int] = Field(default_factory=dict)
    steps_taken: int = 0

    def next_step(self, what: str) -> str:
        """A key for a step that acts on the world: never the same twice in the life of the process."""
        self.steps_taken += 1
        return f"{what}/{self.steps_taken}"

    def saying(self, what: str, facts: Mapping[str, Any]) -> str:
        """A key for something that is said: the same after a reset, where the same is said as often as before."""
        said = said_digest(what, facts)
        if said not in self.sayings and len(self.sayings) >= SAYINGS_AT_MOST:
            return self.next_step(f"{what}/{said}/after-many")
        self.sayings[said] = self.sayings.get(said, 0) + 1
        return f"{what}/{said}/no-{self.sayings[said]}"

    def is_repeat(self, event_id: str | None) -> bool:
        """Whether a message with this id of the sender's own was taken before, as far as the ids are known."""
        if event_id is None:
            return False
        known = _digest(event_id)
        return known in self.event_ids or known.hex() in self.seen_events

    def remember(self, event_id: str | None, at: Moment) -> None:
        """Remember a sender's id; the latest 9,500 at least are known."""
        if event_id is None:
            return
        if self.seen_events:
            self.event_ids = {bytes.fromhex(known): None for known in self.seen_events} | self.event_ids
            self.seen_events = {}
        self.event_ids[_digest(event_id)] = None
        if len(self.event_ids) % EVENT_IDS_AT_ONCE == 0:
            self.event_ids_at.append(at)
        if len(self.event_ids) > EVENT_IDS_AT_MOST:
            for oldest in list(self.event_ids)[:EVENT_IDS_AT_ONCE]:
                del self.event_ids[oldest]
            is_known_when = len(self.event_ids_at) * EVENT_IDS_AT_ONCE >= EVENT_IDS_AT_MOST
            self.forgotten_until = self.event_ids_at.pop(0) if is_known_when else at

    def may_be_a_forgotten_repeat(self, said: Message) -> str | None:
        """Why a message as old as the forgotten ids is refused: it may have been taken before."""
        until = self.forgotten_until
        if said.event_id is None or said.occurred_at is None or until is None:
            return None
        if said.occurred_at > until + CLOCKS_DIFFER_BY:
            return None
        return (
            f"event_id: messages received until {said_back(until)} are not told apart any more, and this one is"
            " as old (occurred_at): look whether it was taken, and send it with a new event_id where it wasn't"
        )


def _digest(event_id: str) -> bytes:
    return blake2b(event_id.encode("utf-8", "replace"), digest_size=DIGEST_BYTES).digest()


def said_digest(what: str, facts: Mapping[str, Any]) -> str:
    """What tells one thing that is said from another, by its facts."""
    matter = {name: facts[name] for name in sorted(facts) if name not in BESIDE_THE_MATTER}
    names = [document.name for document in facts.get("attachments", ())]
    return sha256(to_json([what, matter, names], fallback=str)).hexdigest()[:16]
