"""What somebody without the key has opened is seen as that wherever a person looks, until the desk speaks."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from starter.board.html import page
from starter.board.lines import lines
from starter.board.snapshot import Look
from starter.client.open_duties import Owed, owed_anywhere
from starter.client.search import Row, found, visibility_query
from tests.attack.strangers import replays
from tests.builders import breach_opening, now, opening, triage
from tests.desks.maintenance import plan
from tests.integrations.house import WITHIN, House, Incident
from workers.codec.codec import data_converter
from workers.wiring import build_replayer
from workflows.breach.messages import BreachStatus
from workflows.process.ids import TASK_QUEUE, breach_workflow_id, maintenance_workflow_id
from workflows.process.sealed.seals import A_STRANGERS
from workflows.process.web_view import OPENED_BY_A_STRANGER

pytestmark = pytest.mark.attack
pytest_plugins = ["tests.attack.attacked"]

TYPES = ("Incident", "DataBreach")


async def listed(house: House, reference: str, *, marked: bool) -> Row:
    """Its line in the lists, once it bears the mark or bears it no more: the lists follow a moment later."""
    query = visibility_query({}, *TYPES)
    async with asyncio.timeout(WITHIN):
        while True:
            for row in await found(house.client, query):
                if row.reference == reference and row.is_a_strangers == marked and row.next_due:
                    return row
            await asyncio.sleep(0.05)


async def owed(house: House, reference: str) -> list[dict[str, Any]]:
    """What the list of duties and the board show of it."""
    return [
        row for row in (await owed_anywhere(house.client, house.key_file.parent)).rows if row["incident"] == reference
    ]


async def opened_by_a_stranger(house: House, outside: Client, **memo: Any) -> Incident:
    """An incident that somebody without the key has opened; its clocks run."""
    found = Incident(house, house.reference())
    said = opening(found.reference)
    await outside.start_workflow("Incident", said, id=found.id, task_queue=TASK_QUEUE, memo=memo or None)
    await found.until(lambda status: bool(status.duties))
    return found


async def marks_of_letters(incident: Incident, kind: str) -> set[bool]:
    """Whether the letters of a kind about it bear the mark, once there are any."""
    async with asyncio.timeout(WITHIN):
        while True:
            letters = [each for each in incident.house.world.letters if each.reference == incident.reference]
            if marks := {each.is_unverified for each in letters if each.kind == kind}:
                return marks
            await asyncio.sleep(0.02)


async def test_lists_duties_and_the_board_mark_a_strangers_incident_until_the_desk_speaks(
    attacked: House, outside: Client
) -> None:
    incident = await opened_by_a_stranger(attacked, outside)
    row = await listed(attacked, incident.reference, marked=True)
    assert row.shown_reference == f"{incident.reference} (unverified sender)"
    rows = await owed(attacked, incident.reference)
    assert rows
    assert all(each["is_a_strangers"] for each in rows)
    shown = lines(rows, now())
    assert all("(unverified sender)" in " ".join(line.cells(now())) for line in shown)
    assert OPENED_BY_A_STRANGER in await incident.shown()
    assert f"{incident.reference} (unverified sender)" in page(Look(now(), shown, Owed(rows)), every=5)

    said = {"by": "Kela", "guid": "1", "title": "Down", "kind": "fault", "published_at": now().isoformat()}
    await outside.get_workflow_handle(incident.id).signal("notice", said)
    status = await incident.until(lambda status: status.unverified_count == 2)
    assert status.is_a_strangers, "a second word of a stranger confirms nothing"

    await incident.handle.execute_update("triage", triage())
    assert (await listed(attacked, incident.reference, marked=False)).shown_reference == incident.reference
    assert not any(each["is_a_strangers"] for each in await owed(attacked, incident.reference))
    assert not (await incident.status()).is_a_strangers
    assert OPENED_BY_A_STRANGER not in await incident.shown()
    await replays(attacked, incident)


async def test_a_break_of_the_desks_own_that_touches_it_takes_no_mark_away(attacked: House, outside: Client) -> None:
    incident = await opened_by_a_stranger(attacked, outside)
    attacked.world.incidents[:] = [incident.reference]
    planned, begins = attacked.reference(), now() - timedelta(hours=1)
    break_id = maintenance_workflow_id(planned)
    await attacked.client.start_workflow("Maintenance", plan(planned, begins), id=break_id, task_queue=TASK_QUEUE)
    status = await incident.until(lambda status: break_id in status.maintenance)
    assert (status.is_a_strangers, status.applied_count) == (True, 1)

    await incident.pass_time(minutes=35)
    assert await marks_of_letters(incident, "reminder") == {True}
    assert await marks_of_letters(incident, "overdue") == {True}
    assert await listed(attacked, incident.reference, marked=True)
    assert OPENED_BY_A_STRANGER in await incident.shown()

    await incident.handle.execute_update("triage", triage())
    await listed(attacked, incident.reference, marked=False)
    assert not (await incident.status()).is_a_strangers
    assert await marks_of_letters(incident, "start") == {False}
    await replays(attacked, incident)


FROM_PROCESSES = {
    "notice": {
        "by": "notice-watch", "source": "kantadesk", "guid": "1", "title": "Down", "kind": "fault",
        "published_at": "2026-11-22T10:00:00Z",
    },
    "breach_progress": {"by": "breach-FR-1", "source": "kantadesk", "text": "The authority was told"},
}  # fmt: skip


@pytest.mark.parametrize("name", FROM_PROCESSES)
async def test_what_our_own_processes_tell_takes_no_mark_away(attacked: House, outside: Client, name: str) -> None:
    incident = await opened_by_a_stranger(attacked, outside)
    await incident.handle.execute_update(name, FROM_PROCESSES[name])
    assert (await incident.status()).is_a_strangers
    await incident.handle.execute_update("triage", triage(source="cli"))
    assert not (await incident.status()).is_a_strangers


async def test_a_letter_that_comes_back_takes_no_mark_away(attacked: House, outside: Client) -> None:
    incident = await opened_by_a_stranger(attacked, outside)
    await incident.pass_time(minutes=15)
    status = await incident.until(lambda status: bool(status.messages))
    said = {"by": "mail", "source": "mailbox", "message_id": status.messages[0].id, "event": "bounced"}
    await incident.handle.execute_update("delivery_report", said)
    status = await incident.status()
    assert (status.messages[0].state, status.is_a_strangers) == ("failed", True)


async def test_what_the_desk_has_opened_bears_no_mark_and_no_memo(attacked: House) -> None:
    incident = await attacked.incident()
    row = await listed(attacked, incident.reference, marked=False)
    assert row.shown_reference == incident.reference
    described = await incident.handle.describe()
    assert A_STRANGERS not in described.raw_info.memo.fields


@pytest.mark.parametrize("forged", [False, None, "no"])
async def test_a_strangers_own_memo_takes_no_mark_away(attacked: House, outside: Client, forged: Any) -> None:
    incident = await opened_by_a_stranger(attacked, outside, **{A_STRANGERS: forged})
    assert await listed(attacked, incident.reference, marked=True)


async def test_a_strangers_breach_is_marked_in_the_list_and_in_its_status(attacked: House, outside: Client) -> None:
    reference = attacked.reference()
    forged = breach_opening(reference, aware_at=(now() - timedelta(hours=1)).isoformat())
    workflow_id = breach_workflow_id(reference)
    await outside.start_workflow("DataBreach", forged, id=workflow_id, task_queue=TASK_QUEUE)
    assert (await listed(attacked, reference, marked=True)).process == "breach"
    breach: WorkflowHandle[Any, BreachStatus] = attacked.client.get_workflow_handle(workflow_id)
    status = await breach.query("status", result_type=BreachStatus)
    assert status.is_a_strangers
    assert status.awareness[0].is_unverified
    lines = await breach.query("timeline")
    assert {each["what"] for each in lines if each["by"] == forged["by"] and "sender" not in each} == set()

    await breach.execute_update("measures_taken", {"by": "DPO", "text": "The mailbox was closed"})

    await listed(attacked, reference, marked=False)
    assert not (await breach.query("status", result_type=BreachStatus)).is_a_strangers
    history = await breach.fetch_history()
    await build_replayer(data_converter(attacked.keys)).replay_workflow(history)


async def test_a_suspicion_of_the_desk_counts_from_its_own_instant_where_a_stranger_was_first(
    attacked: House, outside: Client
) -> None:
    incident = await attacked.incident()
    forged = breach_opening(incident.reference, incident=incident.reference)
    first = breach_workflow_id(incident.reference)
    await outside.start_workflow("DataBreach", forged, id=first, task_queue=TASK_QUEUE)
    assert await listed(attacked, incident.reference, marked=True)
    aware = now().replace(microsecond=0) - timedelta(hours=2)
    suspicion = {name: value for name, value in forged.items() if name not in ("reference", "incident")}
    await incident.handle.execute_update("triage", triage())
    said = suspicion | {"aware_at": aware.isoformat(), "outcome": "suspected"}
    await incident.handle.execute_update("breach_assessment", said)
    name = (await incident.until(lambda status: bool(status.breach))).breach
    assert name != incident.reference
    breach = attacked.client.get_workflow_handle(f"breach-{name}")
    status = await breach.query("status", result_type=BreachStatus)
    assert (status.aware_at, status.is_a_strangers) == (aware, False)
