"""The codec server: through it Temporal Web and the ``temporal`` command read and send what is encrypted.

``POST /decode`` and ``POST /encode`` take and answer Temporal's ``Payloads`` as JSON. Whoever reaches it can decrypt:
so it listens on this machine only unless it has a token, refuses browsers' pages of any other origin, and leaves one
audit line for each request (never the content).
"""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address

from aiohttp import web
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads

from workers.codec import EncryptionCodec
from workers.key_ring import KeyRing
from workers.settings import Settings, SettingsError
from workflows.payloads import ENCODING, why_undecodable

AUDIT = logging.getLogger("kantadesk.codec_server")
MAX_BODY = 16 * 1024 * 1024  # a page of payloads of at most 2 MB each
_COUNT = web.RequestKey("payloads", int)
_NAMESPACE = re.compile(r"[A-Za-z0-9._-]{1,255}")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Guard:
    """Who may use the codec server: pages of these origins; with a token, only who shows it."""

    origins: frozenset[str]
    token: str | None = None

    def refusal(self, request: web.Request) -> web.Response | None:
        """Why a request is refused; None where it may pass.

        A request without Origin is no browser's page (the ``temporal`` command). One with a foreign Origin is refused,
        not only left without CORS headers: a name rebound to 127.0.0.1 would pass those.
        """
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self.origins:
            return web.Response(status=403, text="this origin may not read here: see codec_origins\n")
        if self.token is not None and request.method != "OPTIONS":
            shown = request.headers.get("Authorization", "")
            if not hmac.compare_digest(shown.encode(errors="surrogateescape"), f"Bearer {self.token}".encode()):
                return web.Response(
                    status=401, text="a bearer token is needed\n", headers={"WWW-Authenticate": "Bearer"}
                )
        return None

    def cors(self, request: web.Request) -> dict[str, str]:
        """The headers by which a browser lets the page of a permitted origin read the answer."""
        origin = request.headers.get("Origin")
        if origin not in self.origins:
            return {}
        return {
            "Access-Control-Allow-Origin": str(origin),
            "Access-Control-Allow-Methods": "POST, OPTIONS",
            "Access-Control-Allow-Headers": "authorization, content-type, x-namespace",
            "Vary": "Origin",
        }


def guard(settings: Settings, origins: Sequence[str] = ()) -> Guard:
    """The guard that the settings ask for; ``origins`` where they name none.

    Raises ``SettingsError`` where the server would listen beyond this machine without a token.
    """
    token = settings.secret("codec_token_file")
    if token is None and not settings.codec_unguarded and not _is_loopback(settings.codec_host):
        raise SettingsError(
            f"codec_host {settings.codec_host} is reached from other machines: set codec_token_file, "
            "or codec_unguarded where something else decides who may decrypt"
        )
    return Guard(frozenset(settings.codec_origins or origins), token)


def application(keys: KeyRing, allowed: Guard) -> web.Application:
    """The web application of the codec server."""
    codec = EncryptionCodec(keys)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = allowed.refusal(request) or await handler(request)
        except web.HTTPException as fault:  # unknown path, body too large: these are audited as well
            response = web.Response(status=fault.status, text=f"{fault.reason}\n")
        response.headers.update({**allowed.cors(request), "Cache-Control": "no-store"})
        _audit(request, response)
        return response

    async def decode(request: web.Request) -> web.Response:
        return await _answer(request, codec.decode)

    async def encode(request: web.Request) -> web.Response:
        return await _answer(request, codec.encode)

    async def preflight(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    app = web.Application(middlewares=[guarded], client_max_size=MAX_BODY)
    for path, handler in (("/decode", decode), ("/encode", encode)):
        app.router.add_post(path, handler)
        app.router.add_options(path, preflight)
    return app


@asynccontextmanager
async def codec_server(keys: KeyRing, allowed: Guard, host: str, port: int) -> AsyncIterator[str]:
    """The codec server, listening while inside; gives its address. Port 0 takes any free one. Raises ``OSError``."""
    runner = web.AppRunner(application(keys, allowed), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _answer(
    request: web.Request, convert: Callable[[Sequence[Payload]], Awaitable[list[Payload]]]
) -> web.Response:
    try:
        asked = Parse(await request.text(), Payloads())
    except (ParseError, UnicodeDecodeError, LookupError, RecursionError):
        return web.Response(status=400, text='send {"payloads": [...]} as JSON\n')
    answered = [_for_people(payload) for payload in await convert(asked.payloads)]
    request[_COUNT] = len(answered)
    return web.json_response(text=MessageToJson(Payloads(payloads=answered)))


def _for_people(payload: Payload) -> Payload:
    """What can't be decrypted is answered as a sentence instead of bytes that nobody can read."""
    reason = why_undecodable(payload)
    if reason is None:
        return payload
    return Payload(metadata={ENCODING: b"json/plain"}, data=json.dumps(f"not readable: {reason}").encode())


def _audit(request: web.Request, response: web.StreamResponse) -> None:
    """Who asked what of which namespace, and whether it was given. Nothing that a sender can word gets in."""
    namespace = request.headers.get("X-Namespace", "")
    AUDIT.info(
        "%s namespace=%s payloads=%d from=%s status=%d",
        request.path if request.path in {"/decode", "/encode"} else "other",
        namespace if _NAMESPACE.fullmatch(namespace) else "-",
        request.get(_COUNT, 0),
        request.remote,
        response.status,
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
