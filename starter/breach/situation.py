"""A breach as it stands, with the time on its own clock: asked for, or waited for while it starts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from temporalio.client import Client

from starter.client.client import (
    OpenedProcess,
    breach_status_of,
    clock_of,
    open_breach,
    status_of,
    talk,
    within_reach,
)
from starter.client.names import Process, id_meant, is_running
from starter.client.outside import how_ended
from starter.language import names
from starter.language.words import N_, _
from starter.terminal.errors import NotThere, Refused, Wrong
from workers.settings import Settings
from workflows.breach.messages import BreachOpening, BreachStatus
from workflows.process.ids import breach_workflow_id

BEGINS_WITHIN = 20.0
"""Seconds in which a worker starts the process of a breach."""


NOT_TAKEN = N_(
    "the incident has recorded it, but breach {name} has not taken it yet; look at it before you rely on it: "
    "kantadesk breach show {name}"
)


class Situation(NamedTuple):
    """The breach, the time on its own clock, and how somebody has ended it from outside, if that is so."""

    status: BreachStatus
    at: datetime
    ended: str = ""

    @property
    def reference(self) -> str:
        """The reference, marked where nobody knows who has opened it."""
        return self.status.reference + names.stranger(self.status.is_a_strangers)


def situation(reference: str) -> Situation:
    """The breach of this reference, asked now. Raises ``NotThere``, ``Unreachable``."""

    async def conversation(client: Client, _settings: Settings) -> Situation:
        status, at = await breach_status_of(client, reference), await clock_of(client, reference, "breach")
        workflow_id = await within_reach(id_meant(client, reference, "breach"), names.process(f"breach {reference}"))
        return Situation(status, at, await how_ended(client, workflow_id))

    return talk(conversation)


async def who_takes_an_assessment(client: Client, reference: str) -> Process | None:
    """Who judges whether personal data are concerned: the incident, or the breach where none runs; None: nobody does.

    An incident that bundles its evidence still runs, but takes nothing any more.
    """
    if not await _is_over(client, reference, "incident", status_of):
        return "incident"
    return None if await _is_over(client, reference, "breach", breach_status_of) else "breach"


async def _is_over(client: Client, reference: str, process: Process, asked: Callable[..., Awaitable[Any]]) -> bool:
    if not await within_reach(is_running(client, reference, process), f"{process} {reference}"):
        return True
    return (await asked(client, reference)).phase in ("closed", "cancelled")


async def started(client: Client, opening: BreachOpening) -> tuple[OpenedProcess, Situation | None]:
    """Open a breach, and wait until its process has started; no situation where its reference existed already."""
    opened = await open_breach(client, opening)
    return opened, await begun(client, opening.reference) if opened.created else None


async def begun(client: Client, reference: str, event_id: str = "", *, of_incident: bool = False) -> Situation:
    """A breach that is being started or corrected, once it has its duties and has taken the assessment with this id.

    ``of_incident``: the reference is the incident's, which knows what its breach is called: another number where
    something that is not ours stands under its first id. Raises ``NotThere`` where it does not start, ``Refused`` where
    it has not taken the assessment.
    """
    until = asyncio.get_running_loop().time() + BEGINS_WITHIN
    while True:
        is_late = asyncio.get_running_loop().time() > until
        try:
            name = await _name_by_incident(client, reference) if of_incident else reference
            status = await breach_status_of(client, name)
            is_taken = not event_id or any(taken.event_id == event_id for taken in status.assessments)
            if is_late and not is_taken:
                raise Refused(_(NOT_TAKEN, name=status.reference))
            if (status.duties and is_taken) or is_late:
                return Situation(status, await clock_of(client, name, "breach"))
        except (NotThere, Wrong):
            if is_late:
                raise
        await asyncio.sleep(0.1)  # a worker starts it, and nothing tells us when


async def _name_by_incident(client: Client, reference: str) -> str:
    """What an incident calls its breach, exactly; its own reference until it knows."""
    name = (await status_of(client, reference)).breach
    return breach_workflow_id(name) if name else reference
