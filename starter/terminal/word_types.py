"""The type of an option that takes a word of a fixed list, in any of the three languages."""

from __future__ import annotations

from typing import Any

import click

from starter.language.fixed_lists import FixedList


class WordOf(click.Choice[str]):
    """``click.Choice`` of the ids; a word of the list is read as ``FixedList`` reads it, and refused in its words."""

    def __init__(self, words: FixedList) -> None:
        super().__init__(words.ids())
        self.words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id that is meant."""
        if value in self.choices:
            return str(value)
        if len(found := self.words.meant(str(value))) == 1:
            return found[0]
        raise click.BadParameter(self.words.refusal(str(value)), ctx=ctx, param=param)
