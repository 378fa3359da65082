"""A mailbox by IMAP (RFC 3501), with the standard library's client. It is opened for reading only."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

from temporalio.exceptions import ApplicationError

from activities.mail.oauth import Tokens
from activities.mail.transport import not_now, refused, without_addresses
from activities.returned_mail.mailbox import AT_A_LOOK, AT_FIRST, OF_A_MAIL, Arrived, Mailbox

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SEE_LOGIN = "Those who run kantadesk must look at bounces_mailbox and imap_password_file"
SEE_REGISTRATION = (
    "Those who run kantadesk must look at bounces_mailbox and the app's registration: IMAP.AccessAsApp with consent, "
    "and the mailbox named in Exchange (docs/mail.md)"
)


class ImapMailbox(Mailbox):
    """One folder. The login is by ``tokens`` where there are some, else by password, each read at each look."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str,
        folder: str,
        security: Literal["tls", "starttls"],
        tls: ssl.SSLContext,
        password: Callable[[], str] = str,
        tokens: Tokens | None = None,
        timeout: timedelta = timedelta(seconds=8),
    ) -> None:
        self.name = f"the folder {folder} at {host}"
        self._host, self._port, self._security, self._tls = host, port, security, tls
        self._user, self._folder, self._password, self._tokens = user, folder, password, tokens
        self._timeout = timeout.total_seconds()

    async def since(self, mark: str) -> list[Arrived]:
        """What has come since a mark (the validity of the folder's numbers, and the last number)."""
        return await asyncio.to_thread(self._since, mark)

    async def check(self) -> None:
        """Log in and open the folder."""
        await asyncio.to_thread(self._check)

    def _check(self) -> None:
        with self._opened():
            pass

    def _since(self, mark: str) -> list[Arrived]:
        with self._opened() as (server, validity):
            known, _, last = mark.partition(":")
            after = int(last) if known == validity and last.isdigit() else 0
            new = [uid for uid in self._numbers(server, after) if uid > after][:AT_A_LOOK]
            return [Arrived(self._content(server, uid), f"{validity}:{uid}") for uid in new]

    def _numbers(self, server: imaplib.IMAP4, after: int) -> list[int]:
        if after:
            asked = ("UID", f"{after + 1}:*")
        else:
            day = datetime.now(UTC) - AT_FIRST  # noqa: TID251  # an activity: counted from now
            asked = ("SINCE", f"{day.day:02}-{MONTHS[day.month - 1]}-{day.year}")
        _, found = server.uid("SEARCH", *asked)
        return sorted(int(number) for line in found if line for number in line.split())

    @staticmethod
    def _content(server: imaplib.IMAP4, uid: int) -> bytes:
        """The beginning of a mail; it stays unread. Empty where somebody has just deleted it."""
        _, found = server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{OF_A_MAIL}>)")
        return next((bytes(part[1]) for part in found if isinstance(part, tuple)), b"")

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[imaplib.IMAP4, str]]:
        """The folder, opened for reading, with the validity of its numbers."""
        with self._errors_in_our_words():
            server = self._connected()
            try:
                answer, said = server.select(f'"{self._folder}"', readonly=True)
                if answer != "OK":
                    words = without_addresses(bytes(said[0] or b"").decode("utf-8", "replace"))
                    raise refused(f"{self.name} can't be opened ({words})", act="Correct bounces_folder")
                yield server, str((server.response("UIDVALIDITY")[1] or [b""])[0], "ascii")
            finally:
                with contextlib.suppress(imaplib.IMAP4.error, OSError):
                    server.logout()

    def _connected(self) -> imaplib.IMAP4:
        """An encrypted and logged-in connection. A token that is not accepted is replaced once."""
        try:
            return self._logged_in()
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            if not self._tokens:
                raise self._not_let_in(error) from None
        try:
            return self._logged_in(fresh=True)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise self._not_let_in(error) from None

    def _logged_in(self, *, fresh: bool = False) -> imaplib.IMAP4:
        server = self._encrypted()
        try:
            if self._tokens:
                first = f"user={self._user}\x01auth=Bearer {self._tokens.get(fresh=fresh)}\x01\x01".encode()
                server.authenticate("XOAUTH2", lambda said: b"" if said else first)
            else:
                server.login(self._user, self._password())
        except BaseException:
            server.shutdown()
            raise
        return server

    def _encrypted(self) -> imaplib.IMAP4:
        if self._security == "tls":
            return imaplib.IMAP4_SSL(self._host, self._port, ssl_context=self._tls, timeout=self._timeout)
        server = imaplib.IMAP4(self._host, self._port, timeout=self._timeout)
        try:
            server.starttls(ssl_context=self._tls)
        except BaseException:
            server.shutdown()
            raise
        return server

    def _not_let_in(self, error: Exception) -> ApplicationError:
        act = SEE_REGISTRATION if self._tokens else SEE_LOGIN
        return refused(f"{self.name}: the login is refused ({without_addresses(_words(error))})", act=act)

    @contextlib.contextmanager
    def _errors_in_our_words(self) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            act = "Those who run kantadesk must set imap_ca_file to the authority that is to be trusted"
            raise refused(f"{self.name}: the certificate is not valid ({error.verify_message})", act=act) from None
        except (imaplib.IMAP4.error, OSError) as error:
            raise not_now(f"{self.name} can't be read ({without_addresses(_words(error))})") from None


def _words(error: Exception) -> str:
    """What the server or the library said; the library shows bytes as Python writes them."""
    said = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""
    return said.decode("utf-8", "replace") or str(error) or type(error).__name__
