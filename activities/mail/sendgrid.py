"""Mail through SendGrid's own client (API v3, ``POST /v3/mail/send``; description of 2026-01-22).

Only 202 counts as accepted. The API knows no idempotency key: after a time-out the message may have gone. The key and
addresses stay out of logs and errors: the client's own debug log, which holds both, is switched off here.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import urllib.request
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from http.client import HTTPException
from typing import Any, Literal, Self
from urllib.error import URLError

from python_http_client import Client
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import (
    Attachment,
    ClickTracking,
    Content,
    CustomArg,
    Disposition,
    FileContent,
    FileName,
    FileType,
    From,
    Header,
    Mail,
    OpenTracking,
    Personalization,
    Subject,
    SubscriptionTracking,
    To,
    TrackingSettings,
)
from temporalio.exceptions import ApplicationError

from activities.mail.sendgrid_advice import MAY_NOT, NOT_ACCEPTED, advice_on
from activities.mail.transport import (
    INCIDENT_HEADER,
    LiveMail,
    Transport,
    not_now,
    refused,
    retry_after,
    unknown,
    without_addresses,
)

Residency = Literal["eu", "global"]
NEVER = {301, 308, 400, 401, 403, 404, 405, 413, 415}
LATER = {429, 503}
ACCEPTED = 202
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

    def check(self) -> None:
        """Whether SendGrid accepts the key and lets it send; nothing is sent. Raises ``ApplicationError``."""
        try:
            response = self._client().client.scopes.get()
        except HTTPError as error:
            raise _not_accepted(error.status_code, error.headers or {}, error.body) from None
        except (OSError, HTTPException) as error:
            raise _no_answer(error) from None
        try:
            scopes = json.loads(response.body)["scopes"]
        except (ValueError, KeyError, TypeError):
            raise unknown("SendGrid did not say what the key may do; is the host setting right?") from None
        if "mail.send" not in scopes:
            raise refused("SendGrid accepts the key, which has no right to send mail", act=MAY_NOT)

    def _client(self) -> SendGridAPIClient:
        """A client with the key of now. Residency first: setting it replaces the client, and with it the time-out."""
        key = self._key().strip()
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise refused("there is no usable SendGrid API key", act=NOT_ACCEPTED)
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
    said = advice_on(status, body)
    reason = f"SendGrid answered {status}" + (f" ({said.words})" if said.words else "")
    if status in NEVER:
        return refused(reason, act=said.act)
    if status in LATER:
        return not_now(reason, after=retry_after(headers))
    return unknown(reason)


def _no_answer(error: OSError | HTTPException) -> ApplicationError:
    """A connection that never came about has sent nothing; everything later may have."""
    cause = getattr(error, "reason", error)
    what = f"SendGrid could not be reached or did not answer ({without_addresses(str(cause)) or type(cause).__name__})"
    return not_now(what) if isinstance(error, URLError) else unknown(what)


LARGEST = 30 * 1024 * 1024
"""Bytes of a whole message, as SendGrid documents it."""
MOST_RECIPIENTS = 1000
RESERVED_HEADERS = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
}  # fmt: skip


def request_for(message: EmailMessage) -> dict[str, Any]:
    """The request body. Tracking is off: nobody is watched reading a letter about a fault, and links stay as they are.

    The Message-ID goes as a header and, since SendGrid may replace that, as a custom argument of the personalization,
    which comes back in delivery reports.
    """
    name, address = parseaddr(str(message["From"]))
    mail = Mail(from_email=From(address, name or None), subject=Subject(str(message["Subject"])))
    mail.add_personalization(_personalization(message))
    body = message.get_body(("plain",))
    mail.add_content(Content("text/plain", body.get_content() if body else ""))
    for part in message.iter_attachments():
        mail.add_attachment(_attachment(part))
    for header in ("Message-ID", INCIDENT_HEADER):
        mail.add_header(Header(header, str(message[header])))
    off = TrackingSettings()
    off.click_tracking, off.open_tracking = ClickTracking(False, False), OpenTracking(False)
    off.subscription_tracking = SubscriptionTracking(False)
    mail.tracking_settings = off
    request: dict[str, Any] = mail.get()
    return request


def _personalization(message: EmailMessage) -> Personalization:
    personalization = Personalization()
    for _, address in getaddresses([str(to) for to in message.get_all("To", [])]):
        personalization.add_to(To(address))
    personalization.add_custom_arg(CustomArg("message_id", str(message["Message-ID"]).strip("<>")))
    personalization.add_custom_arg(CustomArg("incident", str(message[INCIDENT_HEADER])))
    return personalization


def _attachment(part: Any) -> Attachment:
    content = base64.b64encode(part.get_payload(decode=True)).decode("ascii")
    return Attachment(
        FileContent(content),
        FileName(part.get_filename()),
        FileType(part.get_content_type()),
        Disposition("attachment"),
    )


def fault_in(request: Mapping[str, Any]) -> str | None:
    """What SendGrid would refuse although its description allows it, in words; None where nothing is wrong."""
    personalizations = request.get("personalizations") or []
    recipients = sum(len(each.get("to", ())) for each in personalizations)
    texts = [str(content.get("value", "")) for content in request.get("content", ())]
    arguments = [value for each in personalizations for value in each.get("custom_args", {}).values()]
    reserved = RESERVED_HEADERS & {name.lower() for name in request.get("headers", {})}
    sizes = [_size(attachment) for attachment in request.get("attachments", ())]
    faults = {
        "it has no recipient": recipients == 0,
        f"it has more than {MOST_RECIPIENTS} recipients": recipients > MOST_RECIPIENTS,
        "it has no subject": not str(request.get("subject", "")).strip(),
        "it has no text": not any(text.strip() for text in texts),
        "a custom argument is not a text": not all(isinstance(value, str) for value in arguments),
        f"it sets reserved headers ({', '.join(sorted(reserved))})": bool(reserved),
        "an attachment is not base64": None in sizes,
        f"it is larger than {LARGEST // 1024 // 1024} MB": sum(size or 0 for size in sizes) > LARGEST,
    }
    return next((fault for fault, holds in faults.items() if holds), None)


def _size(attachment: Mapping[str, Any]) -> int | None:
    """Characters that an attachment takes in the message; None where it is not base64."""
    content = str(attachment.get("content", ""))
    try:
        base64.b64decode(content, validate=True)
    except ValueError:
        return None
    return len(content)
