"""The moments of a message, said back with their weekdays: a slip of the hand is seen at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import click
from pydantic import BaseModel

BEFORE = "kantadesk.said-before"
"""Where a command keeps what it has said of moments before sending."""
Said = list[tuple[str, datetime]]
"""Moments with what the message calls them, in their order."""


def moments_of(said: BaseModel) -> Said:
    """The moments of a message; what lies in a report or a window of it bears the name of that."""
    return sorted(_named(said), key=lambda each: each[1])


def _named(said: BaseModel) -> Iterator[tuple[str, datetime]]:
    for name, value in said:
        if isinstance(value, datetime):
            yield name, value
        elif isinstance(value, BaseModel):
            yield from ((name, moment) for _, moment in _named(value))
        elif isinstance(value, tuple):
            inside = (each for each in value if isinstance(each, BaseModel))
            yield from ((name, moment) for each in inside for _, moment in _named(each))


def say_back(moments: Iterable[tuple[str, datetime]]) -> None:
    """Print each moment with its weekday."""
    from starter.terminal.output import say

    for line in _lines(moments):
        say(line)


def say_before(said: BaseModel) -> None:
    """In a terminal, the moments of a message before it goes; what was said so is not said again."""
    from starter.terminal import prompts
    from starter.terminal.asking import may_ask

    if not may_ask():
        return
    lines = list(_lines(moments_of(said)))
    for line in lines:
        prompts.tell(line)
    if context := click.get_current_context(silent=True):
        context.meta[BEFORE] = lines


def is_said(moments: Said) -> bool:
    """Whether these moments were said, in the same words, before the message went."""
    context = click.get_current_context(silent=True)
    return context is not None and context.meta.get(BEFORE) == list(_lines(moments))


def _lines(moments: Iterable[tuple[str, datetime]]) -> Iterator[str]:
    from starter.language.moments import said_back
    from starter.language.words import _
    from starter.sending.field_help import MOMENTS

    yield from (f"  {_(MOMENTS[name])}: {said_back(moment)}" for name, moment in moments)
