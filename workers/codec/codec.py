"""Encrypted payloads: AES-256-GCM over the whole payload, with the key's id beside it.

The id and the encoding of what is inside are bound as associated data: neither can be changed unnoticed. The workflow
for which a payload was written is sealed inside: what is read is marked with how it came
(``workflows/process/sealed/seals.py``), and an activity gets only what was sealed for the workflow that asks it.

What can't be decrypted is marked too (``workflows/process/payloads.py``) and never raises: an exception here would
freeze the incident.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
)
from temporalio.converter._data_converter import _has_reference_marker, _is_reference_payload
from temporalio.converter._extstore import _REFERENCE_MARKER_KEY

from workers.keys.live import FixedKeys, Keys
from workers.keys.ring import KEY_ID, KeyId, KeyRing, is_key_id
from workflows.process.payloads import (
    ENCODING,
    DeskFailureConverter,
    DeskPayloadConverter,
    undecodable,
    why_undecodable,
)
from workflows.process.sealed.seals import MARK, Arrival, How, arrival_of, marked

ENCRYPTED = b"binary/encrypted"
INSIDE = "encryption-inside"
"""Metadata: the encoding of the payload that is inside."""

WRITTEN_FOR = "kantadesk-workflow"
"""Metadata of the payload inside: the workflow id for which it was encrypted, where that was known."""

IN_A_STORE = b"external storage"
"""Encoding of a payload that claims to lie in an external store; there is none, and no message is read from one."""

NONCE_BYTES = 12  # random: NIST SP 800-38D 8.3 allows 2^32 payloads a key, far beyond what a desk ever writes
_FIRED = re.compile(r"-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")
"""What a schedule puts behind the workflow id, for which it has sealed the input; no id of ours ends like this."""
_BOUND_TO = b"kantadesk payload 1"


def data_converter(keys: Keys | KeyRing | None) -> DataConverter:
    """How values become payloads: pydantic's JSON, encrypted with the ring's current key, failures' texts too.

    Without keys nothing is encrypted (tests).
    """
    if keys is None:
        return DeskDataConverter(payload_converter_class=DeskPayloadConverter)
    return DeskDataConverter(
        payload_converter_class=DeskPayloadConverter,
        failure_converter_class=DeskFailureConverter,
        payload_codec=EncryptionCodec(keys),
    )


class NotOurs(NamedTuple):
    """Stands for an activity's input that was not sealed for the workflow that asks. ``reason``: in plain words."""

    reason: str


class DeskDataConverter(DataConverter):
    """Takes a payload that claims to lie in an external store for one of an encoding that nobody reads.

    The SDK raises for it before any handler is asked (TMPRL1105, TMPRL1106): one such signal would freeze its process
    for ever. Which payloads are meant is asked of the SDK itself, so that none is missed after an upgrade.
    """

    async def decode(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """The values of payloads. Of an activity: ``NotOurs`` in place of each that was not sealed for its workflow."""
        codec = self.payload_codec
        if not (isinstance(codec, EncryptionCodec) and codec.is_for_activity):
            return await super().decode(payloads, type_hints)
        read = [each.payload for each in await super().decode(payloads, [RawValue] * len(payloads))]
        strangers = [NotOurs(reason) for each in read if (reason := codec.why_not_ours(each))]
        return [*strangers] or self.payload_converter.from_payloads(read, type_hints)

    async def _decode_reference_payload_sequence(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await super()._decode_reference_payload_sequence([_here(payload) for payload in payloads])


def _here(payload: Payload) -> Payload:
    if not (_is_reference_payload(payload) or _has_reference_marker(payload)):
        return payload
    metadata = {key: value for key, value in payload.metadata.items() if key != _REFERENCE_MARKER_KEY}
    return Payload(metadata={**metadata, ENCODING: IN_A_STORE}, data=payload.data)


class OpenedPayload(NamedTuple):
    """A decrypted payload, and the workflow for which it was written (empty where nobody knew)."""

    payload: Payload
    workflow_id: str


class EncryptionCodec(PayloadCodec, WithSerializationContext):
    """Encrypts with the ring's current key, decrypts with any of its keys; what is not encrypted passes as it is.

    ``workflow_id``: for which workflow it encrypts. It decrypts for any and marks how each payload came: a schedule, a
    batch or Temporal Web encrypts without knowing the id, and an incident must not freeze over that.
    ``is_for_activity``: whether it reads and writes for an activity.
    """

    def __init__(self, keys: Keys | KeyRing, workflow_id: str = "", *, is_for_activity: bool = False) -> None:
        self.keys: Keys = FixedKeys(keys) if isinstance(keys, KeyRing) else keys
        self.is_for_activity = is_for_activity
        self._workflow_id = workflow_id

    def with_context(self, context: SerializationContext) -> Self:
        """The codec for the payloads of one workflow and its activities."""
        workflow_id = getattr(context, "workflow_id", None) or ""
        is_for_activity = isinstance(context, ActivitySerializationContext)
        if (workflow_id, is_for_activity) == (self._workflow_id, self.is_for_activity):
            return self
        return type(self)(self.keys, workflow_id, is_for_activity=is_for_activity)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload encrypted whole, metadata included."""
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload decrypted. What can't be decrypted comes back marked as undecodable, never as an exception.

        The one exception is ``KeyMissing``: another worker could decrypt it, so the work is left to that one.
        """
        return [_here(self._marked(payload)) for payload in payloads]

    def why_not_ours(self, payload: Payload) -> str | None:
        """Why a payload that was decoded is no input of an activity; None where it was sealed for its workflow.

        One that can't be read is left to the type that is asked for: its key may come back, and then it is tried again.
        """
        if not self._workflow_id:
            return "no workflow has asked for it"
        if why_undecodable(payload) is not None or arrival_of(payload).how == "sealed":
            return None
        return "its input was not sealed for the workflow that asks"

    def _marked(self, payload: Payload) -> Payload:
        """A payload decrypted, with the mark of how it came."""
        opened, written_for = self.opened(payload)
        if why_undecodable(opened) is not None:
            return opened
        if opened is payload:
            return marked(payload, Arrival("clear"))
        opened.metadata.pop(MARK, None)
        if not self._workflow_id:
            return opened
        is_for_us = written_for in (self._workflow_id, _FIRED.sub("", self._workflow_id))
        how: How = "sealed" if is_for_us else "elsewhere"
        seal = payload.data[:NONCE_BYTES].hex()
        return marked(opened, Arrival(how if written_for else "unaddressed", _key_of(payload), seal))

    def _encrypted(self, payload: Payload) -> Payload:
        ring = self.keys.ring()
        inside = payload.metadata.get(ENCODING, b"")
        sealed = Payload()
        sealed.CopyFrom(payload)
        if self._workflow_id:
            sealed.metadata[WRITTEN_FOR] = self._workflow_id.encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        data = AESGCM(ring.keys[ring.current]).encrypt(
            nonce, sealed.SerializeToString(), _associated(ring.current, inside)
        )
        metadata = {ENCODING: ENCRYPTED, KEY_ID: ring.current.encode(), INSIDE: inside}
        return Payload(metadata=metadata, data=nonce + data)

    def opened(self, payload: Payload) -> OpenedPayload:
        """A payload decrypted, with the workflow for which it was written. As ``decode``."""
        if why_undecodable(payload) is not None:
            return OpenedPayload(undecodable(payload, "it was sent marked as undecodable"), "")
        if payload.metadata.get(ENCODING) != ENCRYPTED:
            return OpenedPayload(payload, "")
        key_id = _key_of(payload)
        key = self.keys.ring().keys.get(key_id) or self.keys.sought(key_id)
        if key is None:
            named = f"the key {key_id}, which is not known here" if is_key_id(key_id) else "a key that is not named"
            return OpenedPayload(undecodable(payload, f"it is encrypted with {named}"), "")
        try:
            sealed = Payload.FromString(_opened(AESGCM(key), key_id, payload))
        except (InvalidTag, ValueError, DecodeError):
            return OpenedPayload(undecodable(payload, f"it is damaged, or not encrypted with the key {key_id}"), "")
        return OpenedPayload(sealed, sealed.metadata.pop(WRITTEN_FOR, b"").decode("utf-8", "replace"))


def _opened(cipher: AESGCM, key_id: KeyId, payload: Payload) -> bytes:
    nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
    return cipher.decrypt(nonce, sealed, _associated(key_id, payload.metadata.get(INSIDE, b"")))


def _key_of(payload: Payload) -> KeyId:
    """The key that a payload names."""
    return KeyId(payload.metadata.get(KEY_ID, b"").decode("ascii", "replace"))


def _associated(key_id: KeyId, inside: bytes) -> bytes:
    """What the ciphertext is bound to. A key id holds no zero byte, so the three parts can't run into each other."""
    return b"\0".join((_BOUND_TO, key_id.encode(), inside))
