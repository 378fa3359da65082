"""A real IMAP server (Dovecot) on 127.0.0.1: any user with the right password, or with a token that is accepted."""

from __future__ import annotations

import contextlib
import getpass
import grp
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

from tests.activities.mail.smtp_double import certificate, free_port

PASSWORD = "right"
UID, GID = (65534, 65534) if os.getuid() == 0 else (os.getuid(), os.getgid())
"""As whom mails are read: never as root, which it refuses."""
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {inside}
default_login_user = {login}
default_internal_group = {group}
ssl = required
ssl_cert = <{pem}
ssl_key = <{pem}
ssl_min_protocol = TLSv1.2
auth_mechanisms = plain xoauth2
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = password={password}
  mechanisms = plain
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """The server; ``accepts`` says whose token it is, and is asked at each login."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.plain = folder, free_port(), free_port()
        _, self.tls = certificate(folder)
        self.accepts: Callable[[str], str | None] = lambda _: None

    def arrives(self, user: str, mail: bytes) -> None:
        """A mail comes into the inbox of a user."""
        box = self.folder / "mail" / user
        for part in ("tmp", "new", "cur"):
            self._made(box / part)
        number = len(list(box.rglob("*.test"))) + 1
        (box / "new" / f"{1_790_000_000 + number}.M{number}.test").write_bytes(mail)

    def _made(self, folder: Path) -> None:
        """A folder, with those above it, in which mails can be moved."""
        for each in (self.folder / "mail", self.folder / "home", folder.parent, folder):
            each.mkdir(exist_ok=True)
            each.chmod(0o777)

    def files(self, user: str) -> list[str]:
        """How the mails lie there: ``new`` and without flags as long as nobody has changed them."""
        return sorted(
            f"{path.parent.name} {path.name.partition(':2,')[2]}"
            for path in (self.folder / "mail" / user).rglob("*.test*")
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[Dovecot]:
        self._made(self.folder / "mail" / "nobody")
        introspection = _Introspection(self)
        thread = threading.Thread(target=introspection.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        (self.folder / "oauth2.conf").write_text(
            f"introspection_mode = get\nintrospection_url = http://127.0.0.1:{introspection.server_address[1]}/\n"
            "username_attribute = username\nactive_attribute = active\nactive_value = true\n",
            encoding="utf-8",
        )
        config = self.folder / "dovecot.conf"
        config.write_text(
            CONFIG.format(
                folder=self.folder, pem=self.folder / "mail.pem", uid=UID, gid=GID, password=PASSWORD,
                port=self.port, plain=self.plain, **_users(),
            ),
            encoding="utf-8",
        )  # fmt: skip
        assert DOVECOT
        server = subprocess.Popen([DOVECOT, "-F", "-c", str(config)])
        try:
            self._wait_until_it_listens(server)
            yield self
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
            introspection.shutdown()
            thread.join()
            introspection.server_close()

    def _wait_until_it_listens(self, server: subprocess.Popen[bytes]) -> None:
        for _ in range(600):
            assert server.poll() is None, (self.folder / "log").read_text(encoding="utf-8")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text(encoding="utf-8"))


class _Introspection(ThreadingHTTPServer):
    """Says whose token it is, as a token server does."""

    def __init__(self, dovecot: Dovecot) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.dovecot = dovecot


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the standard library's name
        user = cast("_Introspection", self.server).dovecot.accepts(self.path.removeprefix("/").partition("&")[0])
        said = f'{{"active": true, "username": "{user}"}}' if user else '{"active": false}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr."""


def _users() -> dict[str, str]:
    """As whom its parts run: those of the package where we are root, which it refuses for some of them."""
    if os.getuid() == 0:
        return {"inside": "dovecot", "login": "dovenull", "group": "dovecot"}
    return {"inside": getpass.getuser(), "login": getpass.getuser(), "group": grp.getgrgid(os.getgid()).gr_name}


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A server in a folder of its own, whose path is short enough for its sockets."""
    folder = Path(tempfile.mkdtemp(prefix="imap-"))
    folder.chmod(0o755)
    try:
        with Dovecot(folder).running() as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
