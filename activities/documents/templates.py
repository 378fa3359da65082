"""The templates of letters and papers, by language."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from workflows.procedure.languages import Language

_TEMPLATES = Environment(
    loader=PackageLoader("activities", "templates"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701  # plain text, never HTML
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def template(language: Language, name: str) -> Template:
    """The template of this name in one language."""
    return _TEMPLATES.get_template(f"{language}/{name}.j2")
