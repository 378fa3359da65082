"""The outbox folder: every message as an ``.eml`` file. Drills always go here; live mail where nothing else is set."""

from __future__ import annotations

import asyncio
from pathlib import Path

from activities.evidence.case_folder import private_folder, write_whole
from activities.mail.transport import DrillMail, LiveMail, Transport, not_now


class Outbox(Transport):
    """Keeps messages as files, each once by its name (which belongs to its Message-ID), written whole, mode 0600."""

    channel = "outbox"
    provider = "the outbox folder"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def deliver(self, mail: LiveMail) -> str:
        """Keep a live message; answer its file name."""
        return await asyncio.to_thread(self._keep, mail)

    async def divert(self, mail: DrillMail) -> str:
        """Keep a drill's message; answer its file name."""
        return await asyncio.to_thread(self._keep, mail)

    def _keep(self, mail: LiveMail | DrillMail) -> str:
        try:
            path = private_folder(self.folder) / mail.file_name
            if not path.exists():
                write_whole(path, mail.content)
        except OSError as error:
            raise not_now(f"the outbox folder {self.folder} can't be written ({error.strerror})") from None
        return path.name
