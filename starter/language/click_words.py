"""click's own words ("Usage:", "Missing option"), said by our catalogues: click asks for them, but brings none."""

from __future__ import annotations

from types import ModuleType

from click import core, decorators, exceptions, formatting, parser, types

from starter.language import words

_ASKING: tuple[ModuleType, ...] = (core, decorators, exceptions, formatting, parser, types)
WORDS = (
    "Usage:", "Options", "Commands", "Show this message and exit.", "default: {default}", "required", "(dynamic)",
    "file", "directory", "path", "Missing command.", "Missing argument", "Missing option",
    "No such option {name!r}.", "No such command {name!r}.", "Option {name!r} does not take a value.",
    "Invalid value: {message}", "Invalid value for {param_hint}: {message}", "Choose from:\n\t{choices}",
    "{value!r} is not a valid {number_type}.", "{value} is not in the range {range}.",
    "{name} {filename!r} does not exist.", "{name} {filename!r} is a file.", "{name} {filename!r} is a directory.",
    "{name} {filename!r} is not readable.", "{name} {filename!r} is not writable.",
    "Could not open file {filename!r}: {message}", "unknown error",
)  # fmt: skip
"""What our commands can make click say."""
BY_NUMBER = (
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)


def teach_click() -> None:
    """Let click ask us for its words."""
    for module in _ASKING:
        for name, ours in (("_", words._), ("ngettext", _by_number)):
            if hasattr(module, name):
                setattr(module, name, ours)


def _by_number(one: str, many: str, number: int) -> str:
    said = words._(one if number == 1 else many)
    return said[1:-1] if said.startswith("(") and said.endswith(")") else said  # our hint for help has brackets, too
