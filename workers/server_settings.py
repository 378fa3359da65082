"""What a Temporal server has set, compared with what we set: retention, dynamic settings, what it lets others do.

Temporal does not tell its dynamic settings. Of a server that ``kantadesk up`` runs its command line tells them; of any
other server only what shows in a namespace's description.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeNamespaceResponse
from temporalio.client import Client

from workers.connection import embedded_addresses
from workers.embedded.server import DYNAMIC_CONFIG
from workers.settings import Settings

PAYLOAD_NEEDED = 2_000_000
"""Bytes of one payload: the record that a run hands to the next one may be as large."""
RUN_AGAIN = "stop the server and start `kantadesk up` again"
IN_DYNAMIC_CONFIG = "set it in the server's dynamic configuration (docs/deploy/dynamicconfig)"


class Difference(NamedTuple):
    """Something that is not as we set it, and what to do."""

    what: str
    to_do: str


async def differences(client: Client, settings: Settings) -> list[Difference]:
    """What differs, besides the retention. Raises ``RPCError`` where the namespace can't be described."""
    request = DescribeNamespaceRequest(namespace=client.namespace)
    said = await client.workflow_service.describe_namespace(request)
    return [*_shown(said), *_started_otherwise(client, settings.data_dir)]


def shorter_retention(kept: timedelta, wanted: timedelta) -> list[Difference]:
    """The retention, where somebody has made it shorter than it was set. ``kept``: as it was before the set-up."""
    if kept >= wanted:
        return []
    what = f"closed cases were kept {kept.days} days in Temporal, {wanted.days} had been set; it is set again"
    return [Difference(what, "find out who made it shorter")]


def _shown(said: DescribeNamespaceResponse) -> list[Difference]:
    """What a namespace's description shows of the server's dynamic settings."""
    can, limits = said.namespace_info.capabilities, said.namespace_info.limits
    found = []
    if not can.reported_problems_search_attribute:
        what = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute is 0: a stuck process shows nowhere"
        found.append(Difference(what, f"set it to 2: {IN_DYNAMIC_CONFIG}"))
    if can.workflow_pause:
        what = "frontend.WorkflowPauseEnabled is on: anybody may stop the clocks of a process"
        found.append(Difference(what, f"take it out, or {IN_DYNAMIC_CONFIG} to false"))
    if limits.blob_size_limit_error and limits.blob_size_limit_error < PAYLOAD_NEEDED:
        what = f"limit.blobSize.error is {limits.blob_size_limit_error}: a long process could not go on"
        found.append(Difference(what, f"set it to 2097152: {IN_DYNAMIC_CONFIG}"))
    return found


def _started_otherwise(client: Client, data_dir: Path) -> list[Difference]:
    """Settings of ours that the embedded server was not started with, where this is one on this machine."""
    there = embedded_addresses(data_dir)
    if there is None or there.address != client.service_client.config.target_host:
        return []
    try:
        command = Path(f"/proc/{there.pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:  # not Linux, or another user's
        return []
    given = {value for flag, value in pairwise(command) if flag == "--dynamic-config-value"}
    return [
        Difference(f"the server was started without {value}", RUN_AGAIN)
        for value in DYNAMIC_CONFIG
        if value not in given
    ]
