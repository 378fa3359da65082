"""An incident by the command line, against a real server and a real worker."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.starter.conftest import TRIAGE, Desk, environment

HOSTILE = "Häiriö \x1b[2J\x1b]0;owned\x07 [bold]x[/bold] \u202egnp.exe 🚑"


def test_opening_says_what_was_made(desk: Desk) -> None:
    opened = desk("incident", "open", "--title", "x", "--service", "Reseptikeskus", "--json")
    assert opened.code == 0, opened.err
    assert opened.json["created"] is True
    assert re.fullmatch(r"INC-\d{8}-[2-9A-HJ-NP-Z]{4}", opened.json["reference"])
    assert opened.json["workflow_id"] == f"incident-{opened.json['reference']}"
    assert opened.json["run_id"]


def test_the_same_reference_never_makes_a_second_incident(desk: Desk) -> None:
    reference = desk.incident()
    again = ("incident", "open", "--title", "other", "--service", "PDR", "--reference", reference)
    first = desk(*again, "--json")
    assert (first.code, first.json["created"]) == (0, False)
    assert desk("incident", "cancel", reference, "--reason", "opened twice").code == 0
    assert desk(*again, "--json").json == first.json
    assert desk("incident", "show", reference, "--json").json["title"] == "Reseptit eivät aukea"
    assert "exists already" in desk(*again).out


def test_from_the_opening_to_the_evidence(desk: Desk, tmp_path: Path) -> None:
    reference = desk.judged("--drill")
    assert desk("incident", "update", reference, "--text", "Paper prescriptions now").code == 0
    over = ("--cause", "expired certificate", "--remedy", "renewed")
    assert desk("incident", "resolve", reference, *over, "--json").json["phase"] == "watch"
    assert desk("incident", "reopen", reference, "--reason", "it is back", "--json").json["phase"] == "handling"
    assert desk("incident", "triage", reference, *TRIAGE).code == 0
    assert desk("incident", "resolve", reference, *over).code == 0
    assert desk("drill", "advance", reference, "3d").code == 0
    watched = desk("incident", "watch", reference, "--json")
    assert watched.json["phase"] == "closed"
    exported = desk("evidence", "export", reference, "--to", str(tmp_path), "--json")
    assert exported.code == 0, exported.err
    verified = desk("evidence", "verify", exported.json["path"], "--json").json
    assert (verified["unchanged"], verified["case"]) == (True, {"reference": reference, "process": "incident"})
    assert [signer["known"] for signer in verified["signers"]] == [True]
    assert "no time stamp" in desk("evidence", "verify", exported.json["path"]).out
    compared = desk("evidence", "verify", reference, "--json")
    assert (compared.code, compared.json["compared"], compared.json["chain"]) == (0, True, verified["chain"])

    letter = next((desk.data_dir / "evidence").glob(f"case-{reference}*/messages/*-end-*.eml"))
    assert any(line["sha256"] in letter.read_text() for line in chain_of(letter.parents[1]))
    letter.write_text("Subject: nothing has happened")
    changed = desk("evidence", "verify", reference, "--json")
    assert (changed.code, changed.json["unchanged"]) == (2, False)
    assert any(fault.startswith(f"messages/{letter.name}: was changed") for fault in changed.json["faults"])
    refused = desk("evidence", "export", reference)
    assert (refused.code, "differ from what was recorded" in refused.err) == (3, True)


def chain_of(folder: Path) -> list[dict[str, str]]:
    """The heads of the chain of a case, line by line."""
    lines = (folder / "chain.jsonl").read_bytes().splitlines()
    return [{"sha256": hashlib.sha256(line).hexdigest()} for line in lines]


def test_a_changed_byte_is_found_and_named(desk: Desk, tmp_path: Path) -> None:
    reference = desk.judged()
    bundle = Path(desk("evidence", "export", reference, "--to", str(tmp_path), "--json").json["path"])
    with zipfile.ZipFile(bundle) as whole:
        largest = max(whole.infolist(), key=lambda entry: entry.compress_size)
    with bundle.open("r+b") as file:
        file.seek(largest.header_offset + 30 + len(largest.filename) + largest.compress_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    found = desk("evidence", "verify", str(bundle), "--json")
    assert found.code == 2
    assert found.json["faults"]
    assert desk("evidence", "verify", str(bundle)).err.count("\n") == 1


def test_the_clock_of_a_drill_is_the_time_of_what_is_said(desk: Desk) -> None:
    reference = desk.judged("--drill")
    moved = desk("drill", "advance", reference, "2h", "--json").json
    assert desk("incident", "call", reference, "--reached", "--person", "M. Virtanen", "--called-at", "now").code == 0
    called = desk("incident", "show", reference, "--json").json["calls"][-1]["called_at"]
    assert called >= moved["clock"][:19]


def test_the_same_event_id_counts_once(desk: Desk) -> None:
    reference = desk.judged()
    for _ in range(2):
        assert desk("incident", "call", reference, "--not-reached", "--event-id", "call-1").code == 0
    assert len(desk("incident", "show", reference, "--json").json["calls"]) == 1


def test_a_duty_is_listed_until_it_is_done(desk: Desk) -> None:
    reference = desk.incident()

    def until(holds: Callable[[list[str]], bool]) -> None:
        """Lists are asked until they are right: they follow what is done after a moment."""
        desk.until(lambda rows: holds([row["id"] for row in rows if row["incident"] == reference]), "duty", "list")

    until(lambda listed: listed == ["triage"])
    assert desk("incident", "triage", reference, *TRIAGE[1:], "--severity", "critical").code == 2
    assert desk("incident", "triage", reference, "--severity", "critical", *TRIAGE[2:]).code == 0
    until(lambda listed: "phone_kela" in listed)
    assert desk("duty", "waive", reference, "phone_kela", "--reason", "Kela called us").code == 0
    until(lambda listed: "phone_kela" not in listed)


def test_the_list_is_filtered(desk: Desk) -> None:
    real, drill = desk.judged(), desk.incident("--drill")

    def listed(*filters: str) -> set[str]:
        return {row["reference"] for row in desk("incident", "list", "--json", *filters).json}

    desk.until(lambda rows: {real, drill} <= {row["reference"] for row in rows}, "incident", "list")
    assert drill not in listed("--no-drills")
    assert real not in listed("--drills")
    narrow = ("incident", "list", "--phase", "handling", "--severity", "high", "--service", "reseptikeskus")
    desk.until(lambda rows: real in {row["reference"] for row in rows}, *narrow)
    assert drill not in listed("--phase", "handling")
    assert desk("incident", "cancel", drill, "--reason", "enough").code == 0
    desk.over("incident", drill)
    assert drill in listed("--all")
    assert drill in listed("--phase", "cancelled")


def test_a_hostile_title_can_not_steer_the_terminal(desk: Desk) -> None:
    opened = desk("incident", "open", "--title", HOSTILE, "--service", "PDR", "--json").json
    for command in (("show",), ("timeline",), ("triage", *TRIAGE)):
        shown = desk("incident", command[0], opened["reference"], *command[1:])
        assert shown.code == 0, shown.err
        assert not set(shown.out) & {"\x1b", "\x07", "\u202e"}
    shown = desk("incident", "show", opened["reference"])
    assert "[bold]x[/bold]" in shown.out
    assert desk("incident", "show", opened["reference"], "--json").json["title"] == HOSTILE


def test_watch_prints_each_line_once_and_ends_with_ctrl_c(desk: Desk) -> None:
    reference = desk.incident()
    watching = subprocess.Popen(
        [sys.executable, "-m", "starter", "incident", "watch", reference],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(desk.data_dir, **desk.around),
        text=True,
    )
    assert watching.stdout
    lines = iter(watching.stdout.readline, "")
    assert any("Incident opened" in line for line in lines)
    assert desk("incident", "triage", reference, *TRIAGE).code == 0
    assert any("Judged" in line for line in lines)
    watching.send_signal(signal.SIGINT)
    rest, errors = watching.communicate(timeout=30)
    assert watching.returncode == 0, errors
    assert "Incident opened" not in rest


def test_json_is_one_document_and_nothing_else(desk: Desk) -> None:
    reference = desk.incident()
    for command in (
        ("incident", "list"), ("incident", "show", reference), ("incident", "timeline", reference), ("duty", "list"),
        ("incident", "triage", reference, *TRIAGE), ("incident", "call", reference, "--not-reached"), ("schema",),
        ("schema", "triage"), ("doctor",), ("setup",), ("evidence", "export", reference),
    ):  # fmt: skip
        answer = desk(*command, "--json")
        assert answer.code == 0, answer.err
        assert answer.err == ""
        json.loads(answer.out)


def test_doctor_finds_no_fault_in_a_running_desk_and_shows_no_secret(desk: Desk) -> None:
    shown = desk("doctor")
    assert shown.code == 0
    assert "FAULT" not in shown.out
    levels = [line.split()[0] for line in shown.out.splitlines() if not line.startswith("           ")]
    assert levels == sorted(levels, key=("WARNING", "ok").index), "what is wrong comes first"
    settings = desk("doctor", "--settings")
    assert str(desk.data_dir / "keys.toml") in settings.out
    assert "works on task queue" not in settings.out
    assert {each["name"] for each in desk("doctor", "--settings", "--json").json["settings"]} >= {
        "data_dir",
        "language",
    }
    assert "works on task queue kantadesk" in shown.out
    secret = re.findall(r'= "([A-Za-z0-9+/=]{44})"', (desk.data_dir / "keys.toml").read_text())
    assert secret
    assert secret[0] not in shown.out


def test_doctor_says_what_is_wrong(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "model.toml"
    broken.write_text('[organisation]\nname = "x"\n')
    found = desk("doctor", "--json", TEMPORAL_ADDRESS="127.0.0.1:1", KANTADESK_OPERATING_MODEL=str(broken),
                 KANTADESK_NOTICE_FEED=str(tmp_path / "no-feed.xml"), KANTADESK_MAIL_TRANSPORT="smtp",
                 KANTADESK_SMTP_HOST="127.0.0.1", KANTADESK_SMTP_PORT="1")  # fmt: skip
    assert found.code == 2
    faults = {check["what"] for check in found.json["checks"] if check["level"] == "fault"}
    assert {"Temporal", "operating model", "notice feed", "mail"} <= faults
    assert all(check["to_do"] for check in found.json["checks"] if check["level"] != "ok")
