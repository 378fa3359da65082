"""A running desk, spoken to without a browser: by Temporal's client, in a thread beside the browser's own loop.

Not by the command line: a dozen commands take minutes on a loaded machine, and have tests of their own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowHistory
from temporalio.testing import TimeSkipper

from starter.client.client import breach_status_of, open_incident, status_of, tell, timeline_of
from starter.web.filters import filters, list_address
from tests.builders import call, now, opening, resolution, suspicion, triage
from tests.starter.conftest import Desk
from workers.connection import connect
from workers.door.browsers import link
from workers.door.secrets_file import DoorFile
from workers.settings import load
from workflows.contract import INCIDENT_MESSAGES
from workflows.incident.messages import IncidentOpening, IncidentStatus
from workflows.process.ids import incident_workflow_id
from workflows.process.messages import Happening

T = TypeVar("T")
CASE = "FR-2026-0007"
"""An incident in the middle of its life, whose breach is late in telling Kela."""
HOSTILE = "FR-2026-0008"
"""An incident whose reporter writes Markdown and HTML."""
DRILL = "DR-2026-0001"
"""A drill whose clock was moved to its end."""
HOSTILE_TITLE = "<b>x</b> [press](javascript:alert(1)) https://evil.example # h ![i](http://evil.example/i.png)"
WITHIN = 120.0
"""Seconds of real time."""


class House:
    """What was started, and a client that has the key."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.client: Client = self.does(connect(load({"KANTADESK_DATA_DIR": str(desk.data_dir)})))

    def does(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something to its end beside the browser."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(WITHIN)

    def close(self) -> None:
        """Let go of the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def entry(self) -> str:
        """A link that lets one browser in, as ``kantadesk web`` makes it."""
        return link(DoorFile(self.desk.data_dir / "door.toml").secrets(), self.desk.places["web"])

    def list_at(self, name: str, *, saved: bool = False) -> str:
        """The address of a list, as ``kantadesk web`` prints it."""
        wanted = next(each for each in filters(now()) if each.name == name)
        return list_address(self.desk.places["web"], "default", wanted, saved=saved)

    def status(self, reference: str) -> IncidentStatus:
        """The status of an incident."""
        return self.does(status_of(self.client, reference))

    def timeline(self, reference: str) -> list[Happening]:
        """What happened in an incident."""
        return self.does(timeline_of(self.client, reference))

    def open_duties(self, reference: str) -> list[str]:
        """The open duties of a breach."""
        return [duty.id for duty in self.does(breach_status_of(self.client, reference)).duties if duty.met_at is None]

    def raw_history(self, workflow_id: str) -> WorkflowHistory:
        """The history as the server keeps it, asked by somebody without the key."""

        async def fetched() -> WorkflowHistory:
            stranger = await Client.connect(self.desk.places["temporal"])
            return await stranger.get_workflow_handle(workflow_id).fetch_history()

        return self.does(fetched())

    async def says(self, reference: str, name: str, said: dict[str, Any]) -> None:
        """Say something to an incident, and wait until it counts."""
        await tell(self.client, reference, name, INCIDENT_MESSAGES[name].model_validate(said))

    async def lives(self) -> None:
        """What happens before anybody looks: an incident with its breach, a hostile one, a drill that is over."""
        for reference, title in ((DRILL, "Harjoitus"), (CASE, "Reseptit eivät aukea"), (HOSTILE, HOSTILE_TITLE)):
            sent = opening(reference, title=title, drill=reference == DRILL)
            await open_incident(self.client, IncidentOpening.model_validate(sent))
        await self.moves(minutes=12)
        await self.says(DRILL, "triage", triage())
        await self.moves(minutes=5)
        await self.says(DRILL, "phone_escalation", call())
        await self.moves(hours=1)
        await self.says(DRILL, "resolution", resolution())
        await self.moves(hours=25)
        await self.says(CASE, "triage", triage())
        await self.says(CASE, "phone_escalation", call(reached=False, person=""))
        await self.says(CASE, "situation_update", {"by": "desk", "text": "Paper prescriptions from 14.30 on"})
        aware_at = (now() - timedelta(hours=10)).isoformat()
        suspected = suspicion(aware_at=aware_at, role="joint_controller", registers=["PRESCRIPTION"])
        await self.says(CASE, "breach_assessment", suspected)

    async def moves(self, **length: float) -> None:
        """Move the clock of the drill."""
        handle = self.client.get_workflow_handle(incident_workflow_id(DRILL))
        await asyncio.wait_for(TimeSkipper(self.client).fast_forward(handle, timedelta(**length)), WITHIN)
