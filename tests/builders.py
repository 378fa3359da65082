"""Good values of everything, to be changed where a test needs it different."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from workflows.procedure.incident.criteria import VERSIONS
from workflows.procedure.operating_model.model import LocalRules


def now() -> datetime:
    """The real time, at which every process in the tests starts."""
    return datetime.now(UTC)  # noqa: TID251  # the real server's clock is the machine's


NOON = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
"""Noon in Helsinki."""


def local_rules(**changes: Any) -> LocalRules:
    """The rules of an organisation with short, round ladders."""
    words = {"fi": "koko alue", "sv": "hela området", "en": "the whole county"}
    escalation = [{"after": "5min", "to": "desk"}, {"after": "10min", "to": "duty_officer"}]
    return LocalRules.model_validate(
        {
            "definitions": {"critical": words, "extensive": words},
            "ladders": {
                "triage": {
                    "due_after": "30min",
                    "reminders": [{"after": "10min", "to": "desk"}, {"after": "20min", "to": "duty_officer"}],
                    "overdue_every": "15min",
                    "overdue_at_most_every": "1h",
                },
                "report_to_kela": {"due_after": "1h", "reminders": [{"after": "30min", "to": "desk"}]},
                "phone_kela": {
                    "due_after": "15min",
                    "reminders": escalation,
                    "overdue_to": ["management"],
                    "overdue_every": "5min",
                    "overdue_at_most_every": "20min",
                },
                "notify_supervisory_authority": {
                    "due_after": "72h",
                    "reminders": [
                        {"after": f"{hours}h", "to": role}
                        for hours, role in (
                            (24, "desk"),
                            (48, "data_protection_officer"),
                            (60, "data_protection_officer"),
                            (66, "management"),
                            (70, "management"),
                            (71, "management"),
                        )
                    ],
                    "overdue_to": ["data_protection_officer", "management"],
                    "overdue_every": "1h",
                    "overdue_at_most_every": "4h",
                },
                "distribute_instruction": {"due_after": "4h", "reminders": [{"after": "2h", "to": "desk"}]},
            },
            "telling": {
                "start": ["everyone"],
                "change": ["everyone"],
                "end": ["everyone"],
                "instruction": ["contact-persons"],
            },
            "organisation": "Test county",
            "watch_length": "24h",
            "kela_phone": "020 634 7787",
        }
        | changes
    )


def opening(reference: str, **changes: Any) -> dict[str, Any]:
    """A start input of an incident."""
    return {
        "reference": reference,
        "title": "Prescription Centre does not answer",
        "services": ["PRESCRIPTION"],
        "noticed_at": (now() - timedelta(minutes=5)).isoformat(),
        "reported_by": {"name": "Ward 3", "unit": "Ward 3"},
        "description": "Prescriptions can't be sent or fetched.",
    } | changes


def answers(**changes: str) -> dict[str, str]:
    """Answers to all criteria: ``no`` where nothing else is said."""
    return dict.fromkeys(VERSIONS["kanta-en-current"].ids(), "no") | changes


def triage(**changes: Any) -> dict[str, Any]:
    """A triage of a critical fault that must be reported."""
    return {
        "by": "desk",
        "criteria": answers(prevents_or_slows="yes"),
        "severity": "critical",
        "extensive": True,
    } | changes


def call(**changes: Any) -> dict[str, Any]:
    """A logged call that reached somebody."""
    return {
        "by": "desk",
        "called_at": now().isoformat(),
        "number": "020 634 7787",
        "reached": True,
        "person": "Technical support",
        "reference": "KELA-1",
    } | changes


def resolution(**changes: Any) -> dict[str, Any]:
    """The end of a fault."""
    return {
        "by": "desk",
        "resolved_at": now().isoformat(),
        "cause": "A certificate had expired.",
        "remedy": "It was renewed.",
    } | changes


def suspicion(**changes: Any) -> dict[str, Any]:
    """A breach assessment of an incident: a controller suspects that others have read what they may not."""
    return {
        "by": "dpo",
        "outcome": "suspected",
        "aware_at": now().isoformat(),
        "kinds": ["unauthorised_access"],
        "role": "controller",
        "registers": ["PDR"],
        "description": "Entries of some patients were shown to others.",
    } | changes


def breach_opening(reference: str, **changes: Any) -> dict[str, Any]:
    """A start input of a breach without an incident."""
    facts = {key: value for key, value in suspicion().items() if key != "outcome"}
    return facts | {"reference": reference} | changes


def risk(level: str = "risk", **changes: Any) -> dict[str, Any]:
    """An assessment of the risk."""
    return {"risk": level, "reasons": "Health data of about forty patients.", "subjects_estimate": 40} | changes
