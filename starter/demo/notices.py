"""The notices that Kela publishes in the demo: a feed in a file, and the watch that reads it on the drill's clock."""

from __future__ import annotations

import html
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from temporalio.client import Client

from starter.client.client import clock_of_process
from starter.drill.clocks import fast_forward
from starter.notices.watch_client import tell_watch
from workflows.notices.messages import LookNow
from workflows.process.ids import NOTICE_WATCH_ID

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Häiriötiedotteet (demo)</title>
{}</channel></rss>
"""
ITEM = "<item><title>{}</title><guid>demo-{}</guid><pubDate>{}</pubDate><description>{}</description></item>\n"
LITTLE = timedelta(seconds=1)


class NoticeFeedOfDemo:
    """A feed in a file, empty at first."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._items: list[str] = []
        self._write()

    async def publish(self, client: Client, title: str, text: str, at: datetime) -> None:
        """Publish a notice at a time on the drill's clock, and have the watch look."""
        behind = at - await clock_of_process(client, NOTICE_WATCH_ID)
        if behind > LITTLE:
            await fast_forward(client, NOTICE_WATCH_ID, behind)
        number = len(self._items) + 1
        item = ITEM.format(html.escape(title), number, format_datetime(at), html.escape(text))
        self._items.insert(0, item)
        self._write()
        await tell_watch(client, "look_now", LookNow(by="demo", source="demo"))

    def _write(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(FEED.format("".join(self._items)), encoding="utf-8")
