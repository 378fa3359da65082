"""The story of the watchdog, which asks whether every open clock is still alive."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.procedure.local_time import written
from workflows.procedure.watchdog.endings import Ending, Fate, about_ending
from workflows.procedure.watchdog.findings import (
    Area,
    Finding,
    about_heartbeat,
    about_lateness,
    is_well,
    next_look,
    unseen,
)
from workflows.process import steps
from workflows.process.deduplication import said_digest
from workflows.process.duty_timers import wait_until
from workflows.process.ids import TASK_QUEUE, WATCHDOG_ID
from workflows.process.inbox import takes_messages
from workflows.process.messages import Refused
from workflows.process.ports import Audience, Recipient
from workflows.process.start import sealed_or_nothing
from workflows.watchdog import steps as watchdog_steps
from workflows.watchdog.letters import watch_letter
from workflows.watchdog.ports import LookOrder, ProcessesSeen, Seen
from workflows.watchdog.record import WatchdogRecord, WatchStatus

SeenT = TypeVar("SeenT", bound=Seen)


@workflow.defn(name="Watchdog")
@takes_messages
class Watchdog:
    """Looks every few minutes whether every open clock is alive, and tells the outside world that it is.

    1. It looks at everything: each open process whatever its age, the workers, the mail, the contacts, and how late its
       own timer was. What can't be looked at is itself a finding.
    2. A process that was ended from outside is brought back with its record, so that its clocks go on.
    3. A heartbeat goes out only if everything was looked at and is well: the other side notices when it stops.
    4. Those who run the desk hear once of what is new, and once of what is over.
    5. It waits until the next look.
    """

    @workflow.init
    def __init__(self, *carried: Any) -> None:
        self.record = WatchdogRecord.taken_up(sealed_or_nothing(carried))
        self._areas: set[Area] = set()
        self._found: list[Finding] = []
        self._has_more = False

    @workflow.run
    async def run(self, *carried: Any) -> None:  # noqa: ARG002  # read in __init__
        """Look, again and again."""
        self.must_be_the_only_one()
        while True:
            began = workflow.now()
            try:
                await self.look_around()
            except Exception as error:  # noqa: BLE001  # a fault of ours must not stop every later look
                self.record.change(is_well=False)
                workflow.logger.error("a look went wrong: %r", error)
            self.record.change(next_look=next_look(began, workflow.now(), self.rules, at_once=self._has_more))
            self.show()
            await wait_until(self.record.next_look, f"Next look at {written(self.record.next_look)}")
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self.record.carried())

    def must_be_the_only_one(self) -> None:
        """Fail if somebody has started another one on the desk's queue: it would tell everything twice."""
        info = workflow.info()
        if info.task_queue == TASK_QUEUE and info.workflow_id != WATCHDOG_ID:
            raise ApplicationError(f"the workflow id must be {WATCHDOG_ID}: there is one of it", non_retryable=True)

    @property
    def rules(self) -> Any:
        """The rules taken last."""
        return self.record.status.rules

    async def look_around(self) -> None:
        """One look, in the order of the class's own sentences."""
        at = workflow.now()
        self._areas, self._found = {"clock", "heartbeat"}, []
        await self.take_rules()
        self._found += about_lateness(self.record.status.next_look, at, self.rules)
        await self.look_at_everything()
        well = is_well(self._found)
        if well:
            await self.send_heartbeat()
        self.record.found(self._found, frozenset(self._areas), at)
        self.record.change(last_look=at, is_well=well, turn=self.record.status.turn + 1)
        await self.tell()

    # --- 1: looked at everything ----------------------------------------------------------------------------

    async def take_rules(self) -> None:
        """Take the rules that hold now; where they can't be had, the last ones hold."""
        try:
            self.record.change(rules=await watchdog_steps.rules_of_watching())
        except ActivityError as error:
            self._found.append(unseen("contacts", steps.reason(error)))

    async def look_at_everything(self) -> None:
        """Look at each part of the desk; at the processes last, since that takes longest."""
        order = self.record.order(workflow.now())
        await asyncio.gather(
            self.look("workers", watchdog_steps.look_at_workers, order),
            self.look("mail", watchdog_steps.look_at_mail, order),
            self.look("contacts", watchdog_steps.look_at_contacts, order),
        )
        if seen := await self.look("processes", watchdog_steps.look_at_processes, order):
            self._has_more = seen.has_more_endings
            self.record.change(looked_at=seen.looked_at)
            await self.bring_back(seen)

    async def look(
        self, area: Area, looking: Callable[[LookOrder], Awaitable[SeenT]], order: LookOrder
    ) -> SeenT | None:
        """Look at one part of the desk; if that fails it is a finding, and nothing there counts as over."""
        try:
            seen = await looking(order)
        except ActivityError as error:
            self._found.append(unseen(area, steps.reason(error)))
            return None
        self._found += seen.findings
        self._areas.add(area)
        return seen

    # --- 2: brought back ------------------------------------------------------------------------------------

    async def bring_back(self, seen: ProcessesSeen) -> None:
        """Bring back what was ended from outside; if no record can be had it is tried again, in turn."""
        fates = await asyncio.gather(*(self.brought_back(ending) for ending in seen.endings))
        for ending, fate in zip(seen.endings, fates, strict=True):
            self._found += about_ending(ending, fate)
        self._found += self.record.still_lost()
        self.record.dealt_with(seen, fates)

    async def brought_back(self, ending: Ending) -> Fate:
        """What became of one of them."""
        try:
            return await watchdog_steps.bring_back(ending)
        except ActivityError as error:
            return Fate(outcome="lost", command=steps.reason(error))

    # --- 3: the heartbeat -----------------------------------------------------------------------------------

    async def send_heartbeat(self) -> None:
        """Tell the outside world that all is well, if an address is configured."""
        try:
            if await watchdog_steps.send_heartbeat():
                self.record.change(last_heartbeat=workflow.now())
        except ActivityError as error:
            self._found.append(about_heartbeat(steps.reason(error)))

    # --- 4: told --------------------------------------------------------------------------------------------

    async def tell(self) -> None:
        """Tell what is new and what is over. What could not be told is told at the next look."""
        at = workflow.now()
        if new := self.record.to_tell(at):
            self.record.told(await self.told("watch_finding", new), at)
        if over := self.record.over():
            self.record.told_over(await self.told("watch_over", over))

    async def told(self, kind: Any, findings: Sequence[Finding]) -> list[Finding]:
        """Tell findings to those concerned, each in their own language; answers those that somebody heard of."""
        for_whom = await self.concerned(findings)
        accepted = await asyncio.gather(*(self.write(kind, recipient, theirs) for recipient, theirs in for_whom))
        keys = {finding.key for told in accepted for finding in told}
        return [finding for finding in findings if finding.key in keys]

    async def concerned(self, findings: Sequence[Finding]) -> list[tuple[Recipient, list[Finding]]]:
        """Who is told of which: those who run the desk of all, others of what concerns them."""
        theirs: dict[str, tuple[Recipient, list[Finding]]] = {}
        for also_to, contacts in dict.fromkeys((finding.also_to, finding.also_contacts) for finding in findings):
            audience = Audience(roles=tuple(dict.fromkeys((*self.rules.tell, *also_to))), contacts=contacts)
            try:
                recipients = await steps.who_is_told(audience, within=watchdog_steps.TELLING_AT_MOST)
            except ActivityError:
                continue
            for recipient in recipients:
                mine = theirs.setdefault(recipient.contact, (recipient, []))[1]
                mine += [each for each in findings if (each.also_to, each.also_contacts) == (also_to, contacts)]
        return list(theirs.values())

    async def write(self, kind: Any, recipient: Recipient, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Write one letter; answers what it has told: nothing if it was not accepted in time."""
        said = said_digest(kind, {"keys": sorted(finding.key for finding in findings)})
        key = steps.key(f"{kind}/{recipient.contact}/{self.record.status.turn}/{said}")
        try:
            await watchdog_steps.send(watch_letter(key, kind, recipient, findings), recipient)
        except steps.StepFailed:
            return ()
        return findings

    # --- what it shows --------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show in Temporal Web what was found."""
        workflow.set_current_details(self.record.details())

    def refresh_web(self) -> None:
        """Show what it has refused, too."""
        self.show()

    @workflow.query(description="Messages that were kept but not applied: it takes none")
    def rejected(self) -> list[Refused]:
        """Messages that were not applied."""
        return list(self.record.status.rejected)

    @workflow.query(description="What was found at the last look, when that was, and when the last heartbeat went out")
    def status(self) -> WatchStatus:
        """What the watchdog knows."""
        return self.record.status
