"""The steps of the review of the contacts, as in ``process/steps.py``. The next look comes anyway."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from workflows.contacts.messages import ContactsSeen, Standings
from workflows.contacts.ports import ContactsToReview
from workflows.process.sealed.asking import asking

LOOKING = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(seconds=30)),
)

KEEPING = LOOKING | ActivityConfig(schedule_to_close_timeout=timedelta(minutes=10))  # the next change is kept anyway


async def contacts_to_review() -> ContactsSeen:
    """The contacts as they stand now. Tried until a worker can look."""
    return await workflow.execute_activity_method(
        ContactsToReview.contacts_to_review,
        asking(),
        **(LOOKING | ActivityConfig(summary="Look at the contacts of the operating model")),
    )


async def keep_standings(standings: Standings) -> None:
    """Let senders and commands know how every contact stands. Raises ``ActivityError`` where that can't be kept."""
    await workflow.execute_activity_method(
        ContactsToReview.keep_standings,
        standings,
        **(KEEPING | ActivityConfig(summary="Keep how the contacts stand")),
    )
