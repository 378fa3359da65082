"""What somebody without the key has opened, as the commands show it until the desk speaks."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import Client

from tests.builders import breach_opening, now, opening
from tests.starter.conftest import TRIAGE, Desk
from workflows.process.ids import TASK_QUEUE, breach_workflow_id, incident_workflow_id

MARK = "(unverified sender)"


def start_without_the_key(desk: Desk, process: str, workflow_id: str, said: dict[str, Any]) -> None:
    """Start a process as anybody does who reaches Temporal."""

    async def start() -> None:
        client = await Client.connect(desk.places["temporal"])
        await client.start_workflow(process, said, id=workflow_id, task_queue=TASK_QUEUE)

    asyncio.run(start())


def row_of(reference: str, *, marked: bool) -> Any:
    """Whether a list has the line of a reference, with its mark or without, and with what it owes."""

    def is_there(rows: list[dict[str, Any]]) -> bool:
        named, due = ("incident", "due_at") if rows and "process" in rows[0] else ("reference", "next_due")
        those = [row for row in rows if row[named] == reference]
        return any(row["is_a_strangers"] is marked and row[due] for row in those)

    return is_there


def test_a_strangers_incident_is_marked_in_every_list_until_the_desk_speaks(desk: Desk) -> None:
    reference = "STRANGER-1"
    start_without_the_key(desk, "Incident", incident_workflow_id(reference), opening(reference))
    lists = (("incident", "list"), ("duty", "list"), ("board",))
    for command in lists:
        desk.until(row_of(reference, marked=True), *command)
        shown = desk(*command).out
        assert f"{reference} {MARK}" in shown, command
    assert f"incident {reference} {MARK}: " in desk("shift", "handover", "--note", "Look at it").out
    assert f"{reference} {MARK}: awaiting triage" in desk("incident", "show", reference).out
    assert "varmistamaton lähettäjä" in desk("incident", "list", "--language", "fi").out
    assert "overifierad avsändare" in desk("duty", "list", "--language", "sv").out

    assert desk("incident", "triage", reference, *TRIAGE).code == 0

    desk.until(lambda rows: [row for row in rows if row["reference"] == reference and not row["is_a_strangers"]],
               "incident", "list")  # fmt: skip
    for command in lists:
        assert f"{reference} {MARK}" not in desk(*command).out, command
    assert MARK not in desk("incident", "show", reference).out.split("\n", maxsplit=1)[0]


def test_a_strangers_breach_is_marked_in_the_list_and_on_its_papers(desk: Desk) -> None:
    reference = "STRANGER-2"
    said = breach_opening(reference, aware_at=(now() - timedelta(hours=1)).isoformat(), role="controller")
    start_without_the_key(desk, "DataBreach", breach_workflow_id(reference), said)
    desk.until(row_of(reference, marked=True), "breach", "list")
    assert f"{reference} {MARK}" in desk("breach", "list").out
    assert f"Breach {reference} {MARK}" in desk("breach", "show", reference).out
    asked = ("breach", "paper", reference, "--for")
    for papers in ("authority", "persons"):
        assert "DRAFT, unverified sender" in desk(*asked, papers, "--language", "en").out
        assert desk(*asked, papers, "--json").json["is_a_strangers"] is True

    assert desk("breach", "measures", reference, "--text", "The mailbox was closed").code == 0

    desk.until(row_of(reference, marked=False), "breach", "list")
    for papers in ("authority", "persons"):
        assert "DRAFT" not in desk(*asked, papers, "--language", "en").out
        assert desk(*asked, papers, "--json").json["is_a_strangers"] is False
