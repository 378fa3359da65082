"""A local server that answers as SendGrid does, or as a test tells it to; a host setting points at it."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, cast

KEY = "SG.a-key-of-the-tests"


@dataclass
class Answer:
    """One answer. ``how`` "drop" hangs up instead; "slow" says nothing until the test is over."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=lambda: {"X-Message-Id": "sg-1"})
    body: str = ""
    how: Literal["answer", "drop", "slow"] = "answer"


def error(status: int, message: str = "", **headers: str) -> Answer:
    """An error as SendGrid words it; ``headers`` with underscores for hyphens."""
    body = (
        json.dumps({"errors": [{"message": message, "field": None, "help": None}]}) if message else "<html>sorry</html>"
    )
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@dataclass
class Heard:
    """One request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class SendGridDouble(ThreadingHTTPServer):
    """Gives the answers of its list, then 202 for ever; remembers what it heard."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.heard: list[Heard] = []
        self.is_over = threading.Event()

    @property
    def host(self) -> str:
        """The value for the host setting."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator[SendGridDouble]:
        """Serve until the end of the block."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.is_over.set()
            self.shutdown()
            thread.join()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def _serve(self) -> None:
        server = cast("SendGridDouble", self.server)
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.heard.append(
            Heard(self.command, self.path, dict(self.headers.items()), json.loads(sent) if sent else None)
        )
        answer = server.answers.pop(0) if server.answers else Answer()
        self.close_connection = True
        if answer.how == "slow":
            server.is_over.wait(timeout=30)
        if answer.how != "answer":
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body.encode())

    do_POST = do_GET = _serve  # noqa: N815  # the standard library's names

    def log_message(self, *_: Any) -> None:
        """Say nothing on stderr."""
