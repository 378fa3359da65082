"""Queries that wait at the embedded server for a worker: its own metrics count each as it begins to look for one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Any

import httpx
from temporalio.client import WorkflowHandle

from tests.desks.desk import PATIENCE
from workers.embedded.server import EmbeddedTemporal

ADDRESS = re.compile(r"Temporal Metrics:\s+(http://\S+/metrics)\s")
LOOKS_FOR_A_WORKER = re.compile(
    r'^client_requests\{[^}]*"MatchingClientQueryWorkflow"[^}]*service_name="history"[^}]*\} (\d+)$', re.MULTILINE
)


async def asked_without_a_worker(
    server: EmbeddedTemporal, processes: Iterable[WorkflowHandle[Any, Any]], query: Any
) -> asyncio.Future[list[Any]]:
    """Each process is asked, and all questions wait for a worker when this returns; the answers are still to come.

    Only for processes that no worker has kept in its memory: the server would look for that one first, and count twice.
    """
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as metrics:
        before = await _waiting(metrics, server)
        answers = [asyncio.create_task(process.query(query)) for process in processes]
        while await _waiting(metrics, server) < before + len(answers):  # noqa: ASYNC110  # another process is asked
            await asyncio.sleep(0.05)
    return asyncio.gather(*answers, return_exceptions=True)


async def _waiting(metrics: httpx.AsyncClient, server: EmbeddedTemporal) -> int:
    """How many questions the server has looked for a worker for; it says in its first lines where it counts them."""
    while not (address := ADDRESS.search(server.log.read_text(encoding="utf-8", errors="replace"))):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    counted = await metrics.get(address[1])
    return sum(map(int, LOOKS_FOR_A_WORKER.findall(counted.text)))
