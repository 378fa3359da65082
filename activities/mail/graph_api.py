"""One mailbox by way of Microsoft Graph: requests with a token, and its refusals in our words. Nothing is logged.

A 401 fetches another token, once. Graph lets an app have four requests at a time at a mailbox; the fifth waits here
instead of being turned away there.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
from temporalio.exceptions import ApplicationError

from activities.mail.oauth import Tokens
from activities.mail.transport import THE_DESK, not_now, refused, retry_after, unknown, without_addresses

AT_ONCE = 4
"""Requests at a time for an app and a mailbox, as Microsoft documents it."""
LATER = {408, 423, 429, 503}
UNAUTHORISED, FORBIDDEN, NOT_FOUND, TOO_LARGE = 401, 403, 404, 413
THE_RIGHTS = (
    "An administrator must let the app use the mailbox: Mail.ReadWrite and Mail.Send, limited to this mailbox "
    "(docs/mail.md)"
)
THE_MAILBOX = "Those who run kantadesk must correct the name of the mailbox (graph_mailbox, bounces_mailbox)"
TOO_LARGE_FOR_IT = "The message is too large for the mailbox: send it by hand"
ADVICE = {
    "ErrorSendAsDenied": "The organisation's address is not that of graph_mailbox: make them the same, or let an "
    "administrator of Exchange give Send As",
    "ErrorInvalidRecipients": THE_DESK,
    "ErrorMessageSizeExceeded": TOO_LARGE_FOR_IT,
    "ErrorAttachmentSizeLimitExceeded": TOO_LARGE_FOR_IT,
    "ErrorQuotaExceeded": "The mailbox is full: make room in it, and send this message by hand",
    "ErrorSendQuotaExceeded": "The mailbox is full: make room in it, and send this message by hand",
    "ErrorExceededMessageLimit": "The mailbox has sent as much as it may today: send this message by hand",
    "ErrorAccessDenied": THE_RIGHTS,
    "Authorization_RequestDenied": THE_RIGHTS,
    "MailboxNotEnabledForRESTAPI": THE_MAILBOX,
    "ErrorInvalidUser": THE_MAILBOX,
    "ErrorNonExistentMailbox": THE_MAILBOX,
    "Request_ResourceNotFound": THE_MAILBOX,
    "ResourceNotFound": THE_MAILBOX,
}
"""What to do, by the code in Graph's answer."""
THE_APP = "Those who run kantadesk must look at the app's registration and at graph_host (docs/mail.md)"


class NotInMailbox(Exception):
    """What was asked for is not in the mailbox."""


class GraphMailbox:
    """One mailbox. ``host``: that of Graph, or of its cloud; ``tls``: whose certificates are trusted."""

    def __init__(
        self,
        tokens: Tokens,
        mailbox: str,
        *,
        tls: ssl.SSLContext,
        host: str = "https://graph.microsoft.com",
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self._tokens, self._root = tokens, f"{host}/v1.0/users/{quote(mailbox)}"
        self._tls, self._timeout = tls, timeout.total_seconds()
        self._few = asyncio.Semaphore(AT_ONCE)
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each address at INFO

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[httpx.AsyncClient]:
        """Connections for some requests; at most four are open at a time."""
        async with self._few, httpx.AsyncClient(timeout=self._timeout, verify=self._tls) as client:
            yield client

    async def ask(
        self, client: httpx.AsyncClient, method: str, path: str, *, sends: bool = False, **about: Any
    ) -> httpx.Response:
        """One request and its answer. ``sends``: whether what follows from a lost answer may be a message that went.

        Raises ``NotInMailbox``; ``ApplicationError`` of the types that a transport raises.
        """
        for fresh in (False, True):
            token = await asyncio.to_thread(self._tokens.get, fresh=fresh)
            headers = {"Authorization": f"Bearer {token}"}
            address = path if "://" in path else self._root + path
            answer = await self._asked(client, method, address, sends=sends, headers=headers, **about)
            if answer.status_code != UNAUTHORISED:
                break
        return _taken(answer, sends=sends)

    async def put_range(self, client: httpx.AsyncClient, address: str, part: bytes, range_: str) -> None:
        """A part of a large attachment, to the address that Graph gave for it: it needs no token, and must get none."""
        answer = await self._asked(
            client, "PUT", address, sends=False, content=part,
            headers={"Content-Range": range_, "Content-Type": "application/octet-stream"},
        )  # fmt: skip
        _taken(answer, sends=False)

    async def _asked(
        self, client: httpx.AsyncClient, method: str, address: str, *, sends: bool, **about: Any
    ) -> httpx.Response:
        try:
            return await client.request(method, address, **about)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise _lost(error, sends=sends) from None


def _lost(error: Exception, *, sends: bool) -> ApplicationError:
    """A connection that never came about has sent nothing; where only the answer is lost, a message may have gone."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        act = "Those who run kantadesk must set oauth_ca_file to the authority that is to be trusted"
        return refused("the certificate of Microsoft Graph (graph_host) is not valid", act=act)
    reason = f"Microsoft Graph could not be reached or did not answer ({type(error).__name__})"
    is_before = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.InvalidURL)
    return unknown(reason) if sends and not is_before else not_now(reason)


def _taken(answer: httpx.Response, *, sends: bool) -> httpx.Response:
    """The answer, where Graph did what was asked."""
    status = answer.status_code
    if answer.is_success:
        return answer
    code, words = _said(answer)
    reason = f"Microsoft Graph answered {status}{words}"
    if status in LATER:
        return _raise(not_now(reason, after=retry_after(answer.headers)))
    if status == NOT_FOUND and code in {"", "ErrorItemNotFound"}:
        raise NotInMailbox
    if status == UNAUTHORISED:
        return _raise(refused(reason, act=THE_APP))
    if status // 100 == 4:  # noqa: PLR2004  # 4xx: it was not done, and would not be
        act = {FORBIDDEN: THE_RIGHTS, NOT_FOUND: THE_MAILBOX, TOO_LARGE: TOO_LARGE_FOR_IT}.get(status, THE_APP)
        return _raise(refused(reason, act=ADVICE.get(code, act)))
    return _raise(unknown(reason) if sends else not_now(reason, after=retry_after(answer.headers)))


def _raise(error: ApplicationError) -> httpx.Response:
    raise error


def _said(answer: httpx.Response) -> tuple[str, str]:
    """Graph's code and its words, without addresses; empty where the answer is no error of Graph's."""
    try:
        error = answer.json()["error"]
        code, message = str(error["code"]), without_addresses(str(error.get("message", "")))
    except (ValueError, KeyError, TypeError):
        return "", ""
    return code, f" ({code}: {message})" if message else f" ({code})"
