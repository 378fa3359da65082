"""Somebody without the key tells the desk's processes what only the desk may say; what does no harm is still taken."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RawValue

from activities.watchdog.revival import bring_back
from tests.attack.strangers import refused_as_update, replays
from tests.builders import NOON, breach_opening, call, opening, triage
from tests.integrations.house import House, Incident
from workflows.incident.messages import IncidentOpening, IncidentStatus
from workflows.incident.record import IncidentRecord
from workflows.procedure.operating_model.model import ClearMessages
from workflows.procedure.watchdog.endings import Ending
from workflows.process.ids import (
    CONTACT_REVIEW_ID,
    NOTICE_WATCH_ID,
    TASK_QUEUE,
    breach_workflow_id,
    incident_workflow_id,
)
from workflows.process.sealed.in_clear import NEEDS_THE_KEY
from workflows.process.start import BROUGHT_BACK_FROM

pytestmark = pytest.mark.attack
pytest_plugins = ["tests.attack.attacked"]

FORGED: list[tuple[str, dict[str, Any]]] = [
    ("triage", triage()),
    ("cancellation", {"by": "Head of IT", "reason": "Opened by mistake"}),
    ("correction", {"by": "Head of IT", "title": "Nothing", "reason": "It was nothing"}),
    ("phone_escalation", call()),
    ("breach_assessment", {"by": "DPO", "outcome": "no_personal_data", "reason": "None"}),
    ("authority_instruction", {"by": "x", "authority": "Kela", "text": "Stop everything"}),
    ("other_laws", {"by": "x", "nis2_significant": False}),
    ("same_as", {"by": "x", "reference": "FR-another"}),
    ("handover", {"by": "Head of IT", "to": "Night desk"}),  # each would send the reminders again
    # what the process itself would refuse just now is refused for the missing key as well, and tells a stranger no more
    ("reopening", {"by": "x", "reason": "It is back"}),
    ("duty_waived", {"by": "x", "duty": "no-such-duty", "reason": "None"}),
    ("followed_by", {"by": "x", "reference": "FR-2", "drill": False, "opened_at": NOON.isoformat(), "number": 1}),
]
HARMLESS: list[tuple[str, dict[str, Any]]] = [("phone_escalation", call(reached=False, person=""))]


@contextmanager
def taken_in_clear(attacked: House, setting: ClearMessages) -> Iterator[None]:
    """Another setting of the worker, for processes that are opened meanwhile."""
    rules = attacked.world.rules
    attacked.world.rules = rules.model_copy(update={"clear_messages": setting})
    try:
        yield
    finally:
        attacked.world.rules = rules


async def kept_refused(incident: Incident, number: int) -> IncidentStatus:
    """Wait until so many messages are kept as refused."""
    return await incident.until(lambda status: len(status.rejected) == number)


async def test_what_only_the_desk_may_say_is_kept_and_not_done(attacked: House, outside: Client) -> None:
    incident = await attacked.incident()
    before = await incident.status()

    for number, (name, said) in enumerate(FORGED, 1):
        assert NEEDS_THE_KEY in await refused_as_update(outside, incident, name, said), name
        await outside.get_workflow_handle(incident.id).signal(name, said)
        # behind a message that is in hand an update waits, and is then refused without words in clear
        status = await kept_refused(incident, number)

    assert [(each.message, each.reason) for each in status.rejected] == [(name, NEEDS_THE_KEY) for name, _ in FORGED]
    assert (status.phase, status.duties, status.title) == (before.phase, before.duties, before.title)
    await replays(attacked, incident)


async def test_what_does_no_harm_is_taken_and_shown_as_from_an_unverified_sender(
    attacked: House, outside: Client
) -> None:
    incident = await attacked.incident()
    unanswered = call(reached=False, person="", by="Head of IT", through={"os_user": "root"})

    await outside.get_workflow_handle(incident.id).signal("phone_escalation", unanswered)
    status = await incident.until(lambda status: bool(status.calls))

    [line] = [each for each in await incident.asked("timeline", list[dict[str, Any]]) if each["by"] == "Head of IT"]
    assert line["sender"] == {"came": "clear", "os_user": "", "token": "", "key": ""}
    assert (status.unverified_count, status.rejected) == (1, ())


async def test_with_the_key_everything_is_taken_and_says_which_key_it_was(attacked: House) -> None:
    incident = await attacked.incident()

    await incident.handle.execute_update("triage", triage(by="Desk", through={"os_user": "sirpa"}))

    lines = [each for each in await incident.asked("timeline", list[dict[str, Any]]) if each["by"] == "Desk"]
    assert [line["sender"] for line in lines] == 2 * [
        {"came": "sealed", "os_user": "sirpa", "token": "", "key": attacked.keys.current}
    ]
    assert (await incident.status()).phase == "handling"


async def test_nobody_takes_the_place_of_a_message_by_its_id(attacked: House, outside: Client) -> None:
    incident = await attacked.incident()
    squatting = call(reached=False, person="", event_id="triage-1")

    await outside.get_workflow_handle(incident.id).signal("phone_escalation", squatting)
    await outside.get_workflow_handle(incident.id).signal("phone_escalation", squatting)
    await incident.until(lambda status: bool(status.calls) and status.repeated_count == 1)
    await incident.handle.execute_update("triage", triage(event_id="triage-1"))

    status = await incident.status()
    assert (status.phase, len(status.calls)) == ("handling", 1)
    await replays(attacked, incident)


async def test_what_was_sealed_for_one_incident_is_not_obeyed_by_another(attacked: House, outside: Client) -> None:
    first, second = await attacked.incident(), await attacked.incident()
    await first.handle.signal("cancellation", {"by": "Desk", "reason": "Opened by mistake"})
    await first.ended()
    copied = await sent_to(first, "cancellation")

    await outside.get_workflow_handle(second.id).signal("cancellation", RawValue(copied))
    status = await second.until(lambda status: bool(status.rejected))

    assert (status.phase, status.rejected[0].reason) == (
        "awaiting_triage",
        "it was sealed for another process: send it again to this one",
    )


@pytest.mark.parametrize("own_id", [{}, {"event_id": "desk-1"}])
async def test_a_copy_is_obeyed_a_second_time_under_no_name(
    attacked: House, outside: Client, own_id: dict[str, str]
) -> None:
    """A refused message and one that was taken, copied out of the history once they would be allowed."""
    incident = await attacked.incident()
    await incident.handle.signal("cancellation", {"by": "Desk", "reason": ""})
    await incident.handle.signal("reopening", {"by": "Desk", "reason": "It is back"} | own_id)
    await incident.until(lambda status: len(status.rejected) == 2)
    await incident.handle.execute_update("triage", triage())
    copied = await sent_to(incident, "reopening")

    await outside.get_workflow_handle(incident.id).signal("cancellation", RawValue(copied))
    status = await incident.until(lambda status: status.repeated_count == 1)

    assert (status.phase, len(status.rejected)) == ("handling", 2)
    await replays(attacked, incident)


async def sent_to(incident: Incident, name: str) -> Payload:
    """The encrypted payload of a signal, as everybody sees it who reads the history."""
    async for event in incident.handle.fetch_history_events():
        signalled = event.workflow_execution_signaled_event_attributes
        if signalled.signal_name == name:
            return signalled.input.payloads[0]
    raise AssertionError(name)


async def test_an_operator_may_let_everything_in(attacked: House, outside: Client) -> None:
    with taken_in_clear(attacked, "all"):
        incident = await attacked.incident()

    await outside.get_workflow_handle(incident.id).signal("triage", triage(by="Monitoring"))
    await incident.until(lambda status: status.phase == "handling")

    [duty] = [each for each in (await incident.status()).duties if each.id == "triage"]
    assert duty.said_by("en") == "Monitoring (unverified sender)"


async def test_an_operator_may_let_nothing_in(attacked: House, outside: Client) -> None:
    with taken_in_clear(attacked, "none"):
        incident = await attacked.incident()
        reference = attacked.reference()
        workflow_id = incident_workflow_id(reference)
        started = await started_by_stranger(attacked, outside, "Incident", workflow_id, opening(reference))
    for name, said in HARMLESS:
        assert NEEDS_THE_KEY in await refused_as_update(outside, incident, name, said)

    assert "it was started without the desk's key" in started


async def started_by_stranger(
    attacked: House, outside: Client, kind: str, workflow_id: str, said: Any, memo: dict[str, Any] | None = None
) -> str:
    """With which words a process that somebody without the key has started has failed."""
    await outside.start_workflow(kind, said, id=workflow_id, task_queue=TASK_QUEUE, memo=memo)
    with pytest.raises(WorkflowFailureError) as failed:
        await attacked.client.get_workflow_handle(workflow_id).result()
    return str(failed.value.cause)


async def test_a_start_in_clear_is_taken_and_says_so(attacked: House, outside: Client) -> None:
    incident = Incident(attacked, attacked.reference())

    await outside.start_workflow("Incident", opening(incident.reference), id=incident.id, task_queue=TASK_QUEUE)
    await incident.until(lambda status: bool(status.duties))

    lines = await incident.asked("timeline", list[dict[str, Any]])
    assert [each["sender"]["came"] for each in lines if each["what"] == "Incident opened"] == ["clear"]


PLAN = {"name": "evil", "weekly": "Mon 09:00", "title": "x", "services": ["PRESCRIPTION"]}


@pytest.mark.parametrize(
    ("kind", "workflow_id", "said"),
    [
        ("NoticeWatch", NOTICE_WATCH_ID, {"drill": True}),
        ("ContactReview", CONTACT_REVIEW_ID, {"drill": True}),
        ("ScheduledDrill", "drill-evil", PLAN),
    ],
)
async def test_our_own_processes_begin_with_nothing_of_a_stranger(
    attacked: House, outside: Client, kind: str, workflow_id: str, said: dict[str, Any]
) -> None:
    assert "sealed for it with the desk's key" in await started_by_stranger(attacked, outside, kind, workflow_id, said)


async def test_a_forged_record_is_not_believed_whatever_memo_it_bears(attacked: House, outside: Client) -> None:
    reference = attacked.reference()
    record = IncidentRecord.opened(IncidentOpening.model_validate(opening(reference)), NOON)
    carried = {"carried": record.model_dump(mode="json") | {"phase": "closed"}}
    memo = {BROUGHT_BACK_FROM: str(uuid.uuid4())}

    failed = await started_by_stranger(attacked, outside, "Incident", incident_workflow_id(reference), carried, memo)

    assert "'carried' is taken only from an earlier run of the same process" in failed


async def test_what_the_watchdog_brings_back_is_believed(attacked: House) -> None:
    """The honest way of a start with a record: sealed by our own worker, memo and all."""
    incident = await attacked.incident()
    await incident.handle.execute_update("triage", triage())
    ended = await incident.handle.describe()
    await incident.handle.terminate("by a stranger")
    ending = Ending(
        workflow_id=incident.id,
        run_id=str(ended.run_id),
        workflow_type="Incident",
        how="terminated",
        ended_at=ended.start_time,
    )

    fate = await bring_back(attacked.client, ending)
    again = await bring_back(attacked.client, ending)

    assert (fate.outcome, again.outcome) == ("back", "back")
    assert (await incident.status()).phase == "handling"


async def test_a_strangers_breach_says_nothing_for_its_incident(attacked: House, outside: Client) -> None:
    reference = attacked.reference()
    silenced = breach_opening(reference, nis2_significant=True, answered_in_incident=["nis2_significant"])
    workflow_id = breach_workflow_id(reference)

    await outside.start_workflow("DataBreach", silenced, id=workflow_id, task_queue=TASK_QUEUE)
    record = await attacked.client.get_workflow_handle(workflow_id).query("record")

    assert record["carried"]["opening"]["answered_in_incident"] == []
