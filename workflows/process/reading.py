"""How a payload becomes a message, or one plain sentence that says why it is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from workflows.procedure.identity_codes import identity_codes_in
from workflows.procedure.model import AS_FIRST_RELEASES, HOLDS_A_CODE
from workflows.process.messages import Message
from workflows.process.payloads import why_undecodable

NOTHING = RawValue(Payload())
SEVERAL = "kantadesk-several"
MAX_BYTES = 256 * 1024
_NEVER_SAID = ("event_id", "message_id", "kind")
"""Fields that hold ids, not words."""


M = TypeVar("M", bound=Message)


class Unreadable(ValueError):
    """A payload that is not the message it should be, with the reason in plain words."""


def as_json(payload: RawValue) -> bytes:
    """The JSON text of a payload. Raises ``Unreadable`` where there is none."""
    raw = payload.payload
    if not raw.data and not raw.metadata:
        raise Unreadable("nothing was sent with it: send one JSON object")
    if SEVERAL in raw.metadata:
        number = int(digits) if (digits := raw.metadata[SEVERAL][:9]).isdigit() else "several"  # it may be forged
        raise Unreadable(f"{number} payloads were sent: send one JSON object")
    if reason := why_undecodable(raw):
        raise Unreadable(reason)
    encoding = raw.metadata.get("encoding", b"").decode("ascii", "replace")
    if encoding != "json/plain":
        raise Unreadable(f"its encoding is {encoding[:40] or 'missing'}: send json/plain")
    return bytes(raw.data)


def read(model: type[M], payload: RawValue, context: dict[str, str] | None = None) -> M:
    """The message in a payload. Raises ``Unreadable`` with one plain sentence. ``context``: of the validation."""
    data = as_json(payload)
    if len(data) > MAX_BYTES:
        raise Unreadable(f"it is {len(data)} bytes long: at most {MAX_BYTES} are read")
    try:
        return model.model_validate_json(data, context=context)
    except ValidationError as error:
        raise Unreadable(plainly(error)) from None


def plainly(error: ValidationError) -> str:
    """A validation error in one sentence; what was sent is not repeated."""
    faults = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False)[:5]:
        where = ".".join(str(part) for part in fault["loc"])
        what = fault["msg"].removeprefix("Value error, ")
        faults.append(f"{where}: {what}" if where else what)
    return "; ".join(faults)


def digest(payload: RawValue) -> str:
    """SHA-256 of the raw bytes that were sent."""
    return sha256(payload.payload.data).hexdigest()


def several(values: Sequence[Any]) -> RawValue:
    """One payload that stands for any number of them: itself where there is one, else one that says how many."""
    if len(values) == 1 and isinstance(values[0], RawValue):
        return values[0]
    if not values:
        return NOTHING
    return RawValue(
        Payload(metadata={SEVERAL: str(len(values)).encode()}, data=repr(values).encode("utf-8", "replace"))
    )


def understood(model: type[M], payload: RawValue) -> M:
    """The message in a payload. Raises ``Unreadable``.

    A date with a ticket's number was taken for a code until 0.2.0: a run that has refused it so refuses it in a replay.
    """
    try:
        return read(model, payload, AS_FIRST_RELEASES)
    except Unreadable:
        said = read(model, payload)
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
