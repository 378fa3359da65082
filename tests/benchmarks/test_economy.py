"""What an incident and a breach cost in events, bytes and actions: growth that nobody has decided fails here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.economy import Cost, beyond, costs, total


@pytest.mark.slow
async def test_an_incident_and_a_breach_cost_what_their_budget_says() -> None:
    """Lived through on a real server by the real worker; each number stands in ``benchmarks/budget.toml``."""
    faults = {name: beyond(name, total(steps)) for name, steps in (await costs()).items()}
    assert faults == {"incident": [], "breach": []}


def test_a_cost_beside_the_budget_is_named() -> None:
    fitting = Cost("all", events=95, bytes=110_000, starts=1, messages=3, timers=5, activities=23, upserts=7, markers=1)
    assert beyond("incident", fitting) == []
    assert beyond("incident", replace(fitting, events=98, activities=24)) == [
        "activities: 24 instead of 23",
        "recorded: 98 instead of 95",
    ]
    assert beyond("incident", replace(fitting, bytes=123_001)) == ["bytes: 123001, allowed are 104550 to 123000"]
    assert beyond("incident", replace(fitting, bytes=99_000)) == ["bytes: 99000, allowed are 104550 to 123000"]
