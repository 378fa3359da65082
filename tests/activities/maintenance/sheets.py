"""What a planned break's papers are written from, to be changed by each test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.activities.mail.post_office import NOTICED
from workflows.maintenance.ports import MaintenanceSheet

START = datetime(2026, 12, 15, 4, 0, tzinfo=UTC)


def sheet(**changes: Any) -> MaintenanceSheet:
    """The papers of a break of two hours."""
    plan: dict[str, Any] = {
        "title": "Uusi versio; nopea, luotettava",
        "services": ["PRESCRIPTION", "MYKANTA"],
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "effect": "Reseptejä ei voi lähettää",
        "not_affected": ["KELAIN"],
    } | changes.pop("plan", {})
    return MaintenanceSheet.model_validate(
        {"key": "k", "reference": "M-1", "case": "maintenance~M-1", "plan": plan, "sequence": 0, "languages": ["fi"],
         "made_at": NOTICED} | changes
    )  # fmt: skip
