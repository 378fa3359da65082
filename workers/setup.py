"""What a namespace needs before the first incident: search attributes, a retention as the law wants it, schedules.

Repeatable: what is there stays. Nothing is ever removed and retention is only raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from workers.refused_connection import NOT_LET_IN
from workers.schedules import register_schedules
from workers.settings import Settings
from workflows.process.web_view import ALL_KEYS

READY_WITHIN = timedelta(seconds=60)
_LOOK_AGAIN = timedelta(milliseconds=100)


class SetUpError(RuntimeError):
    """The namespace can't be made ready. The message says what stands in the way and who must act."""


async def set_up(client: Client, settings: Settings) -> timedelta:
    """Make the client's namespace ready, and wait until it is; the retention that it had. Raises ``SetUpError``."""
    try:
        async with asyncio.timeout(READY_WITHIN.total_seconds()):
            await _until_namespace(client)
            await _register(client, ALL_KEYS)
            kept = await _raise_retention(client, settings.retention)
            await _until_usable(client, ALL_KEYS)
            await register_schedules(client)
            return kept
    except TimeoutError:
        raise SetUpError(
            f"namespace {client.namespace!r} was not ready within {READY_WITHIN.seconds} s: does it exist? "
            "Make it with `temporal operator namespace create`, then try again"
        ) from None


async def retention(client: Client) -> timedelta:
    """How long the client's namespace keeps closed processes."""
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return answer.config.workflow_execution_retention_ttl.ToTimedelta()


async def missing_search_attributes(client: Client) -> list[str]:
    """Names of the search attributes that the namespace lacks. Raises ``SetUpError`` for one of another type."""
    registered = await _registered(client)
    _same_types(registered, ALL_KEYS, client.namespace)
    return [key.name for key in ALL_KEYS if key.name not in registered]


async def _registered(client: Client) -> Mapping[str, int]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return dict(answer.custom_attributes)


def _same_types(registered: Mapping[str, int], keys: Sequence[SearchAttributeKey[Any]], namespace: str) -> None:
    for key in keys:
        wanted = int(key.indexed_value_type)
        if (found := registered.get(key.name, wanted)) != wanted:
            raise SetUpError(
                f"namespace {namespace!r} has a search attribute {key.name} of type {_type_name(found)}, but it must "
                f"be {_type_name(wanted)}: use another namespace, or have the administrator remove that one"
            )


def _type_name(number: int) -> str:
    return IndexedValueType.Name(IndexedValueType.ValueType(number)).removeprefix("INDEXED_VALUE_TYPE_")


async def _register(client: Client, keys: Sequence[SearchAttributeKey[Any]]) -> None:
    registered = await _registered(client)
    _same_types(registered, keys, client.namespace)
    missing = {
        key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in keys if key.name not in registered
    }
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    except RPCError as fault:
        if fault.status != RPCStatusCode.ALREADY_EXISTS:  # somebody else registers at the same moment
            raise SetUpError(f"search attributes can't be registered: {_why(fault)}") from fault


async def _raise_retention(client: Client, wanted: timedelta) -> timedelta:
    """Raise it where it is shorter; how long it was."""
    kept = await retention(client)
    if kept >= wanted:
        return kept
    length = Duration()
    length.FromTimedelta(wanted)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=length)
        )
    )
    return kept


async def _until_namespace(client: Client) -> None:
    """A server that has just started may need a moment until its default namespace is there."""
    while True:
        try:
            await retention(client)
        except RPCError as fault:
            if fault.status != RPCStatusCode.NOT_FOUND:
                raise SetUpError(f"namespace {client.namespace!r} can't be read: {_why(fault)}") from fault
        else:
            return
        await asyncio.sleep(_LOOK_AGAIN.total_seconds())


async def _until_usable(client: Client, keys: Sequence[SearchAttributeKey[Any]]) -> None:
    """Registered is not yet usable: the server's front end learns of it a moment later."""
    query = " AND ".join(f"{key.name} IS NULL" for key in keys)
    while True:
        try:
            await client.count_workflows(query)
        except RPCError as fault:
            if fault.status != RPCStatusCode.INVALID_ARGUMENT:
                raise SetUpError(f"search attributes can't be used: {_why(fault)}") from fault
        else:
            return
        await asyncio.sleep(_LOOK_AGAIN.total_seconds())


def _why(fault: RPCError) -> str:
    """The server's words, or which role it wants: it says no more than "unauthorized"."""
    if fault.status not in NOT_LET_IN:
        return fault.message
    return "set TEMPORAL_API_KEY to a token whose role is temporal-system:admin (docs/security.md)"
