"""A paper as plain text, to be pasted into an authority's e-service field by field."""

from __future__ import annotations

from collections.abc import Sequence

from activities.documents.blocks import Block, by_label

_CLOSE_TOGETHER = ("row", "item", "cells")
_UNDERLINES = {"title": "=", "heading": "-"}
_LONGEST_UNDERLINE = 79


def as_text(blocks: Sequence[Block], drill_mark: str = "") -> str:
    """The blocks as text with line feeds; the mark of a drill stands first and last. Lines are not wrapped.

    Remarks are left out: the text is what the recipient reads.
    """
    text, before = "", ""
    for same in by_label(block for block in blocks if block.kind != "remark"):
        kind = same[0].kind
        is_close = kind == before and kind in _CLOSE_TOGETHER
        text += ("" if not text else "\n" if is_close else "\n\n") + (
            _written(same[0]) if len(same) == 1 else _list(same)
        )
        before = kind
    mark = f"*** {drill_mark} ***"
    return f"{mark}\n\n{text}\n\n{mark}\n" if drill_mark else text + "\n"


def _list(rows: Sequence[Block]) -> str:
    """Several values of one label, which stands once."""
    return "\n".join([f"{rows[0].label}:", *(_item(row.text) for row in rows)])


def _item(text: str) -> str:
    return "- " + text.replace("\n", "\n  ")


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
            return _item(block.text)
        case "letterhead":
            return "\n".join(block.parts)
        case _:
            return block.text
