"""The help of a command in the language in force: paragraph by paragraph, from the English that stands in the code."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

import click

from starter.language.chosen import OPTION
from starter.language.words import N_, SPOKEN, _

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
    return "\n\n".join((AS_IT_STANDS if part.keeps_lines else "") + _(part.key) for part in paragraphs(text))


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
    return click.Option([OPTION], type=click.Choice(SPOKEN), expose_value=False, help=LANGUAGE_HELP)
