"""How a process is introduced to Temporal Web by its starter: summary, details, and what it can be found by at once.

One function for each kind of opening, used by the command line and by the worker alike. Summary and details are
encrypted like every payload; the search attributes are not, and hold ids only.
"""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch
from typing import Any, NamedTuple

from pydantic import BaseModel
from temporalio.common import Priority, TypedSearchAttributes

from workflows.breach.messages import BreachOpening
from workflows.breach.record import BreachRecord
from workflows.contract import CONTRACTS
from workflows.incident.messages import IncidentOpening
from workflows.incident.record import IncidentRecord
from workflows.maintenance.messages import MaintenanceOpening
from workflows.maintenance.record import MaintenanceRecord
from workflows.procedure.identity_codes import masked
from workflows.procedure.local_time import HELSINKI, written
from workflows.procedure.markdown import plain
from workflows.procedure.services import named
from workflows.process.web_view import at_start

SUMMARY_AT_MOST = 200
A_REAL_BREACH = Priority(priority_key=1)
"""Its workflow tasks, and its steps that say nothing else, go before those of any other process, on all workers."""
WITHOUT_OPENING = {
    "NoticeWatch": "Reads the published disruption notices and tells the open incidents",
    "Watchdog": "Looks whether every open clock is alive, and says so when one is not",
    "ContactReview": "Asks those who answer for contact details whether they are still right",
    "StandingProcesses": "Brings back what must always run",
    "ScheduledDrill": "Starts a drill at its time",
}
"""Processes without an opening of their own, by workflow type: what each is for."""
HOW_TO_READ = """
**Where to look**

- What is expected next, from whom, by when: *Current Details* on this page. Key R makes it fresh.
- What has happened: the tab *Event History*, view *Compact*, or the tab *Timeline*. Each open duty has one bar there.
- The whole record: the tab *Queries*, query `status`.

**How to say something**

- *More Actions*, *Send an Update*: choose the message; the line below its name says what to send. An update answers.
- Never press *Terminate* or *Reset*: they stop the clocks of the duties. A mistake is taken back by the message
  `cancellation`.
"""
HOW_IT_RUNS = """
**Where to look**

- How it is doing, and what it does next: *Current Details* on this page. Key R makes it fresh.
- What it has done: the tab *Event History*, view *Compact*.

It runs by itself, and is brought back within minutes if it stops. Even so, never press *Terminate* or *Reset*.
"""
"""How to read the page of the desk's own housekeeping, which has no duties and belongs to no case."""


class Introduction(NamedTuple):
    """What is set at the start: static summary and details, the first search attributes, and what goes before it."""

    summary: str
    details: str
    attributes: TypedSearchAttributes
    priority: Priority = Priority.default


@singledispatch
def introduction(opening: BaseModel, at: datetime) -> Introduction:
    """How a process that begins ``at`` a moment is introduced. Raises ``TypeError`` for an unknown opening."""
    raise TypeError(f"nothing is known of how to introduce a process by {type(opening).__name__} at {at}")


@introduction.register
def _(opening: IncidentOpening, at: datetime) -> Introduction:
    title = masked(opening.title)
    facts = (
        f"**{plain(title)}**",
        f"Services: {plain(named(opening.services, 'en'))}",
        f"Noticed: {written(opening.noticed_at)}",
        f"Environment: {opening.environment.replace('_', ' ')}; sector: {opening.sector.replace('_', ' ')}",
        f"Opened by way of {plain(opening.source)}",
    )
    return _introduced(title, facts, drill=opening.drill, attributes=at_start(IncidentRecord.opened(opening, at)))


@introduction.register
def _(opening: BreachOpening, at: datetime) -> Introduction:
    of = f", of incident {opening.incident}" if opening.incident else ""
    facts = (
        f"**Suspected personal data breach {plain(opening.reference)}**{plain(of)}",
        f"Aware since: {written(opening.aware_at)}; every legal clock counts from here",
        f"What happened to the data: {', '.join(opening.kinds).replace('_', ' ')}",
        f"Whose data: {plain(named(opening.registers, 'en'))}; our role: {opening.role.replace('_', ' ')}",
    )
    summary = f"Suspected personal data breach {opening.reference}"
    shown = _introduced(summary, facts, drill=opening.drill, attributes=at_start(BreachRecord.opened(opening, at)))
    return shown if opening.drill else shown._replace(priority=A_REAL_BREACH)


@introduction.register
def _(opening: MaintenanceOpening, at: datetime) -> Introduction:
    facts = (
        f"**{plain(opening.title)}**",
        f"Services: {plain(named(opening.services, 'en'))}",
        f"Planned from {written(opening.starts_at)} until {written(opening.ends_at)}",
    )
    shown = at_start(MaintenanceRecord.opened(opening, at))
    return _introduced(f"Planned break: {opening.title}", facts, drill=opening.drill, attributes=shown)


def introduction_of(workflow_type: str, opening: Any, at: datetime) -> Introduction:
    """How a process of a type is introduced, by its start input; by its type alone if that can't be read."""
    try:
        return introduction(CONTRACTS[workflow_type].opening.model_validate(opening), at)
    except (KeyError, TypeError, ValueError):
        return by_type(workflow_type)


def by_type(workflow_type: str) -> Introduction:
    """How a process without a start input is introduced: by what its type is for."""
    what = WITHOUT_OPENING.get(workflow_type, workflow_type)
    how = HOW_IT_RUNS if workflow_type in WITHOUT_OPENING else HOW_TO_READ
    return _introduced(what, (f"**{plain(what)}**",), drill=False, attributes=TypedSearchAttributes.empty, how=how)


def _introduced(
    summary: str, facts: tuple[str, ...], *, drill: bool, attributes: TypedSearchAttributes, how: str = HOW_TO_READ
) -> Introduction:
    """The same frame for all: a drill says so first, the facts, then how to read the page and what not to press."""
    marked = ("**DRILL**: nothing leaves the house", *facts) if drill else facts
    bullets = "\n".join(f"- {fact}" for fact in marked)
    text = " ".join(summary.split())[:SUMMARY_AT_MOST]
    return Introduction(
        ("Drill: " if drill else "") + plain(text),
        f"{bullets}\n\nTimes are those of {HELSINKI}.\n{how}",
        attributes,
    )
