"""Lengths as people write them in the three languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from starter.terminal.length_input import length_meant

MEANT = (
    ("15min", timedelta(minutes=15)), ("2h", timedelta(hours=2)), ("2t", timedelta(hours=2)), ("3d", timedelta(days=3)),
    ("3 pv", timedelta(days=3)), ("2 tuntia", timedelta(hours=2)), ("2 timmar", timedelta(hours=2)),
    ("2hours", timedelta(hours=2)), ("1h30min", timedelta(minutes=90)), ("1 t 30 min", timedelta(minutes=90)),
    ("1 tim 30 minuter", timedelta(minutes=90)), ("3 päivää", timedelta(days=3)), ("1 dygn", timedelta(days=1)),
)  # fmt: skip


@pytest.mark.parametrize(("text", "length"), MEANT)
def test_a_length_is_read_in_every_language(text: str, length: timedelta) -> None:
    assert length_meant(text) == length
    assert length_meant(text.upper()) == length


@pytest.mark.parametrize("text", ["", "2", "h", "2x", "2times", "2h2h", "1h 30", "soon", "-2h", "2,5h", "1h1t"])
def test_what_is_none_is_none(text: str) -> None:
    assert length_meant(text) is None
