"""Queries: who answers them, and when; they leave no trace in a history."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import QueryWorkflow
from temporalio.bridge.proto.workflow_commands import QueryResult

from tests.simulation.engine.core import Different, TaskFailed
from tests.simulation.engine.execution import STICKY_TIMES_OUT, Run
from tests.simulation.engine.worker import Worker

if TYPE_CHECKING:
    from tests.simulation.engine.server import Server

ASKED_FOR = 10.0
"""Seconds for which a query waits for a worker, as the SDK has it."""


class NoAnswer(Exception):
    """A query has no answer; the message says why. ``is_failed``: the process said so itself."""

    def __init__(self, message: str, *, is_failed: bool) -> None:
        super().__init__(message)
        self.is_failed = is_failed


class Questions:
    """Answers the queries of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def ask(self, run: Run, question: QueryWorkflow) -> QueryResult:
        """The answer to a query. Raises ``NoAnswer``."""
        worker = await self._who_answers(run)
        core, history = worker.core_of(run.workflow_id, run.run_id), list(run.history)
        before = core.activations
        try:
            completion = core.ask(history, question)
        except (Different, TaskFailed) as fault:
            worker.evict(run.run_id)
            raise NoAnswer(str(fault), is_failed=True) from None
        finally:
            self._server.activations += core.activations - before
        if completion.HasField("failed"):
            worker.evict(run.run_id)
            raise NoAnswer(completion.failed.failure.message, is_failed=True)
        return completion.successful.commands[0].respond_to_query

    def peek(self, run: Run, query: str) -> Payload | None:
        """The answer to a query at once, out of the memory of the worker that knows the run; None where none does."""
        core = run.sticky.memory.get(run.run_id) if run.sticky and run.sticky.is_alive else None
        if core is None or not core.has_taken(run.history):
            return None
        completion = core.ask(list(run.history), QueryWorkflow(query_id="peeked", query_type=query))
        told = completion.successful.commands[0].respond_to_query
        return told.succeeded.response if told.HasField("succeeded") else None

    async def _who_answers(self, run: Run) -> Worker:
        """The worker that answers: after the task that is at work, as the server does it."""
        waited = 0.0
        while waited < ASKED_FOR:
            is_lost = run.sticky is not None and not run.sticky.is_alive
            if is_lost and waited >= STICKY_TIMES_OUT / 2:
                run.sticky, is_lost = None, False  # the server gives up waiting for the one that remembered
            worker = None if is_lost else run.sticky or self._server.a_worker("asked", run.workflow_id)
            if worker is not None and run.task is None:
                return worker
            await asyncio.sleep(0.05)
            waited += 0.05
        raise NoAnswer("no worker has answered in time", is_failed=False)
