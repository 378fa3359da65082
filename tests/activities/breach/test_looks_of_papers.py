"""How the papers look: strangers' text is never layout, long texts are cut, tables and pages as they should be."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import docx
import pytest

from activities.documents.as_docx import Frame, as_docx
from activities.documents.as_text import as_text
from activities.documents.blocks import Block
from activities.documents.docx_layout import text_width
from tests.activities.breach.builder import (
    hostile_status,
    paper,
    status,
)
from tests.activities.breach.written_papers import Write, english, path_of
from tests.activities.documents.written_documents import pdf_text


async def test_strangers_text_is_never_layout(write: Write) -> None:
    documents = await write(paper(status=hostile_status(), languages=("en",)))
    shown = docx.Document(str(path_of(documents[0])))
    headings = [one.text for one in shown.paragraphs if one.style and one.style.name == "Heading 1"]
    assert [heading.split(".")[0] for heading in headings] == [str(number) for number in range(1, 11)]
    text = path_of(documents[1]).read_text(encoding="utf-8")
    assert "\n- = not | a row\n- ## not a heading\n" in text
    assert "{{ 7*7 }}" in text
    assert "\U0001f469\u200d\u2695" in text


def test_a_text_of_full_length_is_kept_and_a_longer_one_cut() -> None:
    text = english(status=status(data="A" * 8000, description="B" * 9000))
    assert "A" * 8000 + "\n" in text
    assert "B" * 8000 + "\n[Shortened." in text
    assert "B" * 8001 not in text


def test_a_table_has_a_width_for_each_column() -> None:
    lines = [Block("title", ("T",)), Block("cells", ("a", "b" * 400, "")), Block("cells", ("c", "d", "e"))]
    content = as_docx(lines, Frame(left="", right="", language="en", is_landscape=True))
    document = docx.Document(io.BytesIO(content))
    widths = [column.width for column in document.tables[0].columns]
    assert len(set(widths)) == 2
    assert sum(width or 0 for width in widths) == pytest.approx(text_width(document), abs=3)
    assert as_text(lines).endswith("a | " + "b" * 400 + " | \nc | d | e\n")


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="needs LibreOffice and pdftotext (libreoffice-writer-nogui, poppler-utils)",
)
@pytest.mark.parametrize(
    ("changes", "words", "most_pages"),
    [
        ({"drill": True}, ["HARJOITUS", "nro 2", "26.10.2026 klo 14.40", "noin 1", "D 1/2026"], 2),
        ({"paper": "letter_to_subjects"}, ["Mitä voit tehdä", "Älä anna"], 1),
        ({"paper": "controller_notice"}, ["yhteisrekisterinpitäjiä olemme"], 2),
        ({"paper": "kela_notice"}, ["Miten tietoja on loukattu"], 2),
        ({"status": hostile_status(), "phase": "final"}, ["7*7", "[Lyhennetty."], 16),
    ],
    ids=["authority", "subjects", "controller", "kela", "hostile"],
)
@pytest.mark.slow
async def test_libreoffice_opens_it(
    write: Write, tmp_path: Path, changes: dict[str, Any], words: list[str], most_pages: int
) -> None:
    documents = await write(paper(**changes))
    text = pdf_text(path_of(documents[0]), tmp_path)
    assert [word for word in words if word not in text] == []
    assert 1 <= text.count("\f") <= most_pages
    if changes.get("drill"):
        assert text.count("HARJOITUS – ÖVNING – DRILL") == text.count("\f")
