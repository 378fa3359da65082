"""What is done to a process from outside is missed, and its law outlives it (the rest: ``tests/attack``)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.common import WorkflowIDConflictPolicy

from starter.board.lines import lines
from starter.client.open_duties import owed_anywhere
from starter.client.outside import how_ended, said_of
from starter.client.search import found as found_rows
from starter.client.search import left, visibility_query, with_missing
from tests.builders import breach_opening, now
from tests.desks.desk import asked
from tests.watchdog.house import House, until
from tests.watchdog.tampering import deleted, found, has_told
from workflows.breach.messages import BreachStatus
from workflows.process.ids import TASK_QUEUE


async def test_a_process_deleted_before_the_first_look_is_missed(house: House) -> None:
    """Its own first step has written it down; the watchdog begins only afterwards, however slow the machine is."""
    is_deleted = asyncio.Event()
    async with house.worker(watchdog_begins=is_deleted):
        incident = await house.incident()
        await deleted(house, incident)
        is_deleted.set()
        await house.looked(1)
        assert [facts["process"] for facts in found(await house.status(), "gone")] == [incident.id]


@pytest.mark.parametrize("looks", [0, 1])
async def test_a_second_start_takes_its_legal_moments_from_the_book_and_says_nothing_twice(
    house: House, looks: int
) -> None:
    """Its own start says that one became aware just now: the clock runs from what was said first, looked at or not."""
    aware = now() - timedelta(hours=30)
    async with house.worker():
        breach = await house.breach(aware_at=aware.isoformat())
        await until(lambda: has_told(house, "breach_opened", 2))
        await house.looked(looks)
        second = await house.client.start_workflow(
            "DataBreach",
            breach_opening("B-1", aware_at=now().isoformat()),
            id=breach.id,
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        )
        await until(lambda: has_told(house, "breach_opened", 4))
        status = await asked(breach, BreachStatus)
        authority = next(duty for duty in status.duties if duty.kind == "notify_supervisory_authority")
        assert authority.due_at == aware + timedelta(hours=72)
        assert status.awareness[-1].by == "kantadesk"
        opened = [letter for letter in house.world.letters if letter.kind == "breach_opened"]
        assert len({letter.key for letter in opened}) == 2, "the ledger of sent mail sends none of them again"
        assert {letter.case for letter in opened} == {"breach~B-1", f"breach~B-1~{str(second.result_run_id)[-8:]}"}


async def test_lists_say_that_a_process_was_ended_from_outside_and_show_no_time_left(house: House) -> None:
    """Before any look of the watchdog: what was deleted, and what was terminated and is not back yet."""
    async with house.worker():
        gone, ended = await house.breach("B-1"), await house.breach("B-2")
        await until(lambda: has_told(house, "breach_opened", 4))
    await deleted(house, gone)
    await house.terminated(ended)
    listed = await found_rows(house.client, visibility_query({}, "DataBreach"))
    rows = await with_missing(house.client, house.folder, listed, "breach")
    assert {row.reference: row.ended_from_outside for row in rows} == {"B-1": "deleted", "B-2": "terminated"}
    assert {left(row, now()) for row in rows} == {""}
    also_closed = await found_rows(house.client, visibility_query({"also_closed": True}, "DataBreach"))
    assert [row.shown_phase for row in also_closed] == ["ENDED FROM OUTSIDE (terminated)"]

    owed = (await owed_anywhere(house.client, house.folder)).rows
    assert {(row["incident"], row["ended_from_outside"]) for row in owed} == {("B-1", "deleted"), ("B-2", "terminated")}
    assert all(row["due_at"] for row in owed)
    shown = [line.cells(now()) for line in lines(owed, now())]
    assert {(cells[2], cells[4]) for cells in shown} == {("no clock runs", "ENDED FROM OUTSIDE")}
    assert "open it again at once: kantadesk breach open --reference B-1" in said_of("breach", "B-1", house.folder)
    assert (said_of("breach", "B-9", house.folder), await how_ended(house.client, ended.id)) == ("", "terminated")
