"""Whose duty, whose evidence: a reference may name an incident, a breach, or one of each."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from temporalio.client import Client

from starter.client.client import clock_of, duties_of
from starter.client.names import Process
from starter.language import names
from starter.language.words import _, spoken
from starter.terminal.errors import NotThere, Wrong
from workflows.procedure.duties import DutyState
from workflows.procedure.operating_model.model import Kela
from workflows.procedure.tasks import what_to_do

BOTH: tuple[Process, ...] = ("incident", "breach")
MARK = "breach-"


async def process_owing(client: Client, reference: str, duty: str) -> Process:
    """The process of this reference that has this duty: the one where it is open. Raises ``NotThere``, ``Wrong``."""
    owed: dict[Process, dict[str, DutyState]] = {}
    for process in BOTH:
        try:
            owed[process] = {state.id: state for state in await duties_of(client, reference, process)}
        except NotThere:
            continue
    if not owed:
        raise _nothing(reference)
    having = [process for process, duties in owed.items() if duty in duties]
    still_open = [process for process in having if owed[process][duty].state in ("open", "overdue")]
    if len(still_open) > 1:
        raise Wrong(
            _(
                "--process: both the incident and the breach {reference} have an open duty {duty}; say which "
                "one: --process incident or --process breach",
                reference=reference,
                duty=duty,
            )
        )
    if not having:
        known = "; ".join(
            _("{process} has {duties}", process=names.process(f"{process} {reference}"), duties=_listed(duties))
            for process, duties in owed.items()
        )
        raise NotThere(
            _(
                "{reference} has no duty {duty}; {known}",
                reference=reference,
                duty=duty,
                known=known,
            )
            + close_to(duty, (each for duties in owed.values() for each in duties))
        )
    return (still_open or having)[0]


def close_to(duty: str, known: Iterable[str]) -> str:
    """Which duty may have been meant; empty where none is like it."""
    near = get_close_matches(duty, list(dict.fromkeys(known)), n=2)
    return _("; did you mean {close}?", close=" / ".join(near)) if near else ""


async def named(client: Client, text: str, process: Process | None) -> tuple[Process, str]:
    """Which process a person means, and how they named it: ``breach-REF`` is that breach. Raises ``NotThere``."""
    if process:
        return process, text
    candidates: list[tuple[Process, str]] = [("incident", text), ("breach", text), ("maintenance", text)]
    if text.startswith(MARK):
        candidates[1] = ("breach", text)
    for candidate, reference in candidates:
        if await exists(client, reference, candidate):
            return candidate, reference
    raise _nothing(text)


async def exists(client: Client, reference: str, process: Process) -> bool:
    """Whether there is such a process, running or over."""
    try:
        await clock_of(client, reference, process)
    except NotThere:
        return False
    return True


def way_to_meet(message: str, duty: DutyState, reference: str) -> str:
    """What to type instead, where a duty can't simply be marked as met; empty otherwise."""
    if message != "duty_met" or duty.state not in ("open", "overdue"):
        return ""
    return f". {what_to_do(duty.task_now, spoken(), reference=reference, duty=duty.id, phone=Kela().phone)}"


def _listed(duties: dict[str, DutyState]) -> str:
    return ", ".join(duties) or _("none yet")


def _nothing(reference: str) -> NotThere:
    return NotThere(
        _(
            'there is no incident {reference} and no breach of this reference; "kantadesk incident list '
            '--all" and "kantadesk breach list" show what there is',
            reference=reference,
        )
    )
