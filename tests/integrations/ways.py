"""The ways in: the same message sent by the ``temporal`` command, by gRPC and over HTTP, and what each sender sees.

Each sender reads with the codec server's help, as ``docs/integrations.md`` says.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
from google.protobuf.json_format import MessageToDict, ParseDict
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution, WorkflowType
from temporalio.api.enums.v1 import UpdateWorkflowExecutionLifecycleStage as Stage
from temporalio.api.failure.v1 import Failure
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.update.v1 import Input, Meta, Request, WaitPolicy
from temporalio.api.workflowservice.v1 import (
    QueryWorkflowRequest,
    SignalWorkflowExecutionRequest,
    StartWorkflowExecutionRequest,
    UpdateWorkflowExecutionRequest,
)
from temporalio.service import RPCError

from tests.integrations.house import Incident, Printed
from workflows.process.ids import TASK_QUEUE

WHOLE_PAYLOADS = "application/json+no-payload-shorthand"
ANSWERED = "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED"
ANSWERED_WITHIN = timedelta(seconds=60)
FRAME = re.compile(
    r"^Error: (?:unable to update workflow: |failed signalling workflow: |querying workflow failed: )?"
    r"|^rpc error: .*? desc = "
)
TYPE = re.compile(r" \(type: Refused, retryable: false\)$")
TRIED_AGAIN_OVER = 1_500_000
"""Bytes from which the server refuses an update as too much; the command then tries again until its time-out."""


class Seen(NamedTuple):
    """What a sender sees: whether it was taken, and the words."""

    taken: bool
    words: str


Send = Callable[[Incident, str, Sequence[Payload]], Coroutine[Any, Any, Seen]]


class Way(NamedTuple):
    """One way in."""

    name: str
    start: Callable[[Incident, Sequence[Payload]], Coroutine[Any, Any, Seen]]
    signal: Send
    update: Send
    query: Send
    """Taken where the answer is the status of the incident that was asked."""


# --- the temporal command -----------------------------------------------------------------------------------


async def started_by_command(incident: Incident, payloads: Sequence[Payload]) -> Seen:
    """``temporal workflow start``."""
    sent = ("workflow", "start", "--workflow-id", incident.id, "--type", "Incident", "--task-queue", TASK_QUEUE)
    return _printed(await incident.house.temporal(*sent, *_inputs(incident, payloads)))


async def signal_by_command(incident: Incident, name: str, payloads: Sequence[Payload]) -> Seen:
    """``temporal workflow signal``."""
    sent = ("workflow", "signal", "--workflow-id", incident.id, "--name", name, *_inputs(incident, payloads))
    return _printed(await incident.house.temporal(*sent))


async def update_by_command(incident: Incident, name: str, payloads: Sequence[Payload]) -> Seen:
    """``temporal workflow update execute``."""
    sent = ("workflow", "update", "execute", "--workflow-id", incident.id, "--name", name, *_inputs(incident, payloads))
    codec = () if _claims_to_be_encrypted(payloads) else ("--codec-endpoint", incident.house.codec)
    is_too_long = sum(len(payload.data) for payload in payloads) > TRIED_AGAIN_OVER
    return _printed(await incident.house.temporal(*sent, *codec, "--command-timeout", "3s" if is_too_long else "60s"))


async def query_by_command(incident: Incident, name: str, payloads: Sequence[Payload]) -> Seen:
    """``temporal workflow query``."""
    sent = ("workflow", "query", "--workflow-id", incident.id, "--type", name, *_inputs(incident, payloads))
    answer = await incident.house.temporal(*sent, "--output", "json", "--codec-endpoint", incident.house.codec)
    if answer.code:
        return _printed(answer)
    return _done(is_done=json.loads(answer.out)["queryResult"][0]["reference"] == incident.reference)


def _claims_to_be_encrypted(payloads: Sequence[Payload]) -> bool:
    """Whether it must go as it is: with the codec server's help the command would encrypt it properly."""
    return any(payload.metadata["encoding"] == b"binary/encrypted" for payload in payloads)


def _inputs(incident: Incident, payloads: Sequence[Payload]) -> list[str]:
    meta = [
        f"--input-meta={key}={value.decode('latin-1')}" for each in payloads for key, value in each.metadata.items()
    ]
    return [*(f"--input-file={incident.house.file(each.data)}" for each in payloads), *meta]


def _printed(printed: Printed) -> Seen:
    words = printed.err.strip()
    for frame in (FRAME, FRAME, TYPE):
        words = frame.sub("", words)
    return Seen(printed.code == 0, words)


# --- gRPC ---------------------------------------------------------------------------------------------------


async def started_by_grpc(incident: Incident, payloads: Sequence[Payload]) -> Seen:
    """``StartWorkflowExecution`` of the gRPC service."""
    asked = StartWorkflowExecutionRequest(
        namespace="default",
        workflow_id=incident.id,
        workflow_type=WorkflowType(name="Incident"),
        task_queue=TaskQueue(name=TASK_QUEUE),
        input=Payloads(payloads=payloads),
        request_id=uuid.uuid4().hex,
    )
    try:
        await incident.house.client.workflow_service.start_workflow_execution(asked)
    except RPCError as error:
        return Seen(taken=False, words=f"{error.status.name}: {error.message}")
    return Seen(taken=True, words="")


async def signal_by_grpc(incident: Incident, name: str, payloads: Sequence[Payload]) -> Seen:
    """``SignalWorkflowExecution`` of the gRPC service."""
    asked = SignalWorkflowExecutionRequest(
        namespace="default",
        workflow_execution=WorkflowExecution(workflow_id=incident.id),
        signal_name=name,
        input=Payloads(payloads=payloads),
    )
    try:
        await incident.house.client.workflow_service.signal_workflow_execution(asked)
    except RPCError as error:
        return Seen(taken=False, words=f"{error.status.name}: {error.message}")
    return Seen(taken=True, words="")


async def update_by_grpc(incident: Incident, name: str, payloads: Sequence[Payload]) -> Seen:
    """``UpdateWorkflowExecution`` of the gRPC service."""
    asked = UpdateWorkflowExecutionRequest(
        namespace="default",
        workflow_execution=WorkflowExecution(workflow_id=incident.id),
        request=Request(
            meta=Meta(update_id=uuid.uuid4().hex), input=Input(name=name, args=Payloads(payloads=payloads))
        ),
        wait_policy=WaitPolicy(lifecycle_stage=Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED),
    )
    try:
        answer = await incident.house.client.workflow_service.update_workflow_execution(asked, timeout=ANSWERED_WITHIN)
    except RPCError as error:
        return Seen(taken=False, words=f"{error.status.name}: {error.message}")
    if answer.outcome.HasField("failure"):
        return Seen(taken=False, words=await in_clear(incident, answer.outcome.failure))
    return _done(is_done=answer.outcome.HasField("success"))


async def query_by_grpc(incident: Incident, name: str, payloads: Sequence[Payload]) -> Seen:
    """``QueryWorkflow`` of the gRPC service."""
    asked = QueryWorkflowRequest(
        namespace="default",
        execution=WorkflowExecution(workflow_id=incident.id),
        query=WorkflowQuery(query_type=name, query_args=Payloads(payloads=payloads)),
    )
    try:
        answer = await incident.house.client.workflow_service.query_workflow(asked, timeout=ANSWERED_WITHIN)
    except RPCError as error:
        return Seen(taken=False, words=f"{error.status.name}: {error.message}")
    return await _is_its_status(incident, answer.query_result)


async def _is_its_status(incident: Incident, answer: Payloads) -> Seen:
    [status] = await incident.house.client.data_converter.decode(answer.payloads)
    return _done(is_done=status["reference"] == incident.reference)


# --- HTTP ---------------------------------------------------------------------------------------------------


async def started_over_http(incident: Incident, payloads: Sequence[Payload]) -> Seen:
    """``POST .../workflows/ID`` of Temporal's HTTP API."""
    body = {
        "workflowType": {"name": "Incident"},
        "taskQueue": {"name": TASK_QUEUE},
        "input": _as_json(payloads),
        "requestId": uuid.uuid4().hex,
    }
    answer = await post(incident, "", body)
    return Seen(answer.status_code == httpx.codes.OK, _said(answer))


async def signal_over_http(incident: Incident, name: str, payloads: Sequence[Payload]) -> Seen:
    """``POST .../signal/NAME`` of Temporal's HTTP API."""
    answer = await post(incident, f"/signal/{name}", {"input": _as_json(payloads)})
    return Seen(answer.status_code == httpx.codes.OK, _said(answer))


async def update_over_http(incident: Incident, name: str, payloads: Sequence[Payload]) -> Seen:
    """``POST .../update/NAME`` of Temporal's HTTP API; a refusal is HTTP 200 with ``outcome.failure``."""
    body = {
        "request": {"meta": {"updateId": uuid.uuid4().hex}, "input": {"args": _as_json(payloads)}},
        "waitPolicy": {"lifecycleStage": ANSWERED},
    }
    answer = await post(incident, f"/update/{name}", body)
    if answer.status_code != httpx.codes.OK:
        return Seen(taken=False, words=_said(answer))
    outcome = answer.json().get("outcome", {})
    if failure := outcome.get("failure"):
        return Seen(taken=False, words=await in_clear(incident, ParseDict(failure, Failure())))
    return _done(is_done="success" in outcome)


async def query_over_http(incident: Incident, name: str, payloads: Sequence[Payload]) -> Seen:
    """``POST .../query/NAME`` of Temporal's HTTP API."""
    answer = await post(incident, f"/query/{name}", {"query": {"queryArgs": _as_json(payloads)}})
    if answer.status_code != httpx.codes.OK:
        return Seen(taken=False, words=_said(answer))
    return await _is_its_status(incident, ParseDict(answer.json()["queryResult"], Payloads()))


def _done(*, is_done: bool) -> Seen:
    """What an update's sender sees that was not refused: without an outcome nobody has answered yet."""
    return Seen(is_done, "" if is_done else "no answer yet")


async def post(incident: Incident, path: str, body: Any) -> httpx.Response:
    """Post to the workflow, payloads with their metadata."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        return await http.post(
            f"{incident.house.workflows}/{incident.id}{path}",
            content=json.dumps(body),
            headers={"Content-Type": WHOLE_PAYLOADS, "Accept": WHOLE_PAYLOADS, **incident.house.shown},
        )


def _as_json(payloads: Sequence[Payload]) -> Any:
    return MessageToDict(Payloads(payloads=payloads))


def _said(answer: httpx.Response) -> str:
    return "" if answer.status_code == httpx.codes.OK else f"{answer.status_code}: {answer.json()['message']}"


async def in_clear(incident: Incident, failure: Failure) -> str:
    """The words of a failure: they travel encrypted, and the codec server reads them."""
    body = MessageToDict(Payloads(payloads=[failure.encoded_attributes]))
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        answer = await http.post(f"{incident.house.codec}/decode", json=body)
    [payload] = ParseDict(answer.json(), Payloads()).payloads
    words: str = json.loads(payload.data)["message"]
    return words


COMMAND = Way("command", started_by_command, signal_by_command, update_by_command, query_by_command)
GRPC = Way("gRPC", started_by_grpc, signal_by_grpc, update_by_grpc, query_by_grpc)
HTTP = Way("HTTP", started_over_http, signal_over_http, update_over_http, query_over_http)
WAYS = {way.name: way for way in (COMMAND, GRPC, HTTP)}
