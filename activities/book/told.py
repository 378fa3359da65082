"""What the input of a step tells about the key moments of its process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from workflows.breach.ports import BreachPaper
from workflows.procedure.watchdog.book import KeyMoments, moments_of
from workflows.process.ports import Audience, EvidenceOrder, Letter
from workflows.process.telling.text_messages import TextMessage


def moments_told(args: Sequence[Any]) -> KeyMoments | None:
    """The key moments that a step's input tells: each telling, papers about a breach, the bundle at the end."""
    match args:
        case [Audience(moments=KeyMoments() as moments)]:
            return moments
        case [BreachPaper() as paper]:
            return moments_of(paper.status.model_dump(mode="json"))
        case [EvidenceOrder() as order]:
            record = json.loads(order.record)
            return moments_of(record) if isinstance(record, dict) and "phase" in record else None
        case [Letter(due_at=datetime() as due_at, drill=drill)]:
            return KeyMoments(next_due=due_at, drill=drill)
        case _:
            return None


def key_run_of(args: Sequence[Any]) -> str:
    """The run by which the keys of its messages go; empty where the step is none."""
    match args:
        case [Letter() | TextMessage() as message]:
            return message.key.split("/")[1] if message.key.count("/") > 1 else ""
        case _:
            return ""
