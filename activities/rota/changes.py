"""The change of shift: what nobody has acknowledged goes to whoever comes on duty, once a change and open process."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.evidence.case_folder import private_folder, write_whole
from activities.rota.rotas import RoleRota
from workflows.procedure.contacts.rota import OnDuty
from workflows.procedure.duties import ROLES, Role
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.ports import OtherProcessMessage
from workflows.process.sealed.senders import OUR_OWN_PROCESSES

TOLD_AT_ONCE = 10
BY = "the rota"
LONGEST_NAME = 200
_OPEN = "ExecutionStatus = 'Running' AND WorkflowType IN ('Incident', 'DataBreach')"
Tell = Callable[[OtherProcessMessage], Awaitable[bool]]


class ShiftChanges:
    """Compares who is on duty with whoever was at the last look. ``folder``: where that is kept, by contact ids."""

    def __init__(self, client: Client, folder: Path, tell: Tell) -> None:
        self._client, self._file, self._tell = client, folder / "on-duty.json", tell

    async def look(self, model: OperatingModel, rotas: Sequence[RoleRota]) -> None:
        """Tell every open incident and breach of a change. What is seen for the first time is no change.

        Raises ``RPCError`` where Temporal does not answer: it is told at the next look, and taken once by each process.
        """
        now = {each.role: each.on_duty() for each in rotas}
        now = {role: duty for role, duty in now.items() if duty.standing != "unread"}
        before = await asyncio.to_thread(self._before)
        changed = {role: duty for role, duty in now.items() if role in before and before[role] != sorted(duty.contacts)}
        if changed:
            await self._tell_all(_payload(model, changed))
        there = {role: sorted(duty.contacts) for role, duty in now.items()}
        if before | there != before:
            await asyncio.to_thread(self._keep, before | there)

    async def _tell_all(self, payload: dict[str, Any]) -> None:
        few = asyncio.Semaphore(TOLD_AT_ONCE)

        async def tell(process: str) -> None:
            async with few:
                key = payload["event_id"]
                told = OtherProcessMessage(key=key, workflow_id=process, message="handover", payload=payload)
                await self._tell(told)

        await asyncio.gather(*[tell(each.id) async for each in self._client.list_workflows(_OPEN)])

    def _before(self) -> dict[str, list[str]]:
        try:
            known = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def _keep(self, known: dict[str, list[str]]) -> None:
        private_folder(self._file.parent)
        write_whole(self._file, json.dumps(known).encode())


def _payload(model: OperatingModel, changed: Mapping[Role, OnDuty]) -> dict[str, Any]:
    """What a process is told: who comes, for which roles, and since when. The same change has the same id."""
    comes = dict.fromkeys(contact for duty in changed.values() for contact in duty.contacts)
    since = [duty.since for duty in changed.values() if duty.since]
    roles = [*changed, *(role for role in ROLES if "desk" in changed and role not in model.roles)]
    said = [f"{role}/{duty.since}/{','.join(duty.contacts)}" for role, duty in changed.items()]
    return {
        "by": BY,
        "to": ", ".join(model.contacts[contact].name for contact in comes)[:LONGEST_NAME],
        "source": OUR_OWN_PROCESSES,
        "event_id": f"rota-{hashlib.sha256(' '.join(sorted(said)).encode()).hexdigest()[:32]}",
        "roles": roles,
        "changed_at": min(since).isoformat() if since else None,
    }
