"""The feed of published notices: one notice about a service that nobody here uses; it can break."""

from __future__ import annotations

import threading
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.builders import now

NOTICE = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Häiriötiedotteet</title>
<item><title>Häiriö Kelaimessa</title><guid>chaos-1</guid><pubDate>{at}</pubDate>
<description>Kelaimessa on häiriö.</description></item></channel></rss>"""


class Feed:
    """``is_broken``: it answers with garbage under an error."""

    def __init__(self) -> None:
        self.is_broken = False
        self.asked = 0
        self._page = NOTICE.format(at=format_datetime(now())).encode()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}/feed"

    def open(self) -> None:
        """Begin to serve."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Be gone."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        feed = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # http.server's name
                feed.asked += 1
                page = b"<rss><cha" if feed.is_broken else feed._page
                self.send_response(500 if feed.is_broken else 200)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: object) -> None:
                """It is asked often."""

        return Handler
