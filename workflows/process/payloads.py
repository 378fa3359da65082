"""How payloads travel, as a process sees them: JSON by pydantic, and a mark on what can't be read.

Encryption stands in ``workers/codec/codec.py``: the library ``cryptography`` can't be imported in a workflow's
sandbox, and a process needs no key. What couldn't be decrypted arrives here marked, never as an exception.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.common import RawValue
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DefaultFailureConverterWithEncodedAttributes, PayloadConverter
from temporalio.exceptions import ApplicationError

from workflows.process.sealed.seals import arrival_of, received

ENCODING = "encoding"
UNDECODABLE = b"binary/undecodable"
"""Encoding of a payload that couldn't be decrypted. Its data is what was sent, byte for byte."""

_REASON = "kantadesk-reason"
_SENT = "kantadesk-sent-"


@dataclass(frozen=True)
class Undecodable:
    """Stands for a payload that can't be read, where no type is asked for. ``reason``: in plain words."""

    reason: str


def undecodable(sent: Payload, reason: str) -> Payload:
    """The payload as sent, marked as one that can't be read. Its data stays the same, so its SHA-256 does too."""
    kept = {_SENT + key: value for key, value in sent.metadata.items()}
    return Payload(metadata={**kept, ENCODING: UNDECODABLE, _REASON: reason.encode()}, data=sent.data)


def why_undecodable(payload: Payload) -> str | None:
    """Why a marked payload couldn't be read; None where it isn't marked."""
    if payload.metadata.get(ENCODING) != UNDECODABLE:
        return None
    return payload.metadata.get(_REASON, b"marked by the sender").decode("utf-8", "replace")


def as_sent(payload: Payload) -> Payload:
    """The payload as it was sent, before it was marked; any other payload as it is."""
    if why_undecodable(payload) is None:
        return payload
    metadata = {key.removeprefix(_SENT): value for key, value in payload.metadata.items() if key.startswith(_SENT)}
    return Payload(metadata=metadata, data=payload.data)


class TurnedAway(ApplicationError):
    """A message is refused before anything of it is kept, or a question has no answer: only its sender sees this."""


_UNKNOWN_QUERY = re.compile(r"Query handler for '.*' expected but not found, known queries: \[(.*)\]", re.DOTALL)
"""The SDK's own words for it. A dynamic handler of ours would stand, nameless, in Temporal Web's list of queries."""


def in_clear(exception: BaseException) -> str | None:
    """The words of a failure that may be read without the key: those by which a sender is turned away."""
    if isinstance(exception, TurnedAway):
        return exception.message
    if isinstance(exception, RuntimeError) and (unknown := _UNKNOWN_QUERY.fullmatch(str(exception))):
        known = [name for name in unknown[1].split() if not name.startswith("__")]
        return f"there is no query of this name; known are {', '.join(known) or 'none'}"
    return None


STACK_AT_MOST = 600
"""Characters of a stack trace that are kept, from its end: the server keeps 4 kB of a failure with all its causes."""


class DeskFailureConverter(DefaultFailureConverterWithEncodedAttributes):
    """A failure's text is encrypted, with one exception: the words by which a sender is turned away.

    Its stack trace is cut: of a failure that is too long the server keeps nothing but that it was.

    Temporal Web decodes no refusal of an update (2.54), and the ``temporal`` command none of a query (1.9): they would
    say "Encoded failure" and no reason. Such words are in no history, and of what was sent they repeat at most a name.
    """

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """The failure, with the reason in clear beside the encrypted one where a sender is turned away."""
        super().to_failure(exception, payload_converter, failure)
        kept = payload_converter.from_payloads([failure.encoded_attributes], [dict])[0]
        if len(kept["stack_trace"]) > STACK_AT_MOST:
            shorter = kept | {"stack_trace": f"...{kept['stack_trace'][-STACK_AT_MOST:]}"}
            failure.encoded_attributes.CopyFrom(payload_converter.to_payloads([shorter])[0])
        if words := in_clear(exception):
            failure.message = words


_JSON = PydanticPayloadConverter()


class DeskPayloadConverter(PydanticPayloadConverter):
    """JSON by pydantic. Where no type is asked for, a payload that can't be read becomes an ``Undecodable``.

    And an object says how it came, where a codec has marked it (``workflows/process/sealed/seals.py``).
    A value with a type still raises: a result of our own that can't be read must not be taken for something else.
    """

    def __init__(self) -> None:
        """Share what it is made of: temporalio 1.35 makes a converter for each payload of a process, and drops it."""
        self.converters = _JSON.converters

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """The values of the payloads. Never raises for a payload whose type is not given, ``Any`` or ``RawValue``."""
        return [self._value(payload, hint) for payload, hint in zip_longest(payloads, type_hints or [])]

    def _value(self, payload: Payload, hint: Any) -> Any:
        if hint is RawValue:
            return RawValue(payload)
        if hint is not None and hint is not Any:
            return super().from_payloads([payload], [hint])[0]
        if reason := why_undecodable(payload):
            return Undecodable(reason)
        try:
            return received(super().from_payloads([payload])[0], arrival_of(payload))
        except Exception as fault:  # noqa: BLE001  # whatever a stranger sends: raising would freeze the incident
            return Undecodable(f"not readable ({type(fault).__name__})")
