"""How every message passes the ledger: looked for, made ready, handed over, noted; once, as far as can be known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio.exceptions import ApplicationError

from activities.mail.ledger import Claim, Note, SentLedger
from activities.mail.transport import DELIVERY_UNKNOWN, shielded
from workflows.process.messages import SentMessage

M = TypeVar("M")
A = TypeVar("A")


async def sent_once(
    ledger: SentLedger,
    key: str,
    *,
    make_ready: Callable[[Claim], tuple[M, Note]],
    hand_over: Callable[[M], Awaitable[A]],
    accepted: Callable[[M, Note, A], SentMessage],
    keep: Callable[[], None],
) -> SentMessage:
    """Send a message, unless an earlier try has done so. What ``hand_over`` raises is raised.

    ``make_ready`` notes under this try's claim that it is about to be handed over; ``accepted`` notes the answer;
    ``keep`` keeps the message as sent, unless it is kept already: then the ledger's copy goes. All but
    ``hand_over`` run in the threads of the ledger.

    A try that is given up while it waits for another one has sent nothing; once it hands over, it is finished.
    """

    async def send(claim: Claim) -> SentMessage:
        if claim.before is not None and claim.before.sent is not None:
            await ledger.in_turn(keep)
            return claim.before.sent
        message, note = await ledger.in_turn(make_ready, claim)
        try:
            answer = await hand_over(message)
        except ApplicationError as error:
            if error.type != DELIVERY_UNKNOWN:
                await ledger.in_turn(ledger.did_not_go, key, note)
            raise
        sent = await ledger.at_once(accepted, message, note, answer)
        await ledger.in_turn(keep)
        return sent

    async def alone(claim: Claim) -> SentMessage:
        try:
            sent = await send(claim)
        except asyncio.CancelledError:
            raise  # everything ends while somebody speaks to the provider: the claim ends with the OS process
        except BaseException:
            await ledger.let_go(claim)
            raise
        await ledger.let_go(claim, is_kept=True)
        return sent

    return await shielded(alone(await ledger.alone_at(key)))
