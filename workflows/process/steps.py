"""One function for each step: which neighbour, its timeouts and retries, and the sentence that Temporal Web shows.

The only file that starts activities. Steps that act on the world are tried until they succeed or until the neighbour
says that it never will (``ports.PERMANENT``): then the step raises ``StepFailed``, whose text says who must act.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.workflow import ActivityConfig

from workflows.procedure.duties import in_words
from workflows.procedure.operating_model.channels import EMAIL
from workflows.procedure.operating_model.model import LocalRules
from workflows.process import ports
from workflows.process.messages import Document, SentMessage
from workflows.process.sealed.asking import asking
from workflows.process.telling.text_messages import ByChannel, TextMessage, TextMessages

UNTIL_IT_WORKS = RetryPolicy(
    initial_interval=timedelta(seconds=5),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=5),
    non_retryable_error_types=list(ports.PERMANENT),
)
"""Of what others do: a provider that is down is not asked every second."""
HEARTBEAT_TIMEOUT = timedelta(seconds=30)
"""A working worker sends heartbeats; one that is silent for so long is dead or frozen: another takes its step."""
SENDING = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=2), heartbeat_timeout=HEARTBEAT_TIMEOUT, retry_policy=UNTIL_IT_WORKS
)
SOON_AGAIN = timedelta(seconds=30)
"""The longest pause before the next try of what is done on this machine or in Temporal: a try costs little, and people
wait. Workers that die under a step count as tries, too: by the rule above it would stand for five minutes after some
deaths, with nothing wrong any more."""
MAKING = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=1),
    heartbeat_timeout=HEARTBEAT_TIMEOUT,
    retry_policy=replace(UNTIL_IT_WORKS, initial_interval=timedelta(seconds=2), maximum_interval=SOON_AGAIN),
)
# Never a local activity: one that runs when a query comes in can't be replayed (temporalio 1.35, 23 of 60 runs).
LOOKING_UP = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=10), retry_policy=RetryPolicy(maximum_interval=SOON_AGAIN)
)

ALARMS = ("reminder", "overdue")
"""The letters of a duty's clock, by their kind."""
WHO_MUST_ACT, IN_THE_MIDDLE = 2, 3
MAILINGS = Priority(priority_key=4)
"""Where more waits than the workers can do, by Temporal's priorities: 1 is first, 3 is what nothing is said of. A real
breach has 1 (``workflows.introductions``). A server that knows none takes everything in its turn."""


class StepFailed(Exception):
    """A neighbour will never do this step; the text says why and who must act. ``kind``: one of ``ports.PERMANENT``."""

    def __init__(self, reason: str, kind: str) -> None:
        super().__init__(reason)
        self.kind = kind


def key(step: str, run: str = "") -> str:
    """A key for a step of this process, the same in every retry and every continued run.

    ``run``: the run that stands in it, where the process goes on with the keys of an earlier life.
    """
    info = workflow.info()
    return f"{info.workflow_id}/{run or info.first_execution_run_id}/{step}"


async def rules_in_force() -> LocalRules:
    """The organisation's rules as they stand now."""
    return await workflow.execute_activity_method(
        ports.LocalRulebook.rules_in_force,
        asking(),
        **(LOOKING_UP | ActivityConfig(summary="Take the rules that hold now")),
    )


async def who_is_told(audience: ports.Audience, *, within: timedelta | None = None) -> Sequence[ports.Recipient]:
    """Who is in an audience now, by the clock of the process.

    With ``within``, ``ActivityError`` is raised where that can't be had in time.
    """
    return await workflow.execute_activity_method(
        ports.ContactBook.who_is_told,
        audience.model_copy(update={"at": workflow.now()}),
        **(
            LOOKING_UP
            | ActivityConfig(
                summary=f"Look up {_in_words(audience)}",
                schedule_to_close_timeout=within,
                priority=_before_others() if audience.roles else Priority.default,
            )
        ),
    )


def _place_of(letter: ports.Letter) -> Priority:
    """An alarm goes before others, a mailing behind them."""
    if letter.is_mailing:
        return MAILINGS
    return _before_others() if letter.kind in ALARMS else Priority.default


def _before_others() -> Priority:
    """The place of what goes to those who must act; never behind the process's own."""
    own = workflow.info().priority.priority_key or IN_THE_MIDDLE
    return Priority(priority_key=min(own, WHO_MUST_ACT))


def _in_words(audience: ports.Audience) -> str:
    if audience.contacts:
        if len(audience.contacts) == 1:
            return audience.contacts[0] + (" and their deputies" if audience.deputies else "")
        return f"{len(audience.contacts)} contacts" + (" and their deputies" if audience.deputies else "")
    return in_words(dict.fromkeys((*audience.groups, *audience.text_groups, *audience.roles)))


async def send(letter: ports.Letter, *, within: timedelta | None = None) -> SentMessage:
    """Send a letter, trying until it is accepted, at most for ``within``. Raises ``StepFailed``."""
    to = "Kela" if letter.contact == ports.KELA else letter.contact
    summary = f"{_verb(letter)} to {to}: {_about(letter)}"
    return await _sent(ports.Mail.send_letter, letter, summary, within, _place_of(letter))


async def send_text_message(message: TextMessage, *, within: timedelta | None = None) -> SentMessage:
    """Send a text message, trying until it is accepted, at most for ``within``. Raises ``StepFailed``."""
    what = message.kind.removeprefix("maintenance_").replace("_", " ")
    summary = f"{_verb(message)} text message to {message.contact}: {what}"
    return await _sent(TextMessages.send_text_message, message, summary, within)


async def send_by(letter: ports.Letter, channel: str, *, within: timedelta | None = None) -> SentMessage:
    """Send a letter, or what it is about, by one channel of its contact. Raises ``StepFailed``."""
    if channel == EMAIL:
        return await send(letter, within=within)
    summary = f"{_verb(letter)} by {channel.replace('_', ' ')} to {letter.contact}: {_about(letter)}"
    by_channel = ByChannel(letter=letter, channel=channel)
    return await _sent(TextMessages.send_by_channel, by_channel, summary, within, _place_of(letter))


async def _sent(
    by: Callable[[Any, Any], Awaitable[SentMessage]],
    what: Any,
    summary: str,
    within: timedelta | None,
    place: Priority = Priority.default,
) -> SentMessage:
    told = ActivityConfig(summary=summary, schedule_to_close_timeout=within, priority=place)
    try:
        return await workflow.execute_activity_method(by, what, **(SENDING | told))
    except ActivityError as error:
        raise failure_of(error) from error


def _verb(message: ports.Letter | TextMessage) -> str:
    return "Drill: keep back" if message.drill else "Send"


def _about(letter: ports.Letter) -> str:
    return letter.kind.replace("_", " ") + (f" ({letter.duty})" if letter.duty else "")


async def tell_process(told: ports.OtherProcessMessage) -> bool:
    """Tell another process something; False where it has ended."""
    return await workflow.execute_activity_method(
        ports.OtherProcesses.tell_process,
        told,
        **(SENDING | ActivityConfig(summary=f"Tell {told.workflow_id}: {told.message.replace('_', ' ')}")),
    )


async def bundle_evidence(order: ports.EvidenceOrder) -> Document:
    """Bundle the evidence of the process."""
    return await workflow.execute_activity_method(
        ports.EvidenceStore.bundle_evidence,
        order,
        **(MAKING | ActivityConfig(summary="Bundle the evidence")),
    )


async def keep_journal(order: ports.EvidenceOrder) -> Document:
    """Keep the older part of what the process remembers outside the history."""
    return await workflow.execute_activity_method(
        ports.EvidenceStore.keep_journal,
        order,
        **(MAKING | ActivityConfig(summary="Keep older entries with the evidence")),
    )


def failure_of(error: ActivityError) -> StepFailed:
    """What stopped a step for good, in the neighbour's own words; a cancelled step stays cancelled."""
    cause = error.cause
    kind = cause.type if isinstance(cause, ApplicationError) and cause.type else type(cause or error).__name__
    return StepFailed(reason(error), kind)


def reason(error: ActivityError) -> str:
    """Why a step failed, in the neighbour's own words."""
    return str(getattr(error.cause, "message", None) or error.cause or error)
