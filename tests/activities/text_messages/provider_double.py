"""A local provider of text messages: answers as a test tells it to, and remembers what it heard."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

SILENT = 0
"""An answer that never comes."""


class TextProviderDouble(ThreadingHTTPServer):
    """Gives the statuses of its list, then 200 for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses: list[int] = []
        self.heard: list[tuple[str, str, Any]] = []
        """Path, the header Authorization, the body."""
        self.is_over = threading.Event()

    @property
    def place(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator[TextProviderDouble]:
        """Serve until the end of the block."""
        serving = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            yield self
        finally:
            self.is_over.set()
            self.shutdown()
            serving.join()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # the library's name
        server = cast("TextProviderDouble", self.server)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.heard.append((self.path, self.headers.get("Authorization", ""), body))
        status = server.statuses.pop(0) if server.statuses else 200
        if status == SILENT:
            server.is_over.wait(30)
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
        """Say nothing."""
