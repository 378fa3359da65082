"""A real SMTP server on 127.0.0.1 that answers as a test tells it to."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "kantadesk", "right"


class Postmaster:
    """Keeps what it accepts; each answer can be replaced."""

    def __init__(self) -> None:
        self.messages: list[Envelope] = []
        self.to: dict[str, str] = {}
        self.answer = "250 OK"

    async def handle_RCPT(self, _: SMTP, __: Any, envelope: Envelope, address: str, ___: list[str]) -> str:  # noqa: N802  # aiosmtpd's name
        if address in self.to:
            return self.to[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Any, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        if self.answer.startswith("250"):
            self.messages.append(envelope)
        return self.answer


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def smtp_server(postmaster: Postmaster, **options: Any) -> Iterator[int]:
    """The server's port, while it runs; ``options`` are those of aiosmtpd."""
    server = Controller(postmaster, hostname="127.0.0.1", port=free_port(), **options)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def login(_: Any, __: Any, ___: Any, ____: Any, data: LoginPassword) -> AuthResult:
    """Lets one user in."""
    is_known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for a server at 127.0.0.1 or called feed.test, and what a client needs to trust it (nobody else does)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    today = datetime.now(UTC)  # noqa: TID251  # a certificate is valid by the machine's own clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("feed.test")]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


class RudeServer:
    """Speaks just enough SMTP to be rude at a chosen point. An empty answer: says nothing and waits for the client."""

    def __init__(
        self, *, greeting: bytes = b"220 hi", after_data: bytes | None = b"250 OK", bye: bytes = b"221 bye"
    ) -> None:
        """``after_data`` None: hangs up instead of answering."""
        self.answers = {"greeting": greeting, "QUIT": bye, "DATA": b"354 go on"}
        self.after_data = after_data
        self.accepted = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[int]:
        """The server's port, while it runs."""
        with socket.create_server(("127.0.0.1", 0)) as recipient:
            thread = threading.Thread(target=self._serve, args=(recipient,))
            thread.start()
            yield recipient.getsockname()[1]
        thread.join(timeout=30)
        assert not thread.is_alive()

    def _serve(self, recipient: socket.socket) -> None:
        connection, _ = recipient.accept()
        with connection, connection.makefile("rb") as heard:
            self._say(connection, self.answers["greeting"])
            for line in heard:
                verb = line[:4].strip().decode().upper()
                self._say(connection, self.answers.get(verb, b"250 OK"))
                if verb == "DATA":
                    while heard.readline() not in {b".\r\n", b""}:
                        pass
                    if self.after_data is None:
                        return
                    self.accepted += self.after_data.startswith(b"250")
                    self._say(connection, self.after_data)

    @staticmethod
    def _say(connection: socket.socket, answer: bytes) -> None:
        if answer:
            connection.sendall(answer + b"\r\n")


class TokenPostmaster(Postmaster):
    """Lets in by XOAUTH2 only, as Exchange Online does; ``accepts`` looks at the token."""

    def __init__(self, user: str, accepts: Callable[[str], bool]) -> None:
        super().__init__()
        self.user, self.accepts, self.refusals = user, accepts, 0

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd's name
        said = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        known = re.fullmatch("user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", said)
        if known and known[1] == self.user and self.accepts(known[2]):
            return AuthResult(success=True, auth_data=known[1])
        self.refusals += 1
        assert await server.challenge_auth('{"status":"401","schemes":"bearer"}') == b""
        return AuthResult(success=False, handled=False)
