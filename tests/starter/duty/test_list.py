"""``duty list`` and ``board`` where much is open, and where no worker answers: the due times are shown all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from benchmarks.house import House, running
from benchmarks.scenes import open_incident, opening
from starter.board.snapshot import Looking
from starter.client.open_duties import ASKED_AT_ONCE, live_first, owed_anywhere
from starter.duty.list import ASKED
from starter.terminal.errors import Unreachable
from tests.builders import now
from tests.starter.conftest import Answer, kantadesk
from workflows.process.ids import TASK_QUEUE, incident_workflow_id
from workflows.process.web_view import DRILL, NEXT_DUE, PHASE

MORE_THAN_ASKED = 3


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A server that no worker works for yet."""
    async with running() as house:
        yield house


async def shown(house: House, reference: str, due: datetime, *, drill: bool = False) -> None:
    """An incident that nobody works on; it shows its next due time, as it did when its worker was lost."""
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(PHASE, "handling"), SearchAttributePair(NEXT_DUE, due), SearchAttributePair(DRILL, drill),
    ]  # fmt: skip
    await house.client.start_workflow(
        "Incident",
        opening(reference, drill=drill),
        id=incident_workflow_id(reference),
        task_queue=TASK_QUEUE,
        search_attributes=TypedSearchAttributes(pairs),
    )


async def typed(house: House, *arguments: str) -> Answer:
    """A command against the house, in a process of its own."""
    at = {"KANTADESK_LANGUAGE": "en", "TEMPORAL_ADDRESS": house.address}

    def run() -> Answer:
        return kantadesk(house.folder, *arguments, **at)

    return await asyncio.to_thread(run)


async def listed(house: House, many: int) -> list[dict[str, Any]]:
    """The rows of ``duty list --json`` once so many processes are in them."""
    async with asyncio.timeout(60):
        while True:
            answer = await typed(house, "duty", "list", "--json")
            rows: list[dict[str, Any]] = answer.json
            if len({row["incident"] for row in rows}) >= many:
                return rows


async def test_where_no_worker_answers_the_due_times_show_and_the_rest_is_not_waited_for(house: House) -> None:
    many, soon = ASKED_AT_ONCE + MORE_THAN_ASKED, now() + timedelta(hours=1)
    for number in range(many):
        await shown(house, f"S-{number:02}", soon + timedelta(minutes=number), drill=number == 0)
    rows = await listed(house, many)
    assert [row["incident"] for row in rows] == [f"S-{number:02}" for number in range(many)], "soonest first"
    assert {row["id"] for row in rows} == {"?"}
    assert all("no worker is answering" in row["basis"] for row in rows)

    answer = await typed(house, "duty", "list")
    assert answer.code == Unreachable.exit_code
    assert answer.err.startswith("kantadesk: no worker is answering")
    assert answer.err.count("\n") == 1
    lines = [line for line in answer.out.splitlines() if "S-" in line]
    assert len(lines) == many
    assert "DRILL" in lines[-1], "what is live comes first"
    assert "no worker" not in answer.out, "the reason is said once"

    board = await typed(house, "board", "--once")
    assert (board.code, board.out.count("S-")) == (Unreachable.exit_code, many)
    look = await Looking(every=60, data_dir=house.folder).look(house.client)
    assert look.found.silent
    assert [line.due_at for line in look.lines if not line.drill] == [
        soon + timedelta(minutes=number) for number in range(1, many)
    ]


async def test_where_many_are_open_the_soonest_are_asked_and_the_others_show_their_next_time(house: House) -> None:
    many = ASKED + MORE_THAN_ASKED
    async with house.worker():
        for number in range(many):
            await open_incident(house.client, f"M-{number:02}", drill=number < MORE_THAN_ASKED)
        everything = await listed(house, many)
        assert "?" not in {row["id"] for row in everything}, "--json asks them all"

        answer = await typed(house, "duty", "list")
        assert answer.code == 0, answer.err
        lines = [line for line in answer.out.splitlines() if "M-" in line]
        assert len({line.split("M-")[1][:2] for line in lines}) == many
        unasked = [line for line in lines if "its next duty" in line]
        assert len(unasked) == MORE_THAN_ASKED
        assert all("DRILL" in line for line in unasked), "what is live is asked first"
        assert "Of 3 processes only the next duty is shown; all of them: kantadesk duty list --all" in answer.out
        whole = await typed(house, "duty", "list", "--all")
        assert "its next duty" not in whole.out
        assert len([line for line in whole.out.splitlines() if "M-" in line]) == len(everything)

        owed = await owed_anywhere(house.client, house.folder, at_most=1)
        assert owed.not_asked == many - 1
        assert not live_first(owed.rows)[0]["drill"]
        known = {row["incident"]: row["due_at"] for row in everything if row["id"] == "triage"}
        found = {row["incident"]: row["due_at"].isoformat() for row in owed.rows if row.get("not_asked")}
        assert len(found) == many - 1
        assert found.items() <= known.items(), "the visibility store has the same times"
