"""What is wrong with an operating model file, in words for the person who edits it: file, line, key, what to do."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from activities.operating_model.toml_lines import line_of
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.operating_model.references import Dangling, Place

_AT_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_SHOWN = 60
_PATTERNS = {
    "contacts": "the id of a contact has small letters, digits, - and _ only (at most 64), like duty-officer",
}

_WORDS = {
    "missing": "is needed",
    "date_type": "must be a date, like 2026-11-22 without quotation marks",
    "date_from_datetime_parsing": "must be a date, like 2026-11-22 without quotation marks",
    "tuple_type": "must be a list, in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "string_type": "must be a text, in quotation marks",
}


class Fault(NamedTuple):
    """One fault: the line it stands on (from 1), the key (dotted; empty where none), what is wrong and what to do."""

    line: int
    key: str
    text: str


class OperatingModelFault(ValueError):
    """The operating model can't be used. Its keepers must correct it: the message lists every fault."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = tuple(dict.fromkeys(sorted(faults)))
        super().__init__(
            "\n".join(f"{path}:{line}: {key}{': ' if key else ''}{text}" for line, key, text in self.faults)
        )


def syntax_fault(message: str, text: str) -> Fault:
    """The fault in ``tomllib``'s words, with its line; at the end of the text where it names none."""
    where = _AT_LINE.search(message)
    line = int(where[1]) if where else text.count("\n") + 1
    column = f" (column {where[2]})" if where else ""
    return Fault(line, "", f"is not TOML: {_AT_LINE.sub('', message)}{column}")


def value_faults(refused: ValidationError, names: list[Dangling], lines: dict[Place, int]) -> list[Fault]:
    """Every fault of the values and of the names in them, each at its line."""
    faults = [(_place(error["loc"]), _words(error)) for error in refused.errors()]
    return [Fault(line_of(place, lines), _key(place), text) for place, text in [*faults, *names]]


def _place(location: tuple[str | int, ...]) -> Place:
    return tuple(part for part in location if part != "[key]")  # pydantic's mark for "the key itself is wrong"


def _key(place: Place) -> str:
    return ".".join(part for part in place if isinstance(part, str))


def _words(error: ErrorDetails) -> str:
    kind, place = error["type"], _place(error["loc"])
    if kind == "extra_forbidden":
        return f"is not a known key{_suggestion(str(place[-1]), _keys_known_at(place[:-1]))}"
    if kind == "literal_error":
        known = re.findall(r"'([^']+)'", error["ctx"]["expected"])
        return f"{_shown(error['input'])} is not known{_suggestion(str(error['input']), known)}"
    if kind == "string_pattern_mismatch":
        return next((words for part, words in _PATTERNS.items() if str(part) in _key(place)[-40:]), error["msg"])
    return _WORDS.get(kind, error["msg"].removeprefix("Value error, "))


def _shown(value: Any) -> str:
    written = repr(value)
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    meant = f": did you mean {close[0]!r}?" if close else ":"
    return f"{meant} Known are {', '.join(known)}" if known else ""


def _keys_known_at(place: Place) -> list[str]:
    """The keys that a table of the file may have."""
    kind: Any = OperatingModel
    for part in place:
        while get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(part)].annotation
        else:
            kind = get_args(kind)[0 if isinstance(part, int) else -1]
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return list(kind.model_fields)
