"""Templates are compiled once, and filled anew each time."""

from __future__ import annotations

import io

import docx
import pytest
from jinja2 import UndefinedError

from activities.documents.docx_file import environment, filled


def template(text: str) -> bytes:
    document, content = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(content)
    return content.getvalue()


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def test_a_template_is_compiled_once() -> None:
    assert environment().from_string("{{ name }}") is environment().from_string("{{ name }}")


def test_a_template_from_memory_says_the_new_values_and_escapes_them() -> None:
    form = template("Reporter: {{ name }}")
    assert [text_of(filled(form, {"name": name})) for name in ("Ward 3", "<Ward> & 4")] == [
        "Reporter: Ward 3",
        "Reporter: <Ward> & 4",
    ]


def test_a_name_that_is_not_given_is_an_error_each_time() -> None:
    form = template("Reporter: {{ name }}")
    filled(form, {"name": "Ward 3"})
    with pytest.raises(UndefinedError):
        filled(form, {})
