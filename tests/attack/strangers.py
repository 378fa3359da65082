"""What somebody without the key sees, and what must hold after everything that they have sent."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError

from tests.integrations.house import House, Incident
from workers.codec.codec import data_converter
from workers.wiring import build_replayer


async def refused_as_update(outside: Client, incident: Incident, name: str, said: dict[str, Any]) -> str:
    """What the sender of an update sees."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await outside.get_workflow_handle(incident.id).execute_update(name, said)
    return str(refused.value.cause)


async def replays(attacked: House, incident: Incident) -> None:
    """Its history replays, on a worker with the key."""
    history = await incident.handle.fetch_history()
    await build_replayer(data_converter(attacked.keys)).replay_workflow(history)
