"""The codec server: through it Temporal Web and the ``temporal`` command read and send what is encrypted.

``POST /decode`` and ``POST /encode`` take and answer Temporal's ``Payloads`` as JSON. Who reaches it can decrypt:
so it listens on this machine only unless it is guarded (``guard.py``), refuses browsers' pages of any other
origin, gives each client so much a minute, and leaves one audit line for each request (never the content).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable

from google.protobuf.json_format import MessageToJson, Parse, ParseError
from starlette.requests import Request
from starlette.responses import Response
from temporalio.api.common.v1 import Payload, Payloads

from workers.codec.codec import EncryptionCodec
from workers.door.bodies import Limits
from workers.door.checks import check_json
from workers.door.guard import Allowance, Guard
from workers.door.refusals import NotLetIn
from workers.keys.live import Keys
from workers.keys.ring import KeyRing
from workflows.process.payloads import ENCODING, why_undecodable

AUDIT = logging.getLogger("kantadesk.codec_server")
MAX_BODY = 16 * 1024 * 1024  # a page of payloads of at most 2 MB each
MAX_PAYLOADS = 10_000
LIMITS = Limits(MAX_BODY, objects=4 * MAX_PAYLOADS, items=8 * MAX_PAYLOADS)
WORKFLOWS_NAMED = 5
PATHS = frozenset({"/decode", "/encode"})
_NAMESPACE = re.compile(r"[A-Za-z0-9._-]{1,255}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class Codec:
    """Encrypts and decrypts the payloads of a request, so many a minute for each client."""

    def __init__(self, keys: Keys | KeyRing, payloads_a_minute: int) -> None:
        self._codec, self._allowance = EncryptionCodec(keys), Allowance(payloads_a_minute)

    async def answer(self, request: Request, path: str, body: bytes, client: str) -> Response:
        """The answer to a ``POST`` of one of ``PATHS``. Raises ``NotLetIn``."""
        try:
            asked = Parse(body.decode(), Payloads())
        except (ParseError, UnicodeDecodeError, RecursionError):
            raise NotLetIn(400, 'send {"payloads": [...]} as JSON') from None
        payloads = list(asked.payloads)
        request.state.payloads = len(payloads)
        if len(payloads) > MAX_PAYLOADS:
            raise NotLetIn(413, f"at most {MAX_PAYLOADS} payloads in one request")
        if wait := self._allowance.take(client, len(payloads)):
            text = "too many payloads in a short time: see codec_payloads_a_minute"
            raise NotLetIn(429, text, {"Retry-After": str(wait)})
        if path == "/encode":
            done = await self._codec.encode(payloads)
        else:
            opened = [self._codec.opened(payload) for payload in payloads]
            done = [_for_people(each.payload) for each in opened]
            request.state.workflows = _named({each.workflow_id for each in opened} - {""})
        return Response(MessageToJson(Payloads(payloads=done)), media_type="application/json")


class CodecRoom:
    """The codec server as a room of the door."""

    limits = LIMITS

    def __init__(self, codec: Codec, guard: Guard) -> None:
        self._codec, self._guard = codec, guard

    def check(self, request: Request) -> None:
        """Its guard's; then that there is such a thing."""
        self._guard.check(request)
        if request.url.path not in PATHS:
            raise NotLetIn(404, "there is /decode and /encode")
        if request.method not in {"POST", "OPTIONS"}:
            raise NotLetIn(405, "POST only", {"Allow": "POST, OPTIONS"})
        check_json(request)

    async def answer(self, request: Request, body: bytes) -> Response:
        """The payloads, converted."""
        if request.method == "OPTIONS":
            return Response(status_code=204)
        client = f"{self._guard.who(request)} {request.state.uid} {request.scope['client'][0]}"
        return await self._codec.answer(request, request.url.path, body, client)

    def finish(self, request: Request, response: Response) -> None:
        """What a browser must know, and the audit."""
        response.headers.update({**self._guard.cors(request), "Cache-Control": "no-store"})
        audit(request, response, request.url.path, self._guard.who(request))


def audit(request: Request, response: Response, path: str, who: str) -> None:
    """Who asked what of which namespace and workflow, and whether it was given. Nothing that a sender can word gets in.

    The namespace is what the sender says; the account is what the kernel says of a client on this machine. The workflow
    is what was sealed inside the payloads when they were written; "-" for those written without knowing it (by
    Temporal Web, or before this was sealed in).
    """
    namespace = request.headers.get("X-Namespace", "")
    state = request.scope["state"]
    AUDIT.info(
        "%s who=%s from=%s uid=%s namespace=%s workflow=%s payloads=%d status=%d",
        path if path in PATHS else "other",
        who,
        request.scope["client"][0],
        "-" if state["uid"] is None else state["uid"],
        namespace if _NAMESPACE.fullmatch(namespace) else "-",
        state.get("workflows", "-"),
        state.get("payloads", 0),
        response.status_code,
    )


def _for_people(payload: Payload) -> Payload:
    """What can't be decrypted is answered as a sentence instead of bytes that nobody can read."""
    reason = why_undecodable(payload)
    if reason is None:
        return payload
    return Payload(metadata={ENCODING: b"json/plain"}, data=json.dumps(f"not readable: {reason}").encode())


def _named(workflows: Iterable[str]) -> str:
    """A few workflow ids for the log, and how many more there were."""
    names = sorted(_UNSAFE.sub("_", name)[:128] for name in workflows)
    more = f"+{len(names) - WORKFLOWS_NAMED}" if len(names) > WORKFLOWS_NAMED else ""
    return ",".join(names[:WORKFLOWS_NAMED]) + more or "-"
