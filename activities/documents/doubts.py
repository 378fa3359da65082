"""What may be an identity code, and may be none, is masked in what leaves the house; our own numbers stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel

from workflows.procedure.identity_codes import without_doubts

M = TypeVar("M", bound=BaseModel)
_NUMBERS = ("reference", "link", "id", "uri", "sha256", "name")
"""Fields in which a number is meant: what it looks like is no accident."""


def masked_where_in_doubt(value: M, fields: Iterable[str]) -> M:
    """The model with every doubt in these fields masked, however deep; itself where there is none."""
    plain = value.model_dump(mode="json")
    changed = {name: _masked(plain[name]) for name in fields if name in plain}
    if all(changed[name] == plain[name] for name in changed):
        return value
    return type(value).model_validate(plain | changed)


def _masked(value: Any) -> Any:
    match value:
        case str():
            return without_doubts(value)
        case dict():
            return {name: part if name in _NUMBERS else _masked(part) for name, part in value.items()}
        case list():
            return [_masked(part) for part in value]
    return value
