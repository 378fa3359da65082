"""Pages of HTML from ``starter/templates``: what stands in them is escaped."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from starter.language.words import _


def html(template: str, **facts: Any) -> str:
    """A page. Raises ``jinja2.UndefinedError`` where the template asks for a fact that is not given."""
    templates = Environment(loader=PackageLoader("starter"), autoescape=True, undefined=StrictUndefined)
    templates.globals["_"] = _
    return templates.get_template(template).render(facts)
