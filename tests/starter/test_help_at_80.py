"""The help of every command fits a terminal of 80 columns, and its examples can be copied as they stand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from starter.cli import cli
from starter.language.help import in_force
from starter.language.words import SPOKEN, Spoken, speak

LONG_WORD = 60
"""A list of choices or an address stands on a line of its own, however long it is."""


def helps(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    """The help of a command and of those in it, by what is typed."""
    command = in_force(command)
    ctx = click.Context(command, info_name=path, terminal_width=80, max_content_width=80)
    yield path, command.get_help(ctx)
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            assert inner
            yield from helps(inner, f"{path} {name}")


@pytest.mark.parametrize("language", SPOKEN)
def test_an_example_fits_and_is_one_command(language: Spoken) -> None:
    speak(language)
    every = dict(helps(cli, "kantadesk"))
    speak("en")
    assert len(every) > 60
    wide, broken = [], []
    for path, text in every.items():
        for line in text.splitlines():
            is_example = line.strip().startswith(("kantadesk ", "--")) and "   " not in line.strip()
            if is_example and len(line) > 80 and not any(len(word) > LONG_WORD for word in line.split()):
                wide.append(f"{path}: {line}")
        for command in re.findall(r"(?m)^ +kantadesk (?:.*\\\n)*.*$", text):
            if re.search(r"\S {3,}\S", command):  # what it does stands beside it
                continue
            try:
                shlex.split(command)
            except ValueError:
                broken.append(f"{path}: {command}")
    assert not wide, "\n".join(wide)
    assert not broken, "\n".join(broken)
