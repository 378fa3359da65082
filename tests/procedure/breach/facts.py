"""The facts of a breach, to be changed by each test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from workflows.procedure.breach.terms import BreachFacts

AWARE = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def facts(**changes: Any) -> BreachFacts:
    """A controller's breach of its own patient records, of which it became aware two hours before opening it."""
    known = {
        "aware_from": AWARE,
        "opened_at": AWARE + timedelta(hours=2),
        "detected_at": AWARE - timedelta(hours=5),
        "organisation": "Revontulten hyvinvointialue",
        "role": "controller",
        "registers": ("PDR",),
        "kinds": ("unauthorised_access",),
        "risk": "risk",
    }
    return BreachFacts.model_validate(known | changes)
