"""Docx files: filled from a template, marked as a drill, saved so that the same content gives the same bytes.

Templates are programs and come only from this project or from the organisation's operator; they run in a sandbox, an
undefined name is an error, and every value is escaped (docxtpl alone would let ``<`` in a value break the document).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import _Footer, _Header
from docx.shared import Pt, RGBColor
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

_SAME_DAY = (1980, 1, 1, 0, 0, 0)
_RED = RGBColor(0xB0, 0x1E, 0x1E)


class _Remembering(SandboxedEnvironment):
    """Compiles a part of a template once: the same form is filled again and again."""

    @lru_cache(maxsize=64)  # noqa: B019  # there is one for the whole OS process
    def _compiled(self, source: str) -> Template:
        return super().from_string(source)

    def from_string(
        self,
        source: Any,
        globals: Any = None,  # noqa: A002  # jinja2's name
        template_class: Any = None,
    ) -> Template:
        """The template, from memory where it was asked for before."""
        if isinstance(source, str) and globals is None and template_class is None:
            return self._compiled(source)
        return super().from_string(source, globals, template_class)


_ENVIRONMENT = _Remembering(undefined=StrictUndefined, autoescape=True)


def environment() -> SandboxedEnvironment:
    """How templates are run: sandboxed, strict about names, escaping every value."""
    return _ENVIRONMENT


def filled(template: bytes, values: Mapping[str, Any]) -> bytes:
    """The template with the values in its placeholders. Raises what jinja2 or python-docx raise for a broken one."""
    form = DocxTemplate(io.BytesIO(template))
    form.render(dict(values), jinja_env=environment(), autoescape=True)
    content = io.BytesIO()
    form.save(content)
    return content.getvalue()


def placeholders(template: bytes) -> set[str]:
    """The names that a template asks for. Raises ``jinja2.TemplateSyntaxError`` where it can't be read."""
    return set(DocxTemplate(io.BytesIO(template)).get_undeclared_template_variables(jinja_env=environment()))


def marked(content: bytes, mark: str) -> bytes:
    """The document with a red line at the head of every page, on first and even pages too."""
    document = docx.Document(io.BytesIO(content))
    for header in _headers(document):
        line = header.paragraphs[0].insert_paragraph_before() if header.paragraphs else header.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = line.add_run(mark)
        run.bold, run.font.size, run.font.color.rgb = True, Pt(14), _RED
    return saved(document)


def _headers(document: Document) -> list[_Header | _Footer]:
    """Every header that a page of the document may show, each once; a section that repeats the one before has none."""
    even = document.settings.odd_and_even_pages_header_footer
    found: list[_Header | _Footer] = []
    for number, section in enumerate(document.sections):
        kinds = [section.header]
        kinds += [section.first_page_header] if section.different_first_page_header_footer else []
        kinds += [section.even_page_header] if even else []
        found += [header for header in kinds if number == 0 or not header.is_linked_to_previous]
    return found


def saved(document: Document) -> bytes:
    """The document as bytes; equal documents give equal bytes."""
    content = io.BytesIO()
    document.save(content)
    return repeatable(content.getvalue())


def repeatable(content: bytes) -> bytes:
    """The same zip without the times of writing, which would make every copy differ."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            copy.writestr(zipfile.ZipInfo(name, _SAME_DAY), source.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()
