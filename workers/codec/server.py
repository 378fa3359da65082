"""The codec server: through it Temporal Web and the ``temporal`` command read and send what is encrypted.

``POST /decode`` and ``POST /encode`` take and answer Temporal's ``Payloads`` as JSON. Who reaches it can decrypt:
so it listens on this machine only unless it is guarded (``guard.py``), refuses browsers' pages of any other
origin, gives each client so much a minute, and leaves one audit line for each request (never the content).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import NamedTuple

from aiohttp import web
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads

from activities.evidence.case_folder import private_folder
from workers.codec.codec import EncryptionCodec
from workers.codec.guard import Allowance, Guard, guard
from workers.keys.live import Keys
from workers.keys.ring import KeyRing
from workflows.process.payloads import ENCODING, why_undecodable

__all__ = ["Guard", "application", "audit_kept_in", "codec_server", "guard"]

AUDIT = logging.getLogger("kantadesk.codec_server")
AUDIT_FILE = "codec-audit.log"
AUDIT_BYTES, AUDIT_FILES = 10_000_000, 5
MAX_BODY = 16 * 1024 * 1024  # a page of payloads of at most 2 MB each
WORKFLOWS_NAMED = 5
_COUNT = web.RequestKey("payloads", int)
_WORKFLOWS = web.RequestKey("workflows", str)
_NAMESPACE = re.compile(r"[A-Za-z0-9._-]{1,255}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Converted(NamedTuple):
    """What became of the payloads of a request, and for which workflows they had been written."""

    payloads: list[Payload]
    workflows: frozenset[str]


Convert = Callable[[list[Payload]], Awaitable[_Converted]]


def application(keys: Keys | KeyRing, allowed: Guard) -> web.Application:
    """The web application of the codec server."""
    codec, allowance = EncryptionCodec(keys), Allowance(allowed.payloads_a_minute)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = allowed.refusal(request) or await handler(request)
        except web.HTTPException as fault:  # unknown path, body too large: these are audited as well
            response = web.Response(status=fault.status, text=f"{fault.reason}\n")
        response.headers.update({**allowed.cors(request), "Cache-Control": "no-store"})
        _audit(request, response, allowed.who(request))
        return response

    async def decoded(payloads: list[Payload]) -> _Converted:
        opened = [codec.opened(payload) for payload in payloads]
        return _Converted(
            [_for_people(each.payload) for each in opened], frozenset(each.workflow_id for each in opened)
        )

    async def encoded(payloads: list[Payload]) -> _Converted:
        return _Converted(await codec.encode(payloads), frozenset())

    def answering(convert: Convert) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            return await _answer(request, convert, allowance, f"{allowed.who(request)} {request.remote}")

        return handle

    async def preflight(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    app = web.Application(middlewares=[guarded], client_max_size=MAX_BODY)
    for path, convert in (("/decode", decoded), ("/encode", encoded)):
        app.router.add_post(path, answering(convert))
        app.router.add_options(path, preflight)
    return app


@asynccontextmanager
async def codec_server(keys: Keys | KeyRing, allowed: Guard, host: str, port: int) -> AsyncIterator[str]:
    """The codec server, listening while inside; gives its address. Port 0 takes any free one. Raises ``OSError``."""
    runner = web.AppRunner(application(keys, allowed), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=allowed.tls).start()
        yield f"{'https' if allowed.tls else 'http'}://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def audit_kept_in(folder: Path) -> AsyncIterator[None]:
    """Keep the audit in a file there while inside, apart from the other log lines: at most 60 MB in six files.

    For ``kantadesk up``, whose terminal would run full of it: Temporal Web asks a hundred times for one page.
    """
    path = private_folder(folder) / AUDIT_FILE
    kept = RotatingFileHandler(path, maxBytes=AUDIT_BYTES, backupCount=AUDIT_FILES, encoding="utf-8", delay=True)
    kept.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z"))
    AUDIT.addHandler(kept)
    AUDIT.setLevel(logging.INFO)
    AUDIT.propagate = False
    try:
        yield
    finally:
        AUDIT.propagate = True
        AUDIT.removeHandler(kept)
        kept.close()


async def _answer(request: web.Request, convert: Convert, allowance: Allowance, client: str) -> web.Response:
    try:
        asked = Parse(await request.text(), Payloads())
    except (ParseError, UnicodeDecodeError, LookupError, RecursionError):
        return web.Response(status=400, text='send {"payloads": [...]} as JSON\n')
    request[_COUNT] = len(asked.payloads)
    if wait := allowance.take(client, len(asked.payloads)):
        text = "too many payloads in a short time: see codec_payloads_a_minute\n"
        return web.Response(status=429, text=text, headers={"Retry-After": str(wait)})
    done = await convert(list(asked.payloads))
    request[_WORKFLOWS] = _named(done.workflows - {""})
    return web.json_response(text=MessageToJson(Payloads(payloads=done.payloads)))


def _for_people(payload: Payload) -> Payload:
    """What can't be decrypted is answered as a sentence instead of bytes that nobody can read."""
    reason = why_undecodable(payload)
    if reason is None:
        return payload
    return Payload(metadata={ENCODING: b"json/plain"}, data=json.dumps(f"not readable: {reason}").encode())


def _audit(request: web.Request, response: web.StreamResponse, who: str) -> None:
    """Who asked what of which namespace and workflow, and whether it was given. Nothing that a sender can word gets in.

    The namespace is what the sender says. The workflow is what was sealed inside the payloads when they were written;
    "-" for those written without knowing it (by Temporal Web, or before this was sealed in).
    """
    namespace = request.headers.get("X-Namespace", "")
    AUDIT.info(
        "%s who=%s from=%s namespace=%s workflow=%s payloads=%d status=%d",
        request.path if request.path in {"/decode", "/encode"} else "other",
        who,
        request.remote,
        namespace if _NAMESPACE.fullmatch(namespace) else "-",
        request.get(_WORKFLOWS, "-"),
        request.get(_COUNT, 0),
        response.status,
    )


def _named(workflows: Iterable[str]) -> str:
    """A few workflow ids for the log, and how many more there were."""
    names = sorted(_UNSAFE.sub("_", name)[:128] for name in workflows)
    more = f"+{len(names) - WORKFLOWS_NAMED}" if len(names) > WORKFLOWS_NAMED else ""
    return ",".join(names[:WORKFLOWS_NAMED]) + more or "-"
