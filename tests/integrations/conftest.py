"""One house for the session, the tables of the document, and every test here marked ``integrations``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integrations.hostile import HOSTILE, QUESTIONS, STARTS
from tests.integrations.house import House, running
from tests.integrations.table import RETELL, Table

HERE = Path(__file__).parent
QUERIES = [question.name for question in QUESTIONS] + ["a query of an incident that could not be opened"]
ENDED = ("a message to a closed incident", "a message to an incident that does not exist")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.integrations)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A running house."""
    async with running(tmp_path_factory.mktemp("house") / "data") as running_house:
        yield running_house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def brief_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house whose server suggests to continue as new after 60 events."""
    folder = tmp_path_factory.mktemp("brief") / "data"
    async with running(folder, "limit.historyCount.suggestContinueAsNew=60") as running_house:
        yield running_house


def _table(name: str, order: list[str]) -> Iterator[Table]:
    table = Table(name)
    yield table
    if RETELL and table.lines:
        table.write(order)


@pytest.fixture(scope="session")
def messages_table() -> Iterator[Table]:
    """What answers each hostile message."""
    yield from _table("messages", [case.name for case in HOSTILE] + [*ENDED])


@pytest.fixture(scope="session")
def starts_table() -> Iterator[Table]:
    """What answers each hostile start input."""
    yield from _table("starts", [start.name for start in STARTS] + ["an unknown workflow type"])


@pytest.fixture(scope="session")
def queries_table() -> Iterator[Table]:
    """What answers each hostile query."""
    yield from _table("queries", QUERIES)
