"""Which language a command speaks: ``--language``, the setting, or that of the organisation's own operating model."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise

from starter.language.words import SPOKEN, Spoken

OPTION = "--language"


def language_of(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> Spoken:
    """The language for these arguments; English where nobody says another, or only the packaged example does.

    It is needed before anything is read or refused, so it is looked for among the arguments as they are. What is wrong
    with the option, the settings or the model is said by whoever reads them; here it means "not said".
    """
    if "--json" in arguments:  # for programs: what they read stays as it is
        return "en"
    return _typed(arguments) or _configured(environ) or "en"


def _typed(arguments: Sequence[str]) -> Spoken | None:
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for argument, following in pairwise([*before, ""]):
        name, equals, value = argument.partition("=")
        if name == OPTION:
            return _known(value if equals else following) or _named(value if equals else following)
    return None


def _named(text: str) -> Spoken | None:
    """The language by its name: "suomi"."""
    from starter.language.lists import LANGUAGES

    found = LANGUAGES.meant(text)
    return _known(found[0]) if len(found) == 1 else None


def _configured(environ: Mapping[str, str] | None) -> Spoken | None:
    from workers.settings import SettingsError, load, packaged_operating_model, setting_in

    try:
        settings = load(environ)
    except SettingsError:
        return _known(setting_in("language", environ))
    if settings.language:
        return _known(settings.language)
    if settings.operating_model == packaged_operating_model():
        return None
    try:
        written = tomllib.loads(settings.operating_model.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    organisation = written.get("organisation")
    return _known(organisation.get("language", "fi")) if isinstance(organisation, dict) else None


def _known(text: object) -> Spoken | None:
    return next((language for language in SPOKEN if language == str(text).strip().casefold()), None)
