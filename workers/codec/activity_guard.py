"""Activities obey our own workflows only: an input counts that was sealed with our key for the workflow that asks.

Anybody who reaches Temporal can start an activity by itself, or call it from a workflow of their own; without this,
plain JSON would send letters in the organisation's name.
"""

from __future__ import annotations

import logging
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from workers.codec.codec import NotOurs

_log = logging.getLogger(__name__)

NOT_OURS = "NotOurs"
"""Type of the error by which an activity refuses a stranger; it is not tried again."""
WITHOUT_INPUT = frozenset({"rules_in_force"})
"""Asked without an input by processes of 0.2.0, some of which still run; it reads, and its answer is encrypted."""


class ActivityGuard(Interceptor):
    """Refuses what was not sealed for the workflow that asks, before anything is done."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002  # its name
        """Put the guard before each activity."""
        return _Guarded(super().intercept_activity(next))


class _Guarded(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002  # the SDK's name for it
        """Run the activity for our own workflows; refuse everybody else, with a line in the log."""
        asked = activity.info()
        if reason := why_refused(asked, input.args):
            # of what a stranger can word, only the name of the activity is logged, which is one of ours
            _log.warning("activity %s refused: %s", asked.activity_type, reason)
            raise ApplicationError(f"{asked.activity_type} refused: {reason}", type=NOT_OURS, non_retryable=True)
        return await super().execute_activity(input)


def why_refused(asked: activity.Info, args: Any) -> str | None:
    """Why an activity is not done; None where a workflow of ours asks."""
    if not asked.workflow_id:
        return "no workflow has asked for it"
    if not args and asked.activity_type not in WITHOUT_INPUT:
        return "it came without an input, which nobody can have sealed"
    return next((each.reason for each in args if isinstance(each, NotOurs)), None)
