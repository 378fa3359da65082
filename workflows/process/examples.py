"""One example of each message, as somebody would send it: shown beside its name in Temporal Web, and in its schema.

An example holds what is needed and little more. ``tests/workflows/process/test_examples.py`` sends each.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

AT = "2026-11-22T14:05+02:00"
EXAMPLES: dict[str, dict[str, Any]] = {
    "triage": {
        "by": "desk",
        "severity": "critical",
        "extensive": True,
        "criteria": {
            "prevents_or_slows": "yes",
            "localised_to_kela": "unknown",
            "safety": "no",
            "privacy": "no",
            "locality_unsure_others_affected": "no",
            "outside_kanta_blocks_use": "no",
        },
    },
    "phone_escalation": {
        "by": "desk", "called_at": AT, "number": "020 634 7787", "reached": True, "person": "M. Virtanen",
    },
    "situation_update": {"by": "desk", "text": "Paper prescriptions are in use"},
    "correction": {"by": "desk", "noticed_at": AT, "reason": "The night shift's log says so"},
    "report_supplement": {"by": "desk", "text": "Renewals fail, too"},
    "resolution": {"by": "desk", "resolved_at": AT, "cause": "A certificate had expired", "remedy": "It was renewed"},
    "reopening": {"by": "desk", "reason": "It is back"},
    "authority_instruction": {"by": "desk", "authority": "Kela", "text": "Do not send again what has failed"},
    "acknowledgement": {"by": "desk", "contact": "pharmacy-coast", "what": "instruction-1"},
    "cancellation": {"by": "desk", "reason": "The ward's own cable"},
    "duty_met": {"by": "desk", "duty": "report_to_kela", "met_at": AT, "reference": "mail 14.05"},
    "duty_waived": {"by": "desk", "duty": "phone_kela", "reason": "Kela called us first"},
    "decision_answer": {
        "by": "management", "decision": "confirm_decision", "answer": "declined", "reason": "The duty still stands",
    },
    "handover": {"by": "Anna Virtanen", "to": "Mikko Laine"},
    "delivery_report": {"by": "mail", "message_id": "<id of the message>", "event": "bounced"},
    "notice": {
        "by": "desk", "guid": "n-1", "title": "Häiriö Reseptikeskuksessa", "kind": "fault", "published_at": AT,
    },
    "same_as": {"by": "desk", "reference": "FR-2", "reason": "The same error on two wards"},
    "not_same_as": {"by": "desk", "reason": "Our own firewall"},
    "followed_by": {"by": "incident-FR-2", "reference": "FR-2", "drill": False, "opened_at": AT, "number": 1},
    "lead_state": {"by": "incident-FR-1", "reference": "FR-1", "number": 1, "phase": "handling"},
    "breach_assessment": {
        "by": "dpo", "outcome": "suspected", "aware_at": AT, "kinds": ["unauthorised_access"], "role": "controller",
        "registers": ["PDR"], "description": "Some entries were shown to others",
    },
    "breach_progress": {"by": "breach-FR-1", "text": "The authority was notified"},
    "risk_assessment": {"by": "dpo", "risk": "high", "reasons": "Health data of forty patients"},
    "authority_notified": {"by": "dpo", "notified_at": AT, "phase": "preliminary", "reference": "TSV-1"},
    "controller_notified": {"by": "dpo", "controller": "County A", "notified_at": AT},
    "kela_notified": {"by": "dpo", "notified_at": AT, "reference": "KELA-1"},
    "subjects_informed": {"by": "dpo", "informed_at": AT, "channel": "letter", "count": 40},
    "measures_taken": {"by": "dpo", "text": "Access was closed"},
    "other_laws": {"by": "dpo", "nis2_significant": True, "detected_at": AT},
    "awareness_correction": {"by": "dpo", "aware_at": AT, "reason": "The night shift knew of it"},
    "incident_ended": {"by": "incident-FR-1", "phase": "closed"},
    "laws_passed_on": {"by": "dpo", "nis2_significant": True, "duties_there": ["nis2_significant"]},
    "change": {"by": "desk", "ends_at": "2026-12-01T06:00+02:00", "text": "It takes an hour longer"},
    "completion": {"by": "desk", "completed_at": AT},
    "confirmation": {"by": "desk", "contact": "ward-3", "note": "Called them"},
    "tested": {"by": "desk", "contact": "ward-3", "channel": "email"},
    "wrong_details": {"by": "desk", "contact": "ward-3", "channel": "phone", "note": "Somebody else answers"},
    "checked": {"by": "desk", "what": "extranet"},
    "conclusion": {"by": "dpo", "text": "A right was given by mistake; the check of rights was corrected"},
}  # fmt: skip


def described(name: str, purpose: str, model: type[BaseModel]) -> str:
    """What Temporal Web says of a message: what it does, and what to send; without an example, which fields."""
    if example := EXAMPLES.get(name):
        return f"{purpose} Send {json.dumps(example, ensure_ascii=False)}"
    needed = (field for field, about in model.model_fields.items() if about.is_required())
    return f"{purpose} Needs {', '.join(needed)}."
