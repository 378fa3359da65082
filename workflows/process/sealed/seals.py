"""How a payload came: sealed with a key of ours for this process, or in clear.

The codec (``workers/codec/codec.py``) marks each payload that it reads. The mark follows from the bytes in the history
alone, so a replay sees it too. A payload without a mark came through no codec (tests): nothing is held against it.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from temporalio import workflow
from temporalio.api.common.v1 import Payload

MARK = "kantadesk-came"
A_STRANGERS = "kantadesk_a_strangers"
"""The memo by which lists know, without asking it, that a stranger has opened a process and the desk has not spoken
since: true or false, sealed as all else. A memo needs no registering, as a search attribute would."""
How = Literal["sealed", "unaddressed", "elsewhere", "clear", "unmarked"]
"""``sealed``: for this process. ``unaddressed``: with our key, by Temporal Web or a schedule, which don't say for whom.
``elsewhere``: for another process."""
HOWS: dict[str, How] = {"sealed": "sealed", "unaddressed": "unaddressed", "elsewhere": "elsewhere", "clear": "clear"}


class Arrival(NamedTuple):
    """How a payload came, the id of the key that had sealed it, and what tells this seal from every other.

    Both are empty where no key had.
    """

    how: How = "unmarked"
    key: str = ""
    seal: str = ""

    @property
    def has_the_key(self) -> bool:
        """Whether its sender has a key of ours, and meant no other process."""
        return self.how in ("sealed", "unaddressed", "unmarked")

    @property
    def is_for_us(self) -> bool:
        """Whether it was sealed for this process and no other."""
        return self.how in ("sealed", "unmarked")


class Received(dict[str, Any]):
    """A JSON object without a type, as a start input is. ``arrival``: how it came."""

    arrival = Arrival()


def marked(payload: Payload, arrival: Arrival) -> Payload:
    """The payload with the mark; one that its sender has made up is gone."""
    copy = Payload()
    copy.CopyFrom(payload)
    copy.metadata[MARK] = f"{arrival.how} {arrival.key} {arrival.seal}".strip().encode()
    return copy


def arrival_of(payload: Payload) -> Arrival:
    """How a payload came, as the codec has marked it."""
    how, _, sealed = payload.metadata.get(MARK, b"").decode("ascii", "replace").partition(" ")
    key, _, seal = sealed.partition(" ")
    return Arrival(HOWS.get(how, "unmarked"), key, seal)


def received(value: Any, arrival: Arrival) -> Any:
    """A value without a type, which says how it came where that is known."""
    if arrival.how == "unmarked" or not isinstance(value, dict):
        return value
    noted = Received(value)
    noted.arrival = arrival
    return noted


def arrival_of_value(value: Any) -> Arrival:
    """How the value of a start input came."""
    return value.arrival if isinstance(value, Received) else Arrival("unmarked")


def counts(arrival: Arrival) -> bool:
    """Whether what only our own workers write is believed. What releases before 0.3.0 have taken stays taken."""
    return arrival.is_for_us or not workflow.patched("only-sealed-counts")
