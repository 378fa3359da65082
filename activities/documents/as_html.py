"""A paper as one HTML file that asks nothing of the network: its words are those of the docx and of the text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from activities.documents.blocks import Block, by_label
from activities.documents.templates import environment
from workflows.procedure.languages import Language


def as_html(blocks: Sequence[Block], language: Language, drill_mark: str = "") -> str:
    """The blocks as a page; every text is escaped. Remarks are left out, as in the plain text."""
    parts: list[dict[str, Any]] = []
    read = [block for block in blocks if block.kind != "remark"]
    for kind, some in groupby(read, key=lambda block: block.kind):
        if kind == "row":
            rows = [(same[0].label, [each.text for each in same]) for same in by_label(some)]
            parts.append({"kind": "rows", "rows": rows})
        elif kind == "item":
            parts.append({"kind": "items", "items": [block.text for block in some]})
        else:
            parts += [{"kind": kind, "text": block.text} for block in some]
    title = next(block.text for block in read if block.kind == "title")
    return _TEMPLATES.get_template("paper.html").render(parts=parts, title=title, language=language, mark=drill_mark)


_TEMPLATES = environment(autoescape=True, keep_trailing_newline=True)
