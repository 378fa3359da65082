"""What a paper says, as a text and in its docx, for the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote, urlparse

import docx

from activities.breach.facts import paper_facts
from activities.breach.papers import paper_blocks
from activities.documents.as_text import as_text
from tests.activities.breach.builder import operating_model, paper
from workflows.breach.ports import BreachPaper
from workflows.procedure.languages import Language
from workflows.process.messages import Document

Write = Callable[..., Any]
"""The activity as the worker runs it: the fixture ``write``."""
PAPERS: tuple[str, ...] = get_args(BreachPaper.model_fields["paper"].annotation)
PHASES: tuple[str, ...] = get_args(BreachPaper.model_fields["phase"].annotation)


def text_of(wanted: BreachPaper, language: Language) -> str:
    """A paper as its recipient reads it."""
    return as_text(paper_blocks(wanted, paper_facts(wanted, operating_model(), language), language))


def english(**changes: Any) -> str:
    """The text in English of the ordinary paper with these changes."""
    return text_of(paper(**changes), "en")


def finnish(**changes: Any) -> str:
    """The text in Finnish of the ordinary paper with these changes."""
    return text_of(paper(**changes), "fi")


def path_of(document: Document) -> Path:
    """Where a document lies."""
    return Path(unquote(urlparse(document.uri).path))


def docx_text(path: Path) -> str:
    """What stands in the body of a docx: paragraphs and tables in their order, each cell once, as rows of the text."""
    document = docx.Document(str(path))
    found: list[str] = []
    for part in document.iter_inner_content():
        if isinstance(part, docx.table.Table):
            seen: set[Any] = set()
            for row in part.rows:
                found.append(": ".join(cell.text for cell in row.cells if cell._tc not in seen))
                seen |= {cell._tc for cell in row.cells}
        else:
            found.append(part.text)
    return "\n".join(found)
