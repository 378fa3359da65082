"""How commands print: text for people, or exactly one JSON document; what a reporter wrote can't steer the terminal."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from starter.language.words import N_, _

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

WIDTH_WITHOUT_A_TERMINAL = 160
NEVER_BROKEN = (N_("incident"), N_("breach"), N_("incident or breach"))
"""Columns that people copy from: never broken over two lines."""
A_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
LONGEST_MOMENT = 24
_STEERING = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def json_parameter() -> click.Option:
    """The option ``--json`` of every command that shows or changes something."""
    return click.Option(["--json", "as_json"], is_flag=True, is_eager=True, help="Print one JSON document.")


json_option: Callable[..., Any] = click.option(
    "--json", "as_json", is_flag=True, is_eager=True, help="Print one JSON document."
)


wide_option: Callable[..., Any] = click.option(
    "--wide", is_flag=True, help="Every column, however wide the terminal is."
)


def clean(text: str, *, lines: bool = False) -> str:
    """A text that can't move the cursor, ring, colour or turn the direction of writing; line ends only where wanted."""
    kept = "\n" if lines else ""
    return "".join(
        character
        if character in kept or (unicodedata.category(character) != "Cc" and character not in _STEERING)
        else " "
        for character in text
    )


def say(text: str) -> None:
    """Print a line for people."""
    click.echo(clean(text, lines=True))


def say_json(value: Any) -> None:
    """Print one JSON document in UTF-8, whatever the terminal's own encoding; models as the contract has them."""
    text = json.dumps(_plain(value), ensure_ascii=False, indent=2)
    sys.stdout.flush()
    sys.stdout.buffer.write((text + "\n").encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def console() -> Console:
    """The terminal, or a wide page where there is none."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_A_TERMINAL
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def show(*parts: RenderableType) -> None:
    """Print lines and tables."""
    console().print(*parts, sep="\n")


@dataclass(frozen=True)
class TextLine:
    """A line of a page; cleaned when it is drawn, never read as markup."""

    text: str
    strong: bool = False

    def __rich__(self) -> Text:
        """The line as rich draws it."""
        from rich.text import Text

        return Text(clean(self.text), style="bold" if self.strong else "")


@dataclass(frozen=True)
class Table:
    """A table; title and cells are cleaned when it is drawn, never read as markup."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""

    def __rich__(self) -> RenderableType:
        """The table as rich draws it."""
        from rich import box
        from rich import table as rich_table

        title = TextLine(self.title, strong=True).__rich__() if self.title else None
        drawn = rich_table.Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
        whole = {_(heading) for heading in NEVER_BROKEN}
        for number, heading in enumerate(self.headings):
            is_whole = heading in whole or _are_moments([row[number] for row in self.rows])
            drawn.add_column(heading, no_wrap=is_whole, overflow="fold")  # a part of it is of no use
        for row in self.rows:
            drawn.add_row(*(TextLine(cell).__rich__() for cell in row))
        return drawn


def _are_moments(cells: Sequence[str]) -> bool:
    """Whether a column holds moments: a date that is broken over two lines is read wrongly."""
    return any(A_DATE.match(cell) for cell in cells) and all(len(cell) <= LONGEST_MOMENT for cell in cells)
