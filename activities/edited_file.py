"""The text of a file that a person has edited, whatever mark their editor put in front of it.

Windows editors begin UTF-8 with a byte order mark, and PowerShell writes UTF-16. Neither is a fault of the person.
"""

from __future__ import annotations

import codecs
from pathlib import Path

_MARKS = (  # the longer mark first: that of UTF-32 (little endian) begins as that of UTF-16 does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BYTE_ORDER_MARK = "\ufeff"


def edited_text(content: bytes) -> str:
    """The text without a mark. Raises ``UnicodeDecodeError`` where it is neither UTF-8 nor marked as something else."""
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    return content.decode(encoding).removeprefix(BYTE_ORDER_MARK)


def read_edited(path: Path) -> str:
    """The text of a file. Raises ``OSError``, ``UnicodeDecodeError``."""
    return edited_text(path.read_bytes())


def stamp_of(path: Path) -> tuple[int, ...]:
    """What changes when a file is written or replaced; empty where there is none."""
    try:
        there = path.stat()
    except OSError:
        return ()
    return there.st_mtime_ns, there.st_size, there.st_ino
