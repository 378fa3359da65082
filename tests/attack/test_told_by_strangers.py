"""What somebody without the key tells of the situation and of notices: it is heard, and nothing else follows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowHandle

from tests.attack.strangers import refused_as_update, replays
from tests.builders import breach_opening, now, triage
from tests.integrations.house import WITHIN, House
from workers.singletons import NOTICE_WATCH, ensure_one
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.notices.messages import NoticeWatchStatus
from workflows.procedure.duties import DutyState
from workflows.process.ids import TASK_QUEUE, breach_workflow_id
from workflows.process.ports import Letter
from workflows.process.sealed.in_clear import NEEDS_THE_KEY

pytestmark = pytest.mark.attack
pytest_plugins = ["tests.attack.attacked"]

Watch = WorkflowHandle[Any, Any]


def notice(**said: Any) -> dict[str, Any]:
    """A notice as somebody forges it."""
    return {
        "by": "Kela", "guid": "forged", "title": "Häiriö Reseptikeskuksessa", "kind": "fault",
        "published_at": now().isoformat(), "services": ["PRESCRIPTION"], "link": "https://www.kanta.fi/forged",
        "text": "Reseptikeskuksessa on häiriö.",
    } | said  # fmt: skip


@pytest.mark.parametrize(
    "judged", [{"severity": "low"}, {"severity": "critical"}, {"extensive": False}, {"services": ["MEDDB"]}]
)
async def test_a_stranger_corrects_nothing_that_the_desk_has_judged(
    attacked: House, outside: Client, judged: dict[str, Any]
) -> None:
    incident = await attacked.incident()
    await incident.handle.execute_update("triage", triage(severity="high", extensive=True))
    before = await incident.status()
    said = {"by": "Head of IT", "text": "All is well again"}

    assert NEEDS_THE_KEY in await refused_as_update(outside, incident, "situation_update", said | judged)
    await outside.get_workflow_handle(incident.id).signal("situation_update", said | judged)
    await outside.get_workflow_handle(incident.id).signal("situation_update", said)
    status = await incident.until(lambda status: bool(status.rejected) and status.unverified_count == 1)

    assert [(each.message, each.reason) for each in status.rejected] == [("situation_update", NEEDS_THE_KEY)]
    for name in ("severity", "extensive", "services"):
        assert getattr(status, name) == getattr(before, name)
    assert {duty.id for duty in status.duties} == {duty.id for duty in before.duties}
    await replays(attacked, incident)


async def test_the_desk_itself_still_changes_all_of_it(attacked: House) -> None:
    incident = await attacked.incident()
    await incident.handle.execute_update("triage", triage(severity="high"))
    said = {"by": "Desk", "text": "It is better", "severity": "low", "extensive": True, "services": ["MEDDB"]}

    await incident.handle.execute_update("situation_update", said)

    status = await incident.status()
    assert (status.severity, status.extensive, status.services) == ("low", True, ("MEDDB",))


async def test_a_strangers_notice_silences_no_report_and_gives_way_to_a_true_one(
    attacked: House, outside: Client
) -> None:
    incident = await attacked.incident()
    await outside.get_workflow_handle(incident.id).signal("notice", notice())
    told = await incident.until(lambda status: status.known_notice is not None)
    assert told.known_notice
    assert told.known_notice.is_unverified

    await incident.handle.execute_update("triage", triage(same_as_notice="yes"))
    assert "report_to_kela" in {duty.kind for duty in (await incident.status()).duties}

    await outside.get_workflow_handle(incident.id).signal("notice", notice(guid="forged-2"))
    await incident.handle.execute_update("notice", notice(guid="true", title="Häiriö Reseptissä", by="notice-watch"))
    await outside.get_workflow_handle(incident.id).signal("notice", notice(guid="forged-3"))
    status = await incident.until(lambda status: status.unverified_count == 3)

    assert status.known_notice
    assert (status.known_notice.guid, status.known_notice.is_unverified) == ("true", False)
    await replays(attacked, incident)


async def test_a_strangers_acknowledgement_is_noted_and_nobody_is_waited_for_less(
    attacked: House, outside: Client
) -> None:
    incident = await attacked.incident()
    await incident.handle.execute_update("triage", triage())
    instructed = {"by": "Desk", "authority": "Valvira", "text": "Use paper"}
    await incident.handle.execute_update("authority_instruction", instructed)
    before = (await incident.until(lambda status: bool(status.instructions))).instructions[0]
    assert before.awaiting

    for contact in before.awaiting:
        said = {"by": contact, "contact": contact, "what": before.id}
        await outside.get_workflow_handle(incident.id).signal("acknowledgement", said)
    status = await incident.until(lambda status: status.unverified_count == len(before.awaiting))
    assert (status.instructions[0], status.rejected) == (before, ())
    assert [duty.state for duty in status.duties if duty.id == before.duty] == ["open"]

    for contact in before.awaiting:
        said = {"by": "Desk", "contact": contact, "what": before.id}
        await incident.handle.execute_update("acknowledgement", said)
    assert [duty.state for duty in (await incident.status()).duties if duty.id == before.duty] == ["met"]
    await replays(attacked, incident)


async def test_every_letter_of_what_a_stranger_has_opened_is_marked_until_the_desk_speaks(
    attacked: House, outside: Client
) -> None:
    reference = attacked.reference()
    forged = breach_opening(reference, aware_at=(now() - timedelta(hours=80)).isoformat())
    workflow_id = breach_workflow_id(reference)
    await outside.start_workflow("DataBreach", forged, id=workflow_id, task_queue=TASK_QUEUE)
    breach: WorkflowHandle[Any, BreachStatus] = attacked.client.get_workflow_handle(workflow_id)

    def letters(kind: str) -> list[Letter]:
        return [each for each in attacked.world.letters if (each.reference, each.kind) == (reference, kind)]

    async with asyncio.timeout(WITHIN):
        while not (letters("breach_opened") and letters("overdue")):  # noqa: ASYNC110  # the worker writes them
            await asyncio.sleep(0.05)
    marks = {each.is_unverified for each in letters("breach_opened") + letters("overdue")}
    assert marks == {True}
    assert (await breach.query("status", result_type=BreachStatus)).unverified_count == 1

    await breach.execute_update("measures_taken", {"by": "DPO", "text": "The mailbox was closed"})
    record = await breach.query("record")
    assert record["carried"]["applied_count"] > record["carried"]["unverified_count"], "from here on it is the desk's"


async def test_a_strangers_bounce_moves_no_duty(attacked: House, outside: Client) -> None:
    incident = await attacked.incident()
    await incident.handle.execute_update("triage", triage())

    def report(status: IncidentStatus) -> DutyState:
        return next(duty for duty in status.duties if duty.kind == "report_to_kela")

    before = await incident.until(lambda status: report(status).state == "met")
    said = {"by": "mail", "message_id": report(before).reference, "event": "bounced"}
    await outside.get_workflow_handle(incident.id).signal("delivery_report", said)
    status = await incident.until(lambda status: status.unverified_count == 1)

    assert report(status) == report(before)
    assert any("unverified sender says that it came back" in problem for problem in status.problems)
    await replays(attacked, incident)


@pytest_asyncio.fixture(loop_scope="session")
async def watch(attacked: House) -> AsyncIterator[Watch]:
    """The watch of the notices, as it begins."""
    await ensure_one(attacked.client, NOTICE_WATCH)
    handle: Watch = attacked.client.get_workflow_handle(NOTICE_WATCH.workflow_id)
    yield handle
    await handle.terminate()


async def until(watch: Watch, holds: Callable[[NoticeWatchStatus], bool]) -> NoticeWatchStatus:
    """Wait until the watch knows what is wanted."""
    async with asyncio.timeout(WITHIN):
        while True:
            status: NoticeWatchStatus = await watch.query("status", result_type=NoticeWatchStatus)
            if holds(status):
                return status
            await asyncio.sleep(0.02)


BREAK = notice(
    guid="break",
    title="Huoltokatko Reseptikeskuksessa",
    kind="maintenance",
    windows=[{"starts_at": "2099-01-10T22:00:00+02:00", "ends_at": "2099-01-10T23:00:00+02:00"}],
)


@pytest.mark.parametrize("said", [notice(), BREAK, notice(kind="end", title="Reseptikeskuksen häiriö on korjattu")])
async def test_the_watch_shows_a_strangers_notice_and_does_nothing_else(
    attacked: House, outside: Client, watch: Watch, said: dict[str, Any]
) -> None:
    incident = await attacked.incident()
    await outside.get_workflow_handle(watch.id).signal("notice", said)

    status = await until(watch, lambda status: any(each.did for each in status.notices))
    [kept] = status.notices
    assert (kept.is_unverified, kept.outcome, kept.reference, kept.told) == (True, "uncertain", "", ())
    assert "without the desk's key" in kept.did[-1]
    assert (await incident.status()).known_notice is None


async def test_the_desk_decides_on_a_strangers_notice_by_entering_it_itself(
    attacked: House, outside: Client, watch: Watch
) -> None:
    incident = await attacked.incident()
    said = notice(text="", services=["MEDDB"])
    await outside.get_workflow_handle(watch.id).signal("notice", said)
    await until(watch, lambda status: status.uncertain == 1)
    await watch.execute_update("notice", said | {"by": "Desk"})

    status = await until(watch, lambda status: len(status.notices) == len([n for n in status.notices if n.did]))
    assert {each.is_unverified: each.outcome for each in status.notices} == {True: "acted", False: "acted"}
    assert status.uncertain == 0
    assert (await incident.status()).known_notice is None, "it is about another service"


async def test_a_stranger_decides_nothing_that_waits_for_a_person(outside: Client, watch: Watch) -> None:
    unclear = {"by": "Desk", "guid": "unclear", "title": "Tiedote", "text": "Reseptikeskus.", "kind": None}
    await watch.execute_update("notice", unclear)
    await until(watch, lambda status: status.uncertain == 1)

    await outside.get_workflow_handle(watch.id).signal("notice", notice(guid="unclear", kind="other"))

    await until(watch, lambda status: status.uncertain == 2)


async def test_a_flood_of_strangers_notices_drowns_neither_the_desk_nor_what_is_known(
    attacked: House, outside: Client, watch: Watch
) -> None:
    await watch.execute_update("notice", notice(guid="ours", services=["MEDDB"], by="Desk"))
    letters = len(attacked.world.letters)
    for number in range(30):
        await outside.get_workflow_handle(watch.id).signal("notice", notice(guid=f"flood-{number}"))
    await watch.execute_update("notice", notice(guid="last", services=["MEDDB"], by="Desk"))

    status = await until(watch, lambda status: any(each.guid == "last" for each in status.notices))
    assert sum(each.is_unverified for each in status.notices) == 20
    assert {"ours", "last"} <= {each.guid for each in status.notices}
    assert len(attacked.world.letters) - letters <= 10 + 2
