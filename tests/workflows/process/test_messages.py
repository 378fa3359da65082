"""Messages: nothing sent is lost, nothing sent can stop an incident."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowQueryFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from tests.builders import answers, call, opening, triage
from tests.desks.desk import Desk, Refused
from tests.integrations.hostile import HOSTILE, Case, raw
from workflows.process.ports import Letter
from workflows.process.sealed.in_clear import NEEDS_THE_KEY as WITHOUT_THE_KEY

NEEDS_THE_CODEC = (b"binary/encrypted", b"binary/undecodable")
READ_HERE = [
    case
    for case in HOSTILE
    if case.words
    and case.words not in WITHOUT_THE_KEY  # here everything comes in clear, and may
    and not any(payload.metadata["encoding"] in NEEDS_THE_CODEC for payload in case.payloads)
]
"""The hostile input that reaches a process without encryption; all of it, by foreign clients: tests/integrations."""


@pytest.mark.parametrize("case", READ_HERE, ids=lambda case: case.name)
async def test_a_signal_is_kept_and_an_update_refused_with_the_same_words(desk: Desk, case: Case) -> None:
    await desk.open()
    payloads = [RawValue(payload) for payload in case.payloads]
    await desk.incident.signal(case.message, args=payloads)
    [kept] = (await desk.until(lambda s: bool(s.rejected))).rejected
    assert kept.message == case.message
    assert case.words
    assert case.words in kept.reason
    if len(case.payloads) == 1:
        assert kept.sha256 == sha256(case.payloads[0].data).hexdigest()
    with pytest.raises(Refused, match=r".") as refused:
        await desk.say_raw(case.message, payloads)
    assert str(refused.value) == f"Refused: {kept.reason}"
    status = await desk.say("triage", triage())
    assert (status.phase, status.rejected) == ("handling", (kept,))


async def test_the_same_event_id_changes_nothing_the_second_time(desk: Desk) -> None:
    await desk.open()
    await desk.say("phone_escalation", call(event_id="pbx-1"))
    status = await desk.say("phone_escalation", call(event_id="pbx-1"))
    assert len(status.calls) == 1


async def test_a_message_about_the_past_takes_its_place_in_the_timeline(desk: Desk) -> None:
    await desk.open()
    await desk.say("phone_escalation", call(called_at=(await desk.status()).noticed_at.isoformat()))
    lines = await desk.timeline()
    assert lines.index("Call to 020 634 7787: reached Technical support") < lines.index("Incident opened")


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ([{"reference": "x"}], "title: Field required"),
        (["text"], "send one JSON object"),
        ([], "send one JSON object"),
        ([opening("x"), 1], "send one JSON object"),
        ([opening("x")], "the workflow id must be incident-x"),
        ([RawValue(raw(b"\xff\xfe"))], "send one JSON object"),
    ],
)
async def test_a_start_input_that_cannot_be_read_fails_with_its_reason(
    desk: Desk, sent: list[Any], reason: str
) -> None:
    handle = await desk.server.client.start_workflow("Incident", args=sent, id=desk.reference, task_queue=desk.queue)
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert reason in str(failed.value.cause)


async def test_a_report_is_not_lost_for_what_its_reporter_wrote(desk: Desk) -> None:
    await desk.open(reported_by={"name": "131052-308T"}, description="131052-308T")
    assert (await desk.status()).phase == "awaiting_triage"


async def test_a_start_that_was_refused_says_so_when_asked(desk: Desk) -> None:
    reference = f"incident-{desk.reference}"
    desk.handle = await desk.server.client.start_workflow("Incident", {"title": 1}, id=reference, task_queue=desk.queue)
    with pytest.raises(WorkflowFailureError):
        await desk.handle.result()
    with pytest.raises(WorkflowQueryFailedError, match="no incident was opened"):
        await desk.handle.query("status")


async def test_a_signal_before_the_first_task_is_taken(desk: Desk) -> None:
    handle = await desk.server.client.start_workflow(
        "Incident",
        opening(desk.reference),
        id=f"incident-{desk.reference}",
        task_queue=desk.queue,
        start_signal="triage",
        start_signal_args=[triage()],
    )
    desk.handle = handle
    status = await desk.until(lambda s: s.phase == "handling")
    assert [duty.id for duty in status.duties] == ["triage", "report_to_kela", "phone_kela"]


async def test_a_request_to_cancel_the_workflow_does_not_end_the_incident(desk: Desk) -> None:
    await desk.open()
    await desk.incident.cancel()
    status = await desk.until(lambda s: bool(s.rejected))
    assert "send the message 'cancellation'" in status.rejected[0].reason
    status = await desk.pass_time(minutes=12)
    assert status.duties[0].reminders_sent == 1
    assert (await desk.say("triage", triage())).phase == "handling"


async def test_a_request_to_cancel_before_the_first_task_does_not_end_the_incident(desk: Desk) -> None:
    workflow_id = f"incident-{desk.reference}"
    desk.handle = await desk.server.client.start_workflow(
        "Incident", opening(desk.reference), id=workflow_id, task_queue=desk.queue
    )
    await desk.handle.cancel()
    await desk.until(lambda s: bool(s.rejected) and bool(s.duties))
    assert (await desk.say("triage", triage())).phase == "handling"


async def test_a_request_to_cancel_while_the_last_letters_wait_loses_neither_them_nor_the_evidence(desk: Desk) -> None:
    tries: list[str] = []

    def busy_once(letter: Letter) -> str | None:
        if letter.kind == "cancelled" and letter.contact not in tries:
            tries.append(letter.contact)
            raise ApplicationError("the provider is busy", next_retry_delay=timedelta(seconds=2))
        return None

    desk.world.refuse = busy_once
    await desk.open()
    await desk.say("triage", triage(criteria=answers(), severity="low", extensive=False))
    await desk.say("cancellation", {"by": "desk", "reason": "Wrong ticket."})
    await desk.incident.cancel()
    ended = await desk.ended()
    assert ended.phase == "cancelled"
    assert "send the message 'cancellation'" in ended.rejected[0].reason
    assert desk.world.kinds().count("cancelled") == 2
    assert len(desk.world.bundles) == 1
