"""Mail through SendGrid's own client (API v3, ``POST /v3/mail/send``; description of 2026-01-22).

Only 202 counts as accepted. The API knows no idempotency key: after a time-out the message may have gone. The key and
addresses stay out of logs and errors: the client's own debug log, which holds both, is switched off here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, Literal, Self
from urllib.error import URLError

from python_http_client import Client
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from temporalio.exceptions import ApplicationError

from activities.sendgrid_request import fault_in, request_for
from activities.transport import LiveMail, Transport, not_now, refused, unknown, without_addresses

Residency = Literal["eu", "global"]
NEVER = {301, 308, 400, 401, 403, 404, 405, 413, 415}
LATER = {429, 503}
ACCEPTED = 202
WHO_MUST_ACT = {
    401: "The API key is not accepted: whoever runs kantadesk must set a valid one",
    403: "The API key may not send, or the sender is not verified: whoever runs kantadesk must correct it at SendGrid",
    413: "The message is too large: send it by hand",
}
SOMEBODY = "Whoever runs kantadesk must look at the SendGrid settings (key, host, data residency)"

logging.getLogger("python_http_client.client").disabled = True


class SendGridMail(Transport):
    """SendGrid. ``key`` is read at each send; ``host`` replaces the address that belongs to the data residency."""

    provider = "SendGrid"

    def __init__(
        self,
        key: Callable[[], str],
        *,
        residency: Residency,
        host: str = "",
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self._key, self._residency, self._host, self._timeout = key, residency, host.rstrip("/"), timeout

    async def deliver(self, mail: LiveMail) -> str:
        """Hand a message to SendGrid; answer its X-Message-Id."""
        return await asyncio.to_thread(self._hand_over, mail.message)

    def _hand_over(self, message: EmailMessage) -> str:
        request = request_for(message)
        if fault := fault_in(request):
            raise refused(f"the message was not given to SendGrid: {fault}", act="Send it by hand")
        client = self._client()
        try:
            response = client.send(request)
        except HTTPError as error:
            raise _not_accepted(error.status_code, error.headers or {}, error.body) from None
        except (OSError, HTTPException) as error:
            raise _no_answer(error) from None
        if response.status_code != ACCEPTED:
            raise unknown(f"SendGrid answered {response.status_code} instead of {ACCEPTED}; is the host setting right?")
        return without_addresses(str(response.headers.get("X-Message-Id", "")))

    def _client(self) -> SendGridAPIClient:
        """A client with the key of now. Residency first: setting it replaces the client, and with it the time-out."""
        key = self._key().strip()
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise refused("there is no usable SendGrid API key", act=WHO_MUST_ACT[401])
        sendgrid = SendGridAPIClient(key)
        sendgrid.set_sendgrid_data_residency(self._residency)
        sendgrid.client = _NoRedirects(
            host=self._host or sendgrid.host, request_headers=sendgrid.client.request_headers, version=3
        )
        sendgrid.client.timeout = self._timeout.total_seconds()
        return sendgrid


class _NoRedirectHandler(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing: a redirected POST becomes a GET that ends in 200, and would take the key to another host."""


class _NoRedirects(Client):  # type: ignore[misc]  # the package has no types
    """SendGrid's HTTP client, following no redirects."""

    def _build_client(self, name: str | None = None) -> Self:
        client = super()._build_client(name)
        client.__class__ = type(self)
        return client  # type: ignore[no-any-return]  # the package has no types

    def _make_request(self, opener: Any, request: Any, timeout: float | None = None) -> Any:  # noqa: ARG002  # replaced
        return super()._make_request(urllib.request.build_opener(_NoRedirectHandler), request, timeout)


def _not_accepted(status: int, headers: Mapping[str, str], body: bytes) -> ApplicationError:
    reason = f"SendGrid answered {status}{_reason(body)}"
    if status in NEVER:
        return refused(reason, act=WHO_MUST_ACT.get(status, SOMEBODY))
    if status in LATER:
        return not_now(reason, after=_retry_after(headers))
    return unknown(reason)


def _no_answer(error: OSError | HTTPException) -> ApplicationError:
    """A connection that never came about has sent nothing; everything later may have."""
    cause = getattr(error, "reason", error)
    what = f"SendGrid could not be reached or did not answer ({without_addresses(str(cause)) or type(cause).__name__})"
    return not_now(what) if isinstance(error, URLError) else unknown(what)


def _reason(body: bytes) -> str:
    """The messages of SendGrid's error body, without addresses; empty where there are none (HTML of a proxy)."""
    try:
        errors = json.loads(body)["errors"]
        words = "; ".join(str(error["message"]) for error in errors)
    except (ValueError, KeyError, TypeError):
        return ""
    return f" ({without_addresses(words)})" if words else ""


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After in seconds or as a date (RFC 9110, section 10.2.3); None where there is none that can be read."""
    said = str(headers.get("Retry-After", "")).strip()
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said), 86_400))
    try:
        moment = parsedate_to_datetime(said).astimezone(UTC)
    except ValueError:
        return None
    return max(moment - datetime.now(UTC), timedelta(0))  # noqa: TID251  # an activity: counted from now
