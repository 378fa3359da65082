"""Dates of notices as feeds write them. A feed library reads "EET" as UTC and leaves Finnish dates out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from workflows.procedure import local_time
from workflows.procedure.model import EARLIEST, LATEST

_ZONE_NAME = re.compile(r"\s*\(?\b(EEST|EET)\)?$")
_OFFSETS = {"EET": " +0200", "EEST": " +0300"}
_FINNISH = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s+(?:klo\s*)?(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?)?")


def moment_of(written: str) -> datetime | None:
    """The moment that a date means, in UTC; None where it can't be told. Local time is Finland's."""
    text = _ZONE_NAME.sub(lambda zone: _OFFSETS[zone[1]], written.strip())
    for read in (_internet, _iso, _finnish):
        try:
            moment = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=local_time.zone())
        moment = moment.astimezone(UTC)
        return moment if EARLIEST <= moment < LATEST else None
    return None


def _internet(text: str) -> datetime:
    """RFC 2822, as in RSS."""
    return parsedate_to_datetime(text)


def _iso(text: str) -> datetime:
    """ISO 8601, as in Atom; with a space before the offset, too."""
    return datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d{2}:?\d{2}$)", "", text))


def _finnish(text: str) -> datetime:
    """21.11.2026 18:00, also "klo 18.00", also without a time."""
    found = _FINNISH.search(text)
    if not found:
        raise ValueError("is not a Finnish date")
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=local_time.zone())
