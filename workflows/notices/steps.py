"""The steps of the notice watch, as in ``process/steps.py``. None is tried for ever: the next look comes anyway."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from workflows.notices.messages import FeedsAsked, FeedsSeen, IncidentsTold, NoticeForIncidents, NoticeToRead
from workflows.notices.ports import IncidentsConcerned, NoticeReader
from workflows.procedure.notices.reading import Reading
from workflows.process import ports

A_FEW_TIMES = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_attempts=3)
LOOKING = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=30),  # all feeds at once, each with its own deadline of 8 s
    schedule_to_close_timeout=timedelta(minutes=2),
    retry_policy=A_FEW_TIMES,
)
TELLING = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=1),  # a thousand signals
    schedule_to_close_timeout=timedelta(minutes=3),
    retry_policy=A_FEW_TIMES,
)


async def look_at_feeds(asked: FeedsAsked) -> FeedsSeen:
    """What is new in the feeds. Raises ``ActivityError``."""
    return await workflow.execute_activity_method(
        NoticeReader.look_at_feeds, asked, **(LOOKING | ActivityConfig(summary="Look at the published notices"))
    )


async def read_entered(told: NoticeToRead) -> Reading:
    """What a notice says that was entered. Raises ``ActivityError``."""
    return await workflow.execute_activity_method(
        NoticeReader.read_notice, told, **(LOOKING | ActivityConfig(summary="Read a notice that was entered"))
    )


async def tell_open_incidents(told: NoticeForIncidents) -> IncidentsTold:
    """Tell every open incident of some services. Raises ``ActivityError``."""
    return await workflow.execute_activity_method(
        IncidentsConcerned.tell_open_incidents,
        told,
        **(TELLING | ActivityConfig(summary=f"Tell the open incidents of {', '.join(told.services)}")),
    )


async def start_process(order: ports.ProcessOrder) -> bool:
    """Start another process; False where it was there before. Raises ``ActivityError``."""
    return await workflow.execute_activity_method(
        ports.OtherProcesses.start_process,
        order,
        **(TELLING | ActivityConfig(summary=f"Start {order.workflow_id}")),
    )


async def tell_planned_break(told: ports.OtherProcessMessage) -> bool:
    """Tell a planned break what has changed; False where it has ended. Raises ``ActivityError``."""
    return await workflow.execute_activity_method(
        ports.OtherProcesses.tell_process, told, **(TELLING | ActivityConfig(summary=f"Tell {told.workflow_id}"))
    )
