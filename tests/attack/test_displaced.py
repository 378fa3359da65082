"""Something that is not ours runs under the id of a process: commands say so, and the desk opens its own elsewhere."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest

from tests.attack.house import Target
from tests.builders import now
from workers.embedded.server import temporal_binary


@pytest.mark.parametrize(
    ("process", "queue", "command"),
    [
        ("breach", "nobody", ("breach", "show", "{}")),
        ("breach", "kantadesk", ("breach", "measures", "{}", "--text", "Closed")),
        ("incident", "nobody", ("incident", "update", "{}", "--text", "It goes on")),
        ("maintenance", "kantadesk", ("maintenance", "show", "{}")),
    ],
)
def test_commands_say_that_it_is_none_of_ours(
    target: Target, process: str, queue: str, command: tuple[str, ...]
) -> None:
    reference = f"DISPLACED-{process[0].upper()}-{queue.upper()}"
    _start(target, f"{process}-{reference}", "Nothing", queue)
    said = target.desk(*(part.format(reference) for part in command))
    assert said.code == 2, said.err
    assert f"(type Nothing, queue {queue})" in said.err
    assert said.err.count("\n") == 1


def test_a_breach_is_not_taken_for_opened_where_something_else_has_its_id(target: Target) -> None:
    _start(target, "breach-TAKEN-1", "Nothing", "nobody")
    aware = (now() - timedelta(hours=2)).isoformat()
    typed = ("--aware-at", aware, "--kind", "loss", "--register", "PDR", "--role", "controller", "--description", "d")
    taken = target.desk("breach", "open", "--reference", "TAKEN-1", *typed)
    assert taken.code == 2
    assert "(type Nothing, queue nobody)" in taken.err
    assert target.desk("breach", "open", "--reference", "TAKEN-2", *typed).code == 0


def _start(target: Target, workflow_id: str, workflow_type: str, queue: str) -> None:
    address = ("--address", target.desk.places["temporal"], "--disable-config-file")
    asked = ("workflow", "start", "--workflow-id", workflow_id, "--type", workflow_type, "--task-queue", queue)
    subprocess.run([str(temporal_binary()), *asked, *address], check=True, capture_output=True)
