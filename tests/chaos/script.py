"""What the desk does in one incident, message by message, and a desk that says each until it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

from temporalio.client import Client, RPCTimeoutOrCancelledError, WorkflowHandle
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from tests.builders import call, opening, resolution, triage
from workflows.messages import TASK_QUEUE, Happening, IncidentStatus, incident_workflow_id

T = TypeVar("T")
ONE_TRY = timedelta(seconds=15)
PATIENCE = timedelta(seconds=90)
TO_THE_END = timedelta(seconds=280)


class Step(NamedTuple):
    """One thing said. ``letters``: whether it makes letters go out; ``as_signal``: nobody waits for an answer."""

    phase: str
    message: str
    payload: Callable[[str], dict[str, Any]]
    letters: bool
    as_signal: bool = False


OPENED = Step("opened", "", lambda token: opening(token.partition("/")[0]), letters=True)
SCRIPT = (
    OPENED,
    Step("triaged", "triage", lambda token: triage(workaround=token), letters=True),
    Step("phone duty open", "phone_escalation", lambda t: call(reference=t, reached=False, person=""), letters=False),
    Step("phoned", "phone_escalation", lambda token: call(reference=token), letters=False),
    Step("updated", "situation_update", lambda token: {"by": "desk", "text": token}, letters=True, as_signal=True),
    Step("being watched", "resolution", lambda token: resolution(cause=token), letters=True),
    Step("reopened", "reopening", lambda token: {"by": "desk", "reason": token}, letters=True),
    Step("triaged again", "triage", lambda token: triage(workaround=token), letters=True),
    Step("phoned again", "phone_escalation", lambda token: call(reference=token), letters=False),
    Step("resolved for good", "resolution", lambda token: resolution(cause=token), letters=True),
)


class Lived(NamedTuple):
    """An incident at its end."""

    status: IncidentStatus
    timeline: list[Happening]
    said: dict[str, Step]


@dataclass
class Desk:
    """The desk of one incident. ``said``: what was acknowledged, by a token that stands in the message."""

    client: Client
    reference: str
    said: dict[str, Step] = field(default_factory=dict)

    @property
    def incident(self) -> WorkflowHandle[Any, IncidentStatus]:
        """The incident's handle."""
        return self.client.get_workflow_handle(incident_workflow_id(self.reference), result_type=IncidentStatus)

    async def say(self, step: Step) -> None:
        """Say it until it is acknowledged, as the CLI tells people to: again with the same event id."""
        token = f"{self.reference}/{SCRIPT.index(step)}"
        payload = step.payload(token) | ({"event_id": token} if step.message else {})
        await _until_answered(lambda: self._say_once(step, token, payload), PATIENCE)
        self.said[token] = step

    async def _say_once(self, step: Step, token: str, payload: dict[str, Any]) -> None:
        if step is OPENED:
            await self._open(payload)
        elif step.as_signal:
            await self.incident.signal(step.message, payload)
        else:
            await self.incident.execute_update(step.message, payload, id=token, result_type=IncidentStatus)

    async def _open(self, payload: dict[str, Any]) -> None:
        try:
            await self.client.start_workflow("Incident", payload, id=self.incident.id, task_queue=TASK_QUEUE)
        except WorkflowAlreadyStartedError:
            return  # an earlier try that got no answer

    async def status(self) -> IncidentStatus:
        """The incident as it stands."""
        answer: IncidentStatus = await _until_answered(
            lambda: self.incident.query("status", result_type=IncidentStatus), PATIENCE
        )
        return answer

    async def until(self, holds: Callable[[IncidentStatus], bool]) -> IncidentStatus:
        """Wait until the status is as wanted."""
        async with asyncio.timeout(TO_THE_END.total_seconds()):
            while not holds(status := await self.status()):  # noqa: ASYNC110  # another process is asked
                await asyncio.sleep(0.1)
        return status

    async def lived(self) -> Lived:
        """Wait for the end of the incident."""
        status = await _until_answered(self.incident.result, TO_THE_END)
        timeline = await _until_answered(lambda: self.incident.query("timeline", result_type=list[Happening]), PATIENCE)
        return Lived(status, timeline, self.said)


async def _until_answered(ask: Callable[[], Any], patience: timedelta) -> Any:
    """The answer, asked for again after every failure of the connection, for as long as patience lasts."""
    async with asyncio.timeout(patience.total_seconds()):
        while True:
            try:
                async with asyncio.timeout(ONE_TRY.total_seconds()):
                    return await ask()
            except (RPCError, RPCTimeoutOrCancelledError, TimeoutError):
                await asyncio.sleep(0.1)
