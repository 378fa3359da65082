"""A fake of the watchdog's neighbours: it sees what it is told to see, and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from temporalio import activity
from temporalio.exceptions import ApplicationError

from workflows.procedure.watchdog.endings import Ending, Fate
from workflows.procedure.watchdog.findings import Finding, Watching
from workflows.process.sealed.asking import NOBODY, Asking
from workflows.watchdog.ports import AlwaysRunning, LookOrder, ProcessesSeen, Seen, Watch


@dataclass
class FakeWatch(Watch, AlwaysRunning):
    """What there is to see. ``blind``: parts of the house that can't be looked at."""

    rules: Watching = field(default_factory=Watching)
    sights: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    endings: list[Ending] = field(default_factory=list)
    fate: Callable[[Ending], Fate] = lambda _ending: Fate(outcome="back")
    blind: set[str] = field(default_factory=set)
    is_heard: bool = True
    orders: list[LookOrder] = field(default_factory=list)
    heartbeats: int = 0
    cleared: int = 0

    def __hash__(self) -> int:
        return id(self)

    def _look(self, part: str) -> tuple[Finding, ...]:
        if part in self.blind:
            raise ApplicationError("it is dark", type="CannotLook", non_retryable=True)
        return self.sights.get(part, ())

    @activity.defn(name="rules_of_watching")
    async def rules_of_watching(self, asked: Asking = NOBODY) -> Watching:  # noqa: ARG002  # sealed, and no more
        return self.rules

    @activity.defn(name="look_at_processes")
    async def look_at_processes(self, order: LookOrder) -> ProcessesSeen:
        self.orders.append(order)
        findings = self._look("processes")
        return ProcessesSeen(findings=findings, looked_at=7, endings=(*order.lost, *self.endings))

    @activity.defn(name="look_at_workers")
    async def look_at_workers(self, order: LookOrder) -> Seen:  # noqa: ARG002  # a fake looks at nothing
        return Seen(findings=self._look("workers"))

    @activity.defn(name="look_at_mail")
    async def look_at_mail(self, order: LookOrder) -> Seen:  # noqa: ARG002
        return Seen(findings=self._look("mail"))

    @activity.defn(name="look_at_contacts")
    async def look_at_contacts(self, order: LookOrder) -> Seen:  # noqa: ARG002
        return Seen(findings=self._look("contacts"))

    @activity.defn(name="bring_back")
    async def bring_back(self, ending: Ending) -> Fate:
        return self.fate(ending)

    @activity.defn(name="send_heartbeat")
    async def send_heartbeat(self, asked: Asking = NOBODY) -> bool:  # noqa: ARG002  # sealed, and no more
        if not self.is_heard:
            raise ApplicationError("the address answers 500", type="HeartbeatFailed", non_retryable=True)
        self.heartbeats += 1
        return True

    @activity.defn(name="ensure_standing")
    async def ensure_standing(self, asked: Asking = NOBODY) -> list[str]:  # noqa: ARG002  # sealed, and no more
        return []

    @activity.defn(name="clear_away")
    async def clear_away(self, asked: Asking = NOBODY) -> int:  # noqa: ARG002  # sealed, and no more
        self.cleared += 1
        return 0
