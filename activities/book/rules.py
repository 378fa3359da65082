"""The rules in force, and with them what the book of processes knows of an earlier life of the process that asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

from temporalio import activity
from temporalio.client import Client

from activities.book.port import BookUnreadable, ProcessBook
from activities.book.succession import Succession, described, succession
from workflows.procedure.book import EarlierLife, earlier_life
from workflows.procedure.operating_model.model import LocalRules, OperatingModel
from workflows.process.ports import LocalRulebook

LOG = logging.getLogger("kantadesk.book")
KEPT_AT_MOST = 2000
_HOW: dict[Succession, Literal["reset", "second_start"]] = {
    "was_reset": "reset", "replaced": "second_start", "opened_again": "second_start",
}  # fmt: skip


class RulesAndEarlierLife(LocalRulebook):
    """The organisation's rulebook for one desk with its book."""

    def __init__(self, model: Callable[[], OperatingModel], book: ProcessBook, client: Client) -> None:
        self._model, self._book, self._client = model, book, client
        self._found: dict[str, EarlierLife | None] = {}

    @activity.defn(name="rules_in_force")
    async def rules_in_force(self) -> LocalRules:
        """The rules as they stand now."""
        rules, info = self._model().rules(), activity.info()
        if not info.workflow_id or not info.workflow_run_id:
            return rules
        try:
            earlier = await self._earlier(info.workflow_id, info.workflow_run_id)
        except BookUnreadable as fault:  # no process waits for it: the watchdog says that the book can't be read
            LOG.warning("%s", fault)
            return rules
        return rules.model_copy(update={"earlier": earlier}) if earlier else rules

    async def _earlier(self, workflow_id: str, run_id: str) -> EarlierLife | None:
        """The life that a process had before this run; None where it is its only one, or goes on by itself."""
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
