"""Every option that takes a word of a fixed list takes it in three languages, whole or by its beginning."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from activities.operating_model.file import load_operating_model
from starter.cli import cli
from starter.language.fixed_lists import FixedList, fixed, plain
from starter.language.lists import FIXED, LANGUAGES, YES_NO_UNKNOWN, groups_of
from starter.language.words import SPOKEN, Spoken, speak
from starter.sending.values import fields_typed
from starter.terminal.word_types import WordOf
from tests.builders import now
from workers.settings import packaged_operating_model
from workflows.breach.messages import BreachOpening
from workflows.contract import INCIDENT_MESSAGES


def parameters(command: click.Command, path: str) -> Iterator[tuple[str, click.Parameter]]:
    """Every option and argument of every command, with the command before it."""
    ctx = click.Context(command, info_name=path)
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            assert inner
            yield from parameters(inner, f"{path} {name}")
    else:
        yield from ((path, each) for each in command.get_params(ctx))


def choosing() -> dict[str, click.Choice[str]]:
    """What every option that takes a word chooses from, by what is typed before the word."""
    every = parameters(cli, "kantadesk")
    return {f"{path} {each.opts[0]}": each.type for path, each in every if isinstance(each.type, click.Choice)}


CHOOSING = choosing()


@pytest.fixture(params=SPOKEN)
def language(request: pytest.FixtureRequest) -> Iterator[Spoken]:
    """The language of the session."""
    speak(request.param)
    yield request.param
    speak("en")


def words_of(known: FixedList) -> Iterator[tuple[str, str]]:
    """Each word of a list in each language, with what it means."""
    for language in SPOKEN:
        yield from ((word, each) for each, words in known.said(language).items() for word in words)


def test_there_are_many_and_each_reads_words() -> None:
    assert len(CHOOSING) > 80
    assert [named for named, kind in CHOOSING.items() if not isinstance(kind, WordOf)] == []


def test_each_word_in_each_language_means_the_same_in_every_session(language: Spoken) -> None:
    wrong = []
    for named, kind in CHOOSING.items():
        assert isinstance(kind, WordOf)
        for word, meant in words_of(kind.words):
            spelt = (word, word.upper(), plain(word), meant)
            wrong += [f"{named} {typed}: not {meant}" for typed in spelt if kind.words.meant(typed) != [meant]]
    assert not wrong, "\n".join([language, *wrong])


def test_a_beginning_is_enough_where_it_is_clear_and_never_means_another(language: Spoken) -> None:
    wrong = []
    for named, kind in CHOOSING.items():
        assert isinstance(kind, WordOf)
        own = {each: [plain(each), *map(plain, words)] for each, words in kind.words.said(language).items()}
        for meant, words in own.items():
            for word in words:
                for end in range(1, len(word)):
                    typed = word[:end]
                    begun = {each for each, names in own.items() if any(name.startswith(typed) for name in names)}
                    whole = {each for each, names in own.items() if typed in names}
                    found = {*kind.words.meant(typed)}
                    if typed.strip() == typed and typed not in kind.words.also and found != (whole or begun):
                        wrong.append(f"{named} {typed}: {found} for {meant} ({language})")
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("language")
def test_what_is_refused_names_the_words_of_the_session_and_what_may_have_been_meant() -> None:
    for named, kind in CHOOSING.items():
        assert isinstance(kind, WordOf)
        shown = kind.words.shown()
        with pytest.raises(click.BadParameter) as refused:
            kind.convert("qqqqq", None, None)
        assert all(word in str(refused.value.message) for word in shown.values()), named
        for each, word in shown.items():
            typo = f"{word[:-1]}q"
            if len(word) > 4 and kind.words.close(typo) == each:
                assert str(refused_of(kind, typo)).endswith(f"{word}?"), f"{named} {typo}"


def refused_of(kind: WordOf, typed: str) -> str:
    """What is said of a word that there is not."""
    with pytest.raises(click.BadParameter) as refused:
        kind.convert(typed, None, None)
    return str(refused.value.message)


def test_several_that_may_be_meant_are_named() -> None:
    speak("fi")
    said = refused_of(WordOf(FIXED["severity"]), "k")
    speak("en")
    assert said == "'k' voi tarkoittaa useaa: kriittinen / kohtalainen; anna sanasta enemmän"


ANSWERED = (
    ("kyllä", "yes"), ("k", "yes"), ("kyl", "yes"), ("KYLLA", "yes"), ("ja", "yes"), ("j", "yes"), ("y", "yes"),
    ("ei", "no"), ("e", "no"), ("nej", "no"), ("ne", "no"), ("n", "no"), ("en tiedä", "unknown"), ("t", "unknown"),
    ("vet ej", "unknown"), ("v", "unknown"), ("u", "unknown"), ("?", "unknown"),
)  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), ANSWERED)
def test_a_criterion_is_answered_in_every_language(language: Spoken, typed: str, meant: str) -> None:
    given = {"file": None, "criteria": (f"saf={typed}",), "parts": (f"safety.suspected={typed}",)}
    fields = fields_typed(INCIDENT_MESSAGES["triage"], given, now())
    assert fields["criteria"] == {"safety": meant}, language
    assert fields["parts"] == {"safety": {"suspected": meant}}
    assert YES_NO_UNKNOWN.meant(typed) == [meant]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("me", "us"), ("vi", "us"), ("toinen", "other"), ("other", "other"), ("Meilahti", "Meilahti"), ("Vi Ab", "Vi Ab")],
)
def test_who_notifies_is_a_word_or_a_name(typed: str, kept: str) -> None:
    fields = fields_typed(BreachOpening, {"file": None, "joint_notifier": typed}, now())
    assert fields["joint_notifier"] == kept


def test_a_group_is_named_as_the_organisation_names_it(language: Spoken) -> None:
    model = load_operating_model(packaged_operating_model())
    known = groups_of(model)
    assert known.ids()
    for group in known.ids():
        assert known.meant(group) == [group]
        for word in model.group_names.get(group, {}).values():
            assert known.meant(word) == [group], language


def test_a_language_is_chosen_by_its_own_name() -> None:
    meant = [LANGUAGES.meant(each) for each in ("suomi", "svenska", "english", "ruotsi", "fi")]
    assert meant == [["fi"], ["sv"], ["en"], ["sv"], ["fi"]]


def test_a_later_word_of_a_name_is_enough() -> None:
    known = fixed({"one": "the little harbour", "two": "the great bridge"})
    assert known.meant("bridge") == ["two"]
    assert known.meant("br") == []
    assert known.meant("the") == ["one", "two"]
