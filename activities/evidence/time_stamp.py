"""When the head of a chain was there at the latest: the word of a time-stamping authority (RFC 3161).

Only the SHA-256 of the head leaves the house. Whoever trusts the authority's certificate needs to trust nobody here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import httpx

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

WITHIN = 15.0
ANSWER_AT_MOST = 100_000
Stamper = Callable[[str], bytes]
"""Answers the time stamp about a head, as the authority gave it. Raises ``NotStamped``."""


class NotStamped(Exception):
    """There is no time stamp; the message says why."""


class Stamp(NamedTuple):
    """What a time stamp says. ``is_trusted``: None where no certificate was given to compare with."""

    at: datetime
    authority: str
    is_trusted: bool | None


def stamper(authority: str) -> Stamper | None:
    """Asks this authority (a web address); None where none is named."""
    return (lambda head: _asked(authority, head)) if authority else None


def _asked(authority: str, head: str) -> bytes:
    from rfc3161_client import (  # 7 MB of library: loaded only where a stamp is wanted
        HashAlgorithm,
        PKIStatus,
        TimestampRequestBuilder,
        decode_timestamp_response,
    )

    request = TimestampRequestBuilder().data(head.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        with httpx.stream(
            "POST",
            authority,
            content=request.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=WITHIN,
        ) as response:
            response.raise_for_status()
            answer = b""
            for chunk in response.iter_bytes():
                answer += chunk
                if len(answer) > ANSWER_AT_MOST:
                    raise NotStamped("the authority's answer is too long")
        decoded = decode_timestamp_response(answer)
    except httpx.HTTPError as fault:
        raise NotStamped(f"the authority could not be asked ({type(fault).__name__})") from None
    except ValueError:
        raise NotStamped("the authority's answer can't be read") from None
    if PKIStatus(decoded.status) != PKIStatus.GRANTED:
        raise NotStamped("the authority refused")
    if decoded.tst_info.nonce != request.nonce or not _is_about(decoded, head):
        raise NotStamped("the authority answered about something else")
    return answer


def _is_about(decoded: TimeStampResponse, head: str) -> bool:
    imprint = decoded.tst_info.message_imprint.message
    return imprint == hashlib.sha256(head.encode()).digest()


def read_stamp(answer: bytes, head: str, certificates: bytes = b"") -> Stamp:
    """What a time stamp says of a head. ``certificates``: those to trust (PEM). ``ValueError`` where it is wrong."""
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    decoded = decode_timestamp_response(answer)
    if not _is_about(decoded, head):
        raise ValueError("it is about something else than this evidence")
    is_trusted: bool | None = None
    if certificates:
        builder = VerifierBuilder()
        for certificate in load_pem_x509_certificates(certificates):
            builder = builder.add_root_certificate(certificate)
        try:
            is_trusted = builder.build().verify_message(decoded, head.encode())
        except VerificationError as fault:
            raise ValueError(f"it is not by the authority that you trust ({fault})") from None
    info = decoded.tst_info
    return Stamp(info.gen_time.astimezone(UTC), _name(info.name), is_trusted)


def _name(name: object) -> str:
    """Whom the stamp names, where it names anybody."""
    if name is None:
        return ""
    value = getattr(name, "value", name)
    return str(getattr(value, "rfc4514_string", lambda: value)())
