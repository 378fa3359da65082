"""What waits for a contact is shown with the incident: who, what, until when, why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

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


def status_with(*held: HeldMessages) -> IncidentStatus:
    """Of which nothing else is looked at."""
    facts: dict[str, Any] = {"held": held}
    return IncidentStatus.model_construct(**facts)


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
        [table] = held_table(status_with(WAITS))
    finally:
        speak("en")
    assert isinstance(table, Table)
    assert table.rows == [row]


def test_where_nothing_waits_there_is_no_table() -> None:
    assert held_table(status_with()) == []
