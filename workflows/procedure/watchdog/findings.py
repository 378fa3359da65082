"""What the watchdog calls a finding, and how grave it is. Time, thresholds and what was seen come in as arguments.

``fault``: a clock may be dead or nobody hears of it; told, and no heartbeat goes out. ``warning``: told, but nobody is
woken for it. ``note``: shown only, which is all that a drill's end is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from workflows.procedure.duties import DutyState, Role
from workflows.procedure.local_time import written
from workflows.procedure.model import Duration, Model, Moment

Level = Literal["fault", "warning", "note"]
Area = Literal["processes", "workers", "mail", "contacts", "clock", "heartbeat"]
ScheduleState = Literal["runs", "paused", "missing", "changed"]
WATCHED = ("Incident", "DataBreach", "Maintenance", "ContactReview")
"""Workflow types whose clocks must not die."""
WATCHED_AT_WORK = ("NoticeWatch",)
"""Workflow types that must not stand still; where one has ended, the schedule starts it again."""
NAMED_AT_MOST = 20
SHORTEST_PAUSE = timedelta(seconds=10)
"""Between two looks, also where one took longer than the time between two."""
Length = Annotated[Duration, Field(gt=timedelta(0))]


class Watching(Model):
    """When something is a finding: the table ``[watchdog]`` of the operating model. Lengths are elapsed times."""

    every: Annotated[Duration, Field(ge=timedelta(minutes=1))] = timedelta(minutes=5)
    """The time between two looks."""
    tell: Annotated[tuple[Role, ...], Field(min_length=1)] = ("operations",)
    """The roles that are told; one that nobody holds falls to the desk."""
    told_again_after: Length = timedelta(hours=24)
    over_after: Annotated[Duration, Field(ge=timedelta(0))] = timedelta(minutes=10)
    """A finding must have been gone for so long before it is called over: what comes and goes is told once."""
    clock_grace: Length = timedelta(minutes=5)
    """A duty may be due for so long before its alarm must have gone off; a process may take so long to begin."""
    timer_late: Length = timedelta(minutes=2)
    """How much later than planned the watchdog itself may wake."""
    worker_silent: Length = timedelta(minutes=3)
    """How long ago a worker may last have asked for work (one that lives asks every minute)."""
    work_waiting: Length = timedelta(minutes=2)
    """How long a task may wait for a worker."""
    step_tries: Annotated[int, Field(ge=2)] = 4
    """At which try a step (a mail, a form) is a finding; the fourth is about 35 s after the first."""
    letter_waiting: Length = timedelta(minutes=30)
    """How long a letter may be handed over without a provider's answer."""
    contacts_fresh: Length = timedelta(days=365)
    """How long ago a contact's details may have been verified."""


class Finding(Model):
    """Something that a person should look at. ``kind`` names its words in ``data/watching.toml``."""

    key: str
    """The same thing has the same key at each look."""
    kind: str
    level: Level
    area: Area
    subject: str = ""
    """The workflow id that it concerns, where it concerns one."""
    facts: dict[str, str] = Field(default_factory=dict)
    """What its words speak of; short, no personal data."""
    also_to: tuple[Role, ...] = ()
    """Who must hear of it besides those who run the desk."""
    also_contacts: Annotated[tuple[str, ...], Field(exclude_if=lambda contacts: not contacts)] = ()
    """Likewise, contacts by their ids."""
    passes: bool = False
    """Something that happened, not a state: nobody is told that it is over."""


class OpenProcess(Model):
    """An open process as the visibility store knows it."""

    workflow_id: str
    run_id: str
    started_at: Moment
    task_queue: str = ""
    has_begun: bool = True
    drill: bool = False
    next_due: Moment | None = None
    overdue: int = 0
    stuck_because: str = ""
    kind: str = ""
    """The workflow type."""
    phase: str = ""
    paused: tuple[str, ...] = ()
    """What the server says of paused steps, as the lists show it."""


class Step(Model):
    """Something that a process is trying to do."""

    name: str
    tries: int
    since: Moment | None = None


def _finding(kind: str, process: OpenProcess, level: Level = "fault", **facts: str) -> Finding:
    return Finding(
        key=f"{kind}/{process.workflow_id}",
        kind=kind,
        level="note" if process.drill else level,
        area="processes",
        subject=process.workflow_id,
        facts={"process": process.workflow_id, **facts},
    )


def about_process(seen: OpenProcess, at: datetime, rules: Watching) -> list[Finding]:
    """What the visibility store alone tells of an open process: it is stuck, or nobody has taken it up."""
    if seen.stuck_because:
        return about_stuck(seen)
    if not seen.has_begun and at - seen.started_at > rules.clock_grace:
        return [_finding("not_begun", seen, since=written(seen.started_at), queue=seen.task_queue)]
    return []


def about_stuck(seen: OpenProcess) -> list[Finding]:
    """A process whose next workflow task its worker can't do: whatever comes, nothing is done about it."""
    return [_finding("stuck", seen, why=seen.stuck_because)] if seen.stuck_because else []


def is_due(seen: OpenProcess, at: datetime, rules: Watching) -> bool:
    """Whether a duty has been due for longer than it may be without an alarm: the process itself is to be asked.

    A drill's clock may have been moved, so its due time says nothing about ours.
    """
    return not seen.drill and seen.next_due is not None and at - seen.next_due > rules.clock_grace


def about_duties(seen: OpenProcess, duties: Iterable[DutyState], at: datetime, rules: Watching) -> list[Finding]:
    """A duty that is past due and still only ``open``: its alarm has not gone off."""
    silent = [d for d in duties if d.state == "open" and d.due_at and at - d.due_at > rules.clock_grace]
    if not silent:
        return []
    due = min(duty.due_at for duty in silent if duty.due_at)
    return [_finding("clock_silent", seen, duty=", ".join(d.id for d in silent[:NAMED_AT_MOST]), due=written(due))]


def about_points(seen: OpenProcess, points: Iterable[tuple[str, datetime]], at: datetime,
                 rules: Watching) -> list[Finding]:  # fmt: skip
    """A point of a planned break that has passed and still lies ahead of it: nobody was told.

    A break planned late has points that had passed before it began; it gets the same grace to tell them.
    """
    silent = [(what, due) for what, due in points if at - max(due, seen.started_at) > rules.clock_grace]
    if not silent:
        return []
    names = ", ".join(what for what, _ in silent[:NAMED_AT_MOST])
    return [_finding("point_silent", seen, point=names, due=written(min(due for _, due in silent)))]


def about_silence(seen: OpenProcess) -> Finding:
    """A process that does not answer a question; where one is due, nobody knows whether its alarm went off."""
    return _finding("no_answer", seen, due=written(seen.next_due) if seen.next_due else "-")


def about_steps(seen: OpenProcess, steps: Iterable[Step], rules: Watching) -> list[Finding]:
    """A step that is tried again and again: mail that is not accepted, a process that can't be started."""
    hard = [step for step in steps if step.tries >= rules.step_tries]
    if not hard:
        return []
    oldest = min((step.since for step in hard if step.since), default=None)
    names = ", ".join(sorted({step.name for step in hard})[:NAMED_AT_MOST])
    return [
        _finding(
            "step_fails", seen, step=names, number=str(len(hard)), tries=str(max(step.tries for step in hard)),
            since=written(oldest) if oldest else "-",
        )
    ]  # fmt: skip


def about_undelivered(seen: OpenProcess, contacts: Sequence[str]) -> list[Finding]:
    """Messages that came back."""
    if not contacts:
        return []
    return [_finding("undelivered", seen, "warning", number=str(len(contacts)), contacts=_named(contacts))]


def about_workers(last_asked: Mapping[str, datetime | None], waiting: Mapping[str, timedelta], at: datetime,
                  rules: Watching) -> list[Finding]:  # fmt: skip
    """No worker asks for one kind of work, or work waits. Both by kind of work (``workflows``, ``activities``)."""
    found = []
    for kind, last in last_asked.items():
        if last is None or at - last > rules.worker_silent:
            facts = {"work": kind, "since": written(last) if last else "-"}
            found.append(_house("no_worker", "workers", "fault", kind, facts))
    for kind, length in waiting.items():
        if length > rules.work_waiting:
            minutes = str(length // timedelta(minutes=1))
            found.append(_house("work_waits", "workers", "fault", kind, {"work": kind, "minutes": minutes}))
    return found


def about_schedule(state: ScheduleState) -> list[Finding]:
    """The schedule that brings the watchdog back where somebody has ended it."""
    return [] if state == "runs" else [_house(f"schedule_{state}", "workers", "warning")]


def about_watchdog(*, runs: bool, last_look: datetime | None, answers: bool, at: datetime, rules: Watching,
                   is_ours: bool = True) -> list[Finding]:  # fmt: skip
    """Whether the watchdog looks, as seen from outside it. ``is_ours``: whether it is one that runs under its id."""
    if not runs:
        return [_house("watchdog_gone", "clock", "fault")]
    if not is_ours:
        return [_house("watchdog_displaced", "clock", "fault")]
    if not answers:
        return [_house("watchdog_silent", "clock", "fault")]
    if last_look is None or at - last_look > 3 * rules.every:
        since = written(last_look) if last_look else "-"
        return [_house("watchdog_idle", "clock", "fault", facts={"since": since})]
    return []


def about_lateness(planned: datetime | None, woke: datetime, rules: Watching) -> list[Finding]:
    """The watchdog's own timer: how late it fires tells how late every other clock of this desk is."""
    if planned is None or woke - planned <= rules.timer_late:
        return []
    facts = {
        "planned": written(planned),
        "woke": written(woke),
        "minutes": str((woke - planned) // timedelta(minutes=1)),
    }
    return [_house("timer_late", "clock", "fault", facts=facts).model_copy(update={"passes": True})]


def about_letters(waiting: Sequence[tuple[str, datetime]], at: datetime, rules: Watching) -> list[Finding]:
    """Letters handed over long ago without a provider's answer: nobody knows whether they went."""
    old = [(name, since) for name, since in waiting if at - since > rules.letter_waiting]
    if not old:
        return []
    facts = {
        "number": str(len(old)),
        "since": written(min(since for _, since in old)),
        "files": _named([n for n, _ in old]),
    }
    return [_house("letter_in_doubt", "mail", "fault", facts=facts)]


def about_mailbox(why: str) -> list[Finding]:
    """The mailbox of returned mail can't be read: what comes back is not noticed."""
    return [_house("mailbox_unread", "mail", "warning", facts={"why": why[:200]})] if why else []


def about_returned(contacts: Sequence[str]) -> list[Finding]:
    """Contacts whose address mail came back from, each a finding of its own: who is told once hears of the next."""
    named = contacts if len(contacts) <= NAMED_AT_MOST else [*contacts[: NAMED_AT_MOST - 1], "…"]
    return [_house("address_returned", "mail", "warning", each, {"contact": each}) for each in named]


def about_contacts(verified_on: dict[str, date], today: date, rules: Watching) -> list[Finding]:
    """Contacts whose details nobody has verified for long."""
    stale = sorted(contact for contact, day in verified_on.items() if today - day > rules.contacts_fresh)
    if not stale:
        return []
    facts = {"number": str(len(stale)), "contacts": _named(stale), "days": str(rules.contacts_fresh.days)}
    return [_house("contacts_stale", "contacts", "warning", facts=facts)]


def about_model(problem: str) -> list[Finding]:
    """The operating model file has a fault: the last valid one holds."""
    return [_house("model_broken", "contacts", "warning")] if problem else []


def unseen(area: Area, why: str) -> Finding:
    """What could not be looked at."""
    return _house("unseen", area, "fault", area, {"area": area, "why": why[:200]})


def about_heartbeat(why: str) -> Finding:
    """The heartbeat could not be sent; the other side will notice anyhow."""
    return _house("heartbeat_failed", "heartbeat", "warning", facts={"why": why[:200]})


def too_many(number: int) -> Finding:
    """More was found than one look can name."""
    return _house("and_more", "processes", "fault", facts={"number": str(number)})


def _house(kind: str, area: Area, level: Level, part: str = "", facts: dict[str, str] | None = None) -> Finding:
    return Finding(key=f"{kind}/{part}" if part else kind, kind=kind, level=level, area=area, facts=facts or {})


def _named(names: Sequence[str]) -> str:
    more = f" (+{len(names) - NAMED_AT_MOST})" if len(names) > NAMED_AT_MOST else ""
    return ", ".join(names[:NAMED_AT_MOST]) + more


def next_look(began: datetime, now: datetime, rules: Watching, *, at_once: bool) -> datetime:
    """When to look again; ``at_once`` where there was more than one look can deal with."""
    return now + SHORTEST_PAUSE if at_once else max(began + rules.every, now + SHORTEST_PAUSE)


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether a heartbeat may go out."""
    return not any(finding.level == "fault" for finding in findings)
