"""One letter by its contact's channels in order: what fails on one, or takes too long there, goes by the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.procedure.operating_model.channels import Manner
from workflows.process import ports, steps
from workflows.process.messages import SentMessage

AT_ONCE = 500
"""Letters of mailings under way by one channel: below what a run may have open; a channel that hangs has its own."""
LONGEST_PATIENCE = timedelta(hours=4)
Note = Callable[[str, str], None]
"""Takes what has happened, and the detail of it."""


class ChannelTurns:
    """The turns of one process: letters of mailings wait behind those of their own channel only, alarms behind none."""

    def __init__(self) -> None:
        self._turns: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def of(self, channel: str, *, is_mailing: bool) -> AsyncIterator[None]:
        """Wait for a turn of a channel."""
        if not is_mailing:
            yield
            return
        async with self._turns.setdefault(channel, asyncio.Semaphore(AT_ONCE)):
            yield


def _nowhere(what: str, detail: str) -> None:
    """Where there is no timeline."""


async def first_to_accept(
    letter: ports.Letter,
    manner: Manner,
    turns: ChannelTurns,
    *,
    note: Note = _nowhere,
    within: timedelta | None = None,
) -> SentMessage:
    """Send a letter by the first channel that accepts it. Raises ``StepFailed`` once none will, or the time is over.

    Each channel has its time (a share of ``within``, where that is less), and the only one that is left has all that
    there is. One that will never take it is left out; the others are tried again from the first, for twice as long.
    """
    left, patience = list(manner.channels), manner.patience(letter.kind, letter.severity)
    patience = min(patience, within / len(left)) if within else patience
    until = workflow.now() + within if within else None
    reasons: dict[str, str] = {}
    kind = "TimeoutError"
    while left:
        for channel in tuple(left):
            most = _time_for(patience if len(left) > 1 else None, until)
            if most is not None and most <= timedelta(0):
                raise steps.StepFailed(_in_words(reasons) or "no time is left", kind)
            try:
                async with turns.of(channel, is_mailing=letter.is_mailing):
                    sent = await steps.send_by(letter, channel, within=most)
            except steps.StepFailed as failed:
                kind = failed.kind
                if kind in ports.PERMANENT:
                    left.remove(channel)
                is_new, reasons[channel] = channel not in reasons, _why(failed, most)
                if is_new:
                    note(f"Not accepted by {_named(channel)}: {_matter(letter)}", reasons[channel])
                continue
            if reasons or not letter.is_mailing:
                note(f"Told by {_named(channel)}: {_matter(letter)}", "")
            return sent
        patience = min(patience * 2, LONGEST_PATIENCE)
    raise steps.StepFailed(_in_words(reasons), kind)


def _time_for(patience: timedelta | None, until: datetime | None) -> timedelta | None:
    """How long a channel may take; None for as long as it takes."""
    left = until - workflow.now() if until else None
    known = [each for each in (patience, left) if each is not None]
    return min(known) if known else None


def _matter(letter: ports.Letter) -> str:
    """What it is about and whom it goes to."""
    about = f" ({letter.duty})" if letter.duty else ""
    return f"{letter.kind.replace('_', ' ')}{about} to {letter.contact}"


def _named(channel: str) -> str:
    return {"email": "e-mail", "text_message": "text message"}.get(channel, channel)


def _why(failed: steps.StepFailed, most: timedelta | None) -> str:
    """Why a channel has not taken it: its own words, or how long was waited and what the last try said."""
    if failed.kind in ports.PERMANENT or most is None:
        return str(failed)
    tried = getattr(failed.__cause__, "cause", None)
    last = tried if isinstance(tried, ApplicationError) else getattr(tried, "cause", None)
    said = str(getattr(last, "message", "") or "")
    minutes, seconds = divmod(round(most.total_seconds()), 60)
    length = " ".join(words for number, words in ((minutes, f"{minutes} min"), (seconds, f"{seconds} s")) if number)
    return f"not accepted within {length or '0 s'}" + (f": {said}" if said else "")


def _in_words(reasons: dict[str, str]) -> str:
    return "; ".join(f"{_named(channel)}: {reason}" for channel, reason in reasons.items())
