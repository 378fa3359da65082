"""How every message passes the ledger: looked for, made ready, handed over, noted; once, as far as can be known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio.exceptions import ApplicationError

from activities.sent_ledger import Note, SentLedger
from activities.transport import DELIVERY_UNKNOWN, to_its_end
from workflows.messages import SentMessage

M = TypeVar("M")
A = TypeVar("A")


async def sent_once(
    ledger: SentLedger,
    key: str,
    *,
    make_ready: Callable[[], tuple[M, Note]],
    hand_over: Callable[[M], Awaitable[A]],
    accepted: Callable[[M, Note, A], SentMessage],
    keep: Callable[[], None],
) -> SentMessage:
    """Send a message, unless an earlier try has done so. What ``hand_over`` raises is raised.

    ``make_ready`` notes that it is about to be handed over; ``accepted`` notes the answer; ``keep`` keeps the message
    as sent, unless it is kept already. All but ``hand_over`` run in the threads of the ledger.
    """

    async def alone() -> SentMessage:
        async with ledger.one_at_a_time(key):
            before = await ledger.without_delay(ledger.look_up, key)
            if before is not None and before.sent is not None:
                await ledger.without_delay(keep)
                return before.sent
            message, note = await ledger.without_delay(make_ready)
            try:
                answer = await hand_over(message)
            except ApplicationError as error:
                if error.type != DELIVERY_UNKNOWN:
                    await ledger.without_delay(ledger.did_not_go, key, note)
                raise
            return await ledger.without_delay(accepted, message, note, answer)

    return await to_its_end(alone())
