"""Plays a plan against the real server and the real worker, and looks after each act whether all is still true."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jsonschema import Draft202012Validator
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.common import RawValue, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from starter.schema import files
from tests.builders import breach_opening, opening
from tests.desks.desk import asked
from tests.desks.fakes import GROUPS, FakeWorld
from tests.fuzz.plans import Act, Ago, Ask, Garbage, Long, Nth, Plan, RequestCancel, Say, Wait
from tests.fuzz.truths import Moment, Violation, check
from tests.replay.recorded import replayer
from workflows.contacts.messages import ContactsSeen
from workflows.contract import CONTRACTS
from workflows.procedure.contacts.standing import ContactInFile
from workflows.process.ids import CONTACT_REVIEW_ID
from workflows.process.inbox import REFUSED
from workflows.process.web_view import OVERDUE, PHASE, REJECTED

GONE = (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION)
OPENINGS: dict[str, Callable[..., dict[str, Any]]] = {
    "Incident": opening,
    "DataBreach": breach_opening,
    "ContactReview": lambda reference: {},  # noqa: ARG005
}
LIFE_SECONDS = 240
"""A life takes two seconds or so. One that has not ended by then stands, which is the worst that can be found."""


@dataclass
class House:
    """A server, a worker's queue and its neighbours, with the numbers of everything played in it."""

    server: WorkflowEnvironment
    world: FakeWorld
    queue: str
    numbers: Counter[str] = field(default_factory=Counter)
    patience: float = 30
    """Seconds after which a message that nobody has counted is lost."""

    async def play(self, process: str, plan: Plan) -> None:
        """Play a plan to its end and replay the histories it has left. Raises ``Violation``."""
        life = Life(self, process, plan)
        self.world.contacts = old_contacts()
        self.world.refuse = lambda letter: "no such account" if plan.mail_fails and letter.contact == "kela" else None
        try:
            async with asyncio.timeout(LIFE_SECONDS) as allowed:
                await life.live()
                await life.end()
        except TimeoutError as late:
            stood = f"stood for {LIFE_SECONDS} s" if allowed.expired() else "did not answer"
            raise Violation(f"{life.workflow_id} {stood}; {await life.last_seen()}") from late
        finally:
            await life.be_forgotten()
        self.numbers["lives"] += 1


def old_contacts() -> ContactsSeen:
    """An operating model whose contacts were confirmed at different times, some of them long ago."""
    today = datetime.now().astimezone().date()  # noqa: TID251  # the real server's clock is the machine's
    owners = {"contact-1": "", "contact-2": "contact-1", "health-station": "contact-2", "pharmacy": "contact-2"}
    contacts = [
        ContactInFile(contact=name, owner=owner, verified_on=today - timedelta(days=180 * (number % 3)))
        for number, (name, owner) in enumerate(owners.items())
    ]
    return ContactsSeen(contacts=tuple(contacts), numbers=("kela", "call_back"))


class Life:
    """One process while a plan is played."""

    def __init__(self, house: House, process: str, plan: Plan) -> None:
        self.house, self.process, self.plan = house, process, plan
        self.reference = f"F-{uuid.uuid4().hex[:12]}"
        self.answer: Any = CONTRACTS[process].status
        self.contacts = [contact for contact, _ in GROUPS["contact-persons"]]
        self.taken = 0
        """Signals that the server took, updates that were accepted, and the request to cancel: each must be counted."""
        self.applied_ids: set[str] = set()
        self.cancel_requests = 0
        self.is_over = False
        self.run_ids: list[str] = []

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The process, whichever of its runs lives."""
        return self.house.server.client.get_workflow_handle(self.workflow_id)

    @property
    def workflow_id(self) -> str:
        """The workflow id."""
        if self.process == "ContactReview":
            return CONTACT_REVIEW_ID  # one life after the other: there is one of it
        return f"{'incident' if self.process == 'Incident' else 'breach'}-{self.reference}"

    async def live(self) -> None:
        """Open the process and do what the plan says."""
        start = OPENINGS[self.process]
        at = datetime.now().astimezone()  # noqa: TID251  # the real server's clock is the machine's
        facts = {name: self._real(value, at, None) for name, value in self.plan.opening.items()}
        started = await self.house.server.client.start_workflow(
            self.process,
            start(self.reference, **facts),
            id=self.workflow_id,
            task_queue=self.house.queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        self.run_ids.append(started.first_execution_run_id or "")
        before = await self.settled(lambda status: bool(status.duties or getattr(status, "looked_at", None)))
        for act in self.plan.acts:
            if self.is_over:
                break
            expected = await self.do(act, before)
            after = await self.settled()
            check(act, before, after, expected)
            await self.check_attributes()
            before = after

    async def last_seen(self) -> str:
        """Where the process stands in the eyes of the server, for somebody who must find out why."""
        try:
            async with asyncio.timeout(10):
                at = (await self.handle.describe()).raw_description
                task = at.pending_workflow_task
                return f"events {at.workflow_execution_info.history_length}, task {task.state} attempt {task.attempt}"
        except (TimeoutError, RPCError) as error:
            return f"the server says nothing about it: {error!r}"

    # --- acts -----------------------------------------------------------------------------------------------

    async def do(self, act: Act, before: Moment) -> str:
        """Do one act; what it must have done to the counts: ``repeated``, ``not applied``, or nothing known."""
        match act:
            case Say():
                return await self.say(act, before)
            case Wait(minutes):
                passing = self.house.server.fast_forward(self.handle, timedelta(minutes=minutes))
                await asyncio.wait_for(passing, 60)
                await self.all_clocks_on_time()
            case Ask(query):
                try:
                    await self.handle.query(query)
                except (WorkflowQueryFailedError, RPCError):
                    self.house.numbers["queries refused"] += 1
            case RequestCancel():
                await self.request_cancel()
        return ""

    async def request_cancel(self) -> None:
        """Ask Temporal to cancel the workflow; each run refuses the first of its requests and Temporal keeps one."""
        if not self.cancel_requests:
            self.cancel_requests = 1
            try:
                await self.handle.cancel()
            except RPCError as error:
                self.gone(error)
            else:
                self.sent("signal")

    async def say(self, act: Say, before: Moment) -> str:
        """Send a message, as often as the plan says."""
        event_id = None if act.event is None else f"event-{act.event}"
        said = self._real(act.payload, before.now, before.status)
        if event_id and isinstance(said, dict) and not isinstance(act.payload, Garbage):
            said["event_id"] = event_id
        is_known = isinstance(said, dict) and event_id in self.applied_ids
        counted = before.status
        if act.way == "signal":
            await asyncio.gather(*(self.signal(act.name, said) for _ in range(act.times)))
        else:
            await asyncio.gather(*(self.update(act.name, said) for _ in range(act.times)))
        after = (await self.settled()).status
        applied = after.applied_count - counted.applied_count
        if isinstance(said, dict) and event_id:
            if applied > (0 if is_known else 1):
                raise Violation(f"{act.name} with {event_id} was applied again")
            if applied:
                self.applied_ids.add(event_id)
        if isinstance(act.payload, Garbage) and applied:
            raise Violation(f"garbage was applied as {act.name}")
        return "nothing" if is_known or not applied else ""

    async def signal(self, name: str, said: Any) -> None:
        """Send a signal."""
        try:
            await self.handle.signal(name, said)
        except RPCError as error:
            self.gone(error)
        else:
            self.sent("signal")

    async def update(self, name: str, said: Any) -> None:
        """Send an update; one that is refused is answered, and counted nowhere else."""
        try:
            await asyncio.wait_for(self.handle.execute_update(name, said), 30)
        except WorkflowUpdateFailedError as error:
            if getattr(error.cause, "type", "") != REFUSED:
                raise Violation(f"{name} was not refused but failed: {error.cause}") from None
            self.house.numbers.update({"messages sent": 1, "updates refused, the sender told": 1})
        except RPCError as error:
            self.gone(error)
        else:
            self.sent("update")

    def sent(self, way: str) -> None:
        """Count a message that the process must have counted as well."""
        self.taken += 1
        self.house.numbers.update({"messages sent": 1, f"{way}s taken": 1})

    def gone(self, error: RPCError) -> None:
        """The sender is told that the process has ended; everything else is a fault."""
        if error.status not in GONE:
            raise error
        self.house.numbers.update({"messages sent": 1, "sent to an ended process, the sender told": 1})

    def _real(self, value: Any, now: datetime, status: Any) -> Any:
        """What a plan's word stands for now."""
        match value:
            case Ago(minutes):
                meant: Any = (now - timedelta(minutes=minutes)).isoformat()
            case Long(char, times):
                meant = char * times
            case Nth(kind, number):
                meant = self._nth(kind, number, status)
            case Garbage(data, encoding):
                meant = RawValue(Payload(metadata={"encoding": encoding}, data=data))
            case dict():
                meant = {name: self._real(each, now, status) for name, each in value.items()}
            case _:
                meant = value
        return meant

    def _nth(self, kind: str, number: int, status: Any) -> str:
        if kind == "instructions":
            return f"instruction-{number + 1}"
        known = self.contacts if kind == "contacts" else [thing.id for thing in getattr(status, kind)]
        return known[number % len(known)] if known else "nothing"

    # --- what is true afterwards ----------------------------------------------------------------------------

    async def settled(self, holds: Callable[[Any], bool] = lambda status: True) -> Moment:  # noqa: ARG005
        """The status once every message that was taken has been counted. Raises ``Violation`` where one is lost."""
        status = None
        try:
            async with asyncio.timeout(self.house.patience):
                while True:
                    status = await asked(self.handle, self.answer)
                    counted = status.applied_count + status.repeated_count + status.rejected_count
                    if counted == self.taken and holds(status):
                        break
                    await asyncio.sleep(0.01)
        except TimeoutError:
            counted = status and (status.applied_count, status.repeated_count, status.rejected_count)
            raise Violation(f"{self.taken} messages were taken; applied, repeated, refused: {counted}") from None
        status, lines = await self.with_its_timeline(status)
        self.is_over = status.phase in ("closed", "cancelled")
        now = await self.house.server.get_current_time(self.handle)
        return Moment(status, now, lines)

    async def with_its_timeline(self, status: Any) -> tuple[Any, list[dict[str, Any]]]:
        """A status and the timeline of the same moment: none of its lines has left for the evidence in between."""
        while True:
            lines = await self.timeline()
            later = await asked(self.handle, self.answer)
            if later.only_in_evidence == status.only_in_evidence:
                return status, lines
            status = later

    async def timeline(self) -> list[dict[str, Any]]:
        """What happened, in words."""
        while True:
            try:
                lines: list[dict[str, Any]] = await self.handle.query("timeline")
            except RPCError as error:
                if error.status != RPCStatusCode.FAILED_PRECONDITION:  # it is between two of its runs
                    raise
                await asyncio.sleep(0.01)
            else:
                return lines

    async def all_clocks_on_time(self) -> None:
        """Every open duty past its due time is overdue. A timer that the server lost is made up for by a message."""
        for attempt in range(200):
            status = await asked(self.handle, self.answer)
            now = await self.house.server.get_current_time(self.handle)
            late = [d.id for d in status.duties if d.state == "open" and d.due_at and d.due_at < now]
            if not late or status.phase in ("closed", "cancelled"):
                return
            if attempt == 100:
                self.house.numbers["timers lost by the server"] += 1
                await self.signal("poke", None)
            await asyncio.sleep(0.02)
        raise Violation(f"{late} are past their due time and not overdue")

    async def check_attributes(self) -> None:
        """The search attributes say what the status says."""
        given_up_at = time.monotonic() + self.house.patience
        while time.monotonic() < given_up_at:
            shown = (await self.handle.describe()).typed_search_attributes
            status = await asked(self.handle, self.answer)
            overdue = sum(duty.state == "overdue" for duty in status.duties)
            wanted = (status.phase, overdue, status.rejected_count)
            found = tuple(shown.get(key) for key in (PHASE, OVERDUE, REJECTED))
            if found == wanted:
                return
            await asyncio.sleep(0.02)
        raise Violation(f"search attributes are {found} and should be {wanted}")

    async def end(self) -> None:
        """Count what was taken in, and replay every run on the code of today."""
        final = await asked(self.handle, self.answer)
        self.house.numbers.update(
            {"applied": final.applied_count, "repeated": final.repeated_count, "refused": final.rejected_count}
        )
        self.matches_its_schema(final.model_dump(mode="json"))
        await self.replay()

    async def be_forgotten(self) -> None:
        """Let the server end the process, whatever was found; what goes wrong here hides nothing that did before."""
        with suppress(RPCError):
            await self.handle.terminate("played to its end", rpc_timeout=timedelta(seconds=10))

    def matches_its_schema(self, status: Any) -> None:
        """Raise ``Violation`` where the status is not what the published schema says."""
        published = Draft202012Validator(json.loads(files()[f"{self.process}/status.json"]))
        for fault in published.iter_errors(status):
            raise Violation(f"status is not what its schema says: {fault.json_path} {fault.message[:300]}")

    async def replay(self) -> None:
        """Replay the history of each run. Raises ``Violation`` where one doesn't."""
        run_id = self.run_ids[0]
        while run_id:
            run = self.house.server.client.get_workflow_handle(self.workflow_id, run_id=run_id)
            history = await run.fetch_history()
            replayed = await replayer().replay_workflow(history, raise_on_replay_failure=False)
            if replayed.replay_failure:
                raise Violation(f"the history does not replay: {replayed.replay_failure}")
            self.house.numbers["histories replayed"] += 1
            self.house.numbers["events replayed"] += len(history.events)
            last = history.events[-1]
            is_continued = last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
            run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
            self.house.numbers["continued as new"] += is_continued
