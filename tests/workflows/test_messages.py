"""Messages: nothing sent is lost, nothing sent can stop an incident."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowFailureError, WorkflowQueryFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from tests.builders import answers, call, opening, triage
from tests.desk import Desk, Refused
from workflows.ports import Letter


def raw(data: bytes, encoding: bytes = b"json/plain") -> RawValue:
    return RawValue(Payload(metadata={"encoding": encoding}, data=data))


HOSTILE: list[tuple[str, list[Any], str]] = [
    ("triage", [raw(b"not json")], "Invalid JSON"),
    ("triage", [raw(b'{"by": "x"}')], "criteria: Field required"),
    ("triage", [raw(b"null")], "Input should be an object"),
    ("triage", [raw(b"[" * 20000)], "Invalid JSON"),
    ("triage", [raw(b'{"by":"\\ud800"}')], "Invalid JSON"),
    ("triage", ["text"], "Input should be an object"),
    ("triage", [triage(severity="terrible")], "severity: Input should be"),
    ("triage", [triage(criteria={"safety": "yes"})], "no answer for prevents_or_slows"),
    ("triage", [triage(note="x" * 9000)], "note: String should have at most 8000 characters"),
    ("triage", [triage(note="131052-308T")], "personal identity code"),
    ("triage", [triage(occurred_at="2026-11-22T12:00:00")], "occurred_at: Input should have timezone info"),
    ("triage", [triage(occurred_at="9999-01-01T00:00:00Z")], "years 2000 and 2099"),
    ("triage", [], "nothing was sent"),
    ("triage", [triage(), triage()], "2 payloads were sent"),
    ("triage", [raw(b"\x00\x01", b"binary/plain"), raw(b"\xff", b"json/plain")], "2 payloads were sent"),
    ("triage", [raw(b"\x00\x01", b"binary/plain")], "its encoding is binary/plain"),
    ("triage", [raw(b"", b"binary/null")], "its encoding is binary/null"),
    ("triage", [raw(b"garbage", b"binary/encrypted")], "its encoding is binary/encrypted"),
    ("triage", [raw(b'{"by":"' + b"x" * 300_000 + b'"}')], "at most 262144 are read"),
    ("resolution", [{"by": "x"}], "resolved_at: Field required"),
    ("phone_escalation", [call(person="")], "say who was reached"),
    ("phone_escalation", [call(called_at="2099-01-01T00:00:00Z")], "called_at lies in the future"),
    ("duty_met", [{"by": "x", "duty": "nothing", "met_at": "2026-01-01T00:00:00Z"}], "there is no duty 'nothing'"),
    ("no_such_message", [{"by": "x"}], "there is no message of this name"),
]


@pytest.mark.parametrize(("name", "payloads", "reason"), HOSTILE, ids=range(len(HOSTILE)))
async def test_a_signal_that_is_not_allowed_is_kept_with_its_reason(
    desk: Desk, name: str, payloads: list[Any], reason: str
) -> None:
    await desk.open()
    await desk.incident.signal(name, args=payloads)
    status = await desk.until(lambda s: bool(s.rejected))
    assert status.rejected[0].message == name
    assert reason in status.rejected[0].reason
    if len(payloads) == 1 and isinstance(payloads[0], RawValue):
        assert status.rejected[0].sha256 == sha256(payloads[0].payload.data).hexdigest()
    assert (await desk.say("triage", triage())).phase == "handling"


@pytest.mark.parametrize(("name", "payloads", "reason"), HOSTILE, ids=range(len(HOSTILE)))
async def test_an_update_is_refused_with_the_same_words(
    desk: Desk, name: str, payloads: list[Any], reason: str
) -> None:
    await desk.open()
    with pytest.raises(Refused, match=r".") as refused:
        await desk.say_raw(name, payloads)
    assert reason in str(refused.value)
    status = await desk.say("triage", triage())
    assert (status.phase, status.rejected) == ("handling", ())


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
        ([raw(b"\xff\xfe")], "send one JSON object"),
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
