"""How the demo is told: one paragraph a scene, then what the timeline says, at a pace that people can read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from workflows.procedure.local_time import local
from workflows.process.messages import Happening

HAPPENS_WITHIN = 60.0
"""Seconds of real time for anything that the story waits for."""


class Narrator:
    """Tells the story. ``pause``: seconds after each scene."""

    def __init__(self, say: Callable[[str], None], pause: float) -> None:
        self.say, self._pause = say, pause

    async def scene(self, text: str, lines: Iterable[Happening]) -> None:
        """One paragraph of the story, then what happened since the last."""
        self.say(f"\n{text}")
        for line in lines:
            if line.what.startswith("About duty"):  # legal footnotes: they stand in the timeline of the evidence
                continue
            by = f" ({line.by})" if line.by else ""
            self.say(f"   {local(line.at):%d.%m. %H:%M}  {line.what}{by}")
        await asyncio.sleep(self._pause)
