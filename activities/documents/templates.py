"""The templates of letters and papers, by language."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from workflows.procedure.languages import Language


def environment(*, autoescape: bool, **settings: Any) -> Environment:
    """Where the templates lie, and how all of them are read. ``autoescape``: what becomes HTML needs it."""
    return Environment(
        autoescape=autoescape,  # noqa: S701  # said by each kind: plain text is never escaped
        loader=PackageLoader("activities", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **settings,
    )


_TEMPLATES = environment(autoescape=False, keep_trailing_newline=True)  # plain text, never HTML


def template(language: Language, name: str) -> Template:
    """The template of this name in one language."""
    return _TEMPLATES.get_template(f"{language}/{name}.j2")
