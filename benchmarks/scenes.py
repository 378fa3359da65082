"""What people say in the course of an incident and of a breach: the words that every benchmark uses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle

from workflows.introduced import introduction
from workflows.messages import TASK_QUEUE, IncidentOpening, incident_workflow_id
from workflows.procedure.criteria import VERSIONS

KELA_PHONE = "020 634 7787"


def now() -> datetime:
    """The machine's time: the clocks of a benchmark are real, or moved by the server."""
    return datetime.now(UTC)  # noqa: TID251  # outside a workflow


def opening(reference: str, **changes: Any) -> dict[str, Any]:
    """A start input of an incident, as long as a desk writes it."""
    return {
        "reference": reference,
        "title": "Prescriptions can't be opened",
        "services": ["PRESCRIPTION"],
        "noticed_at": (now() - timedelta(minutes=5)).isoformat(),
        "reported_by": {"name": "Ward 3", "unit": "Internal medicine", "phone": "000 000 0021"},
        "description": "Prescriptions can neither be sent nor fetched. All wards, since about one o'clock.",
        "error_message": "HTTP 503 Service Unavailable",
    } | changes


def triage(**changes: Any) -> dict[str, Any]:
    """A triage of a critical fault that must be reported, and phoned."""
    answers = dict.fromkeys(VERSIONS["kanta-en-current"].ids(), "no") | {"prevents_or_slows": "yes"}
    return {"by": "desk", "criteria": answers, "severity": "critical", "extensive": True} | changes


def call(**changes: Any) -> dict[str, Any]:
    """A call that reached somebody."""
    called = {"called_at": now().isoformat(), "number": KELA_PHONE, "reached": True, "person": "Technical support"}
    return {"by": "desk", "reference": "KELA-1"} | called | changes


def resolution(**changes: Any) -> dict[str, Any]:
    """The end of the fault."""
    ended = {"resolved_at": now().isoformat(), "cause": "A certificate had expired.", "remedy": "It was renewed."}
    return {"by": "desk"} | ended | changes


def breach(reference: str, **changes: Any) -> dict[str, Any]:
    """A start input of a breach."""
    return {
        "reference": reference,
        "by": "dpo",
        "aware_at": now().isoformat(),
        "kinds": ["unauthorised_access"],
        "role": "controller",
        "registers": ["PDR"],
        "description": "Entries of some patients were shown to others.",
    } | changes


async def open_incident(client: Client, reference: str, **changes: Any) -> WorkflowHandle[Any, Any]:
    """Open an incident as the command line does, with summary, details and search attributes."""
    opened = opening(reference, **changes)
    introduced = introduction(IncidentOpening.model_validate(opened), now())
    return await client.start_workflow(
        "Incident",
        opened,
        id=incident_workflow_id(reference),
        task_queue=TASK_QUEUE,
        static_summary=introduced.summary,
        static_details=introduced.details,
        search_attributes=introduced.attributes,
    )
