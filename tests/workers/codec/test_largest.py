"""The largest that may be sent fits through the encryption into a history; what is larger is refused before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from starter.client.client import LARGEST_OPENING, open_incident, status_of
from starter.terminal.errors import Wrong
from tests.builders import opening, triage
from tests.desks.desk import asked
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import neighbours_of
from tests.workers.codec.incident_status import until
from tests.workers.conftest import Desk
from workers.settings import Settings
from workers.setup import set_up
from workers.wiring import build_worker
from workflows.incident.messages import IncidentOpening, IncidentStatus
from workflows.process.ids import TASK_QUEUE
from workflows.process.reading import MAX_BYTES


def padded(size: int) -> dict[str, Any]:
    """A message of exactly this many bytes of JSON; a field that nobody knows is ignored."""
    said = triage() | {"padding": ""}
    return said | {"padding": "x" * (size - len(json.dumps(said, separators=(",", ":")).encode()))}


def opening_of(size: int) -> IncidentOpening:
    empty = IncidentOpening.model_validate(opening("T-LARGE", description=""))
    spare = size - len(empty.model_dump_json().encode())
    texts = {"description": "ä" * (spare // 4), "symptoms": "x" * (spare - spare // 4 * 2)}
    return empty.model_copy(update=texts)


async def test_the_largest_messages_fit(desk: Desk, settings: Settings) -> None:
    world = FakeWorld()
    async with desk() as (_, client):
        await set_up(client, settings)
        neighbours = neighbours_of(client, world, None, TASK_QUEUE)
        async with build_worker(client, neighbours):
            with pytest.raises(Wrong, match="the texts together are too long"):
                await open_incident(client, opening_of(LARGEST_OPENING + 1))
            opened = await open_incident(client, opening_of(LARGEST_OPENING))
            handle = client.get_workflow_handle(opened.workflow_id)

            await handle.execute_update("triage", padded(MAX_BYTES))
            assert (await status_of(client, "T-LARGE")).phase == "handling"
            await handle.signal("triage", padded(MAX_BYTES + 1))
            refused = await until(handle, lambda status: bool(status.rejected))
            await handle.signal("triage", padded(MAX_BYTES))

            assert "at most 262144 are read" in refused.rejected[0].reason
            assert len((await asked(handle, IncidentStatus)).rejected) == 1
