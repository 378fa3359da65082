"""The review of the contacts in a test: an operating model to change, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.testing import WorkflowEnvironment

from tests.desks.desk import PATIENCE, Refused, asked
from tests.desks.fakes import FakeWorld
from workflows.contacts.messages import ContactReviewStatus, ContactsSeen, ContactState
from workflows.process.ids import CONTACT_REVIEW_ID


@dataclass
class ReviewDesk:
    """The review, its operating model, and somebody who looks at it."""

    server: WorkflowEnvironment
    world: FakeWorld
    queue: str

    @property
    def review(self) -> WorkflowHandle[Any, Any]:
        """Its handle."""
        return self.server.client.get_workflow_handle(CONTACT_REVIEW_ID)

    def write(self, name: str, verified_on: date, **facts: Any) -> None:
        """Write a contact into the operating model, or change the one of this name."""
        contacts = {each.contact: each.model_dump() for each in self.world.contacts.contacts}
        contacts[name] = contacts.get(name, {"contact": name}) | {"verified_on": verified_on} | facts
        self._write(contacts=[*contacts.values()])

    def strike(self, name: str) -> None:
        """Take a contact out of the operating model."""
        self._write(contacts=[each.model_dump() for each in self.world.contacts.contacts if each.contact != name])

    def rules(self, **rules: Any) -> None:
        """Write the table [contact_review]."""
        self._write(rules=rules)

    def numbers(self, *names: str) -> None:
        """The emergency numbers that there are."""
        self._write(numbers=names)

    def _write(self, **changes: Any) -> None:
        self.world.contacts = ContactsSeen.model_validate(self.world.contacts.model_dump() | changes)

    async def begin(self, **opening: Any) -> ContactReviewStatus:
        """Start the review, and wait for its first look."""
        await self.server.client.start_workflow(
            "ContactReview",
            opening,
            id=CONTACT_REVIEW_ID,
            task_queue=self.queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return await self.until(lambda status: status.looked_at is not None)

    async def begin_at(self, moment: datetime) -> ContactReviewStatus:
        """Start it at a moment of its own clock, and wait for its first look."""
        now = datetime.now(UTC)  # noqa: TID251  # the real server's clock is the machine's
        await self.server.client.start_workflow(
            "ContactReview",
            {},
            id=CONTACT_REVIEW_ID,
            task_queue=self.queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_delay=moment - now,
        )
        await asyncio.wait_for(self.server.fast_forward(self.review, moment - now), PATIENCE)
        return await self.until(lambda status: status.looked_at is not None)

    async def status(self) -> ContactReviewStatus:
        """The review as it stands."""
        return await asked(self.review, ContactReviewStatus)

    async def until(self, holds: Callable[[ContactReviewStatus], bool]) -> ContactReviewStatus:
        """Wait (in real time, at most 90 s) until the status is as wanted."""
        async with asyncio.timeout(PATIENCE):
            while not holds(status := await self.status()):  # noqa: ASYNC110  # another process is asked
                await asyncio.sleep(0.02)
        return status

    async def say(self, name: str, **payload: Any) -> ContactReviewStatus:
        """Say something as an update. Raises ``Refused`` with the reason."""
        try:
            answer: ContactReviewStatus = await self.review.execute_update(
                name, {"by": "desk", **payload}, result_type=ContactReviewStatus
            )
        except WorkflowUpdateFailedError as error:
            raise Refused(str(error.cause)) from None
        return answer

    async def contact(self, name: str) -> ContactState:
        """How a contact stands."""
        return next(each for each in (await self.status()).contacts if each.contact == name)

    async def letters(self, kind: str, number: int) -> list[Any]:
        """The letters of a kind, once there are so many."""
        async with asyncio.timeout(PATIENCE):
            while len(found := [each for each in self.world.letters if each.kind == kind]) < number:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return found

    async def pass_time(self, **duration: float) -> ContactReviewStatus:
        """Let time pass in the review."""
        await asyncio.wait_for(self.server.fast_forward(self.review, timedelta(**duration)), PATIENCE)
        return await self.status()

    async def pass_until(self, moment: datetime) -> ContactReviewStatus:
        """Let time pass in the review until a moment; a skip ends where the review continues as new."""
        while (left := moment - await self.now()) > timedelta(0):
            await self.pass_time(seconds=left.total_seconds())
        return await self.status()

    async def now(self) -> datetime:
        """The review's own time."""
        return await self.server.get_current_time(self.review)
