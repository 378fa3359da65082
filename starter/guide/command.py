"""``kantadesk guide``: the night duty on one page, in the language in force."""

from __future__ import annotations

from importlib import resources

import click

from starter.language.words import spoken
from starter.terminal.output import json_option, say, say_json


@click.command
@json_option
def guide(as_json: bool) -> None:
    r"""The night duty on one page: what to do first, and what to type.

    \b
      kantadesk guide
      kantadesk guide --language sv
    """
    text = page(spoken())
    if as_json:
        say_json({"language": spoken(), "text": text})
    else:
        say(text.rstrip())


def page(language: str) -> str:
    """The page in a language."""
    return (resources.files("starter") / "guide" / f"{language}.md").read_text(encoding="utf-8")
