"""The reckoning after a night of kills: what is lost, doubled, or different from a quiet night."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from activities.mail import IN_DOUBT
from tests.chaos.letter_box import Accepted
from tests.chaos.script import Lived, Step

WINDOW = 1.0
"""Seconds between an acceptance and a kill in which the ledger may not have noted it (in truth milliseconds).

The box notes an acceptance when it gets round to it, which may be after the sender has died.
"""
OF_THE_MOMENT = {
    *("at", "opened_at", "due_at", "met_at", "noticed_at", "triaged_at", "resolved_at", "closed_at", "called_at"),
    *("created_at", "sent_at", "watch_until", "sha256", "uri"),
}
_OF_A_KEY = re.compile(r"[0-9a-f]{32}@[a-z.]+|(?<=-)[0-9a-f]{8}(?=\.docx)")
"""Message-IDs and file names that are made of a step's key, and so of the run's id."""


class Account(NamedTuple):
    """What is wrong, one plain line each. ``in_the_window``: doubled mails of the one documented window."""

    lost: list[str]
    doubled: list[str]
    in_the_window: list[str]
    different: list[str]


def reckon(
    lives: Sequence[Lived], accepted: Sequence[Accepted], kills: Sequence[float], quiet: Mapping[str, Any]
) -> Account:
    """Compare what the incidents recorded with what the letter box accepted and with a quiet night's record."""
    recorded = {message.id: message for life in lives for message in life.status.messages}
    times = Counter(letter.message_id for letter in accepted)
    lost = [f"never accepted: {m.purpose} to {m.to}" for m in recorded.values() if m.id not in times]
    lost += [f"accepted but in no record: {letter.subject}" for letter in accepted if letter.message_id not in recorded]
    doubled: list[str] = []
    in_the_window: list[str] = []
    for message_id in (message_id for message_id, count in times.items() if count > 1):
        tries = [letter.at for letter in accepted if letter.message_id == message_id]
        is_said = message_id in recorded and IN_DOUBT in recorded[message_id].detail
        excused = is_said and all(any(abs(kill - at) <= WINDOW for kill in kills) for at in tries[:-1])
        (in_the_window if excused else doubled).append(f"accepted {len(tries)} times: {message_id}")
    for life in lives:
        applied = {token: times_applied(token, step, life) for token, step in life.said.items()}
        lost += [f"acknowledged but not applied: {token}" for token, count in applied.items() if count == 0]
        doubled += [f"applied {count} times: {token}" for token, count in applied.items() if count > 1]
    different = [line for life in lives for line in differences(quiet, shape(life))]
    return Account(lost, doubled, in_the_window, different)


def times_applied(token: str, step: Step, life: Lived) -> int:
    """How often a message that was acknowledged stands in the record."""
    match step.message:
        case "":
            return sum(line.what == "Incident opened" for line in life.timeline)
        case "triage":
            return sum(decision.workaround == token for decision in life.status.decisions)
        case "phone_escalation":
            return sum(call.reference == token for call in life.status.calls)
        case _:
            return sum(bool(re.search(rf"{re.escape(token)}(?!\d)", line.detail)) for line in life.timeline)


def shape(life: Lived) -> dict[str, Any]:
    """The record without what differs from night to night: moments, sums, ids, tries, the order within a moment."""
    text = json.dumps([life.status.model_dump(mode="json"), [line.model_dump(mode="json") for line in life.timeline]])
    status, timeline = _timeless(json.loads(_OF_A_KEY.sub("ID", text.replace(life.status.reference, "REF"))))
    for message in status["messages"]:
        del message["detail"]
    unordered = {name: _sorted(status[name]) for name in ("messages", "documents")}
    return {**status, **unordered, "timeline": _sorted(timeline)}


def differences(quiet: Mapping[str, Any], disturbed: Mapping[str, Any]) -> list[str]:
    """Which parts of the record are not as in the quiet night."""
    return [
        f"{name}: {_beyond(quiet[name], disturbed[name])} instead of {_beyond(disturbed[name], quiet[name])}"
        for name in quiet
        if quiet[name] != disturbed[name]
    ]


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(part) for name, part in value.items() if name not in OF_THE_MOMENT}
    return [_timeless(part) for part in value] if isinstance(value, list) else value


def _sorted(values: Iterable[Any]) -> list[Any]:
    return sorted(values, key=json.dumps)


def _beyond(one: Any, other: Any) -> Any:
    """What the other has and the one has not, where both are lists."""
    return [part for part in other if part not in one] if isinstance(one, list) and isinstance(other, list) else other
