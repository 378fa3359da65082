"""Bytes as text, whatever encoding is declared for them."""

from __future__ import annotations

import re

_STATEFUL = ("utf-7", "utf-16", "utf-32", "iso-2022", "hz")
"""Encodings whose bytes can pass for plain ASCII or UTF-8."""
_TWICE = re.compile("Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\u0080-\u00bf“”™œ˜]")
"""UTF-8 that was taken for Windows-1252 and encoded once more ("HÃ¤iriÃ¶")."""


def characters(content: bytes, declared: str | None) -> str:
    """The text in some bytes. UTF-8 where they are UTF-8, else as declared, else Windows-1252."""
    declared = declared or "utf-8"
    tried = [declared, "utf-8"] if declared.startswith(_STATEFUL) else ["utf-8", declared]
    for encoding in tried:
        try:
            return _once(content.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("cp1252", "replace")


def _once(text: str) -> str:
    if not _TWICE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
