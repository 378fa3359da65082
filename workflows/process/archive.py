"""What has left the lists of a record goes to the evidence, part by part; until then the record still holds it."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json
from temporalio import workflow

from workflows.process import ports, steps
from workflows.process.deduplication import said_digest
from workflows.process.record import TIMELINE_OF_OLD, Record
from workflows.process.retention import CARRIED_AT_MOST, size


class Archive:
    """Archives what has left the lists of a record, and bundles all of it at the end.

    Runs that began before there were bounds know nothing of these steps: there they are patched away, and the next run
    catches up.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self.is_archiving = False
        self.is_too_large = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being archived, and the record is not too large to be carried."""
        return not self.is_archiving and not self.is_too_large

    async def archive_as_it_leaves(self) -> None:
        """Archive what leaves, whenever something does, until cancelled."""
        while True:
            await workflow.wait_condition(lambda: bool(self._record.leaving) and not self.is_archiving)
            if not workflow.patched("brought-out-as-it-leaves"):
                return
            await self._archive()

    async def archive_before(self, what: str) -> None:
        """Archive everything that waits, before something that needs it so."""
        await workflow.wait_condition(lambda: not self.is_archiving)
        if not self._record.leaving:
            return
        if workflow.patched(f"brought-out-before-{what}"):
            await self._archive()
        elif what == "carrying-on":
            await self._archive_as_first_releases()

    async def _archive(self) -> None:
        self.is_archiving = True
        try:
            while part := self._record.next_part():
                await self._archive_part(part)
        finally:
            self.is_archiving = False

    async def _archive_as_first_releases(self) -> None:
        """As releases without bounds did: in one part, once the timeline is longer than 1,500 lines."""
        lines = [entry for name, entry in self._record.leaving if name == "timeline"]
        if len(lines) + len(self._record.timeline) > TIMELINE_OF_OLD:
            await self._archive_part(list(self._record.leaving))

    async def _archive_part(self, part: list[tuple[str, Any]]) -> None:
        content = to_json({"first": self._record.brought_out, "left": part}).decode()
        self._record.part_is_kept(len(part), await steps.keep_journal(self._order(content)))

    async def carried(self) -> dict[str, Any] | None:
        """What the next run starts from; None if it is larger than Temporal carries, which would end everything."""
        self._record.apply_retention(workflow.now())
        await self.archive_before("carrying-on")
        carried = {"carried": self._record.model_dump(mode="json")}
        if size(carried) < CARRIED_AT_MOST:
            return carried
        self.is_too_large = True
        reason = "its record is too large: tell those who run kantadesk, this run can't go on for ever"
        self._record.say_problem("continuing as new", reason)
        self._record.note(workflow.now(), "Problem: continuing as new", detail=reason)
        return None

    async def bundle(self) -> None:
        """Bundle what the record knows, with what was archived before."""
        self._record.apply_retention(workflow.now())
        await self.archive_before("bundling")
        record = self._record
        order = self._order(record.status().model_dump_json(), to_json(record.timeline).decode())
        record.documents.append(await steps.bundle_evidence(order))

    def _order(self, content: str, timeline: str = "[]") -> ports.EvidenceOrder:
        return ports.EvidenceOrder(
            key=steps.key(self._record.next_step(f"evidence/{said_digest('evidence', {'content': content})}")),
            reference=self._record.reference,
            process=self._record.process,
            case=self._record.case,
            life=self._record.life,
            record=content,
            timeline=timeline,
            time_zone=self._record.time_zone,
            language=self._record.language,
            made_at=workflow.now(),
        )
