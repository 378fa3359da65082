"""The kinds of value that rules and messages are made of: bounded texts, aware moments, frozen models."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
)

from workflows.procedure.identity.first_releases import was_taken_for_a_code
from workflows.procedure.identity_codes import identity_codes_in

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
MAX_TEXT = 8000
MAX_LINE = 300


class Model(BaseModel):
    """A frozen value. Unknown fields are ignored, so that an older worker can read a newer history."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _within_reason(moment: datetime) -> datetime:
    is_far_off = not EARLIEST.year - 1 <= moment.year <= LATEST.year  # beyond the calendar nothing becomes UTC
    if is_far_off or not EARLIEST <= (in_utc := moment.astimezone(UTC)) < LATEST:
        raise ValueError("the date must lie between the years 2000 and 2099")
    return in_utc


AS_FIRST_RELEASES = {"identity_codes": "first"}
"""Context of a validation that refuses what the releases up to 0.2.0 took for an identity code."""
HOLDS_A_CODE = "contains what looks like a Finnish personal identity code: leave it out and send again"


def _without_identity_codes(text: str, info: ValidationInfo) -> str:
    """What a history holds must stay readable: only what the first releases refused as well is refused here.

    What is found by more than that is refused where it comes in and where it would leave.
    """
    if was_taken_for_a_code(text) and (info.context == AS_FIRST_RELEASES or identity_codes_in(text)):
        raise ValueError(HOLDS_A_CODE)
    return text


_WRITTEN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+)s)?")


def _duration(value: Any) -> Any:
    """Read "15min", "2h", "3d" or "1h30min" as a duration; ISO 8601 and timedeltas are left to pydantic."""
    if isinstance(value, timedelta) or (isinstance(value, str) and value.startswith("P")):
        return value
    if not isinstance(value, str):
        raise ValueError('a duration is written with its unit: "15min", "2h", "3d" or "1h30min"')  # noqa: TRY004  # pydantic
    written = _WRITTEN.fullmatch(value.replace(" ", ""))
    if not written or not any(written.groups()):
        raise ValueError('a duration is written as "15min", "2h", "3d" or "1h30min"')
    days, hours, minutes, seconds = (int(part or 0) for part in written.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


Moment = Annotated[AwareDatetime, AfterValidator(_within_reason)]
"""A point in time with an offset, between 2000 and 2099, kept in UTC."""

Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""An elapsed time: "15min", "2h", "3d", or ISO 8601 ("PT15M")."""

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_LINE), AfterValidator(_without_identity_codes)
]
"""At most 300 characters, without a personal identity code; may be empty."""

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_TEXT), AfterValidator(_without_identity_codes)
]
"""At most 8,000 characters, without a personal identity code; may be empty."""

NeededLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LINE),
    AfterValidator(_without_identity_codes),
]
NeededText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT),
    AfterValidator(_without_identity_codes),
]

OpenText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000_000)]
"""What the first reporter wrote: taken as it comes, so that no report is lost; checked before anything leaves."""

Reference = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$"), AfterValidator(_without_identity_codes)
]
"""The desk's own ticket number. Not encrypted anywhere: no personal data in it."""

Unverified = Annotated[bool, Field(exclude_if=lambda unverified: not unverified)]
"""A mark of what was said without the desk's key; left out where it was not, as before there was one."""
