"""Encrypted payloads: AES-256-GCM over the whole payload, with the key's id beside it.

The id and the encoding of what is inside are bound as associated data: neither can be changed unnoticed. What can't be
decrypted is marked (``workflows/payloads.py``) and never raises, since an exception here would freeze the incident.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, PayloadCodec

from workers.key_ring import KeyId, KeyRing, is_key_id
from workflows.payloads import ENCODING, DeskFailureConverter, DeskPayloadConverter, undecodable, why_undecodable

ENCRYPTED = b"binary/encrypted"
KEY_ID = "encryption-key-id"
INSIDE = "encryption-inside"
"""Metadata: the encoding of the payload that is inside."""

NONCE_BYTES = 12  # random: NIST SP 800-38D 8.3 allows 2^32 payloads a key, far beyond what a desk ever writes
_BOUND_TO = b"kantadesk payload 1"


def data_converter(keys: KeyRing | None) -> DataConverter:
    """How values become payloads: pydantic's JSON, encrypted with the ring's current key, failures' texts too.

    Without keys nothing is encrypted (tests).
    """
    if keys is None:
        return DataConverter(payload_converter_class=DeskPayloadConverter)
    return DataConverter(
        payload_converter_class=DeskPayloadConverter,
        failure_converter_class=DeskFailureConverter,
        payload_codec=EncryptionCodec(keys),
    )


class EncryptionCodec(PayloadCodec):
    """Encrypts with the ring's current key, decrypts with any of its keys; what is not encrypted passes as it is."""

    def __init__(self, keys: KeyRing) -> None:
        self._current = keys.current
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.keys.items()}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload encrypted whole, metadata included."""
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload decrypted. Never raises: what can't be decrypted comes back marked as undecodable."""
        return [self._decrypted(payload) for payload in payloads]

    def _encrypted(self, payload: Payload) -> Payload:
        inside = payload.metadata.get(ENCODING, b"")
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(
            nonce, payload.SerializeToString(), _associated(self._current, inside)
        )
        metadata = {ENCODING: ENCRYPTED, KEY_ID: self._current.encode(), INSIDE: inside}
        return Payload(metadata=metadata, data=nonce + sealed)

    def _decrypted(self, payload: Payload) -> Payload:
        if why_undecodable(payload) is not None:
            return undecodable(payload, "it was sent marked as undecodable")
        if payload.metadata.get(ENCODING) != ENCRYPTED:
            return payload
        key_id = KeyId(payload.metadata.get(KEY_ID, b"").decode("ascii", "replace"))
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            named = f"the key {key_id}, which is not known here" if is_key_id(key_id) else "a key that is not named"
            return undecodable(payload, f"it is encrypted with {named}")
        try:
            return Payload.FromString(_opened(cipher, key_id, payload))
        except (InvalidTag, ValueError, DecodeError):
            return undecodable(payload, f"it is damaged, or not encrypted with the key {key_id}")


def _opened(cipher: AESGCM, key_id: KeyId, payload: Payload) -> bytes:
    nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
    return cipher.decrypt(nonce, sealed, _associated(key_id, payload.metadata.get(INSIDE, b"")))


def _associated(key_id: KeyId, inside: bytes) -> bytes:
    """What the ciphertext is bound to. A key id holds no zero byte, so the three parts can't run into each other."""
    return b"\0".join((_BOUND_TO, key_id.encode(), inside))
