"""Mail by SMTP (RFC 5321), with the standard library's client: STARTTLS by default, its certificate verified."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Literal

from temporalio.exceptions import ApplicationError

from activities.mail.oauth import Tokens
from activities.mail.transport import (
    THE_DESK,
    THE_OPERATOR,
    LiveMail,
    Transport,
    not_now,
    refused,
    unknown,
    without_addresses,
)

Security = Literal["starttls", "tls", "none"]
ADVICE = {
    "smtpclientauthentication is disabled": "SMTP AUTH is switched off for the mailbox or the whole tenant: an "
    'administrator of Exchange must switch it on for the mailbox of smtp_user, or set mail_transport to "graph"',
    "basic authentication": 'The server takes no password any more: set smtp_oauth, or mail_transport to "graph"',
    "sendasdenied": "The organisation's address is not that of smtp_user's mailbox: make them the same, or let an "
    "administrator of Exchange give Send As",
    "permissions to send as": "The organisation's address is not that of smtp_user's mailbox: make them the same, or "
    "let an administrator of Exchange give Send As",
}
"""What to do, by what Exchange says (in lower case)."""
SEE_LOGIN = "Those who run kantadesk must look at smtp_user and smtp_password_file"
SEE_REGISTRATION = (
    "Those who run kantadesk must look at smtp_user and the app's registration: SMTP.SendAsApp with consent, the "
    "service principal in Exchange and its right to the mailbox (docs/mail.md)"
)


class Smtp(Transport):
    """One mail server. ``timeout`` bounds each step of the conversation; ``password`` is read at each try.

    ``tls``: another TLS context than the system's (an organisation's own certificate authority). ``tokens``: the login
    is by OAuth 2.0 (XOAUTH2) instead of the password. A login over an unencrypted connection is not possible.
    """

    def __init__(
        self,
        host: str,
        port: int = 587,
        *,
        security: Security = "starttls",
        user: str = "",
        password: Callable[[], str] = str,
        tokens: Tokens | None = None,
        timeout: timedelta = timedelta(seconds=10),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if user and security == "none":
            raise ValueError("SMTP login needs TLS: set the security to starttls or tls, or leave the user out")
        self.provider = f"the mail server {host}"
        self._host, self._port, self._security = host, port, security
        self._user, self._password, self._tokens = user, password, tokens
        self._timeout = timeout.total_seconds()
        self._tls = tls or ssl.create_default_context()

    async def deliver(self, mail: LiveMail) -> str:
        """Hand a message to the server. SMTP gives no id of its own: the answer is empty."""
        await asyncio.to_thread(self._hand_over, mail.message)
        return ""

    def check(self) -> None:
        """Connect, encrypt and log in, and send nothing. Raises ``ApplicationError``."""
        with self._errors_in_our_words(unknown_where_lost=False):
            server = self._ready()
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()

    def _hand_over(self, message: EmailMessage) -> None:
        with self._errors_in_our_words(unknown_where_lost=False):
            server = self._ready()
        try:
            with self._errors_in_our_words(unknown_where_lost=True):
                left_out = server.send_message(message)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()  # accepted already: a server that is rude at the end changes nothing
        finally:
            server.close()
        if left_out:
            code, reason = next(iter(left_out.values()))
            raise refused(
                f"{self.provider} took the message, but not for {len(left_out)} recipient(s) ({code} {_said(reason)})",
                act=THE_DESK,
            )

    def _ready(self) -> smtplib.SMTP:
        """A greeted, encrypted and logged-in connection. A token that is not accepted is replaced once."""
        try:
            return self._connected()
        except smtplib.SMTPAuthenticationError:
            if not self._tokens:
                raise
        return self._connected(fresh=True)

    def _connected(self, *, fresh: bool = False) -> smtplib.SMTP:
        server: smtplib.SMTP
        if self._security == "tls":
            server = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=self._tls)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            if self._security == "starttls":
                server.starttls(context=self._tls)
            if self._tokens:
                self._log_in_by_token(server, self._tokens.get(fresh=fresh))
            elif self._user:
                server.login(self._user, self._password())
        except BaseException:
            server.close()
            raise
        return server

    def _log_in_by_token(self, server: smtplib.SMTP, token: str) -> None:
        """XOAUTH2: user and token in one line; what the server says against it is answered with nothing."""
        server.ehlo_or_helo_if_needed()
        if "XOAUTH2" not in server.esmtp_features.get("auth", "").upper().split():
            act = "Those who run kantadesk must leave smtp_oauth out, or name a server that takes tokens"
            raise refused(f"{self.provider} offers no login by OAuth (XOAUTH2)", act=act)
        first = f"user={self._user}\x01auth=Bearer {token}\x01\x01"
        server.auth("XOAUTH2", lambda challenge=None: first if challenge is None else "")

    @contextlib.contextmanager
    def _errors_in_our_words(self, *, unknown_where_lost: bool) -> Iterator[None]:
        """Turn what smtplib and the socket raise into ``ApplicationError``. Causes stay out: they hold addresses."""
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            raise self._answered(*next(iter(error.recipients.values())), act=THE_DESK) from None
        except smtplib.SMTPAuthenticationError as error:
            act = SEE_REGISTRATION if self._tokens else SEE_LOGIN
            raise self._answered(error.smtp_code, error.smtp_error, act=act) from None
        except smtplib.SMTPResponseException as error:
            raise self._answered(error.smtp_code, error.smtp_error, act=THE_OPERATOR) from None
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise refused(f"{self.provider} can't do what is needed ({_said(error)})", act=THE_OPERATOR) from None
        except ssl.SSLCertVerificationError as error:
            reason = f"the certificate of {self.provider} is not valid ({error.verify_message})"
            act = "Those who run kantadesk must set smtp_ca_file to the authority that is to be trusted"
            raise refused(reason, act=act) from None
        except (OSError, smtplib.SMTPException) as error:
            reason = f"the connection to {self.provider} failed ({_said(error) or type(error).__name__})"
            raise (unknown(reason) if unknown_where_lost else not_now(reason)) from None

    def _answered(self, code: int, reason: bytes | str, *, act: str) -> ApplicationError:
        """5xx: never; 4xx: later (RFC 5321, section 4.2.1). Anything else is no answer to rely on."""
        words = f"{self.provider} answered {code} {_said(reason)}"
        match code // 100:
            case 5:
                said = words.lower()
                return refused(words, act=next((advice for part, advice in ADVICE.items() if part in said), act))
            case 4:
                return not_now(words)
            case _:
                return unknown(words)


def _said(reason: bytes | str | Exception) -> str:
    """What the server or the library said, without addresses."""
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return without_addresses(text)
