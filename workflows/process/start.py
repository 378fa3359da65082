"""How a process begins: from its start input, or from its own record where it continues as new."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio import workflow

from workflows.breach.messages import BreachOpening, breach_workflow_id
from workflows.breach.record import BreachRecord
from workflows.incident.record import IncidentRecord
from workflows.maintenance.messages import MaintenanceOpening, maintenance_workflow_id
from workflows.maintenance.record import MaintenanceRecord
from workflows.notices.messages import NOTICE_WATCH_ID, WatchOpening
from workflows.notices.record import WatchRecord
from workflows.procedure.model import Model
from workflows.process.deduplication import CLOCKS_DIFFER_BY
from workflows.process.inbox import Unreadable, plainly
from workflows.process.messages import IncidentOpening, Reporter, incident_workflow_id
from workflows.watchdog.revival import BROUGHT_BACK_FROM

Opening = TypeVar("Opening", bound=Model)
Carried = TypeVar("Carried", bound=Model)


class CarriedIncident(Model):
    """What an incident hands to its next run."""

    carried: IncidentRecord


class CarriedBreach(Model):
    """What a breach hands to its next run."""

    carried: BreachRecord


class CarriedWatch(Model):
    """What the watch of the notices hands to its next run."""

    carried: WatchRecord


class CarriedMaintenance(Model):
    """What a planned break hands to its next run."""

    carried: MaintenanceRecord


def incident_record(sent: tuple[Any, ...], now: datetime) -> IncidentRecord:
    """The record to go on from. Raises ``Unreadable`` where none can be made of what was sent."""
    read = _read(sent, IncidentOpening, CarriedIncident)
    if isinstance(read, CarriedIncident):
        _check_id(incident_workflow_id(read.carried.reference))
        read.carried.keep_texts_short()
        return read.carried
    _check_id(incident_workflow_id(read.reference))
    return IncidentRecord.opened(read, now)


def breach_record(sent: tuple[Any, ...], now: datetime) -> BreachRecord:
    """The record to go on from. Raises ``Unreadable`` where none can be made of what was sent."""
    read = _read(sent, BreachOpening, CarriedBreach)
    if isinstance(read, CarriedBreach):
        _check_id(breach_workflow_id(read.carried.reference))
        return read.carried
    _check_id(breach_workflow_id(read.reference))
    if read.aware_at > max(now, read.clock or now) + CLOCKS_DIFFER_BY:
        raise Unreadable(f"aware_at lies in the future: it is {now:%Y-%m-%d %H:%M} UTC here")
    once = {"kinds": tuple(dict.fromkeys(read.kinds)), "registers": tuple(dict.fromkeys(read.registers))}
    return BreachRecord.opened(read.model_copy(update=once), now)


def watch_record(sent: tuple[Any, ...], now: datetime) -> WatchRecord:
    """The record to go on from; nothing need be sent. Raises ``Unreadable`` where none can be made of what was sent."""
    read = _read(sent or ({},), WatchOpening, CarriedWatch)
    _check_id(NOTICE_WATCH_ID)
    if isinstance(read, CarriedWatch):
        return read.carried
    return WatchRecord.opened(read, now)


def maintenance_record(sent: tuple[Any, ...], now: datetime) -> MaintenanceRecord:
    """The record to go on from. Raises ``Unreadable`` where none can be made of what was sent."""
    read = _read(sent, MaintenanceOpening, CarriedMaintenance)
    if isinstance(read, CarriedMaintenance):
        _check_id(maintenance_workflow_id(read.carried.reference))
        return read.carried
    _check_id(maintenance_workflow_id(read.reference))
    if read.ends_at <= now:
        raise Unreadable(f"ends_at lies in the past, so the break is over: it is {now:%Y-%m-%d %H:%M} UTC here")
    return MaintenanceRecord.opened(read, now)


def _read(sent: tuple[Any, ...], opening: type[Opening], carried: type[Carried]) -> Opening | Carried:
    if len(sent) != 1 or not isinstance(sent[0], dict):
        raise Unreadable("send one JSON object as the start input")
    if "carried" in sent[0] and not _goes_on():
        raise Unreadable("'carried' is taken over from an earlier run of the same process only")
    try:
        return carried.model_validate(sent[0]) if "carried" in sent[0] else opening.model_validate(sent[0])
    except ValidationError as error:
        raise Unreadable(plainly(error)) from None


def _goes_on() -> bool:
    """Whether this run goes on with an earlier one: it continues it, or the watchdog has brought it back."""
    return bool(workflow.info().continued_run_id or workflow.memo_value(BROUGHT_BACK_FROM, default=""))


def _check_id(expected: str) -> None:
    if workflow.info().workflow_id != expected:
        raise Unreadable(f"the workflow id must be {expected}, so that there is one process of a reference")


def no_incident(now: datetime, reason: str = "") -> IncidentRecord:
    """The record of an incident whose start input can't be read: it ends at once and says why."""
    workflow.set_current_details(f"No incident was opened: {reason}")
    opening = IncidentOpening(
        reference="unreadable", title="-", services=("OTHER",), noticed_at=now, reported_by=Reporter()
    )
    return IncidentRecord.opened(opening, now)


def no_watch(now: datetime, reason: str) -> WatchRecord:
    """The record of a watch whose start input can't be read: it ends at once and says why."""
    workflow.set_current_details(f"No watch of the notices was begun: {reason}")
    return WatchRecord.opened(WatchOpening(), now)


def no_breach(now: datetime, reason: str = "") -> BreachRecord:
    """The record of a breach whose start input can't be read: it ends at once and says why."""
    workflow.set_current_details(f"No breach was opened: {reason}")
    opening = BreachOpening(
        reference="unreadable",
        aware_at=now,
        kinds=("loss",),
        role="controller",
        registers=("OTHER",),
        description="-",
        by="-",
    )
    return BreachRecord.opened(opening, now)


def no_maintenance(now: datetime) -> MaintenanceRecord:
    """The record of a break whose start input can't be read: it ends at once and says why."""
    opening = MaintenanceOpening(
        reference="unreadable", title="-", services=("OTHER",), starts_at=now, ends_at=now + timedelta(minutes=1)
    )
    return MaintenanceRecord.opened(opening, now)
