"""A breach by the command line, against a real server and a real worker."""

from __future__ import annotations

import csv
import json
import stat
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from starter.terminal.time_input import now
from tests.starter.conftest import Answer, Desk, kantadesk, started, stopped
from tests.starter.terminal.refused import HETU, refused_with
from workflows.procedure.local_time import local
from workflows.process.ids import TASK_QUEUE

SUSPECTED = (
    "--outcome", "suspected", "--kind", "unauthorised_disclosure", "--register", "Potilastiedon arkisto",
    "--role", "controller", "--description", "Two patients saw each other's entries",
)  # fmt: skip
HIGH = ("--risk", "high", "--reason", "Health data, readable", "--subjects-estimate", "2", "--consequences", "Distress")


def suspected(desk: Desk, *options: str, aware_at: str = "now") -> str:
    """An incident with a breach of our own patients' data; its reference."""
    reference = desk.incident(*options)
    assessed = desk("breach", "assess", reference, *SUSPECTED, "--aware-at", aware_at)
    assert assessed.code == 0, assessed.err
    return reference


def opened(desk: Desk, reference: str, **changes: Any) -> Answer:
    """A breach without an incident, from a file."""
    payload = {
        "reference": reference, "by": "dpo", "aware_at": now().isoformat(), "kinds": ["loss"], "role": "controller",
        "registers": ["PDR"], "description": "A backup was lost", **changes,
    }  # fmt: skip
    return desk("breach", "open", "--file", "-", "--json", stdin=json.dumps(payload))


def status(desk: Desk, reference: str) -> Any:
    """The breach as it stands."""
    shown = desk("breach", "show", reference, "--json")
    assert shown.code == 0, shown.err
    return shown.json


def states(desk: Desk, reference: str) -> dict[str, str]:
    """The state of each duty."""
    return {duty["id"]: duty["state"] for duty in status(desk, reference)["duties"]}


def test_no_personal_data_closes_the_question_and_starts_nothing(desk: Desk) -> None:
    reference = desk.incident()
    answer = desk("breach", "assess", reference, "--outcome", "no_personal_data", "--reason", "Test data only")
    assert (answer.code, "no personal data are concerned" in answer.out) == (0, True)
    lines = desk("incident", "timeline", reference, "--json").json
    assert ("Breach assessed: no personal data", "Test data only") in [(line["what"], line["detail"]) for line in lines]
    refused_with(desk("breach", "show", reference), 4, f"there is no breach {reference}", "breach list")


def test_an_assessed_breach_shows_its_one_clock_first(desk: Desk) -> None:
    reference = suspected(desk)
    shown = desk("breach", "show", reference).out.splitlines()
    assert shown[0] == f"Breach {reference}: assessing, a controller, risk: not assessed yet."
    assert shown[1].startswith("Aware since ")
    assert shown[2].startswith("To be notified: Office of the Data Protection Ombudsman, by ")
    assert shown[2].endswith(("71 h 59 min left.", "71 h 58 min left."))
    assert shown[3].startswith("For information:")
    whole = " ".join(" ".join(shown).split())
    assert whole.count("71 h 5") > [line for line in shown if "71 h 5" in line].count(shown[2]), (
        "the table says it so, too"
    )
    assert shown[-1] == shown[2]  # said again where a long page ends
    found = status(desk, reference)
    length = datetime.fromisoformat(found["deadlines"]["target"]) - datetime.fromisoformat(found["aware_at"])
    assert length == timedelta(hours=72)
    assert f"kantadesk breach show {reference}" in desk("incident", "show", reference).out


def test_from_the_assessment_to_the_evidence(desk: Desk, tmp_path: Path) -> None:
    reference = suspected(desk, "--drill")
    assert desk("breach", "risk", reference, *HIGH).code == 0
    assert desk("breach", "measures", reference, "--text", "The view was fixed").code == 0
    refused_with(desk("breach", "conclude", reference, "--text", "Done"), 3, "a duty is open")
    assert desk("breach", "notified", reference, "--phase", "preliminary", "--reference", "TSV-1").code == 0
    told = desk("breach", "subjects", reference, "--channel", "letter", "--count", "2", "--json")
    assert [one["to"] for one in told.json["notifications"]] == ["Tietosuojavaltuutetun toimisto", "data subjects"]
    assert set(states(desk, reference).values()) == {"met"}
    assert "in time" in desk("breach", "show", reference).out
    assert desk("breach", "conclude", reference, "--text", "Two patients; fixed").code == 0
    exported = desk("evidence", "export", f"breach-{reference}", "--to", str(tmp_path), "--json")
    assert (exported.code, exported.json["process"]) == (0, "breach"), exported.err
    assert desk("evidence", "verify", exported.json["path"], "--json").json["unchanged"] is True
    assert desk("evidence", "export", reference, "--json").json["process"] == "incident"
    desk.over("breach", reference)
    refused_with(desk("breach", "measures", reference, "--text", "More"), 3, "over")


def test_opening_without_an_incident_happens_once(desk: Desk) -> None:
    first = opened(desk, "BR-ONCE")
    assert first.code == 0, first.err
    assert (first.json["created"], first.json["workflow_id"]) == (True, "breach-BR-ONCE")
    again = opened(desk, "BR-ONCE", description="Another").json
    assert again == first.json | {"created": False}
    assert status(desk, "BR-ONCE")["description"] == "A backup was lost"
    assert desk("incident", "show", "BR-ONCE").code == 4


def test_a_breach_without_an_incident_or_after_its_end_is_corrected_all_the_same(desk: Desk) -> None:
    again = ("--outcome", "suspected", "--aware-at", "now", "--kind", "loss", "--register", "PRESCRIPTION")
    assert opened(desk, "BR-AGAIN", aware_at=(now() - timedelta(hours=1)).isoformat()).code == 0
    assert "notify_kela_of_breach" not in states(desk, "BR-AGAIN")
    corrected = desk("breach", "assess", "BR-AGAIN", *again, "--role", "joint_controller", "--description", "More")
    assert (corrected.code, "is corrected in the breach" in corrected.out) == (0, True), corrected.err
    assert states(desk, "BR-AGAIN")["notify_kela_of_breach"] == "open"

    reference = suspected(desk)
    assert desk("incident", "cancel", reference, "--reason", "A wrong number").code == 0
    corrected = desk("breach", "assess", reference, *again, "--role", "controller", "--description", "More")
    assert corrected.code == 0, corrected.err
    assert states(desk, reference)["notify_kela_of_breach"] == "open"

    over = desk.incident()
    assert desk("incident", "cancel", over, "--reason", "A wrong number").code == 0
    desk.over("incident", over)
    refused = desk("breach", "assess", over, *again, "--role", "controller", "--description", "More")
    refused_with(refused, 3, f"incident {over} is over", "kantadesk breach open")


def test_a_breach_reported_late_is_overdue_at_once_and_asks_for_the_reasons(desk: Desk) -> None:
    assert opened(desk, "BR-LATE", aware_at=(now() - timedelta(days=5)).isoformat()).code == 0
    assert "LATE by 48 h" in desk("breach", "show", "BR-LATE").out
    desk.until(lambda rows: "BR-LATE" in {row["reference"] for row in rows}, "breach", "list", "--overdue")
    notified = ("breach", "notified", "BR-LATE", "--phase", "final")
    refused_with(desk(*notified), 3, "delay_reason is needed")
    assert desk(*notified, "--delay-reason", "The ward told nobody").code == 0
    assert states(desk, "BR-LATE")["notify_supervisory_authority"] == "met_late"
    assert "LATE" in desk("breach", "show", "BR-LATE").out.splitlines()[2]


@pytest.mark.slow
def test_the_clock_of_a_drills_breach_moves_with_the_drill_to_overdue(desk: Desk) -> None:
    reference = suspected(desk, "--drill")
    before = status(desk, reference)
    assert before["drill"] is True
    moved = desk("drill", "advance", reference, "73h", "--json")
    assert moved.code == 0, moved.err
    assert moved.json["moved"] == ["incident", "breach"]
    assert moved.json["breach"]["clock"] > before["deadlines"]["target"]
    assert states(desk, reference)["notify_supervisory_authority"] == "overdue"
    assert "LATE by 1 h" in desk("breach", "show", reference).out
    late = {("breach", "notify_supervisory_authority"), ("incident", "triage")}

    def are_listed(rows: list[dict[str, Any]]) -> bool:
        return late <= {(row["process"], row["id"]) for row in rows if row["incident"] == reference}

    desk.until(are_listed, "duty", "list", "--overdue")


@pytest.mark.slow
def test_the_breach_of_a_drill_that_has_moved_begins_at_the_drills_time(desk: Desk) -> None:
    reference = desk.incident("--drill")
    clock = desk("drill", "advance", reference, "30h", "--json").json["clock"]
    assert desk("breach", "assess", reference, *SUSPECTED, "--aware-at", "now").code == 0
    assert status(desk, reference)["aware_at"] >= clock[:19]
    assert "71 h 5" in desk("breach", "show", reference).out


def test_the_clock_of_a_breach_outlives_its_drill(desk: Desk) -> None:
    reference = suspected(desk, "--drill")
    assert desk("incident", "cancel", reference, "--reason", "opened twice").code == 0
    moved = desk("drill", "advance", reference, "1h", "--json")
    assert moved.code == 0, moved.err
    assert moved.json["moved"] == ["breach"]
    assert states(desk, reference)["notify_supervisory_authority"] == "open"


def test_a_drill_without_an_incident_moves_too(desk: Desk) -> None:
    assert opened(desk, "BR-DRILL", drill=True).code == 0
    moved = desk("drill", "advance", "BR-DRILL", "80h")
    assert moved.code == 0, moved.err
    assert "LATE by" in moved.out
    assert opened(desk, "BR-REAL").code == 0
    refused_with(desk("drill", "advance", "BR-REAL", "1h"), 3, "breach BR-REAL is not a drill")


def test_a_processor_tells_each_controller(desk: Desk) -> None:
    controllers = ("--controller", "Ward Ltd <privacy@ward.example>", "--controller", "Clinic Ltd")
    answer = desk("breach", "open", "--reference", "BR-PROC", "--aware-at", "now", "--kind", "loss", "--register",
                  "PDR", "--role", "processor", "--description", "A disk was lost", *controllers)  # fmt: skip
    assert answer.code == 0, answer.err
    assert "each controller does that" in answer.out
    assert status(desk, "BR-PROC")["controllers"][0] == {"name": "Ward Ltd", "email": "privacy@ward.example"}
    refused_with(desk("breach", "controller", "BR-PROC"), 2, "Ward Ltd; Clinic Ltd")
    assert desk("breach", "controller", "BR-PROC", "--controller", "Ward Ltd").code == 0
    assert desk("breach", "controller", "BR-PROC").code == 0  # only one is left
    refused_with(desk("breach", "controller", "BR-PROC"), 2, "nobody")
    refused_with(desk("breach", "risk", "BR-PROC", *HIGH), 3, "does not weigh the risk")


def test_a_corrected_awareness_keeps_both_and_follows_the_earlier(desk: Desk) -> None:
    reference = suspected(desk)
    earlier = now() - timedelta(hours=10)
    refused_with(desk("breach", "correct", reference, "--reason", "x"), 2, "--aware-at: is missing")
    corrected = desk("breach", "correct", reference, "--aware-at", earlier.isoformat(), "--reason", "The ward knew")
    assert corrected.code == 0, corrected.err
    found = status(desk, reference)
    assert len(found["awareness"]) == 2
    assert datetime.fromisoformat(found["deadlines"]["target"]) == earlier + timedelta(hours=72)
    assert "Awareness, as corrected" in desk("breach", "show", reference).out


def test_duties_are_found_in_whichever_process_owes_them(desk: Desk) -> None:
    reference = suspected(desk)
    refused_with(
        desk("duty", "met", reference, "notify_supervisory_authority"), 3, f"kantadesk breach notified {reference}"
    )
    refused_with(desk("duty", "waive", reference, "nonsense", "--reason", "x"), 4, "has no duty nonsense")
    refused_with(desk("duty", "waive", "NOPE", "triage", "--reason", "x"), 4, "no incident NOPE and no breach")
    waived = ("duty", "waive", reference, "notify_supervisory_authority", "--reason", "Not a breach after all")
    refused_with(desk(*waived, "--process", "incident"), 4, f"incident {reference} has no duty")
    assert desk(*waived).code == 0
    assert states(desk, reference)["notify_supervisory_authority"] == "waived"
    assert "Not a breach after all" in desk("breach", "show", reference).out.splitlines()[2]


def test_the_list_has_those_that_are_over_and_is_filtered(desk: Desk) -> None:
    reference = suspected(desk, "--drill")

    def listed(*filters: str) -> set[str]:
        return {row["reference"] for row in desk("breach", "list", "--json", *filters).json}

    listed_as_drill = ("breach", "list", "--drills", "--from", "2026-01-01")
    desk.until(lambda rows: reference in {row["reference"] for row in rows}, *listed_as_drill)
    assert reference not in listed("--no-drills")
    assert listed("--to", "1.1.2020") == set()
    for duty in states(desk, reference):
        assert desk("duty", "waive", reference, duty, "--reason", "A drill").code == 0
    assert desk("breach", "cancel", reference, "--reason", "A drill").code == 0
    desk.over("breach", reference)
    assert reference in listed()
    assert reference not in {row["reference"] for row in desk("incident", "list", "--all", "--json").json
                             if row["workflow_id"].startswith("breach")}  # fmt: skip


def test_the_register_of_a_period(desk: Desk, tmp_path: Path) -> None:
    real, drill = suspected(desk), suspected(desk, "--drill")
    assert opened(desk, "BR-2024", aware_at="2024-05-02T12:00:00+03:00").code == 0
    today = local(now()).date().isoformat()
    out = tmp_path / "register"
    desk.until(lambda rows: {real, drill, "BR-2024"} <= {row["reference"] for row in rows}, "breach", "list")
    made = desk("breach", "export", "--from", "2026-01-01", "--to", today, "--out", str(out), "--json")
    assert (made.code, made.json["unread"]) == (0, {}), made.err
    docx, table, document = (Path(file) for file in made.json["files"])
    assert {stat.S_IMODE(file.stat().st_mode) for file in (docx, table, document)} == {0o600}
    references = {breach["reference"] for breach in json.loads(document.read_text("utf-8"))["breaches"]}
    assert (real in references, drill in references, "BR-2024" in references) == (True, False, False)
    assert made.json["breaches"] == len(references)
    rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert {row["reference"] for row in rows} == references
    assert real in zipfile.ZipFile(docx).read("word/document.xml").decode()
    shown = desk("breach", "export", "--from", "1.1.2024", "--to", "31.12.2024", "--out", str(out))
    assert shown.out.startswith("1 breach from 1.1.2024 to 31.12.2024:")


async def _started_by_others(desk: Desk, workflow_id: str, queue: str, delay: timedelta | None = None) -> None:
    """A breach process with a start input of nonsense."""
    client = await Client.connect(desk.places["temporal"])
    nonsense = {"nonsense": 1}
    await client.start_workflow("DataBreach", nonsense, id=workflow_id, task_queue=queue, start_delay=delay)


@pytest.mark.slow
async def test_the_register_says_which_breaches_could_not_be_read(tmp_path: Path) -> None:
    desk = started(tmp_path / "desk")
    try:
        assert opened(desk, "BR-READ").code == 0
        await _started_by_others(desk, "breach-BR-NONSENSE", TASK_QUEUE)
        await _started_by_others(desk, "breach-BR-SILENT", TASK_QUEUE, timedelta(hours=1))
        await _started_by_others(desk, "breach-BR-FOREIGN", "nobody-works-here")
        theirs = {"BR-READ", "BR-NONSENSE", "BR-SILENT"}
        desk.until(lambda rows: theirs <= {row["reference"] for row in rows}, "breach", "list")
        made = desk("breach", "export", "--from", "2026-01-01", "--to", "2099-12-31", "--out", "register", "--drills",
                    "--json")  # fmt: skip
    finally:
        assert stopped(desk) == 0
    assert (made.code, made.json["breaches"]) == (5, 1)
    assert (list(made.json["unread"]), made.json["never_opened"]) == (["BR-SILENT"], ["BR-NONSENSE"])
    assert [one["workflow_id"] for one in made.json["not_ours"]] == ["breach-BR-FOREIGN"]
    assert "BR-SILENT" in made.err
    assert (tmp_path / "desk" / "register" / "breach-register.docx").exists()


def test_what_a_reporter_wrote_can_not_steer_the_terminal(desk: Desk) -> None:
    assert opened(desk, "BR-EVIL", description="\x1b[2J\x07 [bold]x[/bold] \u202egnp.exe").code == 0
    shown = desk("breach", "show", "BR-EVIL")
    assert shown.code == 0, shown.err
    assert not set(shown.out) & {"\x1b", "\x07", "\u202e"}
    assert "[bold]x[/bold]" in shown.out


def test_json_is_one_document_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    reference = desk.incident()
    for command in (
        ("breach", "assess", reference, *SUSPECTED, "--aware-at", "now"), ("breach", "show", reference),
        ("breach", "timeline", reference), ("breach", "list"), ("breach", "measures", reference, "--text", "t"),
        ("breach", "ack", reference, "--contact", "dpo", "--what", "document_breach"), ("schema", "DataBreach"),
        ("schema", "breach_status"), ("schema", "risk_assessment"),
        ("breach", "export", "--from", "2026-01-01", "--to", "2026-12-31", "--out", str(tmp_path)),
    ):  # fmt: skip
        answer = desk(*command, "--json")
        assert (answer.code, answer.err) == (0, "")
        json.loads(answer.out)


BREACH = ("breach", "open", "--aware-at", "now", "--kind", "loss", "--role", "controller", "--register", "PDR")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("breach", "assess", "X"), "add --outcome suspected or --outcome no_personal_data"),
        (("breach", "assess", "X", "--outcome", "no_personal_data"), "add --reason"),
        (("breach", "assess", "X", "--outcome", "suspected", "--role", "controller"), "--aware-at, --kind, --register"),
        (BREACH, "add --description"),
        ((*BREACH, "--description", HETU), "--description: contains what looks like"),
        ((*BREACH, "--description", "x", "--register", "FAX"), "--register: this is not a Kanta service"),
        ((*BREACH, "--description", "x", "--controller", "A <b>"), "--controller 0 email"),
        (("breach", "open", "--aware-at", "2099-01-01 10:00", *BREACH[4:], "--description", "x"), "in the future"),
        ((*BREACH, "--description", "x", "--detected-at", "2099-01-01 10:00"), "--detected-at: detected_at (Thu"),
        (("breach", "risk", "X", "--risk", "high"), "--reason: is missing"),
        (("breach", "risk", "X", *HIGH, "--records-estimate", "-1"), "--records-estimate"),
        (("breach", "notified", "X"), "--phase: is missing"),
        (("breach", "subjects", "X", "--channel", "letter"), "--count: is missing"),
        (("breach", "export", "--from", "2026-13-01", "--to", "2026-12-31", "--out", "x"), "--from: is not one day"),
        (("breach", "export", "--from", "2026-12-31", "--to", "1.1.2026", "--out", "x"), "lies before --from"),
        (("breach", "list", "--to", "1.1.1926"), "between the years"),
    ],
)  # fmt: skip
def test_2_wrong_input_names_the_field_without_asking_temporal(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    refused_with(kantadesk(tmp_path, *arguments), 2, said)


def test_4_and_5(desk: Desk, tmp_path: Path) -> None:
    for command in (
        ("breach", "show", "NOPE"), ("breach", "timeline", "NOPE"), ("breach", "risk", "NOPE", *HIGH),
        ("breach", "kela", "NOPE"), ("evidence", "export", "breach-NOPE"), ("evidence", "export", "NOPE"),
    ):  # fmt: skip
        refused_with(desk(*command), 4, "there is no")
    refused_with(kantadesk(tmp_path, "breach", "list"), 5, "KANTADESK_DATA_DIR")
    refused_with(desk("breach", "show", "X", TEMPORAL_ADDRESS="127.0.0.1:1"), 5, "127.0.0.1:1")
