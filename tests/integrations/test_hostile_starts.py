"""Hostile start inputs, queries, and messages to what is not there (yet, or any more)."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from temporalio.client import WorkflowFailureError, WorkflowQueryFailedError

from tests.builders import call, opening, resolution
from tests.integrations.conftest import ENDED, QUERIES
from tests.integrations.going_on import GOOD, goes_on
from tests.integrations.hostile import HOSTILE, QUESTIONS, STARTS, Question, Start, plain, with_key
from tests.integrations.house import House, Incident, worker
from tests.integrations.table import Table, cut, what_was_seen
from tests.integrations.ways import COMMAND, GRPC, WAYS, Seen

ROOT = str(Path(__file__).parents[2])
TAKEN = Seen(taken=True, words="")


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.name)
async def test_a_start_that_can_not_be_read_says_so_and_leaves_the_reference_free(
    house: House, starts_table: Table, start: Start
) -> None:
    payloads = with_key(start.payloads, house.keys.current)
    tried = {way: Incident(house, house.reference()) for way in start.ways}
    seen = {way: await WAYS[way].start(incident, payloads) for way, incident in tried.items()}
    reasons = {await why_none_was_opened(incident) for way, incident in tried.items() if seen[way].taken}
    assert len(reasons) == (start.words is not None)
    for reason in reasons:
        assert start.words
        assert start.words in reason
    record = cut(reasons.pop()) if reasons else "nothing: it never arrived"
    starts_table.tell(start.name, what_was_seen(seen), record)

    [incident] = list(tried.values())[:1]
    assert await COMMAND.start(incident, [plain(opening(incident.reference))]) == TAKEN
    await incident.until(lambda status: bool(status.duties))
    await goes_on(incident)


async def why_none_was_opened(incident: Incident) -> str:
    """What the failed start says: as its failure, to whoever asks, in Temporal Web and in a list."""
    with pytest.raises(WorkflowFailureError) as failed:
        await incident.ended()
    reason = str(failed.value.cause)
    assert reason.startswith("no incident was opened: ")
    with pytest.raises(WorkflowQueryFailedError) as unanswered:
        await incident.handle.query("status")
    assert str(unanswered.value) == reason
    assert await incident.shown() == reason[0].upper() + reason[1:]
    assert await incident.is_listed("ExecutionStatus = 'Failed'")
    return reason


async def test_a_report_with_texts_of_megabytes_lives_with_their_beginning(house: House) -> None:
    incident = Incident(house, house.reference())
    long = {"description": "ä" * 100_000, "symptoms": "\x01" * 100_000, "error_message": "y" * 300_000}
    reporter = {"name": "n" * 100_000, "unit": "Ward 3"}
    assert await COMMAND.start(incident, [plain(opening(incident.reference, **long, reported_by=reporter))]) == TAKEN
    status = await incident.until(lambda status: bool(status.duties))
    assert status.description.startswith("ä" * 9_000)
    assert status.description.endswith("stands with the evidence]")
    assert status.reported_by
    assert len(status.reported_by.name) < 1_100
    await goes_on(incident)
    assert await COMMAND.update(incident, "resolution", [plain(resolution())]) == TAKEN
    assert await COMMAND.update(incident, "phone_escalation", [plain(call())]) == TAKEN
    await incident.pass_time(hours=25)
    await incident.ended()
    assert [order.reference for order in house.world.bundles] == [incident.reference]


async def test_an_unknown_workflow_type_never_begins_and_shows_as_a_problem(house: House, starts_table: Table) -> None:
    incident = Incident(house, house.reference())
    sent = ("workflow", "start", "--type", "Incdent", "--task-queue", "kantadesk", "--workflow-id", incident.id)
    started = await house.temporal(*sent, "--input", json.dumps(opening(incident.reference)))
    assert started.code == 0
    problem = "TemporalReportedProblems = 'category=WorkflowTaskFailed'"
    assert await incident.is_listed(problem)
    record = "it waits for ever; listed under TemporalReportedProblems; terminate it and the reference is free"
    starts_table.tell("an unknown workflow type", "accepted", record)
    await incident.handle.terminate()
    assert await COMMAND.start(incident, [plain(opening(incident.reference))]) == TAKEN
    await incident.until(lambda status: bool(status.duties))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
async def test_a_malformed_query_harms_nothing(house: House, queries_table: Table, question: Question) -> None:
    incident, payloads = await house.incident(), with_key(question.payloads, house.keys.current)
    seen = {way: await WAYS[way].query(incident, question.query, payloads) for way in question.ways}
    for each in seen.values():
        assert each == TAKEN if question.words is None else question.words in each.words
    queries_table.tell(question.name, what_was_seen(seen, taken="the answer: what is too much is ignored"))
    await goes_on(incident)


async def test_an_incident_that_could_not_be_opened_says_why_to_whoever_asks(
    house: House, queries_table: Table
) -> None:
    incident = Incident(house, house.reference())
    assert await COMMAND.start(incident, [plain({"title": "x"})]) == TAKEN
    reason = await why_none_was_opened(incident)
    seen = {name: await way.query(incident, "status", []) for name, way in WAYS.items()}
    assert all(reason in each.words for each in seen.values())
    queries_table.tell(QUERIES[-1], what_was_seen(seen))


async def test_a_message_to_a_closed_incident_is_refused_to_its_sender(house: House, messages_table: Table) -> None:
    incident = await house.incident()
    await COMMAND.update(incident, "cancellation", [plain({"by": "desk", "reason": "Wrong ticket"})])
    await incident.ended()
    assert await refused(incident, messages_table, ENDED[0]) == {"workflow execution already completed"}
    assert (await incident.status()).rejected == ()


async def test_a_message_to_nobody_is_refused_to_its_sender(house: House, messages_table: Table) -> None:
    nobody = Incident(house, "NONE-1")
    assert {"not found" in words for words in await refused(nobody, messages_table, ENDED[1])} == {True}


async def refused(incident: Incident, table: Table, what: str) -> set[str]:
    """Send something good by every way, which nobody takes; what the senders saw."""
    signals = {name: await way.signal(incident, "triage", GOOD) for name, way in WAYS.items()}
    updates = {name: await way.update(incident, "triage", GOOD) for name, way in WAYS.items()}
    seen = [*signals.values(), *updates.values()]
    assert not any(each.taken for each in seen)
    table.tell(what, what_was_seen(signals), what_was_seen(updates), "nothing: it never arrived")
    return {each.words.removeprefix("404: ").removeprefix("NOT_FOUND: ") for each in seen}


async def test_hostile_messages_before_the_first_task_are_kept_when_it_comes(house: House) -> None:
    incident, queue = Incident(house, house.reference()), "late"
    await house.client.start_workflow("Incident", opening(incident.reference), id=incident.id, task_queue=queue)
    kept = []
    for case in HOSTILE:
        if (await GRPC.signal(incident, case.message, case.payloads)).taken:
            kept.append(case.message)  # noqa: PERF401  # the next one is sent after this one
    waiting = [asyncio.create_task(GRPC.update(incident, case.message, case.payloads)) for case in HOSTILE[:5]]
    await GRPC.signal(incident, "phone_escalation", [plain(call(event_id="early", reached=False, person=""))])
    async with worker(house.client, house.world, queue):
        status = await incident.until(lambda status: len(status.rejected) == len(kept) and bool(status.calls))
        assert sorted(refused.message for refused in status.rejected) == sorted(kept)
        assert not any(seen.taken for seen in await asyncio.gather(*waiting))
        await goes_on(incident)
    await incident.handle.terminate()


async def test_our_own_command_says_at_once_what_is_too_long(house: House) -> None:
    incident = await house.incident()
    update = {"by": "desk", "text": "x" * 2_200_000}
    path = house.file(json.dumps(update).encode())
    ours = {"KANTADESK_DATA_DIR": str(house.key_file.parent), "PYTHONPATH": ROOT}
    command = ("-m", "starter", "incident", "update", incident.reference, "--file", str(path))
    answer = await house.run(sys.executable, *command, more=ours)
    assert (answer.code, answer.out) == (2, "")
    assert "--text" in answer.err
    assert "8000 characters" in answer.err
    assert (await incident.status()).rejected == ()
