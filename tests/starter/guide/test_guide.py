"""The guide of the night duty: one page in each language, and every command in it exists."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import click
import pytest

from starter.cli import cli
from starter.guide.command import page
from starter.lazy import LazyGroup
from tests.starter.conftest import kantadesk
from workflows.procedure.kela.support_hours import whom_to_call
from workflows.procedure.languages import LANGUAGES
from workflows.procedure.local_time import said_back
from workflows.procedure.operating_model.model import Kela

TYPED = re.compile(r"kantadesk ([a-z-]+(?: [a-z-]+)?)((?: --[a-z-]+)*)")
ONE_PAGE = 56
"""Lines of a sheet of paper."""


def command_of(words: str) -> tuple[click.Command, click.Context]:
    """The command that is meant by the first words of a line."""
    first, _, second = words.partition(" ")
    context = click.Context(cli, info_name="kantadesk")
    found = cli.get_command(context, first)
    assert found, words
    if isinstance(found, LazyGroup):
        found = found.get_command(click.Context(found, parent=context), second)
    assert found, words
    return found, context


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_a_page_and_a_terminal(language: str) -> None:
    lines = page(language).splitlines()
    assert len(lines) <= ONE_PAGE
    assert max(map(len, lines)) <= 80
    assert Kela().phone in page(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_in_it_exists_with_its_options(language: str) -> None:
    found = TYPED.findall(page(language))
    assert len(found) >= 15
    for words, options in found:
        command, context = command_of(words)
        known = {name for each in command.get_params(context) for name in each.opts}
        assert set(options.split()) <= known | {"--help"}, words


def test_all_name_the_same_commands() -> None:
    typed = [sorted(words for words, _options in TYPED.findall(page(language))) for language in LANGUAGES]
    assert typed[0] == typed[1] == typed[2]


def test_it_is_said_in_the_language_in_force(tmp_path: Path) -> None:
    for language in LANGUAGES:
        answer = kantadesk(tmp_path, "guide", "--language", language)
        assert answer.code == 0, answer.err
        assert answer.out.startswith(page(language).strip() + "\n\n")
    assert kantadesk(tmp_path, "guide", "--json").json["language"] == "en"


def test_it_says_whom_at_kela_to_call_as_of_now(tmp_path: Path) -> None:
    told = kantadesk(tmp_path, "guide", "--json").json
    at = datetime.fromisoformat(told["at"])
    fault, others = whom_to_call(at, "en", Kela().phone, said_back)
    assert told["whom_to_call"] == [fault, others]


def test_it_fits_the_sheet_with_whom_to_call(tmp_path: Path) -> None:
    for language in LANGUAGES:
        printed = kantadesk(tmp_path, "guide", "--language", language).out
        fault = whom_to_call(None, language, Kela().phone, said_back)[0]
        assert fault in printed.replace("\n", " ")
        assert max(map(len, printed.splitlines())) <= 80
