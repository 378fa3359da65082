"""The steps of the watchdog. Unlike those of a process with duties they give up soon: the next look comes by itself."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from workflows.procedure.watchdog.endings import Ending, Fate
from workflows.procedure.watchdog.findings import Watching
from workflows.process import steps
from workflows.process.ports import Letter, Recipient
from workflows.process.sealed.asking import asking
from workflows.process.telling.by_channels import ChannelTurns, first_to_accept
from workflows.watchdog.ports import AlwaysRunning, LookOrder, ProcessesSeen, Seen, Watch

TELLING_AT_MOST = timedelta(minutes=2)
"""The next look must not wait for a mail provider; what was not told is told then."""
TWICE = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_attempts=2)
LOOKING = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=4),
    schedule_to_close_timeout=timedelta(minutes=5),
    heartbeat_timeout=timedelta(minutes=1),
    retry_policy=TWICE,
)
SHORT = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=30), schedule_to_close_timeout=timedelta(minutes=2), retry_policy=TWICE
)
BRINGING_BACK = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=1),
    schedule_to_close_timeout=timedelta(minutes=5),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=2)),
)


async def rules_of_watching() -> Watching:
    """The organisation's rules as they stand now. Raises ``ActivityError``, as all of these."""
    return await workflow.execute_activity_method(
        Watch.rules_of_watching,
        asking(),
        **(SHORT | ActivityConfig(summary="Take the rules of watching")),
    )


async def look_at_processes(order: LookOrder) -> ProcessesSeen:
    """Look at every open process, and at those that were ended from outside."""
    return await workflow.execute_activity_method(
        Watch.look_at_processes,
        order,
        **(LOOKING | ActivityConfig(summary="Look at every open incident, breach and maintenance")),
    )


async def look_at_workers(order: LookOrder) -> Seen:
    """Look whether somebody takes up the work."""
    return await workflow.execute_activity_method(
        Watch.look_at_workers,
        order,
        **(SHORT | ActivityConfig(summary="Look whether workers take up the work")),
    )


async def look_at_mail(order: LookOrder) -> Seen:
    """Look for letters that no provider has answered for."""
    return await workflow.execute_activity_method(
        Watch.look_at_mail,
        order,
        **(SHORT | ActivityConfig(summary="Look for letters without a provider's answer")),
    )


async def look_at_contacts(order: LookOrder) -> Seen:
    """Look for contacts that nobody has verified for long."""
    return await workflow.execute_activity_method(
        Watch.look_at_contacts,
        order,
        **(SHORT | ActivityConfig(summary="Look how fresh the contacts are")),
    )


async def bring_back(ending: Ending) -> Fate:
    """Bring back a process that was ended from outside."""
    return await workflow.execute_activity_method(
        Watch.bring_back,
        ending,
        **(BRINGING_BACK | ActivityConfig(summary=f"Bring back {ending.workflow_id} ({ending.how.replace('_', ' ')})")),
    )


async def send_heartbeat() -> bool:
    """Tell the operator's address that all is well."""
    return await workflow.execute_activity_method(
        Watch.send_heartbeat,
        asking(),
        **(SHORT | ActivityConfig(summary="Heartbeat: all is well")),
    )


async def ensure_standing() -> list[str]:
    """Start what must always run and does not."""
    return await workflow.execute_activity_method(
        AlwaysRunning.ensure_standing,
        asking(),
        **(SHORT | ActivityConfig(summary="Start each standing process that does not run")),
    )


async def clear_away() -> int:
    """Delete old finished runs of the watchdog."""
    return await workflow.execute_activity_method(
        AlwaysRunning.clear_away,
        asking(),
        **(SHORT | ActivityConfig(summary="Clear old runs of the watchdog away")),
    )


async def send(letter: Letter, recipient: Recipient) -> None:
    """Send a letter by the recipient's channels, as far as there is time. Raises ``StepFailed``."""
    if recipient.manner is None:
        await steps.send(letter, within=TELLING_AT_MOST)
    else:
        await first_to_accept(letter, recipient.manner, ChannelTurns(), within=TELLING_AT_MOST)
