"""How the demo is told: one paragraph a scene, then what the timeline says, at a pace that people can read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import NamedTuple

from starter.language.heard import heard
from starter.language.moments import short
from starter.language.words import spoken
from workflows.process.messages import Happening

HAPPENS_WITHIN = 60.0
"""Seconds of real time for anything that the story waits for."""


class ToldScene(NamedTuple):
    """One paragraph of the story, with what happened since the last."""

    text: str
    lines: tuple[Happening, ...]


class Narrator:
    """Tells the story, and keeps what it has told. ``pause``: seconds after each scene."""

    def __init__(self, say: Callable[[str], None], pause: float) -> None:
        self.say, self._pause = say, pause
        self.scenes: list[ToldScene] = []

    async def scene(self, text: str, lines: Iterable[Happening]) -> None:
        """One paragraph of the story, then what happened since the last."""
        # legal footnotes stand in the timeline of the evidence
        scene = ToldScene(text, tuple(line for line in lines if not line.what.startswith("About duty")))
        self.scenes.append(scene)
        self.say(f"\n{text}")
        for line in scene.lines:
            by = f" ({line.said_by(spoken())})" if line.by else ""
            self.say(f"   {short(line.at)}  {heard(line.what)}{by}")
        await asyncio.sleep(self._pause)
