"""Whether a command may ask: somebody sits at a terminal, and has not said that nothing is to be asked."""

from __future__ import annotations

import sys

import click

UNASKED = ("as_json", "yes")
"""Options with which nobody is asked."""


def may_ask() -> bool:
    """Whether the command that runs may put a question."""
    ctx = click.get_current_context(silent=True)
    params = ctx.params if ctx else {}
    return sys.stdin.isatty() and not any(params.get(option) for option in UNASKED)
