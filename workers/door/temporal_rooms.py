"""Temporal Web and Temporal's HTTP API as rooms of the door: neither knows a login of its own.

Web is for a browser that has entered by a link (``browsers.py``); the right it got holds only for the account whose
browser it is, since a browser sends its cookies to every port of this machine. The API is for programmes that show a
token.
"""

from __future__ import annotations

import logging
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from workers.door.bodies import Limits
from workers.door.browsers import COOKIE_FOR, Browsers
from workers.door.checks import READING, check_host, check_json, check_origin, is_navigation
from workers.door.codec_room import LIMITS, PATHS, Codec, audit
from workers.door.guard import shown_token
from workers.door.pages import AGAIN, LED_ON, LINK_USED_UP, NO_RIGHT
from workers.door.paths import CODEC_OF_WEB, ENTRY
from workers.door.proxy import Behind
from workers.door.refusals import NotLetIn, needs_token
from workers.door.secrets_file import DoorFile

AUDIT = logging.getLogger("kantadesk.door")
OF_THE_API = Limits(4 * 1024 * 1024, objects=20_000, items=200_000)
_NEVER_CHANGES = "/_app/immutable/"
"""Parts of Temporal Web whose names hold their digest; it doesn't say itself that they may be kept."""
_ALWAYS = {
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class ApiRoom:
    """Temporal's HTTP API: every request shows a token."""

    limits = OF_THE_API

    def __init__(self, file: DoorFile, behind: Behind) -> None:
        self._file, self._behind = file, behind

    def check(self, request: Request) -> None:
        """No page of a browser, a token, JSON. A name rebound to this address is no use without the token."""
        check_origin(request, frozenset())
        request.state.who = _token_name(self._file, request)
        if request.state.who is None:
            check_host(request)
            raise needs_token("show a token of the door: Authorization: Bearer ... (kantadesk keys door)")
        check_json(request)

    async def answer(self, request: Request, body: bytes) -> Response:
        """What Temporal answers."""
        return await self._behind.passed_on(request, body, {"cookie": None})

    def finish(self, request: Request, response: Response) -> None:
        """The audit, of what is more than reading."""
        response.headers.update(_ALWAYS)
        _audit(request, response)


class WebRoom:
    """Temporal Web, and the codec server for its pages."""

    limits = LIMITS

    def __init__(self, file: DoorFile, behind: Behind, codec: Codec, port: int) -> None:
        self._file, self._behind, self._codec = file, behind, codec
        self._browsers = Browsers(file)
        self._origin = f"http://127.0.0.1:{port}"
        self._cookie = f"kantadesk_{port}"

    def check(self, request: Request) -> None:
        """A browser that has entered and writes from Web's own pages, or a token."""
        check_host(request)
        check_origin(request, frozenset({self._origin}))
        request.state.who = token = _token_name(self._file, request)
        if token is not None:
            check_json(request)
        elif self._has_right(request):
            request.state.who = "browser"
            if (
                request.method not in READING and "Origin" not in request.headers
            ):  # Web's pages don't say that it is JSON
                raise NotLetIn(403, "only Temporal Web's own pages write without a token")
        elif not is_navigation(request) and request.url.path != ENTRY:
            raise needs_token("this browser has no right to Temporal Web: kantadesk web --open open")

    async def answer(self, request: Request, body: bytes) -> Response:
        """What Temporal Web answers; before that, the way in."""
        path = request.url.path
        if request.url.hostname == "localhost" and request.method == "GET":  # one name, one cookie
            return RedirectResponse(f"{self._origin}{path}" + (f"?{request.url.query}" if request.url.query else ""))
        if path == ENTRY:
            return self._entering(request)
        if request.state.who is None:
            return _without_right(request)
        if path.startswith(CODEC_OF_WEB):
            return await self._converted(request, path.removeprefix(CODEC_OF_WEB), body)
        if len(body) > OF_THE_API.length:
            raise NotLetIn(413, f"at most {OF_THE_API.length} bytes in one request")
        kept = "; ".join(f"{name}={value}" for name, value in request.cookies.items() if name != self._cookie)
        answer = await self._behind.passed_on(request, body, {"cookie": kept or None})
        if path.startswith(_NEVER_CHANGES) and answer.status_code == HTTPStatus.OK:
            answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return answer

    def finish(self, request: Request, response: Response) -> None:
        """What keeps foreign pages out, and the audit."""
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        path = request.url.path
        if path.startswith(CODEC_OF_WEB):
            audit(request, response, path.removeprefix(CODEC_OF_WEB), request.scope["state"].get("who") or "-")
        else:
            _audit(request, response)

    def _has_right(self, request: Request) -> bool:
        """Whether the browser has entered, and is still that of the same account."""
        return self._browsers.has_right(request.cookies.get(self._cookie), request.state.uid)

    def _entering(self, request: Request) -> Response:
        path = self._browsers.path_of(request.query_params.get("ticket", ""), request.state.uid)
        if path is None:
            return HTMLResponse(LINK_USED_UP, HTTPStatus.UNAUTHORIZED)
        response = HTMLResponse(LED_ON.substitute(path=_as_attribute(path)))
        response.set_cookie(
            self._cookie,
            self._browsers.right(request.state.uid),
            max_age=COOKIE_FOR,
            path="/",
            httponly=True,
            samesite="strict",
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _converted(self, request: Request, path: str, body: bytes) -> Response:
        if path not in PATHS or request.method != "POST":
            raise NotLetIn(404, "there is POST /decode and /encode")
        response = await self._codec.answer(request, path, body, str(request.state.who))
        response.headers["Cache-Control"] = "no-store"
        return response


def _without_right(request: Request) -> Response:
    """A link on a foreign page brings no cookie with it: the browser is asked to come again from here."""
    came_from = request.headers.get("Sec-Fetch-Site", "none")
    page = AGAIN if came_from in {"cross-site", "same-site"} else NO_RIGHT
    return HTMLResponse(page, HTTPStatus.UNAUTHORIZED, {"Cache-Control": "no-store"})


def _as_attribute(path: str) -> str:
    """A path inside the attribute of a page."""
    return path.replace("&", "&amp;").replace('"', "%22").replace("<", "%3C").replace(">", "%3E")


def _token_name(file: DoorFile, request: Request) -> str | None:
    return shown_token(request, {token: name for name, token in file.secrets().tokens.items()})


def _audit(request: Request, response: Response) -> None:
    """Who did what, and what was turned away. Reading that was let in is left out: a page is a hundred of it."""
    if request.method in READING and response.status_code < HTTPStatus.BAD_REQUEST and request.url.path != ENTRY:
        return
    state = request.scope["state"]
    AUDIT.info(
        "%s %s who=%s from=%s uid=%s status=%d",
        request.method if request.method.isalpha() else "-",
        _path(request),
        state.get("who") or "-",
        request.scope["client"][0],
        "-" if state["uid"] is None else state["uid"],
        response.status_code,
    )


def _path(request: Request) -> str:
    """The path in letters that can't forge a log line, not too long; never what stands after it (a ticket, a query)."""
    return "".join(letter if letter.isascii() and letter.isprintable() and letter != " " else "_"
                   for letter in request.url.path)[:300]  # fmt: skip
