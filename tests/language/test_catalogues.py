"""The command line speaks Finnish and Swedish whole: no text lacks, none is doubtful, none has other facts in it."""

from __future__ import annotations

import re
from string import Formatter

import click
import pytest

from starter.cli import cli
from starter.language import help as help_texts
from starter.language.click_words import WORDS, teach_click
from starter.language.words import SPOKEN, Spoken, catalogue, speak
from starter.lazy import LazyGroup
from tests.language import marked

OTHERS: tuple[Spoken, ...] = ("fi", "sv")
CLICKS_OWN = {"{value!r} is not a valid {number_type}."}
"""Of click's texts, a language may leave a fact out."""


def facts(text: str) -> list[str]:
    """What varies in a text, with how it is written."""
    return sorted(f"{name}!{how}:{spec}" for _text, name, spec, how in Formatter().parse(text) if name is not None)


def is_filled(key: object) -> bool:
    """Whether facts are put into a text, so that braces have a meaning in it."""
    return "${" not in str(key)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_one_in_this_language(language: Spoken) -> None:
    kept = marked.catalogue(language)
    assert {message.id for message in kept if message.id} == marked.keys(), "run make texts"
    assert not marked.not_translated(language)
    assert not [message.id for message in kept if message.fuzzy and message.id]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_the_same_facts_in_it(language: Spoken) -> None:
    for message in marked.catalogue(language):
        if not message.id or not is_filled(message.id):
            continue
        for key, said in zip(marked.forms(message.id), marked.forms(message.string), strict=True):
            assert set(facts(said)) <= set(facts(key)), key
            if key not in WORDS and not isinstance(message.id, tuple):
                assert set(facts(said)) == set(facts(key)), key


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_keeps_its_commands_and_its_margins(language: Spoken) -> None:
    for key, said in catalogue(language).items():
        assert re.findall(r"kantadesk [a-z]+ [a-z]+(?= [{\[A-Z\"])", key) == re.findall(
            r"kantadesk [a-z]+ [a-z]+(?= [{\[A-Z\"])", said
        ), key
        assert key[: len(key) - len(key.lstrip())] == said[: len(said) - len(said.lstrip())], key
        assert key[len(key.rstrip()) :] == said[len(said.rstrip()) :], key


def commands() -> list[tuple[str, ...]]:
    """Every command and group."""
    context = click.Context(cli)
    found: list[tuple[str, ...]] = [()]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        found.append((name,))
        if isinstance(command, LazyGroup):
            found += [(name, inner) for inner in command.list_commands(context)]
    return found


def shown(command: tuple[str, ...], language: Spoken) -> str:
    """The help of a command in a language."""
    speak(language)
    teach_click()
    try:
        node: click.Command = help_texts.in_force(cli)
        context = click.Context(cli, info_name="kantadesk")
        for name in command:
            assert isinstance(node, LazyGroup)
            found = node.get_command(context, name)
            assert found is not None
            node = found
            context = click.Context(node, info_name=name, parent=context)
        return node.get_help(context)
    finally:
        speak("en")


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_the_help_of_a_command_mixes_no_languages(command: tuple[str, ...]) -> None:
    english = {" ".join(line.split()) for line in shown(command, "en").splitlines() if is_prose(line)}
    for language in OTHERS:
        mine = {" ".join(line.split()) for line in shown(command, language).splitlines() if is_prose(line)}
        assert not english & mine


def is_prose(line: str) -> bool:
    """Whether a line of a help text holds words of ours: no command to copy, no option alone."""
    if line.strip().startswith("--") and line.endswith("\\"):
        return False  # of a command that goes on below
    words = re.sub(
        r"--?[a-z-]+|\[[a-z_|]+\]|\"[^\"]*\"|.*kantadesk .*|(temporal|TEMPORAL_ADDRESS)[ =].*|\S+[=_]\S+", "", line
    )
    return len(re.findall(r"\b[a-zåäö]{3,}\b", words)) > 2  # fewer may be the same in both


def test_english_is_spoken_where_nobody_says_otherwise() -> None:
    assert shown((), "en").startswith("Usage: kantadesk [OPTIONS] COMMAND [ARGS]...")
    assert shown((), "fi").startswith("Käyttö: kantadesk [VALITSIMET] KOMENTO [ARGUMENTIT]...")
    assert shown((), "en").startswith("Usage: kantadesk [OPTIONS] COMMAND [ARGS]..."), "and again after another"
    assert SPOKEN == ("fi", "sv", "en")
