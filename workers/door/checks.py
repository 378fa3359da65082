"""What every room of the door asks of a request before anything else: its Host, its Origin, and that it is JSON.

A page that somebody opens can send from their own machine: under a name of its own that it has rebound to 127.0.0.1
(Host tells), or to our address from its own origin (Origin and Sec-Fetch-Site tell), as a form or text without asking
first (the content type tells).
"""

from __future__ import annotations

from starlette.requests import Request

from workers.door.peers import is_loopback
from workers.door.refusals import NotLetIn

JSON = frozenset({"application/json", "application/json+no-payload-shorthand"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")


def is_our_host(request: Request) -> bool:
    """Whether a request that came to the loopback address was sent to it by that name, not by another rebound to it."""
    host, port = request.scope["server"]
    names = LOCAL_NAMES if is_loopback(host) else (*LOCAL_NAMES, host)
    return request.headers.get("Host", "").lower() in {f"{name}:{port}" for name in names}


def check_host(request: Request) -> None:
    """Raises ``NotLetIn`` for a foreign Host."""
    if not is_our_host(request):
        raise NotLetIn(421, "this is no name of this server")


def check_origin(request: Request, origins: frozenset[str]) -> None:
    """Raises ``NotLetIn`` for the page of a foreign origin, unless it only leads a browser here."""
    origin = request.headers.get("Origin")
    if origin is not None and origin not in origins:
        raise NotLetIn(403, "pages of this origin may not ask here")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if origin is None and site not in {"none", "same-origin"} and not is_navigation(request):
        raise NotLetIn(403, "pages of other origins may not ask here")


def is_navigation(request: Request) -> bool:
    """Whether a browser opens a page by it, in a window (no frame of another page)."""
    fetched = (request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest"))
    return request.method == "GET" and fetched == ("navigate", "document")


def check_json(request: Request) -> None:
    """Raises ``NotLetIn`` where something is written and not said to be JSON: only that needs a preflight."""
    kind = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if request.method not in READING and kind not in JSON:
        raise NotLetIn(415, "send it with Content-Type: application/json")
