"""The one page of the door that people outside reach: by it a contact acknowledges a letter.

Reading it changes nothing, since mail scanners open every link; only its button (POST) acknowledges. Who has no link of
ours gets one sentence, and nothing behind the door is asked. There is no cookie, no script, and no other page.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.service import RPCError

from activities.acknowledging.links import PATH, SeenLink, SeenLinkSigner
from activities.acknowledging.page import PASSED_ON_AT_MOST, asking_page, closed_page, foreign_page, trouble_page
from activities.acknowledging.standing import Standing, standing
from activities.operating_model.file import OperatingModelFault
from workers.door.bodies import Limits
from workers.door.checks import LOCAL_NAMES
from workers.door.guard import Allowance
from workers.door.refusals import NotLetIn
from workflows.incident.instructions import InstructionAnswer
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import Acknowledgement

AUDIT = logging.getLogger("kantadesk.door.seen")
ANSWERED_WITHIN = 20.0
"""Seconds in which a process must have answered."""
A_MINUTE = 30
"""So often one link may be opened in a minute."""
_FORM = "application/x-www-form-urlencoded"
_ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none at all a browser would hide the form's own origin
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}
_HSTS = {"Strict-Transport-Security": "max-age=31536000"}

T = TypeVar("T")


class _Trouble(Exception):
    """Nothing was recorded. ``name``: the word that says why; the ``status`` of the answer."""

    def __init__(self, name: str, status: HTTPStatus) -> None:
        super().__init__(name)
        self.name, self.status = name, status


class SeenRoom:
    """The page. ``client``: writes with the desk's key; ``model``: the operating model now."""

    limits = Limits(4096, objects=100, items=400)

    def __init__(
        self,
        links: SeenLinkSigner,
        client: Client,
        model: Callable[[], OperatingModel],
        port: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),  # noqa: TID251  # the door is no process
    ) -> None:
        self._links, self._client, self._model_now, self._port, self._now = links, client, model, port, now
        self._allowance = Allowance(A_MINUTE)

    def check(self, request: Request) -> None:
        """Our own name, no foreign page's form, and one of three methods."""
        public = self._public()
        ours = {f"{name}:{self._port}" for name in LOCAL_NAMES}
        if request.headers.get("Host", "").lower() not in ours | ({urlsplit(public).netloc.lower()} - {""}):
            raise NotLetIn(421, "this is no name of this server")
        if request.method not in {"GET", "HEAD", "POST"}:
            raise NotLetIn(405, "GET shows, POST acknowledges", {"Allow": "GET, HEAD, POST"})
        if request.method != "POST":
            return
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower() not in {f"http://{host}" for host in ours} | {public}:
            raise NotLetIn(403, "only the page itself acknowledges")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise NotLetIn(403, "only the page itself acknowledges")
        if request.headers.get("Content-Type", "").split(";")[0].strip().lower() != _FORM:
            raise NotLetIn(415, "send the page's own form")

    async def answer(self, request: Request, body: bytes) -> Response:
        """The page of this link, or why there is none."""
        path = request.url.path.rstrip("/")  # gateways of mail add a slash, or a query of their own
        link = self._links.read(path.removeprefix(PATH)) if path.startswith(PATH) else None
        request.state.link = link
        if link is None:
            return HTMLResponse(foreign_page(), HTTPStatus.NOT_FOUND)
        model = self._model()
        if not link.is_open(self._now()):
            return HTMLResponse(closed_page(link, model), HTTPStatus.GONE)
        try:
            if wait := self._allowance.take(link.letter + link.contact, 1):
                response: Response = HTMLResponse(trouble_page(link, "too_often"), HTTPStatus.TOO_MANY_REQUESTS)
                response.headers["Retry-After"] = str(wait)
                return response
            found = await self._standing(link)
            if request.method != "POST" or found.state != "open":
                return HTMLResponse(asking_page(link, found, model))
            return await self._acknowledged(link, found, model, body, path)
        except _Trouble as trouble:
            return HTMLResponse(trouble_page(link, trouble.name), trouble.status)

    def finish(self, request: Request, response: Response) -> None:
        """What keeps others out, and the audit: never the link itself."""
        response.headers.update(_ALWAYS | (_HSTS if self._public().startswith("https:") else {}))
        link: SeenLink | None = request.scope["state"].get("link")
        AUDIT.info(
            "%s letter=%s workflow=%s contact=%s from=%s status=%d",
            request.method if request.method in {"GET", "HEAD", "POST"} else "-",
            link.letter if link else "-",
            link.workflow_id if link else "-",
            link.contact if link else "-",
            request.scope["client"][0],
            response.status_code,
        )

    async def _acknowledged(
        self, link: SeenLink, found: Standing, model: OperatingModel | None, body: bytes, path: str
    ) -> Response:
        """Acknowledge, then lead to the page that says so: going there again sends nothing again."""
        typed = _passed_on(body) if link.kind == "instruction" else ""
        try:
            said = _message(link, typed, model)
        except ValueError:
            page = asking_page(link, found, model, wrong="wrong_text", typed=typed[:PASSED_ON_AT_MOST])
            return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)
        handle = self._client.get_workflow_handle(link.workflow_id)
        try:
            await _within(handle.execute_update("acknowledgement", said, id=said.event_id))
        except WorkflowUpdateFailedError:
            if (await self._standing(link)).state == "open":
                raise _Trouble("refused", HTTPStatus.CONFLICT) from None
        return RedirectResponse(path, HTTPStatus.SEE_OTHER)

    async def _standing(self, link: SeenLink) -> Standing:
        """How it stands now. Raises ``_Trouble``."""
        answered = await _within(self._client.get_workflow_handle(link.workflow_id).query("status"))
        try:
            return standing(link, answered)
        except ValidationError:
            raise _Trouble("unreachable", HTTPStatus.SERVICE_UNAVAILABLE) from None

    def _model(self) -> OperatingModel | None:
        """For names and the time zone only: without it the page says ids."""
        try:
            return self._model_now()
        except OperatingModelFault:
            return None

    def _public(self) -> str:
        model = self._model()
        return model.acknowledgement_links.address.lower() if model else ""


async def _within(answer: Coroutine[Any, Any, T]) -> T:
    try:
        async with asyncio.timeout(ANSWERED_WITHIN):
            return await answer
    except (TimeoutError, RPCError):
        raise _Trouble("unreachable", HTTPStatus.SERVICE_UNAVAILABLE) from None


def _passed_on(body: bytes) -> str:
    """What was typed; of several fields the first."""
    try:
        fields = parse_qs(body.decode(), max_num_fields=10)
    except (UnicodeDecodeError, ValueError):
        return ""
    return fields.get("passed_on_to", [""])[0].strip()


def _message(link: SeenLink, passed_on_to: str, model: OperatingModel | None) -> Acknowledgement:
    """What the process is told. The same link tells it once: its id is the link's. Raises ``ValueError``."""
    name = model.contacts[link.recipient].name if model and link.recipient in model.contacts else link.recipient
    digest = hashlib.sha256(f"{link.letter} {link.contact} {link.what}".encode()).hexdigest()[:24]
    said: dict[str, Any] = {
        "by": name, "contact": link.contact, "what": link.what, "event_id": f"seen-{digest}", "source": "link",
    }  # fmt: skip
    if link.kind == "alarm":
        return Acknowledgement.model_validate(said)
    if len(passed_on_to) > PASSED_ON_AT_MOST:
        raise ValueError("passed_on_to is too long")
    return InstructionAnswer.model_validate(said | {"passed_on_to": passed_on_to})
