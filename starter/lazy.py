"""Command groups that know their commands by name and import each only when it runs.

``kantadesk --help`` and the help of a group must be quick: they import neither temporalio nor pydantic nor docx.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NamedTuple

import click

from starter.language.help import in_force
from starter.language.words import _, n_


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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; of one that does not exist, what may have been meant is named."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            name = error.command_name
            deeper = self._deeper(ctx, name)
            if not deeper or get_close_matches(name, self.entries):
                raise click.NoSuchCommand(name, possibilities=self.entries, ctx=ctx) from None
            possibility = f"'{deeper[0]}'"
            said = n_(
                "Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 1, possibility=possibility
            )
            raise click.NoSuchCommand(name, f"{error.message} {said}", ctx=ctx) from None

    def _deeper(self, ctx: click.Context, name: str) -> list[str]:
        """The commands of this name in the groups of this group: "triage" for "incident triage"."""
        groups = {each: self.get_command(ctx, each) for each, entry in self.entries.items() if ".group:" in entry.where}
        return [f"{each} {name}" for each, group in groups.items() if name in getattr(group, "entries", ())]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's
        """Write the list of commands without importing any."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(entry.summary)) for name, entry in self.entries.items()])
