"""What a person meets in a real terminal (a pseudo terminal): questions of the triage."""

from __future__ import annotations

import re

from tests.starter.conftest import Desk
from tests.starter.terminal.pseudo_terminal import Terminal


def answer_everything(terminal: Terminal) -> None:
    terminal.expect("1/6")
    terminal.expect("[u]nknown")
    terminal.type("perhaps")
    terminal.expect("Please answer y, n or u")
    terminal.type("y")
    terminal.expect("Why?")
    terminal.type("the patient is 131052-308T")
    terminal.expect("personal identity code")
    terminal.expect("Why?")
    terminal.type("nobody can renew")
    terminal.expect("2/6")
    terminal.type("u")
    terminal.expect("Why?")
    terminal.type("")
    terminal.expect("May patient safety")
    terminal.type("y")
    terminal.expect("linked to the Kanta Services")
    terminal.type("u")
    terminal.expect("Together: unknown")
    terminal.type("")
    terminal.expect("4/6")
    terminal.type("n")
    terminal.expect("Together: no")  # the second condition isn't asked any more
    terminal.type("")
    terminal.expect("5/6")
    terminal.type("n")
    terminal.expect("Why?")
    terminal.type("")
    terminal.expect("6/6")
    terminal.type("n")
    terminal.expect("Why?")
    terminal.type("")
    terminal.expect("Critical, in your organisation:")
    terminal.type("crit")
    terminal.expect("Extensive, in your organisation:")
    terminal.type("n")
    terminal.expect("Where does the fault lie?")
    terminal.type("kela")
    terminal.expect("How do people work until it is fixed?")
    terminal.type("on paper")
    terminal.expect("Do you know any of these?")
    terminal.type("y")
    terminal.expect("When did it begin?")
    terminal.type("")
    terminal.expect("Which function")
    terminal.type("renewal")
    terminal.expect("failed messages")
    terminal.type("")
    terminal.expect("Does it happen each time?")
    terminal.type("")
    terminal.expect("How many units?")
    terminal.type("4")
    terminal.expect("How many users?")
    terminal.type("")
    terminal.expect("reported it to Kela?")
    terminal.type("")
    terminal.expect("Is it a significant deviation of an information system?")
    terminal.type("y")
    terminal.expect("Is it a significant incident under the Cybersecurity Act")
    terminal.type("u")
    terminal.expect("When was it detected?")
    terminal.type("")
    terminal.expect("To be reported to Kela: yes, since: The fault prevents or significantly slows down")
    terminal.expect("Send this triage?")


def test_triage_asks_for_everything_and_sends_it(desk: Desk) -> None:
    reference = desk.incident()
    terminal = Terminal(desk, "incident", "triage", reference, "--json")
    answer_everything(terminal)
    terminal.type("")
    code, out = terminal.ended()
    assert code == 0
    assert out.startswith("{")
    decision = desk("incident", "show", reference, "--json").json["decisions"][-1]
    assert decision["parts"]["safety"] == {"suspected": "yes", "linked_to_kanta": "unknown"}
    assert decision["parts"]["privacy"] == {"suspected": "no"}
    assert decision["reasons"] == {"prevents_or_slows": "nobody can renew"}
    assert (decision["severity"], decision["extensive"], decision["locality"]) == ("critical", False, "kela")
    details = desk("incident", "show", reference, "--json").json["details"]
    assert (details["function"], details["units_affected"], details["users_affected"]) == ("renewal", 4, None)


def test_nothing_is_sent_where_the_person_decides_so(desk: Desk) -> None:
    reference = desk.incident()
    terminal = Terminal(desk, "incident", "triage", reference, "--yes")
    answer_everything(terminal)
    terminal.type("n")
    terminal.expect("stopped; nothing more was done")
    assert terminal.ended() == (130, "")
    assert desk("incident", "show", reference, "--json").json["phase"] == "awaiting_triage"


def test_one_answer_is_changed_by_its_number_and_kept_answers_are_seen_before_they_go(desk: Desk) -> None:
    reference = desk.incident("--drill")  # no neighbour of those that are none; other tests may have opened drills
    terminal = Terminal(desk, "incident", "triage", reference)
    terminal.answer_where_asked("Is it the same fault as one of them?", "", before="1/6")
    answer_everything(terminal)
    terminal.type("99")
    terminal.expect("one of the numbers above")
    terminal.type("7")
    terminal.expect("How severe is it?")
    terminal.type("low")
    terminal.expect("severity: low")
    terminal.expect("Send this triage?")
    terminal.type("1")
    terminal.expect("1/6")
    terminal.type("n")
    terminal.expect("Why?")
    terminal.type("")
    terminal.expect("Send this triage?")
    terminal.type("n")
    terminal.expect("kept for a day")
    assert terminal.ended()[0] == 130
    again = Terminal(desk, "incident", "triage", reference)
    again.answer_where_asked("Is it the same fault as one of them?", "", before="Use them?")
    again.expect("Use them?")
    again.type("y")
    again.answer_where_asked("Is it the same fault as one of them?", "", before="This will be sent:")
    again.expect("This will be sent:")
    again.expect("severity: low")
    again.expect("Send this triage?")
    again.type("")
    again.expect("Send it?")
    again.type("")
    assert again.ended()[0] == 0
    decision = desk("incident", "show", reference, "--json").json["decisions"][-1]
    assert decision["severity"] == "low"
    assert "prevents_or_slows" not in decision["criteria_met"]


def test_ctrl_c_at_a_question_ends_cleanly(desk: Desk) -> None:
    terminal = Terminal(desk, "incident", "triage", desk.incident(), "--yes")
    terminal.expect("[u]nknown")
    terminal.interrupt()
    code, _out = terminal.ended()
    assert code == 130


def test_only_what_is_missing_is_asked(desk: Desk) -> None:
    reference = desk.incident()
    terminal = Terminal(
        desk, "incident", "triage", reference, "--severity", "low", "--not-extensive", "--locality", "own",
        "--workaround", "none", "--criterion", "prevents_or_slows=no", "--criterion", "localised_to_kela=no",
        "--criterion", "safety=no", "--criterion", "privacy=no", "--criterion", "locality_unsure_others_affected=no",
        "--language", "fi", "--yes",
    )  # fmt: skip
    terminal.expect("6/6")
    terminal.expect("Häiriö ei ole Kanta-palveluissa")
    terminal.type("ei")
    terminal.expect("Miksi?")
    terminal.type("")
    terminal.expect("Tiedätkö jotakin näistä?")
    terminal.type("")
    terminal.expect("Onko toimittajanne (")
    terminal.type("k")
    terminal.expect("Milloin? (Enter: nyt)")
    terminal.type("")
    terminal.expect("Sen ilmoituksen numero")
    terminal.type("S-17")
    terminal.expect("Ilmoitetaanko Kelaan: ei")
    terminal.type("k")
    code, out = terminal.ended()
    assert code == 0
    assert re.search(r"Arvio kirjattu\. .*: käsittelyssä, vähäinen\.", out)
    assert "Kelaan: ei ilmoiteta; mikään kriteeri ei täyty." in out
    decision = desk("incident", "show", reference, "--json").json["decisions"][-1]
    said = decision["reported_by_supplier"]
    assert (said["by"], said["reference"], bool(said["at"])) == ("Esimerkki Ohjelmistot Oy", "S-17", True)


def test_opening_asks_for_title_and_services(desk: Desk) -> None:
    terminal = Terminal(desk, "incident", "open")
    terminal.expect("What is the fault")
    terminal.type("OmaKanta is slow")
    terminal.expect("MyKanta")
    terminal.expect("Which services?")
    terminal.type("99")
    terminal.expect("one or more of the numbers")
    terminal.type("5")
    terminal.expect("1  OmaKanta is slow")
    terminal.expect("2  MyKanta")
    terminal.expect("reported by: Desk Tester")
    terminal.type("2")
    terminal.expect("Which services?")
    terminal.type("5 PDR")
    terminal.expect("a number: change that answer")
    terminal.type("")
    code, out = terminal.ended_after("Is it the same fault as one of them?", "")
    assert code == 0
    assert "Opened INC-" in out
