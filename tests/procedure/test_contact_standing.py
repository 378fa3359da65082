"""How a contact's details stand where its day of verification is one that nobody meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.procedure.contacts import standing
from workflows.procedure.contacts.standing import ContactInFile
from workflows.procedure.local_time import HELSINKI

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HALF_A_YEAR = timedelta(days=182)


@pytest.mark.parametrize("zone", [HELSINKI, "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    "day", [date(1, 1, 1), date(1999, 12, 31), date(2000, 1, 1), date(2000, 1, 2), date(9999, 12, 31)]
)
def test_any_day_of_the_file_can_be_said(day: date, zone: str) -> None:
    known = standing.as_seen(None, ContactInFile(contact="new", verified_on=day), NOW, zone)
    why = standing.why_asked(known, NOW, HALF_A_YEAR, zone)
    assert (why == "cycle") == (day.year < 2026)
    said = standing.about(known, why or "cycle", zone)
    assert said.since is not None
    assert datetime(2000, 1, 1, tzinfo=UTC) <= said.since <= NOW
    assert standing.due_at(known, HALF_A_YEAR, zone) > datetime(2000, 1, 1, tzinfo=UTC)
