"""What the command line says, in the language of whoever reads it.

``_("Opened {reference}.", reference=…)`` is said in the language in force, ``n_("{n} worker", "{n} workers", number)``
by number. A text that stands in a constant is marked and said later: ``N_("…")``, or a constant annotated ``Texts``,
then ``_(CONSTANT)``. The English text is the key; ``fi.po`` and ``sv.po`` beside this file have the others, and
``make texts`` writes new keys into them. What a text lacks there is said in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

Spoken = Literal["fi", "sv", "en"]
"""As ``workflows.procedure.languages.Language``, which loads what ``--help`` must not wait for."""
SPOKEN: tuple[Spoken, ...] = ("fi", "sv", "en")
Texts = Mapping[str, str]
"""Of a constant: each value is a text for people, said with ``_`` where it is used."""
Help = str
"""Of a constant: it is a help text, marked paragraph by paragraph."""
_in_force: dict[str, Spoken] = {"language": "en"}


def speak(language: Spoken) -> None:
    """Say everything in this language from now on."""
    _in_force["language"] = language


def spoken() -> Spoken:
    """The language in force."""
    return _in_force["language"]


def _(text: str, /, **facts: Any) -> str:
    """The text in the language in force, with its facts."""
    said = catalogue(spoken()).get(text) or text
    return said.format(**facts) if facts else said


def n_(one: str, many: str, number: int, /, **facts: Any) -> str:
    """The text for one or for several; ``{n}`` is the number."""
    chosen = one if number == 1 else many
    said = catalogue(spoken()).get(chosen) or chosen
    return said.format(n=number, **facts)


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for it
    """Mark a text that is said later."""
    return text


@cache
def catalogue(language: Spoken) -> dict[str, str]:
    """The texts of a language by their English; of a text by number both forms. Empty for English."""
    if language == "en":
        return {}
    from babel.messages.pofile import read_po  # loaded only where another language than English is spoken

    said: dict[str, str] = {}
    with resources.files("starter.language").joinpath(f"{language}.po").open("rb") as file:
        for message in read_po(file, locale=language):
            ids, strings = ((text,) if isinstance(text, str) else text or () for text in (message.id, message.string))
            said |= {each: text for each, text in zip(ids, strings, strict=False) if each}
    return said
