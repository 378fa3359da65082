"""The life that a process had before it was reset, or started a second time, as the book of processes knows it."""

from __future__ import annotations

import asyncio
from typing import Literal

from temporalio.client import Client

from activities.book.port import ProcessBook
from activities.book.succession import Succession, described, succession
from workflows.procedure.watchdog.book import EarlierLife, earlier_life

KEPT_AT_MOST = 2000
_HOW: dict[Succession, Literal["reset", "second_start"]] = {
    "was_reset": "reset", "replaced": "second_start", "opened_again": "second_start",
}  # fmt: skip


class LivesBefore:
    """Finds it; each run is looked up once."""

    def __init__(self, book: ProcessBook, client: Client) -> None:
        self._book, self._client = book, client
        self._found: dict[str, EarlierLife | None] = {}

    async def before(self, workflow_id: str, run_id: str) -> EarlierLife | None:
        """The life before this run; None where it is the only one, or goes on by itself. Raises ``BookUnreadable``."""
        if run_id not in self._found:
            self._found[run_id] = await self._looked_up(workflow_id, run_id)
            while len(self._found) > KEPT_AT_MOST:
                del self._found[next(iter(self._found))]
        return self._found[run_id]

    async def _looked_up(self, workflow_id: str, run_id: str) -> EarlierLife | None:
        runs = await asyncio.to_thread(self._book.runs_of, workflow_id)
        names = [run.run_id for run in runs]
        before = runs[: names.index(run_id)] if run_id in names else runs
        said = await described(self._client, workflow_id, run_id) if before else None
        if said is None:
            return None
        how = _HOW.get(await succession(self._client, before, said))
        return earlier_life(how, before) if how else None
