"""``kantadesk guide``: the night duty on one page, in the language in force."""

from __future__ import annotations

from importlib import resources
from textwrap import fill

import click

from starter.language.words import _, spoken
from starter.terminal.output import json_option, say, say_json

WIDTH = 80
"""Columns of a sheet of paper, and of the smallest terminal."""


@click.command
@json_option
def guide(as_json: bool) -> None:
    r"""The night duty on one page: what to do first, what to type, and whom at Kela to call at this hour.

    \b
      kantadesk guide
      kantadesk guide --language sv
    """
    from starter.language.moments import written
    from starter.terminal.time_input import now
    from starter.views.kela import kelas_number, whom_at_kela

    text, at = page(spoken()), now()
    whom = whom_at_kela(at, kelas_number())
    if as_json:
        say_json({"language": spoken(), "text": text, "at": at, "whom_to_call": whom})
        return
    say(text.rstrip())
    say("")
    for line in (_("Kela at this hour, {moment}:", moment=written(at)), *whom):
        say(fill(line, WIDTH))


def page(language: str) -> str:
    """The page in a language."""
    return (resources.files("starter") / "guide" / f"{language}.md").read_text(encoding="utf-8")
