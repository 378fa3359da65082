"""Command groups that know their commands by name and import each only when it runs.

``kantadesk --help`` and the help of a group must be quick: they import neither temporalio nor pydantic nor docx.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

from starter.language.help import in_force
from starter.language.words import _


class Entry(NamedTuple):
    """Where a command lives (``module:attribute``) and its line in the help, in English."""

    where: str
    summary: str


class LazyGroup(click.Group):
    """A group whose commands are given as entries, shown in the order given."""

    def __init__(self, name: str, *, entries: Mapping[str, Entry], **settings: Any) -> None:
        super().__init__(name, **settings)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names, in the order given."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Import a command; None where there is none of this name."""
        if cmd_name not in self.entries:
            return None
        module, attribute = self.entries[cmd_name].where.split(":")
        command: click.Command = getattr(import_module(f"starter.{module}"), attribute)
        return in_force(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        """Write the list of commands without importing any."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(entry.summary)) for name, entry in self.entries.items()])
