"""What is done to processes from outside while everything else breaks; each must be told by name.

Breaches that nobody answers ("victims") lie beside the lives. One is deleted, one reset, one started a second time;
each is one request without a key. The watchdog must find it and write a letter that names it; the moments of the law
must be those of before; no letter goes twice; nothing that lay in the evidence may be missing or other.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest, ResetWorkflowExecutionRequest
from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from tests.builders import breach_opening
from tests.chaos.checker import Account
from tests.chaos.house import House, TwoParts
from tests.chaos.letters_check import in_a_shadow
from tests.chaos.patience import WITHIN, until, while_it_fails
from workflows.breach.messages import BreachStatus
from workflows.process.ids import TASK_QUEUE, WATCHDOG_ID
from workflows.watchdog.record import WatchStatus

How = Literal["delete", "reset", "replace", "restore"]
FOUND_AS: dict[How, str] = {"delete": "gone", "reset": "was_reset", "replace": "replaced", "restore": "restored"}
MEASURES = {"by": "dpo", "text": "The mailbox was closed."}


@dataclass
class Victim:
    """A breach that something is done to. ``due``: when each duty of the law was due; ``files``: its evidence then."""

    reference: str
    how: How
    due: dict[str, datetime] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def workflow_id(self) -> str:
        """Its name in Temporal."""
        return f"breach-{self.reference}"


class FromOutside:
    """Does things to victims of a house, and reckons what came of them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.victims: list[Victim] = []
        """Those that were not reckoned yet."""
        self._numbers = itertools.count(1)

    # --- what is done -----------------------------------------------------------------------------------------

    async def open(self, how: How) -> Victim:
        """A breach that is there for it, with its first letter on the way out; the book knows it."""
        victim = Victim(f"X-{how.upper()}-{next(self._numbers)}", how)
        self.victims.append(victim)
        await while_it_fails(lambda: self._start(victim))
        await until(lambda: self._has_written(victim))
        status = await self._status(victim)
        victim.due = {duty.kind: duty.due_at for duty in status.duties if duty.legal and duty.due_at}
        victim.files = await asyncio.to_thread(self._evidence, victim)
        return victim

    async def delete(self, victim: Victim) -> None:
        """As one request does it."""
        run = WorkflowExecution(workflow_id=victim.workflow_id)
        request = DeleteWorkflowExecutionRequest(namespace=self._house.client.namespace, workflow_execution=run)

        async def once() -> None:
            try:
                await self._house.client.workflow_service.delete_workflow_execution(request)
            except RPCError as fault:
                if fault.status is not RPCStatusCode.NOT_FOUND:  # an answer that was lost: it is deleted
                    raise

        await while_it_fails(once)

    async def reset(self, victim: Victim) -> None:
        """Back to its first workflow task, as somebody clicks it in Temporal Web."""
        handle = self._handle(victim)
        run = (await while_it_fails(handle.describe)).run_id
        history = await while_it_fails(handle.fetch_history)
        done = next(e.event_id for e in history.events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
        request = ResetWorkflowExecutionRequest(
            namespace=self._house.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=victim.workflow_id, run_id=run),
            workflow_task_finish_event_id=done,
            reason="somebody clicked",
            request_id=f"reset-{run}",
        )
        await while_it_fails(lambda: self._house.client.workflow_service.reset_workflow_execution(request))

    async def replace(self, victim: Victim) -> None:
        """The same again in its place, which ends the one that runs."""
        first = (await while_it_fails(self._handle(victim).describe)).run_id

        async def once() -> None:
            if (await self._handle(victim).describe()).run_id == first:
                await self._start(victim, in_place_of_it=True)

        await while_it_fails(once)

    async def restore(self, house: TwoParts) -> None:
        """The server comes back from a backup: one process knows less than before, one that is younger is gone."""
        older = await self.open("restore")
        await self._looks_again()
        await house.back_up()
        await while_it_fails(lambda: self._handle(older).execute_update("measures_taken", MEASURES))
        await self.open("delete")  # younger than the backup
        await self._looks_again()
        await self._looks_again()
        await house.restore()
        await house.replace_all()  # what a worker remembers of a run no longer fits: docs/watchdog.md says so

    async def _looks_again(self) -> None:
        """Until the watchdog has looked once more."""
        before = (await while_it_fails(self._dog)).turn
        await until(lambda: self._has_looked(before))

    async def _has_looked(self, before: int) -> bool:
        return (await self._dog()).turn > before

    async def _dog(self) -> WatchStatus:
        dog: WorkflowHandle[Any, Any] = self._house.client.get_workflow_handle(WATCHDOG_ID)
        status: WatchStatus = await dog.query("status", result_type=WatchStatus)
        return status

    async def _start(self, victim: Victim, *, in_place_of_it: bool = False) -> None:
        replaced, kept = WorkflowIDConflictPolicy.TERMINATE_EXISTING, WorkflowIDConflictPolicy.USE_EXISTING
        await self._house.client.start_workflow(
            "DataBreach",
            breach_opening(victim.reference),
            id=victim.workflow_id,
            task_queue=TASK_QUEUE,
            id_conflict_policy=replaced if in_place_of_it else kept,
        )

    # --- what must come of it ---------------------------------------------------------------------------------

    async def reckon(self, account: Account, *, within: float = WITHIN) -> None:
        """Wait until all of it was told, and write down what was not, and what else is wrong."""
        waiting, self.victims = self.victims, []
        await asyncio.gather(*(self._reckon(victim, account, within) for victim in waiting))

    async def _reckon(self, victim: Victim, account: Account, within: float) -> None:
        account.count("done from outside", 1)
        try:
            async with asyncio.timeout(within):
                await until(lambda: self._is_told(victim))
        except TimeoutError:
            account.lost.append(f"{victim.workflow_id}: {FOUND_AS[victim.how]} was told to nobody")
            return
        account.count("told by name", 1)
        await self._goes_on(victim, account)
        self._letters(victim, account)
        account.evidence += await asyncio.to_thread(self._changed, victim)

    async def _is_told(self, victim: Victim) -> bool:
        """The watchdog knows it, and a letter that names it was taken by the provider."""
        status = await self._dog()
        is_known = any(
            known.finding.kind == FOUND_AS[victim.how] and victim.workflow_id in str(known.finding.facts)
            for known in status.known.values()
            if known.told_at
        )
        return is_known and any(victim.workflow_id in letter.text for letter in list(self._house.box.accepted))

    async def _goes_on(self, victim: Victim, account: Account) -> None:
        """After a reset and a second start each duty of the law is due when it was due before."""
        if victim.how not in ("reset", "replace"):
            return
        await until(lambda: self._has_its_duties(victim))
        status = await self._status(victim)
        due = {str(duty.kind): duty.due_at for duty in status.duties if duty.legal and duty.due_at}
        for kind, at in victim.due.items():
            if kind not in due or due[kind] > at:
                account.duties.append(f"{victim.workflow_id}: {kind} is due {due.get(kind)} instead of {at}")

    def _letters(self, victim: Victim, account: Account) -> None:
        """None twice under one Message-ID, but in a shadow; the opening is told to each once, in all lives of it."""
        letters = [letter for letter in self._house.box.accepted if letter.incident == victim.reference]
        for message_id, number in Counter(letter.message_id for letter in letters).items():
            twice = [letter for letter in letters if letter.message_id == message_id]
            if number > 1 and not any(in_a_shadow(each, self._house.shadows) for each in twice):
                account.doubled.append(f"{victim.workflow_id}: {twice[0].subject} was accepted {number} times")
        first = min(letters, key=lambda letter: letter.at)
        again = {letter.message_id for letter in letters if (letter.subject, letter.to) == (first.subject, first.to)}
        if len(again) > 1:
            account.doubled.append(f"{victim.workflow_id}: {first.subject} went as {len(again)} letters")

    def _changed(self, victim: Victim) -> list[str]:
        there = self._evidence(victim)
        return [
            f"{victim.workflow_id}: {path} is {'changed' if path in there else 'missing'} since then"
            for path, digest in victim.files.items()
            if there.get(path) != digest
        ]

    def _evidence(self, victim: Victim) -> dict[str, str]:
        """What lies in the folder of its first life: documents and letters, with their sums."""
        folder = self._house.evidence / f"case-breach~{victim.reference}"
        shelves = [path for shelf in ("documents", "messages") for path in (folder / shelf).glob("*")]
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in shelves
            if path.is_file() and not path.name.startswith(".")
        }

    # --- asking -----------------------------------------------------------------------------------------------

    def _handle(self, victim: Victim) -> WorkflowHandle[Any, Any]:
        return self._house.client.get_workflow_handle(victim.workflow_id)

    async def _status(self, victim: Victim) -> BreachStatus:
        return await while_it_fails(lambda: self._handle(victim).query("status", result_type=BreachStatus))

    async def _has_written(self, victim: Victim) -> bool:
        return any(letter.incident == victim.reference for letter in list(self._house.box.accepted))

    async def _has_its_duties(self, victim: Victim) -> bool:
        return {duty.kind for duty in (await self._status(victim)).duties} >= set(victim.due)
