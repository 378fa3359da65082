"""A process of the operating system that may die at any moment: nothing of it goes on, not even its ``finally``."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

_CURRENT: contextvars.ContextVar[OsProcess | None] = contextvars.ContextVar("os_process", default=None)


@dataclass(eq=False)
class OsProcess:
    """One of them. ``clock_is_off``: by how much its clock is wrong; ``at_death``: what the system does then."""

    name: str
    clock_is_off: timedelta = timedelta(0)
    is_dead: bool = False
    at_death: list[Callable[[], None]] = field(default_factory=list)
    dies_after: int | None = None
    """How many things it still gives to a thread before it dies; None: it lives on."""
    tasks: dict[asyncio.Task[Any], None] = field(default_factory=dict)
    """What it is at, in the order in which it was begun."""

    def die(self) -> None:
        """Stop for good, at once."""
        if not self.is_dead:
            self.is_dead = True
            for act in self.at_death:
                act()

    def passes(self) -> None:
        """One more thing was given to a thread."""
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                self.die()

    @contextmanager
    def inside(self) -> Generator[None]:
        """What is begun in here belongs to this process, and all that it begins itself."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    def clear_away(self) -> None:
        """Let go of what stood still at its death, when the simulation is over."""
        for task in list(self.tasks):
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            with suppress(RuntimeError):  # it would go on in its ``finally``
                task.get_coro().close()
        self.tasks.clear()


def current_process(context: contextvars.Context | None = None) -> OsProcess | None:
    """The process to which belongs what runs now (or would run in a context)."""
    return _CURRENT.get() if context is None else context.get(_CURRENT)


class MortalTask(asyncio.tasks._PyTask):  # type: ignore[misc, name-defined]
    """A task that takes no further step once its process is dead."""

    _process: OsProcess

    @classmethod
    def of(
        cls,
        process: OsProcess,
        coro: Coroutine[Any, Any, Any],
        loop: asyncio.AbstractEventLoop,
        name: str | None,
        context: contextvars.Context | None,
    ) -> MortalTask:
        """A task of a process."""
        task = cls(coro, loop=loop, name=name, context=context)
        task._process = process
        process.tasks[task] = None
        task.add_done_callback(lambda ended: process.tasks.pop(ended, None))
        return task

    def _Task__step(self, exc: BaseException | None = None) -> None:  # noqa: N802  # asyncio's own name for it
        if self._process.is_dead:
            return
        super()._Task__step(exc)
