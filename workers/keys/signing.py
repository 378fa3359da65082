"""The key that signs the evidence: apart from the keys that encrypt, so that whoever may read can't yet sign.

The file (setting ``signing_key_file``) is a private Ed25519 key as PEM, mode 0600. Beside it, ``.pub`` lists every
public key that this installation has signed with, the newest last: a line each, ``PUBLIC-KEY FINGERPRINT MADE-AT``.
That file may be given to anybody who verifies a bundle elsewhere.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from activities.evidence.case_folder import private_folder, write_new, write_whole
from activities.evidence.signature import Signer, SigningKey, fingerprint

LOG = logging.getLogger("kantadesk.keys")


class SigningKeyError(ValueError):
    """The signing key can't be used. The message says what is wrong and what to do."""


class KnownSigner(NamedTuple):
    """A public key of this installation. ``made_at``: as it was written down, for people."""

    public: str
    fingerprint: str
    made_at: str


def signing_key(path: Path) -> SigningKey:
    """The key in this file, read at each use, so that a new one signs at once. None, and a line in the log, without."""

    def now() -> Signer | None:
        try:
            return load(path)
        except SigningKeyError as fault:
            LOG.error("%s: the evidence is kept unsigned", fault)  # noqa: TRY400  # the message says it all
            return None

    return now


def load(path: Path) -> Signer:
    """Read the key. Raises ``SigningKeyError``."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as fault:
        raise SigningKeyError(
            f'signing key {path}: {fault.strerror}; restore it, or run "kantadesk setup" to make a new one'
        ) from None
    except (ValueError, TypeError):
        raise SigningKeyError(f"signing key {path} is no private key: restore it from your backup") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"signing key {path} is no Ed25519 key: restore it from your backup")
    return Signer(key)


def make_where_missing(path: Path) -> bool:
    """Make the key where there is none; whether one was made. Of several that try at once, one does."""
    if path.exists():
        with suppress(SigningKeyError):
            _remember(path, load(path), datetime.fromtimestamp(path.stat().st_mtime, UTC))  # a crash in between
        return False
    key, at = Ed25519PrivateKey.generate(), datetime.now(UTC)  # noqa: TID251  # the date of a key, for people
    private_folder(path.parent)
    if not write_new(path, _written(key)):
        return False
    _remember(path, Signer(key), at)
    return True


def rotate(path: Path, at: datetime) -> Signer:
    """Sign with a new key from now on. The old public key stays known; the old private key is gone for good."""
    _remember(path, load(path), at)  # where somebody has lost the list
    key = Ed25519PrivateKey.generate()
    _remember(path, Signer(key), at)
    write_whole(path, _written(key))
    return Signer(key)


def known_signers(path: Path) -> list[KnownSigner]:
    """Every public key that this installation has signed with, the oldest first. ``path``: of the private key."""
    try:
        lines = path.with_suffix(".pub").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    parts = [line.split() for line in lines if line and not line.startswith("#")]
    return [KnownSigner(part[0], fingerprint(part[0]), part[-1]) for part in parts]


def _remember(path: Path, signer: Signer, at: datetime) -> None:
    known = known_signers(path)
    if signer.public in [each.public for each in known]:
        return
    every = [*known, KnownSigner(signer.public, fingerprint(signer.public), f"{at:%Y-%m-%dT%H:%M:%SZ}")]
    head = "# Public keys that sign the evidence of this installation. May be given to anybody who verifies it."
    write_whole(path.with_suffix(".pub"), "\n".join([head, *(" ".join(each) for each in every), ""]).encode())


def _written(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
