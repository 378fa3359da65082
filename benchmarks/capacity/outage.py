"""What a national outage takes: the work of all organisations, and by when so many workers and cores have done it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import ceil, log2
from typing import Any

from benchmarks.capacity.check import in_a_larger_database, numbers, within
from benchmarks.capacity.parameters import Measured
from benchmarks.capacity.queues import EVENTS_OF_A_TASK, Alarm, Costs, Plant

FIELDS = ("worker_s", "server_s", "worker_written", "server_written", "letters", "events", "history_bytes")
MINUTES = (5, 15, 30, 60)
TO_KELA = 1
"""Letters of a triage that go to no recipient: the report."""
DATABASE_BY_HISTORY = 2.5
"""Bytes in the database for each byte of history: 813 MB for 20,000 openings of 16,100 bytes (0.2.0, `before/`)."""
POSTGRESQL_BY_SQLITE = 2.3
"""A bare timer on two nodes with PostgreSQL against the embedded server, 57 ms by 25 ms: assumed for every task."""
WRITE_SECONDS, WRITES_OF_A_TASK, UNEVEN = 0.005, 2, 4
"""Assumed: how long a shard is held for a write; writes of a task; how unevenly processes fall on shards."""
BEGINS_WITHIN = 60.0
"""Seconds within which all organisations have judged (assumed): sooner than people do it."""
FEWEST_SHARDS = 512
"""What `docker-compose.yml` sets: the number can never be changed for a database."""


@dataclass(frozen=True)
class Outage:
    """One night: organisations on one installation, the people that all of them tell, what the mail provider takes."""

    organisations: int = 5000
    recipients: int = 200_000
    mail_per_second: float = 100.0


Costing = Mapping[str, float]


def work(outage: Outage, costs: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """What the outage asks for in all: openings, judgements, letters beyond those of a judgement, legal alarms."""
    each = letter(costs)
    told = costs["triage"]["letters"] - TO_KELA
    more = max(0.0, outage.recipients - outage.organisations * told)
    return {
        "an incident opened": _times(costs["opening"], outage.organisations),
        "judged, reported to Kela, the first told": _times(costs["triage"], outage.organisations),
        "everybody else told": _times(each, more),
        "a legal alarm of each": _times(costs["alarm"], outage.organisations),
    }


def letter(costs: Mapping[str, Any]) -> dict[str, float]:
    """What one letter more costs: incidents that tell many, less those that tell few."""
    many, few = costs["triage_of_many"], costs["triage"]
    letters = many["letters"] - few["letters"]
    return {name: max(0.0, (many[name] - few[name]) / letters) for name in FIELDS}


def needs_by_minutes(outage: Outage, costs: Mapping[str, Any], of: Measured, margin: float) -> list[dict[str, float]]:
    """What does all of it within each of the times."""
    found = total(work(outage, costs))
    return [{"minutes": minutes, **needed(outage, found, of, margin, minutes)} for minutes in MINUTES]


def total(parts: Mapping[str, Costing]) -> dict[str, float]:
    """All of it."""
    return {name: sum(part[name] for part in parts.values()) for name in FIELDS}


def needed(outage: Outage, found: Costing, of: Measured, margin: float, minutes: float) -> dict[str, float]:
    """What does the work within so many minutes, with the margin by which the simulation was too quick."""
    seconds = minutes * 60
    larger = of.in_a_database_of(2 * outage.organisations)
    tasks = found["events"] / EVENTS_OF_A_TASK
    busy = tasks * WRITES_OF_A_TASK * WRITE_SECONDS * UNEVEN / seconds
    workers = ceil(found["worker_s"] * margin / seconds)
    return {
        "workers": workers,
        "worker_gb": workers * of.worker_mb / 1024,
        "server_cores": ceil(found["server_s"] * larger * POSTGRESQL_BY_SQLITE * margin / seconds),
        "shards": max(FEWEST_SHARDS, 2 ** ceil(log2(max(1.0, busy)))),
        "letters_per_second": found["letters"] / seconds,
        "written_mb_per_second": found["server_written"] / seconds / 1e6,
    }


def mailing(costs: Mapping[str, Any], of: Measured) -> Costs:
    """The costs of the tasks of a letter to many."""
    each = letter(costs)
    turns = max(0.0, each["events"] / EVENTS_OF_A_TASK - 1)
    worker = max(of.bare.activity, each["worker_s"] - turns * of.costs.workflow_task)
    return replace(of.costs, activity=worker, server_task=each["server_s"] / (1 + turns))


def nights(outage: Outage, costs: Mapping[str, Any], of: Measured) -> list[dict[str, Any]]:
    """The outage simulated with several plants: legal alarms of all at once, and the letters of all."""
    cached = ceil(outage.organisations * 1.2)
    server = replace(of.costs, server_task=of.costs.server_task * POSTGRESQL_BY_SQLITE)
    alarms = in_a_larger_database(server, of, 2 * outage.organisations)
    letters = mailing(costs, of)
    letters = replace(letters, server_task=letters.server_task * POSTGRESQL_BY_SQLITE)
    letters = in_a_larger_database(letters, of, 2 * outage.organisations)
    each = ceil(outage.recipients / outage.organisations)
    found = []
    for workers, cores, cache in ((1, 2, 1000), (1, 2, cached), (4, 8, 1000), (8, 16, 1000), (16, 32, 1000)):
        plant = Plant(workers=workers, cache=cache, server_lanes=cores)
        late = within(1.0, outage.organisations, of.alarm, alarms, plant)
        found.append({"what": "legal alarms", **asdict(plant), **numbers(late), "read_again": late.read_again})
    for workers, cores, rate in ((8, 16, None), (16, 32, None), (16, 32, outage.mail_per_second)):
        plant = Plant(workers=workers, server_lanes=cores, mail_per_second=rate)
        told = Alarm(each, round(costs["opening"]["events"]))
        late = within(BEGINS_WITHIN, outage.organisations, told, letters, plant)
        found.append({"what": "letters", **asdict(plant), **numbers(late), "read_again": late.read_again})
    return found


def _times(part: Costing, count: float) -> dict[str, float]:
    return {name: part[name] * count for name in FIELDS}
