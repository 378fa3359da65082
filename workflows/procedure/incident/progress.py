"""How far an incident has come, and which message is allowed when."""

from __future__ import annotations

from typing import Literal

Phase = Literal["awaiting_triage", "handling", "watch", "closed", "cancelled"]

EDGES: dict[Phase, tuple[Phase, ...]] = {
    "awaiting_triage": ("handling", "cancelled"),
    "handling": ("watch", "cancelled"),
    "watch": ("handling", "closed", "cancelled"),
    "closed": (),
    "cancelled": (),
}
"""The only ways from one phase to the next."""


def may_go(before: Phase, after: Phase) -> bool:
    """Whether an incident may go from one phase to another."""
    return after in EDGES[before]
