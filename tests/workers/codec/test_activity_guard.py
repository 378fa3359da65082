"""An activity gets only what was sealed for the workflow that asks it, and each payload says how it came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import ActivitySerializationContext, DataConverter, WorkflowSerializationContext
from temporalio.testing import ActivityEnvironment

from workers.codec.activity_guard import why_refused
from workers.codec.codec import NONCE_BYTES, NotOurs, data_converter
from workers.keys import ring as key_ring
from workflows.process.payloads import DeskPayloadConverter
from workflows.process.ports import Audience
from workflows.process.sealed.seals import MARK, Arrival, Received, arrival_of, arrival_of_value

OURS = key_ring.generate()
TOLD = Audience(groups=("ward",))
INFO = ActivityEnvironment().info


def of_workflow(workflow_id: str, keys: Any = OURS) -> DataConverter:
    return data_converter(keys).with_context(WorkflowSerializationContext(namespace="default", workflow_id=workflow_id))


def of_activity(workflow_id: str | None, keys: Any = OURS) -> DataConverter:
    return data_converter(keys).with_context(
        ActivitySerializationContext(
            namespace="default",
            activity_id="1",
            activity_type="who_is_told",
            activity_task_queue="kantadesk",
            workflow_id=workflow_id,
            workflow_type="Incident",
            is_local=False,
        )
    )


async def decoded(sent: list[Payload], workflow_id: str | None) -> list[Any]:
    return await of_activity(workflow_id).decode(sent, [Audience])


async def test_what_the_workflow_itself_has_sealed_is_taken() -> None:
    assert await decoded(await of_activity("incident-1").encode([TOLD]), "incident-1") == [TOLD]


@pytest.mark.parametrize("sealed_for", ["incident-2", ""])
async def test_what_was_sealed_for_another_workflow_or_for_none_is_not(sealed_for: str) -> None:
    sent = await of_workflow(sealed_for).encode([TOLD])

    assert await decoded(sent, "incident-1") == [NotOurs("its input was not sealed for the workflow that asks")]


@pytest.mark.parametrize("mark", [{}, {MARK: b"sealed " + OURS.current.encode()}])
async def test_what_came_in_clear_is_not_taken_whatever_mark_it_bears(mark: dict[str, bytes]) -> None:
    [sent] = await data_converter(None).encode([TOLD])
    sent.metadata.update(mark)

    assert await decoded([sent], "incident-1") == [NotOurs("its input was not sealed for the workflow that asks")]


@pytest.mark.parametrize("nobody", ["", None])
async def test_without_a_workflow_nothing_is_taken(nobody: str | None) -> None:
    sent = await of_workflow("").encode([TOLD])

    assert await decoded(sent, nobody) == [NotOurs("no workflow has asked for it")]


async def test_one_stranger_among_several_inputs_is_enough() -> None:
    ours = await of_activity("incident-1").encode([TOLD])
    theirs = await data_converter(None).encode([TOLD])

    [refused] = await of_activity("incident-1").decode([*ours, *theirs], [Audience, Audience])

    assert isinstance(refused, NotOurs)


async def test_an_unknown_key_may_come_back_so_it_is_left_to_be_tried_again() -> None:
    sent = await of_activity("incident-1", key_ring.generate()).encode([TOLD])

    with pytest.raises(Exception, match="encoding"):
        await decoded(sent, "incident-1")


@pytest.mark.parametrize(
    ("asked", "args", "reason"),
    [
        ({"workflow_id": None}, [TOLD], "no workflow has asked for it"),
        ({"workflow_id": None, "activity_type": "rules_in_force"}, [], "no workflow has asked for it"),
        ({"workflow_id": "watchdog", "activity_type": "send_heartbeat"}, [], "without an input"),
        ({"workflow_id": "incident-1"}, [NotOurs("it is a stranger's")], "a stranger's"),
        ({"workflow_id": "incident-1"}, [TOLD], None),
        ({"workflow_id": "incident-1", "activity_type": "rules_in_force"}, [], None),
    ],
)
def test_who_is_refused(asked: dict[str, Any], args: list[Any], reason: str | None) -> None:
    refused = why_refused(replace(INFO, **asked), args)

    assert refused is None if reason is None else reason in str(refused)


async def arrival(sent: Payload, read_by: str) -> Arrival:
    [read] = await of_workflow(read_by).decode([sent], [RawValue])
    return arrival_of(read.payload)


@pytest.mark.parametrize(
    ("sealed_for", "how"),
    [
        ("incident-1", "sealed"),
        ("incident-2", "elsewhere"),
        ("incident-", "elsewhere"),
        ("", "unaddressed"),
    ],
)
async def test_a_payload_says_for_whom_it_was_sealed(sealed_for: str, how: Any) -> None:
    [sent] = await of_workflow(sealed_for).encode([TOLD])

    assert await arrival(sent, "incident-1") == Arrival(how, OURS.current, sent.data[:NONCE_BYTES].hex())


async def test_what_a_schedule_starts_reads_what_the_schedule_has_sealed() -> None:
    [sent] = await of_workflow("drill-weekly").encode([TOLD])

    assert (await arrival(sent, "drill-weekly-2026-11-30T07:00:00Z")).how == "sealed"
    assert (await arrival(sent, "drill-weekly-2")).how == "elsewhere"


async def test_an_object_without_a_type_says_how_it_came() -> None:
    [sent] = await data_converter(None).encode([{"carried": {}}])
    [sealed] = await of_workflow("incident-1").encode([{"carried": {}}])

    [in_clear] = await of_workflow("incident-1").decode([sent])
    [ours] = await of_workflow("incident-1").decode([sealed])

    assert (in_clear, type(in_clear), arrival_of_value(in_clear).how) == ({"carried": {}}, Received, "clear")
    assert (ours, arrival_of_value(ours)[:2]) == ({"carried": {}}, ("sealed", OURS.current))


def test_without_a_codec_nothing_is_said() -> None:
    [sent] = DeskPayloadConverter().to_payloads([{"by": "x"}])

    assert arrival_of(sent) == Arrival("unmarked")
