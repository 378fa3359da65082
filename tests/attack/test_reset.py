"""A process that is set back: told with what held before; no due time moves, nothing is said twice. A real server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import triage
from tests.desks.desk import asked
from tests.watchdog.conftest import house, watched_server
from tests.watchdog.house import House, until
from tests.watchdog.tampering import found, has_told, reset
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus

__all__ = ["house", "watched_server"]
pytestmark = pytest.mark.attack


async def test_a_reset_is_told_with_the_legal_moments_before_it(house: House) -> None:
    async with house.worker():
        breach = await house.breach()
        await house.looked(1)
        due = next(d.due_at for d in (await asked(breach, BreachStatus)).duties if d.legal)
        run = await reset(house, breach)
        status = await house.next_look()
        (facts,) = found(status, "was_reset")
        assert "notify_supervisory_authority due" in facts["moments"]
        assert due
        assert [known.key for known in house.book.happened(also_told=True)] == [f"was_reset/{breach.id}/{run}"]
        told = [letter for letter in house.world.letters if letter.kind == "watch_finding"]
        assert {letter.contact for letter in told} == {"operations", "desk", "data_protection_officer", "management"}
        assert (await house.next_look()).is_well, "it is told once"
        assert len(found(await house.status(), "was_reset")) == 1


async def test_a_reset_moves_no_due_time_and_says_nothing_twice(house: House) -> None:
    """Set back to its first workflow task an incident opens once more, later than it did."""
    async with house.worker():
        incident = await house.incident()
        await until(lambda: has_told(house, "desk_opened", 1))
        await house.looked(1)
        due = (await asked(incident, IncidentStatus)).duties[0].due_at
        await reset(house, incident)
        await until(lambda: has_told(house, "desk_opened", 2))
        status = await asked(incident, IncidentStatus)
        assert status.duties[0].due_at == due
        assert due is not None
        opened = [letter for letter in house.world.letters if letter.kind == "desk_opened"]
        assert len({(letter.key, letter.case) for letter in opened}) == 1
        assert any("was set back (reset)" in line["what"] for line in await incident.query("timeline"))


async def test_a_reset_tells_no_change_twice_that_named_no_time_of_its_own(house: House) -> None:
    async with house.worker():
        incident = await house.incident()
        await incident.execute_update("triage", triage())
        await incident.execute_update("situation_update", {"by": "desk", "text": "PDR is slow as well"})
        await until(lambda: _all_are_told(incident, "change"))
        before = {letter.key for letter in house.world.letters if letter.kind == "change"}
        await house.looked(1)
        await reset(house, incident)
        await until(lambda: _all_are_told(incident, "change"))
        assert before
        assert {letter.key for letter in house.world.letters if letter.kind == "change"} == before


async def _all_are_told(incident: Any, kind: str) -> bool:
    return any(line["what"].startswith(f"Told ({kind})") for line in await incident.query("timeline"))
