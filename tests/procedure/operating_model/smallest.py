"""The smallest operating model without a fault, as it stands in a file."""

from __future__ import annotations

from typing import Any

WORDS = {"fi": "oma", "sv": "egen", "en": "own"}
GOOD: dict[str, Any] = {
    "organisation": {"name": "County", "email": "desk@example.org"},
    "definitions": {"critical": WORDS, "extensive": WORDS},
    "contacts": {
        "desk": {"name": "Desk", "email": "desk@example.org", "verified_on": "2026-11-02", "groups": ["a", "b"]},
        "boss": {"name": "Boss", "email": "boss@example.org", "verified_on": "2026-11-02", "groups": ["b"]},
    },
    "roles": {"desk": {"contacts": ["desk"], "deputies": ["boss"]}, "duty_officer": {"contacts": ["boss"]}},
    "telling": {"start": ["a"], "change": ["a"], "end": ["b"], "instruction": []},
    "ladders": {kind: {"due_after": "1h"} for kind in ("triage", "report_to_kela", "phone_kela")},
}
