"""Something that is not ours runs under the id of a process: commands say so, and the desk opens its own elsewhere."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from pathlib import Path

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


@pytest.mark.parametrize(("workflow_type", "queue"), [("Nothing", "nobody"), ("DataBreach", "nobody")])
def test_an_incidents_breach_is_assessed_shown_and_corrected_under_its_next_id(
    target: Target, workflow_type: str, queue: str
) -> None:
    reference = f"NEXT-{workflow_type.upper()}"
    for workflow_id in (f"breach-{reference}", f"breach-{reference}-2"):
        _start(target, workflow_id, workflow_type, queue, "{}")
    titled = ("--title", "Reseptit", "--service", "PRESCRIPTION")
    assert target.desk("incident", "open", "--reference", reference, *titled).code == 0
    aware = (now() - timedelta(hours=2)).isoformat()
    about = ("--outcome", "suspected", "--aware-at", aware, "--kind", "loss")
    typed = (*about, "--register", "PDR", "--role", "controller")
    for description in ("First", "Corrected"):
        assessed = target.desk("breach", "assess", reference, *typed, "--description", description)
        assert assessed.code == 0, assessed.err
        assert f"Breach {reference}-3: assessing" in assessed.out
        shown = target.desk("breach", "show", reference, "--json").json
        assert (shown["reference"], shown["description"]) == (f"{reference}-3", description)
    assert target.desk("incident", "show", reference, "--json").json["breach"] == f"{reference}-3"


EXPORT = ("breach", "export", "--from", "1.1.2026", "--to", "31.12.2099", "--drills", "--out")
STRANGERS = (("breach-OURS-2", "nobody"), ("breach-SQ2", "nobody"), ("zzz", "kantadesk"), ("zzz-Q", "kantadesk"))


def test_what_is_not_ours_stops_no_register_and_no_list(target: Target, tmp_path: Path) -> None:
    aware = (now() - timedelta(hours=2)).isoformat()
    typed = ("--aware-at", aware, "--kind", "loss", "--register", "PDR", "--role", "controller", "--description", "d")
    for reference in ("OURS-1", "OURS-2"):
        assert target.desk("breach", "open", "--reference", reference, *typed).code == 0
    _temporal(target, "workflow", "terminate", "--workflow-id", "breach-OURS-2")
    for workflow_id, queue in STRANGERS:
        _start(target, workflow_id, "DataBreach", queue, "{}")
    _start(target, "breach-UNREADABLE", "DataBreach", "kantadesk", "{}")
    _start(target, "odd", "Incident", "nobody", "{}")

    export, foreign = (*EXPORT, str(tmp_path)), {workflow_id for workflow_id, _queue in STRANGERS}
    target.desk.until(lambda made: foreign <= _named(made) and "UNREADABLE" in made["never_opened"], *export)
    for workflow_id in ("breach-SQ2", "breach-OURS-2"):  # before and after they were ended
        made = target.desk(*export, "--json")
        assert (made.code, made.json["unread"]) == (0, {}), made.err
        register = json.loads((tmp_path / "breach-register.json").read_text(encoding="utf-8"))
        assert {"OURS-1", "OURS-2"} <= {one["reference"] for one in register["breaches"]}
        _temporal(target, "workflow", "terminate", "--workflow-id", workflow_id)
    assert "Not ours (" in target.desk(*export).out

    for command, one in (
        (("breach", "list"), "(type DataBreach, queue "),
        (("incident", "list"), "odd (type Incident"),
    ):
        assert one in target.desk(*command).out.splitlines()[-1]
        rows = target.desk(*command, "--json").json
        assert all(row["workflow_id"].startswith(f"{command[0]}-") and row["reference"] != "SQ2" for row in rows)
    _temporal(target, "workflow", "terminate", "--workflow-id", "odd")


def _named(made: dict[str, list[dict[str, str]]]) -> set[str]:
    return {one["workflow_id"] for one in made["not_ours"]}


def _start(target: Target, workflow_id: str, workflow_type: str, queue: str, given: str = "") -> None:
    asked = ("--workflow-id", workflow_id, "--type", workflow_type, "--task-queue", queue)
    _temporal(target, "workflow", "start", *asked, *(("--input", given) if given else ()))


def _temporal(target: Target, *asked: str) -> None:
    address = ("--address", target.desk.places["temporal"], "--disable-config-file")
    subprocess.run([str(temporal_binary()), *asked, *address], check=True, capture_output=True)
