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
    fitting = Cost(
        "all", events=112, bytes=150_000, starts=1, messages=3, timers=6, activities=27, upserts=9, markers=2
    )
    assert beyond("incident", fitting) == []
    assert beyond("incident", replace(fitting, events=115, activities=28)) == [
        "activities: 28 instead of 27",
        "recorded: 115 instead of 112",
    ]
    assert beyond("incident", replace(fitting, bytes=170_501)) == ["bytes: 170501, allowed are 144925 to 170500"]
    assert beyond("incident", replace(fitting, bytes=99_000)) == ["bytes: 99000, allowed are 144925 to 170500"]
