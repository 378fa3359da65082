"""A desk whose Temporal is a cluster elsewhere: set up and worked for by our commands, as an organisation would."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from tests.cluster.nodes import WITHIN, Cluster, cluster
from tests.starter.conftest import Desk, environment, first_line, kantadesk


def namespaces_made(running: Cluster, **how: Any) -> None:
    """Make the namespace; ``how``: TLS, token."""
    asyncio.run(_namespace_made(running, **how))


async def _namespace_made(running: Cluster, **how: Any) -> None:
    """Through each node, as ``docs/deploy/namespace.sh`` does it.

    Over once each node answers for it: a node says for some seconds that it is not healthy yet.
    """
    end = time.monotonic() + WITHIN
    asked = RegisterNamespaceRequest(namespace="default")
    asked.workflow_execution_retention_period.FromSeconds(2192 * 86400)
    for node in running.nodes:
        while True:
            try:
                client = await Client.connect(f"{node.address}:{node.port}", **how)
                await client.workflow_service.register_namespace(asked)
            except RPCError as error:
                if error.status is RPCStatusCode.ALREADY_EXISTS:
                    break
                fault: Exception = error
            except RuntimeError as error:
                fault = error
            else:
                break
            assert node.runs(), node.last_words()
            assert time.monotonic() < end, fault
            await asyncio.sleep(0.2)


@contextmanager
def desk_elsewhere(data_dir: Path, setup: dict[str, str] | None = None, **around: str) -> Iterator[Desk]:
    """``kantadesk setup`` (``setup``: by whom, where by another), then ``kantadesk worker``, running while inside."""
    data_dir.mkdir(parents=True, exist_ok=True)
    done = kantadesk(data_dir, "setup", **(setup or around))
    assert done.code == 0, done.err
    with worker(data_dir, **around) as process:
        yield Desk(data_dir, process, {"temporal": around["TEMPORAL_ADDRESS"]}, **around)


@contextmanager
def desk_on_a_cluster(folder: Path) -> Iterator[Desk]:
    """A cluster of its own with a desk, for as long as one is inside."""
    with cluster(folder) as running:
        namespaces_made(running)
        with desk_elsewhere(folder / "desk", TEMPORAL_ADDRESS=running.address) as desk:
            yield desk


@contextmanager
def worker(data_dir: Path, **around: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that takes tasks while inside."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "starter", "worker"],
        stdout=subprocess.PIPE,
        env=environment(data_dir, **around),
        cwd=data_dir,
    )
    assert b"Working for" in first_line(process), process.wait()
    try:
        yield process
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said
