"""Who may use the codec server, and how much of it: origins, bearer tokens, certificates, a limit for each client.

On the loopback address also which account: only the one that runs the desk decrypts without a token.
"""

from __future__ import annotations

import hmac
import math
import re
import ssl
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from starlette.requests import Request

from workers.door.checks import is_our_host
from workers.door.peers import is_loopback, is_own
from workers.door.refusals import NotLetIn, needs_token
from workers.door.secrets_file import DoorFile
from workers.settings import Settings, SettingsError

CLIENTS_REMEMBERED = 1000
PREFLIGHT_KEPT = 7200
"""Seconds for which a browser needn't ask again whether a page may read."""
ONE_TOKEN = "token"  # noqa: S105  # the name of a token without a name
_NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")


@dataclass(frozen=True)
class Guard:
    """Who may use the codec server: pages of these origins; with tokens, only clients that show one.

    ``tokens``: name of a client by its token. ``door``: the door's own tokens, which open it as well. ``tls``: https
    with this context, which may want a client's certificate. ``unguarded``: something else decides who may decrypt.
    ``payloads_a_minute``: how many one client may have.
    """

    origins: frozenset[str]
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    tls: ssl.SSLContext | None = None
    payloads_a_minute: int = 6000
    unguarded: bool = False
    door: DoorFile | None = None

    def check(self, request: Request) -> None:
        """Raises ``NotLetIn`` where a request may not pass.

        A request without Origin is no browser's page (the ``temporal`` command). One with a foreign Origin is refused,
        not only left without CORS headers: a name rebound to 127.0.0.1 would pass those.
        """
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self.origins:
            raise NotLetIn(403, "this origin may not read here: see codec_origins")
        if request.method == "OPTIONS" or self.token_name(request) is not None:
            return
        if self.tokens:
            raise needs_token("a bearer token is needed")
        if self.unguarded or request.state.certificate is not None:
            return
        if not is_our_host(request):
            raise NotLetIn(403, "this is not the name of the codec server: show a token where it is reached by another")
        if not is_own(request.state.uid):
            raise needs_token("only the account that runs kantadesk reads here without a bearer token")

    def who(self, request: Request) -> str:
        """Who asks, as far as that is known: the token's name, the certificate's subject. "-" where it is not."""
        return self.token_name(request) or request.state.certificate or "-"

    def cors(self, request: Request) -> dict[str, str]:
        """The headers by which a browser lets the page of a permitted origin read the answer."""
        origin = request.headers.get("Origin")
        if origin not in self.origins:
            return {}
        return {
            "Access-Control-Allow-Origin": str(origin),
            "Access-Control-Allow-Methods": "POST, OPTIONS",
            "Access-Control-Allow-Headers": "authorization, content-type, x-namespace",
            "Access-Control-Expose-Headers": "retry-after",
            "Access-Control-Max-Age": str(PREFLIGHT_KEPT),
            "Vary": "Origin",
        }

    def token_name(self, request: Request) -> str | None:
        """The name of the token that a request shows. Each is compared, so that time says nothing about them."""
        of_the_door = self.door.secrets().tokens if self.door else {}
        return shown_token(request, {**self.tokens, **{token: name for name, token in of_the_door.items()}})


def shown_token(request: Request, tokens: Mapping[str, str]) -> str | None:
    """The name of the token that a request shows; ``tokens``: name by token."""
    shown = request.headers.get("Authorization", "").encode("latin-1")
    found = None
    for token, name in tokens.items():
        if hmac.compare_digest(shown, f"Bearer {token}".encode()):
            found = name
    return found


class Allowance:
    """How many payloads each client may still have: full at first, filled up again within a minute.

    A thousand clients are remembered; the one that has not asked for longest is forgotten first.
    """

    def __init__(self, a_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._clock = float(a_minute), clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, payloads: int) -> int:
        """Take as many; answers 0, or the seconds to wait for them.

        More than a minute's share at once waits until nothing was taken for a minute, and is worked off afterwards.
        """
        now = self._clock()
        left, since = self._left.pop(client, (self._most, now))
        left = min(self._most, left + (now - since) * self._most / 60)
        taken = float(max(payloads, 1))
        wanted = min(taken, self._most)
        enough = left >= wanted
        self._left[client] = (left - taken if enough else left, now)
        while len(self._left) > CLIENTS_REMEMBERED:
            self._left.popitem(last=False)
        return 0 if enough else math.ceil((wanted - left) * 60 / self._most)


def guard(settings: Settings, origins: Sequence[str] = ()) -> Guard:
    """The guard that the settings ask for; ``origins`` where they name none.

    Raises ``SettingsError`` where the server would listen beyond this machine without a token or client certificates.
    """
    tokens = _tokens(settings.secret("codec_token_file"))
    is_guarded = tokens or settings.codec_client_ca or settings.codec_unguarded
    if not is_guarded and not is_loopback(settings.codec_host):
        raise SettingsError(
            f"codec_host {settings.codec_host} is reached from other machines: set codec_token_file or "
            "codec_client_ca, or codec_unguarded where something else decides who may decrypt"
        )
    allowed = frozenset(settings.codec_origins or origins)
    door = DoorFile(settings.door_token_file)
    return Guard(
        allowed,
        tokens,
        _tls(settings),
        settings.codec_payloads_a_minute,
        settings.codec_unguarded,
        door if door.path.exists() else None,
    )


def _tokens(text: str | None) -> dict[str, str]:
    """Name by token. A line is ``NAME TOKEN``, or one token alone."""
    found: dict[str, str] = {}
    for number, line in enumerate((text or "").splitlines(), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        name, token = (ONE_TOKEN, words[0]) if len(words) == 1 else (words[0], words[-1])
        if len(words) > 2 or not _NAME.fullmatch(name) or token in found:  # noqa: PLR2004  # name and token
            raise SettingsError(f"codec_token_file, line {number}: must be NAME TOKEN, each token once")
        found[token] = name
    return found


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if not (settings.codec_tls_certificate and settings.codec_tls_key):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.codec_tls_certificate, settings.codec_tls_key, password=lambda: "")
    except OSError as fault:  # ssl.SSLError is one
        raise SettingsError(
            f"codec_tls_certificate {settings.codec_tls_certificate} and its key can't be used: {_why(fault)}"
        ) from None
    if settings.codec_client_ca:
        try:
            context.load_verify_locations(settings.codec_client_ca)
        except OSError as fault:
            raise SettingsError(f"codec_client_ca {settings.codec_client_ca} can't be used: {_why(fault)}") from None
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _why(fault: OSError) -> str:
    return fault.reason if isinstance(fault, ssl.SSLError) and fault.reason else fault.strerror or "is no PEM file"
