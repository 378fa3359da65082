"""A paper as plain text, to be pasted into an authority's e-service field by field."""

from __future__ import annotations

from collections.abc import Sequence

from activities.documents.blocks import Block

_CLOSE_TOGETHER = ("row", "item", "cells")
_UNDERLINES = {"title": "=", "heading": "-"}
_LONGEST_UNDERLINE = 79


def as_text(blocks: Sequence[Block], drill_mark: str = "") -> str:
    """The blocks as text with line feeds; the mark of a drill stands first and last. Lines are not wrapped.

    Remarks are left out: the text is what the recipient reads.
    """
    text, before = "", ""
    for block in (block for block in blocks if block.kind != "remark"):
        is_close = block.kind == before and block.kind in _CLOSE_TOGETHER
        text += ("" if not text else "\n" if is_close else "\n\n") + _written(block)
        before = block.kind
    mark = f"*** {drill_mark} ***"
    return f"{mark}\n\n{text}\n\n{mark}\n" if drill_mark else text + "\n"


def _written(block: Block) -> str:
    match block.kind:
        case "title" | "heading":
            return f"{block.text}\n{_UNDERLINES[block.kind] * min(len(block.text), _LONGEST_UNDERLINE)}"
        case "row":
            label, value = block.parts
            return f"{label}:\n{value}" if "\n" in value else f"{label}: {value}"
        case "cells":
            return " | ".join(block.parts)
        case "item":
            return "- " + block.text.replace("\n", "\n  ")
        case _:
            return block.text
