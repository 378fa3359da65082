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

from activities.mail.transport import LiveMail, Transport, not_now, refused, unknown, without_addresses

Security = Literal["starttls", "tls", "none"]
THE_OPERATOR = "Those who run kantadesk must look at the mail settings"
THE_DESK = "Check the recipient's address in the operating model; until then send it by hand"


class Smtp(Transport):
    """One mail server. ``timeout`` bounds each step of the conversation; ``password`` is read at each try.

    ``tls``: another TLS context than the system's (an organisation's own certificate authority). A login over an
    unencrypted connection is not possible.
    """

    def __init__(
        self,
        host: str,
        port: int = 587,
        *,
        security: Security = "starttls",
        user: str = "",
        password: Callable[[], str] = str,
        timeout: timedelta = timedelta(seconds=10),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if user and security == "none":
            raise ValueError("SMTP login needs TLS: set the security to starttls or tls, or leave the user out")
        self.provider = f"the mail server {host}"
        self._host, self._port, self._security = host, port, security
        self._user, self._password = user, password
        self._timeout = timeout.total_seconds()
        self._tls = tls or ssl.create_default_context()

    async def deliver(self, mail: LiveMail) -> str:
        """Hand a message to the server. SMTP gives no id of its own: the answer is empty."""
        await asyncio.to_thread(self._hand_over, mail.message)
        return ""

    def _hand_over(self, message: EmailMessage) -> None:
        with self._errors_in_our_words(unknown_where_lost=False):
            server = self._connected()
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

    def _connected(self) -> smtplib.SMTP:
        """A greeted, encrypted and logged-in connection."""
        server: smtplib.SMTP
        if self._security == "tls":
            server = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=self._tls)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            if self._security == "starttls":
                server.starttls(context=self._tls)
            if self._user:
                server.login(self._user, self._password())
        except BaseException:
            server.close()
            raise
        return server

    @contextlib.contextmanager
    def _errors_in_our_words(self, *, unknown_where_lost: bool) -> Iterator[None]:
        """Turn what smtplib and the socket raise into ``ApplicationError``. Causes stay out: they hold addresses."""
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            raise self._answered(*next(iter(error.recipients.values())), act=THE_DESK) from None
        except smtplib.SMTPResponseException as error:
            raise self._answered(error.smtp_code, error.smtp_error, act=THE_OPERATOR) from None
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise refused(f"{self.provider} can't do what is needed ({_said(error)})", act=THE_OPERATOR) from None
        except ssl.SSLCertVerificationError as error:
            reason = f"the certificate of {self.provider} is not valid ({error.verify_message})"
            raise refused(reason, act=THE_OPERATOR) from None
        except (OSError, smtplib.SMTPException) as error:
            reason = f"the connection to {self.provider} failed ({_said(error) or type(error).__name__})"
            raise (unknown(reason) if unknown_where_lost else not_now(reason)) from None

    def _answered(self, code: int, reason: bytes | str, *, act: str) -> ApplicationError:
        """5xx: never; 4xx: later (RFC 5321, section 4.2.1). Anything else is no answer to rely on."""
        words = f"{self.provider} answered {code} {_said(reason)}"
        match code // 100:
            case 5:
                return refused(words, act=act)
            case 4:
                return not_now(words)
            case _:
                return unknown(words)


def _said(reason: bytes | str | Exception) -> str:
    """What the server or the library said, without addresses."""
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return without_addresses(text)
