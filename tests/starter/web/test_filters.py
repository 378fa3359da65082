"""Each list of ``kantadesk web`` finds exactly what it says, on a real server's visibility; and its addresses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from temporalio.client import Client

from starter.web import filters
from starter.web.filters import COLUMNS, Filter, list_address, process_address
from tests.builders import NOON, answers, breach_opening, now, opening, triage
from tests.desks.desk import BreachDesk, Desk
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import running_worker, skipping_server
from tests.starter.conftest import kantadesk
from workflows.process.web_view import ALL_KEYS

STUCK_AT_ONCE = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1"
FOUND: dict[str, set[str]] = {
    "open": {"incident-critical", "incident-late", "incident-garbage", "breach-leak", "incident-unseen", "odd-1"},
    "overdue": {"incident-late"},
    "soon": {"incident-critical", "incident-late", "incident-garbage"},
    "critical": {"incident-critical"},
    "untriaged": {"incident-late", "incident-garbage"},
    "breaches": {"breach-leak"},
    "rejected": {"incident-garbage"},
    "stuck": {"odd-1"},
    "forced": {"incident-killed"},
    "over": {"incident-over"},
    "drills": {"incident-drill"},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client() -> AsyncIterator[Client]:
    """A namespace with one process of each kind, and a worker that keeps them alive."""
    world = FakeWorld()
    async with skipping_server(STUCK_AT_ONCE) as server, running_worker(server, world) as worker:
        queue = worker.task_queue
        await Desk(server, world, queue, "drill").open(drill=True)
        critical = await Desk(server, world, queue, "critical").open(services=["PRESCRIPTION", "PDR"])
        await critical.say("triage", triage())
        late = await Desk(server, world, queue, "late").open(services=["PDR"])
        await late.pass_time(minutes=34)
        garbage = await Desk(server, world, queue, "garbage").open()
        await garbage.incident.signal("triage", "not a triage")
        over = await Desk(server, world, queue, "over").open()
        await over.say("triage", triage(criteria=answers(), severity="low", extensive=False))
        await over.say("cancellation", {"by": "desk", "reason": "the ward's own cable"})
        await over.ended()
        killed = await Desk(server, world, queue, "killed").open()
        await killed.incident.terminate("somebody pressed the wrong button")
        await BreachDesk(server, world, queue, "leak").open()
        await server.client.start_workflow("Odd", id="odd-1", task_queue=queue)
        await server.client.start_workflow("Incident", opening("unseen"), id="incident-unseen", task_queue="no-worker")
        await server.client.start_workflow("NoticeWatch", id="notice-watch", task_queue="no-worker")
        await server.client.start_workflow("StandingProcesses", id="standing-processes-1", task_queue="no-worker")
        cut_off = await server.client.start_workflow("StandingProcesses", id="standing-processes-2", task_queue="none")
        await cut_off.terminate("no worker for half an hour")
        yield server.client


async def found(client: Client, wanted: Filter, expected: set[str]) -> set[str]:
    """What a list finds: visibility follows the histories after a moment, so it is asked until it is as expected."""
    listed: set[str] = set()
    for _ in range(200):
        listed = {each.id async for each in client.list_workflows(wanted.query)}
        if listed == expected:
            break
        await asyncio.sleep(0.1)
    return listed


def every_filter() -> dict[str, Filter]:
    return {each.name: each for each in filters.filters(now())}


def test_there_is_an_expectation_for_each_list() -> None:
    assert every_filter().keys() == FOUND.keys()


@pytest.mark.parametrize("name", FOUND)
async def test_a_list_finds_exactly_what_it_says(client: Client, name: str) -> None:
    assert await found(client, every_filter()[name], FOUND[name]) == FOUND[name]


async def test_a_list_of_one_service(client: Client) -> None:
    of_service = {each.name: each for each in filters.filters(now(), "PDR")}
    for name, expected in {
        "open": {"incident-critical", "incident-late", "breach-leak"},
        "overdue": {"incident-late"},
        "rejected": set[str](),
    }.items():
        assert await found(client, of_service[name], expected) == expected


async def test_due_soon_counts_from_the_moment_it_is_asked(client: Client) -> None:
    """The first of these duties is due half an hour after it was opened, the breach's after 72 hours."""
    await found(client, every_filter()["soon"], FOUND["soon"])
    for asked_at, expected in (
        (now() - timedelta(hours=25), set[str]()),
        (now() + timedelta(hours=49), FOUND["soon"] | FOUND["breaches"]),
    ):
        soon = next(each for each in filters.filters(asked_at) if each.name == "soon")
        assert await found(client, soon, expected) == expected


def test_a_date_is_written_as_the_filter_language_wants_it() -> None:
    soon = next(each for each in filters.filters(NOON) if each.name == "soon")
    assert soon.query.endswith("KantaNextDue <= '2026-11-23T10:00:00Z'")
    assert not soon.is_lasting
    written = soon.query.rpartition("'2")[2].rstrip("'")
    assert datetime.fromisoformat("2" + written) == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_the_columns_are_attributes_that_there_are() -> None:
    assert {column for column in COLUMNS if column.startswith("Kanta")} <= {key.name for key in ALL_KEYS}
    assert breach_opening("x")["registers"] == ["PDR"], "the breach above is of this service"


def test_an_address_carries_the_query_whole() -> None:
    for each in filters.filters(NOON, "PDR"):
        address = urlsplit(list_address("https://web.example/temporal/", "my desk", each, saved=True))
        assert address.path == "/temporal/namespaces/my%20desk/workflows"
        assert parse_qs(address.query) == {"query": [each.query], "savedQuery": [each.title]}
    assert process_address("http://w", "default", "incident-1").endswith("/namespaces/default/workflows/incident-1")


class TestCommand:
    def test_the_address_is_that_of_the_settings(self, tmp_path: Path) -> None:
        shown = kantadesk(tmp_path, "web", "--json", KANTADESK_WEB_ADDRESS="https://web.example")
        assert shown.code == 0, shown.err
        assert [each["name"] for each in shown.json["lists"]] == list(FOUND)
        assert all(each["url"].startswith("https://web.example/namespaces/default/") for each in shown.json["lists"])
        assert [each["save"] is None for each in shown.json["lists"]].count(True) == 1
        columns = json.loads(shown.json["columns_in_local_storage"]["value"])["default"]
        assert [column["label"] for column in columns] == list(COLUMNS)

    def test_for_people_each_address_has_a_line_of_its_own(self, tmp_path: Path) -> None:
        shown = kantadesk(tmp_path, "web", "--service", "Reseptikeskus", KANTADESK_WEB_ADDRESS="https://web.example")
        addresses = [line.strip() for line in shown.out.splitlines() if line.startswith("  https://")]
        assert len(addresses) == len(FOUND)
        assert all(" " not in address and "PRESCRIPTION" in address for address in addresses)

    def test_that_of_up_is_found_by_itself(self, tmp_path: Path) -> None:
        embedded = {"address": "127.0.0.1:1", "web": "http://127.0.0.1:2", "http": "", "codec": "", "pid": 1}
        (tmp_path / "embedded.json").write_text(json.dumps(embedded), encoding="utf-8")
        assert kantadesk(tmp_path, "web", "--json").json["web"] == "http://127.0.0.1:2"
        elsewhere = kantadesk(tmp_path, "web", TEMPORAL_ADDRESS="temporal.example:7233")
        assert (elsewhere.code, elsewhere.out) == (2, "")
        assert "KANTADESK_WEB_ADDRESS" in elsewhere.err

    @pytest.mark.parametrize("mistake", [("--open", "nothing"), ("--service", "Nothing")])
    def test_a_mistake_is_one_line(self, tmp_path: Path, mistake: tuple[str, str]) -> None:
        shown = kantadesk(tmp_path, "web", *mistake, KANTADESK_WEB_ADDRESS="https://web.example")
        assert (shown.code, shown.out, shown.err.count("\n")) == (2, "", 1)

    def test_a_list_opens_in_the_browser_where_that_is_asked(self, tmp_path: Path) -> None:
        browser = tmp_path / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n', encoding="utf-8")
        browser.chmod(0o700)
        shown = kantadesk(
            tmp_path, "web", "--open", "overdue", KANTADESK_WEB_ADDRESS="https://web.example", BROWSER=f"{browser} %s"
        )
        assert (shown.code, shown.out) == (0, "")
        assert "KantaOverdue" in (tmp_path / "opened").read_text(encoding="utf-8")
