"""What waits for a contact is shown with the incident: who, what, until when, why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from starter.language.words import Spoken, speak
from starter.terminal.output import Table
from starter.views.tables import held_table
from workflows.incident.messages import IncidentStatus
from workflows.process.messages import HeldMessages

WAITS = HeldMessages(
    to="ward-3",
    since=datetime(2026, 11, 28, 21, 0, tzinfo=UTC),
    until=datetime(2026, 11, 29, 5, 0, tzinfo=UTC),
    because="quiet hours",
    purposes=("start", "change"),
)


@pytest.mark.parametrize(
    ("language", "row"),
    [
        ("en", ("ward-3", "start, change", "29.11.2026 07:00", "quiet hours")),
        ("fi", ("ward-3", "alkaminen, muutos", "29.11.2026 klo 07.00", "hiljainen aika")),
        ("sv", ("ward-3", "början, ändring", "29.11.2026 kl. 07.00", "tyst tid")),
    ],
)
def test_what_waits_is_shown(language: Spoken, row: tuple[str, ...]) -> None:
    speak(language)
    try:
        [table] = held_table(IncidentStatus.model_construct(held=(WAITS,)))
    finally:
        speak("en")
    assert isinstance(table, Table)
    assert table.rows == [row]


def test_where_nothing_waits_there_is_no_table() -> None:
    assert held_table(IncidentStatus.model_construct(held=())) == []
