"""The ids by which everybody names a process (contract, section 1), and the task queue."""

from __future__ import annotations

import re

TASK_QUEUE = "kantadesk"
_BREACH = "breach-"
_NUMBERED = re.compile(r"(?P<reference>.+)-(?:[2-9]|[1-9][0-9]{1,2})")
"""The name of a further breach of one reference."""


def incident_workflow_id(reference: str) -> str:
    """The workflow id of an incident."""
    return f"incident-{reference}"


def breach_workflow_id(reference: str, number: int = 1) -> str:
    """The workflow id of a breach; ``number``: from the second breach of a reference on."""
    return f"{_BREACH}{reference}" + (f"-{number}" if number > 1 else "")


def breach_named_by(workflow_id: str) -> str:
    """By what people name the breach of a workflow id: its reference, with the number of a further breach."""
    return workflow_id.removeprefix(_BREACH)


def breach_reference(name: str) -> str:
    """The reference of a further breach, without its number; the name itself where there is no number from 2 on."""
    found = _NUMBERED.fullmatch(name)
    return found["reference"] if found else name


def maintenance_workflow_id(reference: str) -> str:
    """The workflow id of a planned break."""
    return f"maintenance-{reference}"


NOTICE_WATCH_ID = "notice-watch"
"""The workflow id: one watch a namespace."""


WATCHDOG_ID = "watchdog"
"""Workflow id of the one watchdog of a namespace."""


CONTACT_REVIEW_ID = "contact-review"
"""Workflow id of the one review of the contacts of a namespace."""
