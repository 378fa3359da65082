"""Keys for one purpose each, derived from the desk's own: nothing more to make, to keep, or to back up."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from temporalio.client import Client

from workers.codec.codec import EncryptionCodec
from workers.keys.live import Keys
from workers.keys.ring import KEY_BYTES, KeyRing

SEEN_LINKS = b"kantadesk acknowledgement links 1"


def derived(key: bytes, purpose: bytes) -> bytes:
    """A key of 256 bits for a purpose (HKDF with SHA-256, RFC 5869): it tells nothing of the key it comes from."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def link_keys(keys: Keys | KeyRing) -> Callable[[], list[bytes]]:
    """The keys of the acknowledgement links now: that which signs last, before it all that are still read."""

    def now() -> list[bytes]:
        ring = keys if isinstance(keys, KeyRing) else keys.ring()
        others = [key for key_id, key in ring.keys.items() if key_id != ring.current]
        return [derived(key, SEEN_LINKS) for key in (*others, ring.keys[ring.current])]

    return now


def link_keys_of(client: Client) -> Callable[[], list[bytes]]:
    """The same of the keys with which a client writes, looked up when needed; none where it writes in clear."""

    def now() -> list[bytes]:
        codec = client.data_converter.payload_codec
        return link_keys(codec.keys)() if isinstance(codec, EncryptionCodec) else []

    return now
