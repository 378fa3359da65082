"""A loop whose time jumps to the next thing that is to happen: an hour of waiting costs nothing.

Everything in a simulation runs on it, in one thread: the server, the workers, the activities, the people. What waits
with ``asyncio.sleep`` waits in virtual time. What would run in a thread runs in the loop, a moment later, so that
something can come between.
"""

from __future__ import annotations

import asyncio
import contextvars
import selectors
import time
from asyncio import events
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from tests.simulation.engine.os_process import MortalTask, OsProcess, current_process

T = TypeVar("T")
AT_ONCE = 1e-6
"""Seconds within which two moments are one: floats of a year are no finer than some nanoseconds."""


class NothingLeft(RuntimeError):
    """Somebody waits for something that can never come: nothing else is to happen."""


class TookTooLong(RuntimeError):
    """A simulation was given so many seconds of the machine's own time, and they are over."""


class _Jumping(selectors.BaseSelector):
    """Asked to wait, it moves the clock instead. It watches no files: nothing in a simulation reads from outside.

    ``ends_by``: when it has taken too long, by the machine's own clock; None: never.
    """

    def __init__(self) -> None:
        self.passed = 0.0
        self.ends_by: float | None = None
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.ends_by is not None and time.monotonic() > self.ends_by:
            raise TookTooLong("it takes longer than it may")
        if timeout is None:
            raise NothingLeft("everything waits, and nothing is to happen")
        self.passed += max(0.0, timeout)
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = self._keys[fileobj] = selectors.SelectorKey(fileobj, 0, events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time. ``thread_takes``: seconds until something that was given to a thread is done."""

    def __init__(self, begins: datetime, thread_takes: Callable[[], float] = lambda: 0.001) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)
        self._begins = begins
        self._asked = (0.0, begins)
        """When the moment was last asked for, and what it was: most things happen at one moment with others."""
        self._stamped: tuple[datetime | None, Timestamp] = (None, Timestamp())
        self._thread_takes = thread_takes
        self._clock_resolution = AT_ONCE
        self.set_task_factory(_task)  # type: ignore[arg-type]

    def ends_within(self, seconds: float | None) -> None:
        """Stop with ``TookTooLong`` after so many seconds of the machine's own time; None: never."""
        self._jumping.ends_by = None if seconds is None else time.monotonic() + seconds

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._jumping.passed

    def now(self) -> datetime:
        """The moment, by a clock that is right."""
        passed = self._jumping.passed
        if self._asked[0] != passed:
            self._asked = (passed, self._begins + timedelta(microseconds=round(passed * 1e6)))
        return self._asked[1]

    def stamp(self) -> Timestamp:
        """The moment as protobuf has it; not to be changed."""
        if (now := self.now()) is not self._stamped[0]:
            made = Timestamp()
            made.FromDatetime(now.astimezone(UTC))
            self._stamped = (now, made)
        return self._stamped[1]

    def moment(self, at: datetime) -> float:
        """A moment on the loop's own clock."""
        return (at - self._begins).total_seconds()

    def run_in_executor(  # type: ignore[override]
        self,
        executor: Any,  # noqa: ARG002
        func: Callable[..., T],
        *args: Any,
    ) -> asyncio.Future[T]:
        """Do it in the loop, after a moment; never, where the process has died by then."""
        done: asyncio.Future[T] = self.create_future()
        self.call_later(self._thread_takes(), _run_in_thread, done, partial(func, *args), current_process())
        return done


def _run_in_thread(done: asyncio.Future[Any], work: Callable[[], Any], process: OsProcess | None) -> None:
    if process is not None:
        process.passes()
        if process.is_dead:
            return
    try:
        result = work()
    except Exception as error:  # noqa: BLE001  # whoever waits gets it, as from a thread
        if not done.cancelled():
            done.set_exception(error)
    else:
        if not done.cancelled():
            done.set_result(result)


def _task(
    loop: asyncio.AbstractEventLoop,
    coro: Coroutine[Any, Any, Any],
    *,
    name: str | None = None,
    context: contextvars.Context | None = None,
) -> asyncio.Task[Any]:
    process = current_process(context)
    if process is None:
        return asyncio.Task(coro, loop=loop, name=name, context=context)
    return MortalTask.of(process, coro, loop, name, context)


def running() -> VirtualLoop:
    """The loop that runs now."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop), "this runs in a simulation only"
    return loop


def now_in_utc() -> datetime:
    """The moment, by a clock that is right, without a zone: as protobuf takes it."""
    return running().now().astimezone(UTC).replace(tzinfo=None)


def run_virtually(
    main: Callable[[], Coroutine[Any, Any, T]],
    begins: datetime,
    thread_takes: Callable[[], float] = lambda: 0.001,
    *,
    seconds: float | None = None,
) -> T:
    """Run something from its beginning to its end in virtual time; what is still at work then is given up.

    ``seconds``: of the machine's own time that it may take; raises ``TookTooLong``.
    """
    loop = VirtualLoop(begins, thread_takes)
    loop.ends_within(seconds)
    events.set_event_loop(loop)
    try:
        return loop.run_until_complete(main())
    finally:
        loop.ends_within(None)
        left = [task for task in asyncio.all_tasks(loop) if not isinstance(task, MortalTask)]
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        events.set_event_loop(None)
        loop.close()


def beginning() -> datetime:
    """A usual beginning: the first of a year, at midnight in the world's own time."""
    return datetime(2027, 1, 1, tzinfo=UTC)
