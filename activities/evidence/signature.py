"""Who made a piece of evidence: Ed25519 signatures, and the short name (fingerprint) by which people compare a key.

The private key lies in a file of its own, apart from the keys that encrypt (``workers/keys/signing.py``).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SigningKey = Callable[[], "Signer | None"]
"""The key as it stands now; None where there is none: evidence is then kept unsigned, never lost."""


class Signer:
    """A key that signs. What is signed is told apart by its purpose, so that no signature serves for anything else."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = base64.b64encode(key.public_key().public_bytes_raw()).decode()

    def sign(self, purpose: str, content: bytes) -> str:
        """The signature, as base64."""
        return base64.b64encode(self._key.sign(_told_apart(purpose, content))).decode()


def is_signed(purpose: str, content: bytes, *, signer: str, signature: str) -> bool:
    """Whether the key ``signer`` (base64) has signed this content for this purpose."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signer, validate=True))
        key.verify(base64.b64decode(signature, validate=True), _told_apart(purpose, content))
    except (ValueError, InvalidSignature):
        return False
    return True


def fingerprint(public: str) -> str:
    """What people compare: the first half of the key's SHA-256 in groups of four."""
    digits = hashlib.sha256(public.encode()).hexdigest()[:32]
    return "-".join(digits[start : start + 4] for start in range(0, 32, 4))


def no_key() -> None:
    """Where nothing is signed."""


def _told_apart(purpose: str, content: bytes) -> bytes:
    return f"kantadesk {purpose}\n".encode() + content
