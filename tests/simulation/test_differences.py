"""A process that is built again and gives something else: which step it is, and which line of its code."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from temporalio import activity, workflow
from temporalio.converter import DataConverter

from tests.simulation.engine.chance import Chance
from tests.simulation.engine.os_process import OsProcess
from tests.simulation.engine.server import Server
from tests.simulation.engine.service import client
from tests.simulation.engine.virtual_time import beginning, run_virtually
from tests.simulation.engine.worker import Build, Worker

AT_MOST = timedelta(seconds=9)
BUILT: dict[str, Iterator[int]] = {}
"""How often each has been built."""


@activity.defn
async def note(what: int) -> int:
    """Note it."""
    return what


@workflow.defn(name="OtherWords")
class OtherWords:
    """Says something else each time it is built."""

    @workflow.run
    async def run(self) -> None:
        """Note a number that its history does not know."""
        await workflow.execute_activity(note, 7, start_to_close_timeout=AT_MOST)
        await workflow.execute_activity(note, next(BUILT["OtherWords"]), start_to_close_timeout=AT_MOST)


@workflow.defn(name="OtherStep")
class OtherStep:
    """Does something else each time it is built."""

    @workflow.run
    async def run(self) -> None:
        """Wait the first time, and then note."""
        await (self._notes() if next(BUILT["OtherStep"]) else workflow.sleep(3))

    async def _notes(self) -> None:
        await workflow.execute_activity(note, 7, start_to_close_timeout=AT_MOST)


def lived(kind: str) -> Server:
    """One run to its end, and then built again."""
    BUILT[kind] = count()

    async def live() -> Server:
        server = Server(Chance("differs"))
        worker = Worker(Build([OtherWords, OtherStep], [note], [], DataConverter.default), OsProcess("worker"))
        server.joins(worker)
        handle = await client(server, DataConverter.default).start_workflow(kind, id="one", task_queue="simulated")
        await handle.result()
        server.rebuild(next(iter(server.runs.values())), worker)
        server.close()
        return server

    return run_virtually(live, beginning())


def line_of(of: Any, words: str) -> str:
    """Where some words stand, once, in a class."""
    lines, first = inspect.getsourcelines(of)
    (found,) = (first + number for number, line in enumerate(lines) if words in line)
    return f"tests/simulation/test_differences.py:{found}"


def test_other_words_name_the_step_and_the_line() -> None:
    server = lived("OtherWords")
    (told,) = server.said_otherwise
    assert "one: built again it says otherwise at event 11: " in told
    assert told.endswith(f", at {line_of(OtherWords, 'next(BUILT')}")
    assert server.problems == []


def test_another_command_names_the_step_and_the_lines() -> None:
    server = lived("OtherStep")
    (told,) = server.problems
    assert "one: built again it differs at event 5: " in told
    assert "timer_started" in told
    assert told.endswith(f", at {line_of(OtherStep, 'note, 7')} < {line_of(OtherStep, 'workflow.sleep')}")
