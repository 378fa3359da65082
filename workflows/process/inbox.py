"""How a message comes in: read, refuse with a reason, keep what was refused, ignore repeats.

A process marks the methods that take a message with ``@message`` and itself with ``@takes_messages``. Each message then
exists as a signal and as an update under one name. Nothing sent can stop a process: handlers accept any number of
payloads of any kind, and what can't be read or is not allowed now is kept under ``rejected`` (signal) or refused
(update) with the same words. Decision 0002 says why handlers are built like this.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple, Protocol, TypeVar, get_type_hints

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    HandleSignalInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from workflows.process import duty_timers
from workflows.process.examples import described
from workflows.process.lifecycle import FromNowOn
from workflows.process.messages import Message
from workflows.process.payloads import TurnedAway, undecodable, why_undecodable
from workflows.process.reading import NOTHING, M, Unreadable, code_said, digest, read, several, understood
from workflows.process.record import Record
from workflows.process.retention import size
from workflows.process.sealed import in_clear
from workflows.process.sealed.seals import Arrival, arrival_of
from workflows.process.sealed.senders import is_from_nobody, speak

REFUSED = "Refused"
ANY_OTHER = "Any other name is refused, with the names that there are."
OPENING = ("authority_instruction", "reopening")
"""Messages that open a duty each time."""

C = TypeVar("C", bound=type)


class TakesMessages(Protocol):
    """What the inbox needs of a process."""

    record: Any
    in_hand: int
    """How many messages have come and are neither taken nor refused yet."""
    one_at_a_time: asyncio.Lock
    strangers: FromNowOn
    """Whether senders without the key are held apart."""
    has_begun: bool

    def refusal(self, said: Any) -> str | None:
        """Why a message is not allowed now; None where it is."""

    def further_refusal(self, said: Any) -> str | None:
        """Why a message is not allowed now by rules that came after the first releases."""

    def status(self) -> Any:
        """The answer to an update."""

    def refresh_web(self) -> None:
        """Called after each message, so that Temporal Web follows."""


Apply = Callable[[Any, Any], Awaitable[None]]


class _Kind(NamedTuple):
    name: str
    model: type[Message]
    description: str
    apply: Apply


def message(apply: Callable[[Any, M], Awaitable[None]]) -> Callable[[Any, M], Awaitable[None]]:
    """Mark a method as the effect of the message of its name; its parameter's type is the message's model."""
    setattr(apply, "__kantadesk_message__", True)  # noqa: B010  # a mark on a function
    return apply


def takes_messages(process: C) -> C:
    """Give a process a signal and an update for each marked method, and a refusal of unknown names."""
    marked = {n: f for n, f in inspect.getmembers(process, inspect.isfunction) if hasattr(f, "__kantadesk_message__")}
    for name, apply in marked.items():
        model, purpose = get_type_hints(apply)["said"], (apply.__doc__ or "").strip().split("\n")[0]
        kind = _Kind(name, model, described(name, purpose, model), apply)
        setattr(process, f"signal_{name}", _signal(kind))
        setattr(process, f"update_{name}", _update(kind))
    known = sorted(marked)
    setattr(process, "unknown_signal", _unknown_signal(known))  # noqa: B010
    setattr(process, "unknown_update", _unknown_update(known))  # noqa: B010
    return process


class OnePayload(WorkflowInboundInterceptor):
    """Handlers get exactly one payload, however many were sent: a wrong number would raise before our code sees it.

    That a signal could not be decrypted is noted in the history, by its number in this run. Where its key becomes known
    later, the signal stays what it was: read now, it would lead the replay another way and freeze the process.
    """

    def __init__(self, next: WorkflowInboundInterceptor) -> None:  # noqa: A002  # Temporal's name
        super().__init__(next)
        self._signals = 0

    async def handle_signal(self, input: HandleSignalInput) -> None:  # noqa: A002  # Temporal's name
        """Signals, known by name or not."""
        self._signals += 1
        if workflow.get_signal_handler(input.signal):
            input.args = [several(input.args)]
            self._as_it_was(input, f"unreadable-signal-{self._signals}")
        await super().handle_signal(input)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:  # noqa: A002
        """Validators."""
        super().handle_update_validator(self._with_one(input))

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002
        """Updates."""
        return await super().handle_update_handler(self._with_one(input))

    def _with_one(self, input: HandleUpdateInput) -> HandleUpdateInput:  # noqa: A002
        # asked by name: the arguments of the dynamic handler, a name and a list, may just as well have been sent so
        if workflow.get_update_handler(input.update):
            input.args = [several(input.args)]
        return input

    def _as_it_was(self, input: HandleSignalInput, mark: str) -> None:  # noqa: A002
        (sent,) = input.args
        if why_undecodable(sent.payload) is not None:
            workflow.patched(mark)  # noted in the history; nothing in a replay of a history without the note
        elif workflow.unsafe.is_replaying() and workflow.patched(mark):
            input.args = [RawValue(undecodable(sent.payload, "its key was not known when it came"))]


class Inbox(Interceptor):
    """Puts ``OnePayload`` before the handlers of every process."""

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[OnePayload]:  # noqa: A002, ARG002
        """The interceptor of a run."""
        return OnePayload


async def _take(process: TakesMessages, kind: _Kind, said: Message, arrival: Arrival) -> None:
    """Apply one message, one at a time and each once. Raises ``Unreadable`` where it is not allowed now."""
    await workflow.wait_condition(lambda: process.has_begun)
    async with process.one_at_a_time:
        record: Record = process.record
        is_apart = not arrival.has_the_key and process.strangers.holds()
        event_id = in_clear.id_of_a_stranger(said.event_id) if is_apart else said.event_id
        if any(map(record.is_repeat, (event_id, said.event_id, in_clear.id_of_the_seal(arrival)))):
            record.repeated_count += 1
            return
        reason = (_in_clear(record, kind.name, said, arrival) if is_apart else None) or process.refusal(said)
        if reason := reason or _since(process, said) or _beyond_bounds(record, kind.name, said):
            record.remember(in_clear.id_of_the_seal(arrival), workflow.now())  # copied later, it would be allowed
            raise Unreadable(reason)
        speak(said, arrival, is_apart=is_apart)
        await kind.apply(process, said)
        record.remember(event_id or in_clear.id_of_the_seal(arrival), workflow.now())
        record.applied_count += 1
        record.unverified_count += not arrival.has_the_key
        record.from_nobody_count += is_from_nobody(said, arrival)
        record.grow_by(size(said), workflow.now())


def _in_clear(record: Record, name: str, said: Message, arrival: Arrival) -> str | None:
    """Why a message is refused because of how it came."""
    return in_clear.why_not(name, said, arrival, in_clear.allowed_by(record))


def _since(process: TakesMessages, said: Message) -> str | None:
    """Why a message is refused by a rule of today; what a run took before there was that rule it has taken."""
    reason = process.further_refusal(said) or code_said(said)
    return reason if reason and workflow.patched("refused-by-later-rules") else None


def _beyond_bounds(record: Record, name: str, said: Message) -> str | None:
    """Why a message that is allowed is refused: the record is full. Never in runs that began without a retention."""
    reason = record.may_be_a_forgotten_repeat(said) or (record.too_much_is_open() if name in OPENING else None)
    return reason if reason and workflow.patched("refused-beyond-bounds") else None


def _counted(receive: Callable[[Any, RawValue], Awaitable[Any]]) -> Callable[[Any, RawValue], Awaitable[Any]]:
    """The same handler, while it is at work counted among the messages in hand."""

    @wraps(receive)
    async def counted(self: TakesMessages, payload: RawValue = NOTHING) -> Any:
        self.in_hand += 1
        try:
            return await receive(self, payload)
        finally:
            self.in_hand -= 1

    return counted


def _signal(kind: _Kind) -> Any:
    class Handler(TakesMessages):
        async def receive(self, payload: RawValue = NOTHING) -> None:
            try:
                await _take(self, kind, understood(kind.model, payload), arrival_of(payload.payload))
            except Unreadable as reason:
                self.record.refuse(workflow.now(), kind.name, str(reason), digest(payload))
            except Exception as error:  # noqa: BLE001  # a fault of ours must not freeze the incident's clocks
                self.record.refuse(workflow.now(), kind.name, f"could not be applied ({error!r})", digest(payload))
            self.refresh_web()

    return workflow.signal(name=kind.name, description=kind.description)(_counted(Handler.receive))


def _update(kind: _Kind) -> Any:
    class Handler(TakesMessages):
        async def receive(self, payload: RawValue = NOTHING) -> Any:
            try:
                await _take(self, kind, understood(kind.model, payload), arrival_of(payload.payload))
            except Unreadable as reason:
                raise _refused(str(reason)) from None
            except Exception as error:
                raise _refused(f"could not be applied ({error!r})") from error
            self.refresh_web()
            return self.status()

        def check(self, payload: RawValue = NOTHING) -> None:
            if duty_timers.has_come() or self.in_hand:
                return  # beside an alarm it could not be replayed if it were turned away; behind a message it waits
            try:
                said = read(kind.model, payload)
            except Unreadable as reason:
                raise _turned_away(str(reason)) from None
            arrival = arrival_of(payload.payload)
            event_id = said.event_id if arrival.has_the_key else in_clear.id_of_a_stranger(said.event_id)
            if not self.has_begun or self.record.is_repeat(event_id) or self.record.is_repeat(said.event_id):
                return  # a process that has not begun owes nothing yet: it is judged once it has
            reason_now = _in_clear(self.record, kind.name, said, arrival) or self.refusal(said)
            if reason_now := reason_now or self.further_refusal(said) or code_said(said):
                raise _turned_away(reason_now)

    handler: Any = workflow.update(name=kind.name, description=kind.description)(_counted(Handler.receive))
    handler.validator(Handler.check)
    return handler


def _unknown_signal(known: list[str]) -> Any:
    class Handler(TakesMessages):
        async def receive(self, name: str, payloads: Sequence[RawValue]) -> None:
            self.record.refuse(workflow.now(), name, _unknown(known), digest(several(payloads)))
            self.refresh_web()

    return workflow.signal(dynamic=True, description=ANY_OTHER)(Handler.receive)


def _unknown_update(known: list[str]) -> Any:
    class Handler(TakesMessages):
        async def receive(self, name: str, payloads: Sequence[RawValue]) -> None:  # noqa: ARG002  # Temporal's form
            raise _refused(_unknown(known))

        def check(self, name: str, payloads: Sequence[RawValue]) -> None:  # noqa: ARG002
            if not duty_timers.has_come():
                raise _turned_away(_unknown(known))

    handler: Any = workflow.update(dynamic=True, description=ANY_OTHER)(Handler.receive)
    handler.validator(Handler.check)
    return handler


def _unknown(known: list[str]) -> str:
    return f"there is no message of this name; known are {', '.join(known) or 'none'}"


def _turned_away(reason: str) -> ApplicationError:
    return TurnedAway(reason, type=REFUSED, non_retryable=True)


def _refused(reason: str) -> ApplicationError:
    return ApplicationError(reason, type=REFUSED, non_retryable=True)
