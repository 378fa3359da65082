"""``breach paper``: the notification in the order of the authority's form, from the breach as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from starter.breach.paper import refuse_identity_codes
from starter.terminal.errors import Refused
from tests.starter.conftest import Desk
from tests.starter.terminal.refused import HETU, refused_with
from workflows.procedure.breach.authority_form import FORM

HIGH = ("--risk", "high", "--reason", "Health data, readable", "--consequences", "Distress")
FIELDS = [field.id for section in FORM.sections for field in section.fields]


def opened(desk: Desk, *options: str) -> str:
    """A breach of our own patients' data, without an incident; its reference."""
    made = desk(
        "breach", "open", "--aware-at", "now", "--kind", "unauthorised_disclosure", "--register", "PDR", "--json",
        "--description", "Two patients saw each other's entries", *(options or ("--role", "controller")),
    )  # fmt: skip
    assert made.code == 0, made.err
    return str(made.json["reference"])


def test_the_packet_has_every_field_in_the_order_of_the_form(desk: Desk) -> None:
    reference = opened(desk)
    packet = desk("breach", "paper", reference, "--for", "authority", "--json").json
    ids = [field["id"] for field in packet["fields"]]
    assert ids == [field for field in FIELDS if field in ids]
    assert {"recipient", "kinds", "cause", "began", "data", "consequences", "measures_before", "measures"} <= {*ids}
    texts = {field["id"]: (field["text"], field["known"]) for field in packet["fields"]}
    assert texts["recipient"] == ("Tietosuojavaltuutetun toimisto", True)
    assert texts["cause"] == ("Ei vielä tiedossa", False)
    assert texts["description"] == ("Two patients saw each other's entries", True)
    assert (packet["phase"], packet["language"], packet["form"]["verified"]) == ("preliminary", "fi", False)


def test_the_packet_is_printed_field_by_field_in_a_language(desk: Desk) -> None:
    reference = opened(desk)
    shown = desk("breach", "paper", reference, "--for", "authority", "--language", "sv")
    assert shown.code == 0, shown.err
    assert f"Preliminär anmälan, nr 1 · {reference}" in shown.out
    assert "[Mottagare]\nDataombudsmannens byrå\n" in shown.out
    assert "[Orsak till incidenten]\nÄnnu inte känt\n" in shown.out
    assert "blankettens ordning är inte bekräftad" in shown.out


def test_the_receipt_closes_the_clock_and_stands_on_the_next_paper(desk: Desk) -> None:
    reference = opened(desk)
    notified = desk("breach", "notified", reference, "--phase", "preliminary", "--reference", "TSV/12/2026", "--json")
    duties = {duty["kind"]: duty for duty in notified.json["duties"]}
    authority = duties["notify_supervisory_authority"]
    assert (authority["state"], authority["reference"]) == ("met", "TSV/12/2026")
    packet = desk("breach", "paper", reference, "--for", "authority", "--json").json
    texts = {field["id"]: field["text"] for field in packet["fields"]}
    assert (packet["phase"], texts["case_number"]) == ("supplementary", "TSV/12/2026")
    assert "TSV/12/2026" in texts["earlier"]
    final = desk("breach", "paper", reference, "--for", "authority", "--final", "--json").json
    assert (final["phase"], final["fields"][1]["text"]) == ("final", "Lopullinen ilmoitus, nro 2")


def test_a_letter_to_the_persons_in_words_of_its_own(desk: Desk) -> None:
    reference = opened(desk)
    words = ("--plain-event", "fi=Joku näki tietosi.", "--plain-event", "sv=Någon såg dina uppgifter.")
    assert desk("breach", "risk", reference, *HIGH, *words).code == 0
    for language, text in (("fi", "Joku näki tietosi."), ("sv", "Någon såg dina uppgifter.")):
        assert text in desk("breach", "paper", reference, "--for", "persons", "--language", language).out
    wrong = ("--plain-event", "de=Jemand sah Ihre Daten.")
    refused_with(desk("breach", "risk", reference, *HIGH, *wrong), 2, "plain-event")


def test_a_processor_has_no_packet_and_names_its_controller(desk: Desk) -> None:
    reference = opened(desk, "--role", "processor", "--controller", "County A", "--controller", "County B")
    refused_with(desk("breach", "paper", reference, "--for", "authority"), 3, "a processor does not notify")
    refused_with(desk("breach", "paper", reference, "--for", "controller"), 2, "County A; County B")
    shown = desk("breach", "paper", reference, "--for", "controller", "--controller", "county b")
    assert f"County B · {reference}" in shown.out
    assert "County A" not in shown.out


def test_a_code_that_came_by_another_way_is_not_printed() -> None:
    """The command line takes no code; a machine's signal may bring one."""
    with pytest.raises(Refused) as refused:
        refuse_identity_codes(["nothing", f"Patient {HETU}"])
    assert HETU not in refused.value.message
    refuse_identity_codes(["nothing"])


def test_a_breach_that_temporal_lost_stays_in_the_register(desk: Desk, tmp_path: Path) -> None:
    lost = desk.data_dir / "evidence" / "case-breach~BR-LOST"
    (lost / "documents").mkdir(parents=True)
    out = tmp_path / "register"
    made = desk("breach", "export", "--from", "2020-01-01", "--to", "2020-12-31", "--out", str(out), "--json")
    assert (made.json["folder_only"], made.json["no_longer_listed"]) == (["BR-LOST"], [])
    assert "BR-LOST" in (out / "breach-register.csv").read_text("utf-8-sig")
