"""Long ids that only machines compare, in few letters; ``--json`` and the evidence have them whole."""

from __future__ import annotations

import re

from starter.language.words import _

_MESSAGE_ID = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24,}@[\w.-]+")


def in_few_letters(text: str) -> str:
    """A text in which the Message-ID of a letter of ours is said by its beginning."""
    return _MESSAGE_ID.sub(lambda found: _("message {begins}…", begins=found[1]), text)
