"""What the watchdog writes into the book is of the run that it was told of, whatever has taken its place meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client

from activities.book.sqlite import SqliteBook
from activities.watchdog.outside import Outside
from tests.builders import NOON
from workflows.procedure.watchdog.findings import OpenProcess, Watching
from workflows.watchdog.ports import LookOrder

LISTED = OpenProcess(
    workflow_id="breach-B-1", run_id="first", kind="DataBreach", started_at=NOON, task_queue="kantadesk", has_begun=True
)


class NothingElse:
    """A server that lists nothing; what it is asked for by name is given to the look by the test."""

    async def list_workflows(self, query: str, limit: int) -> AsyncIterator[str]:
        """No process was completed lately."""
        assert "Completed" in query
        for nothing in [""] * min(limit, 0):
            yield nothing


def said(run: str) -> DescribeWorkflowExecutionResponse:
    """What the server says of a run that began by itself."""
    answer = DescribeWorkflowExecutionResponse()
    info = answer.workflow_execution_info
    info.execution.workflow_id, info.execution.run_id = LISTED.workflow_id, run
    info.first_run_id, info.history_length = run, 40
    return answer


async def looked(folder: Path, run: str) -> tuple[str, int]:
    """First run and length of history that the book has of the one that was listed, where another run was described."""
    book = SqliteBook(folder)
    outside = Outside(cast("Client", NothingElse()), book, LookOrder(at=NOON, rules=Watching()))
    await outside.begin({LISTED.workflow_id: LISTED})
    outside.described(LISTED, said(run))
    await outside.compare({LISTED.workflow_id: LISTED}, None)
    (known,) = book.runs_of(LISTED.workflow_id)
    return known.first_run, known.events


async def test_what_is_said_of_the_run_that_was_listed_is_kept(tmp_path: Path) -> None:
    assert await looked(tmp_path, "first") == ("first", 40)


async def test_a_second_start_in_the_middle_of_a_look_is_not_taken_for_the_first(tmp_path: Path) -> None:
    """Else it would look as if the second one had continued the first."""
    assert await looked(tmp_path, "second") == ("", 0)
