"""The help of a command in the language in force: paragraph by paragraph, from the English that stands in the code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

import click

from starter.language.chosen import OPTION
from starter.language.lists import LANGUAGES
from starter.language.words import N_, _
from starter.terminal.word_types import WordOf

AS_IT_STANDS = "\b\n"
"""How click is told to leave the lines of a paragraph as they are."""
USAGE = (N_("[OPTIONS]"), N_("COMMAND [ARGS]..."))
KINDS = (N_("TEXT"), N_("FILE"), N_("DIRECTORY"), N_("PATH"), N_("INTEGER RANGE"), N_("FLOAT RANGE"))
"""What click calls a value of which nothing else is said."""
LANGUAGE_HELP = N_("Language of what is shown (default: that of your operating model).")


class Paragraph(NamedTuple):
    """One paragraph of a help text, as it is looked up."""

    key: str
    keeps_lines: bool


class _English(NamedTuple):
    help: str | None
    rest: str | None
    """The epilog of a command, the metavar of an option."""


_english: WeakKeyDictionary[click.Command | click.Parameter, _English] = WeakKeyDictionary()


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The paragraphs of a help text. Docstrings are raw: they may write click's sign for kept lines in two letters."""
    for part in inspect.cleandoc(text.replace(r"\b", "\b")).split("\n\n"):
        if part.startswith("\b"):
            yield Paragraph(part.removeprefix("\b").strip("\n"), keeps_lines=True)
        elif part.strip():
            yield Paragraph(" ".join(part.split()), keeps_lines=False)


def said(text: str) -> str:
    """A help text in the language in force."""
    return "\n\n".join(AS_IT_STANDS + _fitting(_(p.key)) if p.keeps_lines else _(p.key) for p in paragraphs(text))


WIDTH = 78
"""Columns of a line that stands as it is: a terminal of 80, less what click sets before it."""
_WORD = re.compile(r'(?:"[^"]*"|\S)+')


def _fitting(lines: str) -> str:
    """Lines that stand as they are; of a command that is too long every line but the last ends with a backslash."""
    return "\n".join(_broken(line) for line in lines.split("\n"))


def _broken(line: str) -> str:
    command = line.strip()
    if len(line) <= WIDTH or "   " in command or not command.startswith(("kantadesk ", "--")):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    parts: list[str] = []
    for word in _WORD.findall(command.removesuffix("\\")):
        if word.startswith("-") or not parts:
            parts.append(word)
        else:
            parts[-1] += f" {word}"
    rows = [indent + parts[0]]
    deeper = indent + " " * (4 if command.startswith("kantadesk") else 0)
    for part in parts[1:]:
        if len(f"{rows[-1]} {part} \\") <= WIDTH:
            rows[-1] += f" {part}"
        else:
            rows.append(deeper + part)
    ending = " \\" if command.endswith("\\") else ""
    return " \\\n".join(rows) + ending


def in_force(command: click.Command) -> click.Command:
    """The same command with its help in the language in force, and with the option that chooses another."""
    english = _english.setdefault(command, _English(command.help, command.epilog))
    command.help = english.help and said(english.help)
    command.epilog = english.rest and said(english.rest)
    command.options_metavar = _("[OPTIONS]")
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("COMMAND [ARGS]...")
    if OPTION not in {name for parameter in command.params for name in parameter.opts}:
        command.params.append(language_option())
    command._help_option = None  # noqa: SLF001  # click makes it once, in the language of that moment
    in_force_parameters(command.params)
    return command


def in_force_parameters(parameters: Iterable[click.Parameter]) -> None:
    """Put the help of options, and what their values are called, into the language in force."""
    for parameter in parameters:
        if not isinstance(parameter, click.Option):
            continue
        english = _english.setdefault(parameter, _English(parameter.help, parameter.metavar or _kind(parameter)))
        parameter.help = english.help and _(" ".join(english.help.split()))
        parameter.metavar = english.rest and _(english.rest)


def _kind(option: click.Option) -> str | None:
    """What click would call the value of an option, where that is a word and not a list of choices."""
    if option.is_flag or option.count or isinstance(option.type, click.Choice):
        return None
    return option.type.name.upper()


def language_option() -> click.Option:
    """The option ``--language``: it has been read before (``chosen``), here it is only accepted and explained."""
    return click.Option([OPTION], type=WordOf(LANGUAGES), expose_value=False, help=LANGUAGE_HELP)
