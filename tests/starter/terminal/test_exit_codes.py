"""Exit codes and errors of the contract: each code, one line on stderr, nothing on stdout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.starter.conftest import TRIAGE, Desk, kantadesk
from tests.starter.terminal.refused import HETU, refused_with

OPEN = ("incident", "open", "--title", "x", "--service", "PDR")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("incident", "opne"), "No such command"),
        (("incident", "open", "--title", "x"), "--service: is missing"),
        (("incident", "open", "--service", "PDR"), "--title: is missing"),
        (("incident", "open", "--title", "x", "--service", "FAX"), "is not a Kanta service"),
        ((*OPEN, "--reference", "a b"), "--reference: may hold letters"),
        (("incident", "open", "--title", f"for {HETU}", "--service", "PDR"), "--title: contains what looks like"),
        ((*OPEN, "--reported-by", HETU), "personal identity code"),
        ((*OPEN, "--noticed-at", "2026-03-29 03:30"), "does not exist"),
        ((*OPEN, "--noticed-at", "2025-10-26 03:30"), "happened twice"),
        ((*OPEN, "--noticed-at", "1999-01-01 10:00"), "2000 and 2099"),
        ((*OPEN, "--noticed-at", "2099-01-01 10:00"), "--noticed-at: lies in the future"),
        (("incident", "show", "a b"), "REF:"),
        (("incident", "triage", "X", "--severity", "high"), "the triage is not complete"),
        (("incident", "triage", "X", "--criterion", "safety"), "--criterion: is given as NAME=VALUE"),
        (("incident", "triage", "X", "--part", "safety.luck=yes"), "there is no such condition"),
        (("incident", "triage", "X", *TRIAGE, "--criterion", "aliens=yes"), "not a criterion"),
        (("incident", "call", "X", "--reached"), "--person: say who was reached"),
        (("incident", "call", "X"), "--reached: is missing"),
        (("incident", "resolve", "X", "--cause", "a"), "--remedy: is missing"),
        (("incident", "resolve", "X", "--cause", HETU, "--remedy", "b"), "--cause: contains what looks like"),
        (("incident", "update", "X", "--text", "t", "--severity", "bad"), "--severity"),
        (("schema", "nonsense"), "no such schema"),
        (("drill", "advance", "X", "soon"), "DURATION: is written as"),
        (("drill", "advance", "X", "900d"), "at most 366 days"),
        (("evidence", "verify", "nowhere.zip"), "does not exist"),
    ],
)  # fmt: skip
def test_2_wrong_input_names_the_field_without_asking_temporal(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    refused_with(kantadesk(tmp_path, *arguments), 2, said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON (line 1"),
        ("[]", "one JSON object"),
        ("[" * 50_000, "is not JSON"),
        ('{"by": "x"}', "--text: is missing"),
        ('{"by": "x", "text": "t", "texts": "u"}', "--texts: is not a field"),
        ('{"by": "x", "text": 7}', "--text: must be a text"),
        ('{"by": "x", "text": "' + "t" * 8001 + '"}', "at most 8000 characters"),
        ('{"by": "x", "text": "\\ud800"}', "valid text"),
        ('{"by": "x", "text": "t", "occurred_at": "2026-11-22T10:00"}', "--occurred-at: needs an offset"),
        ('{"by": "x", "text": "' + "t" * 5_000_000 + '"}', "longer than 4 million"),
    ],
)
def test_2_wrong_file(content: str, said: str, tmp_path: Path) -> None:
    refused_with(kantadesk(tmp_path, "incident", "update", "X", "--file", "-", stdin=content), 2, said)


def test_3_refused_with_the_reason_of_the_process(desk: Desk) -> None:
    reference = desk.incident()
    refused_with(desk("incident", "reopen", reference, "--reason", "again"), 3, "only an incident in its watch phase")
    refused_with(desk("incident", "update", reference, "--text", "t"), 3, "triage")
    refused_with(desk("drill", "advance", reference, "1h"), 3, "is not a drill")


def test_3_an_incident_that_is_over_takes_no_messages(desk: Desk) -> None:
    reference = desk.incident()
    assert desk("incident", "cancel", reference, "--reason", "opened twice").code == 0
    desk.over("incident", reference)
    refused_with(desk("incident", "cancel", reference, "--reason", "again"), 3, "over")


def test_4_no_such_incident_or_duty(desk: Desk) -> None:
    reference = desk.incident()
    refused_with(desk("incident", "show", "NOPE"), 4, "there is no incident NOPE")
    refused_with(desk("incident", "timeline", "NOPE"), 4, "there is no incident NOPE")
    refused_with(desk("incident", "triage", "NOPE", *TRIAGE), 4, "there is no incident NOPE")
    refused_with(desk("evidence", "export", "NOPE"), 4, "there is no incident NOPE")
    refused_with(desk("drill", "advance", "NOPE", "1h"), 4, "there is no incident NOPE")
    refused_with(desk("duty", "met", reference, "phone_kela"), 4, "has no duty phone_kela", "triage")


def test_5_temporal_is_not_there(desk: Desk, tmp_path: Path) -> None:
    refused_with(
        kantadesk(tmp_path, "incident", "list"), 5, "kantadesk runs on this machine", "export KANTADESK_DATA_DIR="
    )
    refused_with(desk("incident", "list", TEMPORAL_ADDRESS="127.0.0.1:1"), 5, "127.0.0.1:1")
    refused_with(desk("incident", "list", TEMPORAL_NAMESPACE="elsewhere"), 5, "elsewhere")


def test_a_doubled_option_is_no_silent_choice(tmp_path: Path) -> None:
    twice = ("--criterion", "safety=yes", "--criterion", "safety=no")
    refused_with(kantadesk(tmp_path, "incident", "triage", "X", *twice), 2, "given twice")


def test_options_win_over_the_file(desk: Desk) -> None:
    reference = desk.judged()
    payload = json.dumps({"by": "integration", "text": "from the file"})
    assert desk("incident", "update", reference, "--file", "-", "--by", "Night desk", stdin=payload).code == 0
    happened = desk("incident", "timeline", reference, "--json").json
    assert ("Night desk", "from the file") in [(line["by"], line["detail"]) for line in happened]
