"""Identity codes in a message: which release reads it, and what today's finds that the first ones did not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RawValue

from workflows.procedure.identity_codes import identity_codes_in
from workflows.procedure.model import AS_FIRST_RELEASES, HOLDS_A_CODE
from workflows.process.reading import M, Unreadable, read

_NEVER_SAID = ("event_id", "message_id", "kind")
"""Fields that hold ids, not words."""


def understood(model: type[M], payload: RawValue) -> M:
    """The message in a payload. Raises ``Unreadable``.

    A date with a ticket's number was taken for a code until 0.2.0: a run that has refused it so refuses it in a replay.
    """
    said = read(model, payload)
    try:
        read(model, payload, AS_FIRST_RELEASES)
    except Unreadable:
        if not workflow.patched("a-tickets-number-is-no-code"):
            raise
    return said


def code_said(said: BaseModel) -> str | None:
    """Why a message is refused: the first field that holds an identity code."""
    field = next((name for name, text in texts_of(said.model_dump(mode="json")) if identity_codes_in(text)), None)
    return f"{field}: {HOLDS_A_CODE}" if field else None


def texts_of(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, with the name of its field ("controllers.0.name")."""
    match value:
        case str():
            yield name, value
        case dict():
            for key, part in value.items():
                if key not in _NEVER_SAID:
                    yield from texts_of(part, f"{name}.{key}" if name else str(key))
        case list():
            for number, part in enumerate(value):
                yield from texts_of(part, f"{name}.{number}")
