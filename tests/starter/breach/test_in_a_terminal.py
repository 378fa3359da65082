"""A whole breach, answered in a real terminal (a pseudo terminal) by a data protection officer."""

from __future__ import annotations

import json

import pytest

from starter.language.fixed_lists import fixed
from starter.language.names import ROLES
from starter.language.words import Spoken, speak
from tests.starter.conftest import Desk
from tests.starter.terminal.pseudo_terminal import Terminal


def answered(desk: Desk, *command: str, answers: tuple[tuple[str, str], ...]) -> tuple[int, str]:
    """Run a command and answer each question; its exit code and stdout."""
    terminal = Terminal(desk, *command)
    for question, answer in answers:
        terminal.expect(question)
        terminal.type(answer)
    return terminal.ended()


HELD_FOR_TWO = (
    "--aware-at", "now", "--kind", "loss", "--register", "PDR", "--role", "processor", "--description", "A lost disk",
    "--controller", "Ward Ltd", "--controller", "Clinic Ltd",
)  # fmt: skip


def test_which_controller_was_told_is_asked_shown_and_may_be_changed(desk: Desk) -> None:
    assert desk("breach", "open", "--reference", "BR-TOLD", *HELD_FOR_TWO).code == 0
    first = answered(desk, "breach", "controller", "BR-TOLD", answers=(
        ("Which controller was told?", "nobody of them"), ("one or more of the numbers", "ward"),
        ("When was the controller told?", ""), ("1  Which controller was told? Ward Ltd", "1"),
        ("Which controller was told?", "2"), ("1  Which controller was told? Clinic Ltd", ""),
    ))  # fmt: skip
    assert first[0] == 0
    told = [each["state"] for each in desk("breach", "show", "BR-TOLD", "--json").json["duties"]
            if each["kind"] == "notify_controller"]  # fmt: skip
    assert sorted(told) == ["met", "open"]
    second = answered(desk, "breach", "controller", "BR-TOLD", answers=(
        ("(Enter: Ward Ltd)", ""), ("When was the controller told?", ""), ("a number: change that answer", "n"),
        ("kept for a day", ""),
    ))  # fmt: skip
    assert second[0] == 2
    third = answered(desk, "breach", "controller", "BR-TOLD", answers=(
        ("Use them?", ""), ("1  Which controller was told? Ward Ltd", "n"), ("kept for a day", ""),
    ))  # fmt: skip
    assert third[0] == 2, "what somebody said no to is shown and asked about again"
    assert "open" in [each["state"] for each in desk("breach", "show", "BR-TOLD", "--json").json["duties"]
                      if each["kind"] == "notify_controller"]  # fmt: skip


ROLE_WORDS: tuple[tuple[Spoken, str, str], ...] = (
    ("fi", "käsittelijä", "processor"),
    ("fi", "rekisterinpitäjä", "controller"),
    ("fi", "yhteis", "joint_controller"),
    ("sv", "personuppgiftsbiträde", "processor"),
    ("sv", "gemensamt", "joint_controller"),
    ("en", "processor", "processor"),
)


@pytest.mark.parametrize(("language", "word", "role"), ROLE_WORDS)
def test_a_role_is_answered_by_its_word_in_each_language(language: Spoken, word: str, role: str) -> None:
    speak(language)
    meant = fixed(ROLES).meant(word)
    speak("en")
    assert meant == [role]


ASSESS = (
    ("Are personal data concerned", "perhaps"),
    ("Please answer y, n or u", "y"),
    ("reasonably certain that personal data", "now"),
    ("Is this the right day and time?", ""),
    ("anybody notice it first", ""),
    ("What happened to the data?", "99"),
    ("one or more of the numbers", "4 unauthorised_access"),
    ("Data of which services?", ""),
    ("expected: a joint controller with Kela since 1.1.2024", "j"),
    ("Who does, as agreed?", "another"),
    ("Its name", "Kela"),
    ("Where is that agreed?", "Agreement, s. 4"),
    ("Is that agreed for certain?", ""),
    ("the 72 hours are yours until you have agreed", "the patient is 131052-308T"),
    ("personal identity code", "Prescriptions were shown to the wrong patients"),
    ("Which data, by category", "prescriptions"),
    ("Where: unit, system?", ""),
    ("When did the breach begin?", ""),
    ("What caused it", "A wrong key, it seems"),
    ("What protected the data before", ""),
    ("significant deviation of an information system?", "y"),
    ("Cybersecurity Act (NIS2)?", "n"),
    ("When was it detected?", ""),
    ("The authority is to be notified by then", ""),
)  # fmt: skip
RISK = (
    ("1/18", "y"), ("2/18", "y"), ("3/18", "y"), ("4/18", "u"), ("5/18", "n"), ("6/18", "u"), ("7/18", "n"),
    ("8/18", "n"), ("9/18", "n"), ("10/18", "n"), ("11/18", "1.1.2099 12.00"), ("in the future", "1.1.2026 12.00"),
    ("12/18", "A wrong key"), ("13/18", "patients; prescriptions"), ("14/18", "five"),
    ("Please give a whole number", "5"), ("15/18", ""), ("16/18", "Distress"), ("17/18", "Logs"),
    ("18/18", "Sessions ended"), ("Suggested: HIGH.", "high"), ("Why? (Enter: the reasons above)", ""),
    ("in Finnish", "Joku näki tietosi."), ("in Swedish", "Någon såg dina uppgifter."),
    ("What may it mean", ""), ("in Swedish", ""), ("What do you do", ""), ("in Swedish", ""),
    ("What can they do", ""), ("in Swedish", ""), ("Enter: go on", ""),
)  # fmt: skip


@pytest.mark.slow
def test_a_whole_breach(desk: Desk) -> None:
    reference = desk.incident()
    code, out = answered(desk, "breach", "assess", reference, answers=ASSESS)
    assert code == 0
    assert "72 h" in out or "71 h" in out
    code, out = answered(desk, "breach", "risk", reference, "--json", answers=RISK)
    assert (code, json.loads(out)["risk"]) == (0, "high")
    code, _ = answered(
        desk, "breach", "notified", reference,
        answers=(("When was the authority notified?", ""), ("Which notification?", ""), ("case number", "TSV-1"),
                 ("Enter: go on", "")),
    )  # fmt: skip
    assert code == 0
    code, _ = answered(
        desk, "breach", "kela", reference,
        answers=(("When was Kela told?", ""), ("Kela's own case number", "K-4711"), ("Enter: go on", "")),
    )  # fmt: skip
    assert code == 0
    code, _ = answered(
        desk, "breach", "subjects", reference,
        answers=(("When were the persons told?", ""), ("How were they told", "MyKanta"), ("How many", ""),
                 ("A number is needed", "5"), ("Enter: go on", "")),
    )  # fmt: skip
    assert code == 0
    going_on = ("Enter: go on", "")
    done = (("What was done", "Sessions ended"), going_on)
    code, _ = answered(desk, "breach", "measures", reference, answers=done)
    assert code == 0
    for duty in ("report_deviation", "report_to_supplier"):
        assert desk("duty", "met", reference, duty).code == 0
    code, out = answered(desk, "breach", "conclude", reference, answers=(("What did it come to", "Fixed"), going_on))
    assert (code, "Concluded" in out) == (0, True)

    found = desk("breach", "show", reference, "--json").json
    assert (found["phase"], found["role"], found["joint_notifier"]) == ("closed", "joint_controller", "us")
    assert found["kinds"] == ["unauthorised_disclosure", "unauthorised_access"]
    assert found["registers"] == ["PRESCRIPTION"]
    assert found["description"] == "Prescriptions were shown to the wrong patients"
    assert (found["risks"][-1]["subjects_estimate"], found["risks"][-1]["consequences"]) == (5, "Distress")
    assert (found["cause"], found["measures_before"]) == ("A wrong key", "Logs")
    assert found["began_at"].startswith("2026-01-01T")
    assert found["risks"][-1]["plain_event"] == {"fi": "Joku näki tietosi.", "sv": "Någon såg dina uppgifter."}
    assert found["risks"][-1]["plain_advice"] == {}
    assert found["risks"][-1]["reasons"].startswith("Health or client data have come")
    first = found["notifications"][0]
    assert (first["phase"], first["reference"]) == ("preliminary", "TSV-1")
    assert {duty["state"] for duty in found["duties"]} == {"met"}


def test_what_is_not_known_yet_sends_nothing_and_leaves_the_question_open(desk: Desk) -> None:
    reference = desk.incident()
    terminal = Terminal(desk, "breach", "assess", reference)
    terminal.expect("Are personal data concerned")
    terminal.type("u")
    terminal.expect("find out first: nothing is sent")
    assert terminal.ended()[0] == 130
    assert desk("breach", "show", reference).code == 4


def test_no_personal_data_needs_a_reason(desk: Desk) -> None:
    reference = desk.incident()
    code, out = answered(
        desk, "breach", "assess", reference,
        answers=(("Are personal data concerned", "n"), ("Why are no personal data concerned?", ""),
                 ("Something is needed here", "Only test data"), ("Enter: go on", "")),
    )  # fmt: skip
    assert (code, "no personal data are concerned" in out) == (0, True)


def test_what_somebody_said_no_to_is_asked_about_again_before_it_goes(desk: Desk) -> None:
    reference = desk.incident()
    terminal = Terminal(desk, "breach", "assess", reference)
    for question, answer in (
        ("Are personal data concerned", "n"),
        ("Why are no personal data concerned?", "Only test data"),
        ("Enter: go on", "n"),
    ):
        terminal.expect(question)
        terminal.type(answer)
    terminal.expect("kept for a day")
    assert terminal.ended()[0] == 2

    again = Terminal(desk, "breach", "assess", reference)
    again.expect("Only test data")
    again.expect("Use them?")
    again.type("y")
    again.expect("Enter: go on")
    again.type("n")
    assert again.ended()[0] == 2
    assert "Breach assessed" not in desk("incident", "timeline", reference).out


def test_a_processor_names_its_controllers(desk: Desk) -> None:
    code, out = answered(
        desk, "breach", "open", "--aware-at", "now", "--first-noticed-at", "now", "--kind", "loss", "--register", "PDR",
        "--description", "A disk was lost", "--data", "names", "--place", "archive", "--not-significant-deviation",
        "--not-nis2-significant", "--json",
        answers=(("expected: a controller", "processor"), ("Look at this: Patient Data Repository", "Ward Ltd"),
                 ("Its e-mail", "not an address"), ("must be one e-mail address", "privacy@ward.example"),
                 ("Controller 2", ""),
                 ("When did the breach begin?", "1.1.2099 12.00"), ("in the future", "1.1.2026 12.00"),
                 ("What caused it", "A thief"), ("What protected the data before", "Encryption"),
                 ("Each controller is to be told at once", "")),
    )  # fmt: skip
    assert code == 0
    reference = json.loads(out)["reference"]
    assert reference.startswith("BRE-")
    found = desk("breach", "show", reference, "--json").json
    assert found["began_at"].startswith("2026-01-01T")
    assert (found["cause"], found["measures_before"]) == ("A thief", "Encryption")
    assert found["controllers"] == [{"name": "Ward Ltd", "email": "privacy@ward.example"}]
    assert [duty["recipient"] for duty in found["duties"] if duty["kind"] == "notify_controller"] == ["Ward Ltd"]


def test_nothing_is_opened_where_the_person_decides_so(desk: Desk) -> None:
    code, out = answered(
        desk, "breach", "open", "--reference", "BR-NOT", "--aware-at", "now", "--first-noticed-at", "now", "--kind",
        "loss", "--register", "PDR", "--role", "controller", "--data", "names", "--place", "archive",
        "--not-significant-deviation", "--not-nis2-significant",
        answers=(("What happened?", "A disk was lost"), ("When did the breach begin?", ""), ("What caused it", ""),
                 ("What protected the data before", ""), ("Enter: go on", "n")),
    )  # fmt: skip
    assert (code, out) == (2, "")
    assert desk("breach", "show", "BR-NOT").code == 4


def test_a_late_notification_is_asked_for_its_reasons(desk: Desk) -> None:
    opened = desk("breach", "open", "--reference", "BR-SLOW", "--aware-at", "2.11.2026 10:00", "--kind", "loss",
                  "--register", "PDR", "--role", "controller", "--description", "A disk was lost")  # fmt: skip
    assert opened.code == 0, opened.err
    code, _ = answered(
        desk, "breach", "notified", "BR-SLOW", "--phase", "final",
        answers=(("after the 72 hours. Why was it late?", "Nobody read the mail"),),
    )  # fmt: skip
    assert code == 0
    found = desk("breach", "show", "BR-SLOW", "--json").json
    assert found["notifications"][-1]["delay_reason"] == "Nobody read the mail"
