"""How the codec server is spoken to: payloads as JSON and back, and what Temporal's own command line makes of it."""

from __future__ import annotations

import asyncio

import httpx
from google.protobuf.json_format import MessageToDict, ParseDict
from temporalio.api.common.v1 import Payload, Payloads

from workers.embedded.server import temporal_binary

PLAIN = Payload(metadata={"encoding": b"json/plain"}, data='{"text": "häiriö"}'.encode())


def as_json(*payloads: Payload) -> dict[str, object]:
    """Payloads as the codec server takes them."""
    return dict(MessageToDict(Payloads(payloads=payloads)))


def as_payloads(response: httpx.Response) -> list[Payload]:
    """The payloads of an answer."""
    assert response.status_code == 200, response.text
    return list(ParseDict(response.json(), Payloads()).payloads)


async def printed_by_temporal(*arguments: str) -> str:
    command = await asyncio.create_subprocess_exec(temporal_binary(), *arguments, stdout=asyncio.subprocess.PIPE)
    printed, _ = await command.communicate()
    assert command.returncode == 0
    return printed.decode()
