"""``kantadesk contacts`` on a real desk: doubted, asked, confirmed; what else is checked."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from starter.views.tables import mark_of
from tests.starter.conftest import TRIAGE, Desk, kantadesk
from tests.starter.contacts.own_desk import desk_of, example_model
from workflows.process.messages import SentMessage

CONTACT = "pharmacy-centre"


@pytest.fixture(scope="module")
def reviewing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own, with an operating model of its own."""
    with desk_of(tmp_path_factory.mktemp("reviewing"), example_model()) as desk:
        yield desk


def state(desk: Desk, contact: str) -> Any:
    """How a contact stands."""
    return next(each for each in desk("contacts", "list", "--json").json["contacts"] if each["contact"] == contact)


def would_tell(desk: Desk) -> tuple[str, ...]:
    """What a triage would tell whom; nothing is sent."""
    return ("incident", "triage", desk.incident(), *TRIAGE, "--dry-run")


def test_every_contact_of_the_operating_model_is_listed(reviewing: Desk) -> None:
    listed = reviewing("contacts", "list")
    assert listed.code == 0, listed.err
    assert CONTACT in listed.out
    assert "test call" in listed.out
    told = reviewing("contacts", "list", "--json").json
    assert told["phase"] == "reviewing"
    assert "example.org" not in str(told), "details stay in the operating model"


def test_a_contact_is_meant_by_a_part_of_its_name(reviewing: Desk) -> None:
    by_name = reviewing("contacts", "show", "keskustan apt", "--json")
    assert (by_name.code, by_name.json["contact"]) == (0, CONTACT), by_name.err
    two = reviewing("contacts", "show", "kust")
    assert (two.code, two.out) == (2, "")
    assert "Please give one of these: " in two.err
    assert f"Keskustan apteekki ({CONTACT})" in two.err
    unknown = reviewing("contacts", "show", "nobody")
    assert (unknown.code, "there is no contact nobody" in unknown.err) == (4, True)
    forgotten = reviewing("contacts", "forget", "keskustan apt", "--yes")
    assert (forgotten.code, "there is no contact keskustan apt" in forgotten.err) == (4, True)


def test_wrong_details_are_asked_about_and_confirmed(reviewing: Desk) -> None:
    wrong = reviewing("contacts", "wrong", CONTACT, "--channel", "phone", "--note", "Rings at a shop")
    assert wrong.code == 0, wrong.err
    assert "NOT REACHED (telephone)" in wrong.out
    assert "verify_contacts" in wrong.out
    doubtful = reviewing("contacts", "list", "--doubtful", "--json").json["contacts"]
    assert [each["contact"] for each in doubtful] == [CONTACT]
    reviewing.until(lambda s: "contacts_to_verify" in [m["purpose"] for m in s["messages"]], "contacts", "list")
    (letter,) = (reviewing.data_dir / "outbox").rglob("*contacts_to_verify*")
    said = message_from_bytes(letter.read_bytes(), policy=default).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"({CONTACT}): EI TAVOITETTU (puhelin)" in said
    assert "kantadesk contacts verify" in said

    reviewing.until(lambda told: told["doubted"] == [CONTACT], *would_tell(reviewing))
    doctor = reviewing("doctor")
    assert f"1 contact is to be confirmed: {CONTACT}" in doctor.out
    board = reviewing("board", "--once", "--wide").out
    assert "1 contact to confirm" in board
    assert "contact details" in board
    [row] = [each for each in reviewing("duty", "list", "--json").json if each["process"] == "contact_review"]
    assert (row["incident"], row["kind"], row["state"]) == ("contact-review", "verify_contacts", "open")
    listed = reviewing("duty", "list", "--no-drills", "--wide").out
    assert "contact details" in listed
    assert "kantadesk contacts list --doubtful" in listed
    assert "contact_review" not in str(reviewing("duty", "list", "--drills", "--json").json)
    page = reviewing.data_dir / "wall.html"
    assert reviewing("board", "--html", str(page), "--once").code == 0
    assert "1 contact to confirm" in page.read_text(encoding="utf-8")
    assert "contact details" in page.read_text(encoding="utf-8")
    reference = reviewing.judged()
    told = reviewing.until(lambda s: CONTACT in [m["to"] for m in s["messages"]], "incident", "show", reference)
    details = {m["to"]: m["detail"] for m in told["messages"]}
    assert "the contact's details reached nobody on" in details[CONTACT]
    assert not [to for to, detail in details.items() if to != CONTACT and "reached nobody" in detail]

    confirmed = reviewing("contacts", "verify", CONTACT, "--json")
    assert confirmed.code == 0, confirmed.err
    assert (state(reviewing, CONTACT)["why"], state(reviewing, CONTACT)["confirmed_by"]) == (None, "Desk Tester")
    assert [duty["state"] for duty in confirmed.json["duties"]] == ["met"]


def test_the_table_of_messages_says_whose_details_are_in_doubt() -> None:
    detail = "accepted by the mail server; the contact's details reached nobody on 27.11.2026"
    sent = SentMessage(id="<1>", to=CONTACT, state="accepted", detail=detail)
    assert mark_of(sent) == ", but the contact's details reached nobody on 27.11.2026"
    assert mark_of(sent.model_copy(update={"detail": "accepted by the mail server"})) == ""


def test_one_is_shown_with_its_details(reviewing: Desk) -> None:
    shown = reviewing("contacts", "show", CONTACT)
    assert shown.code == 0, shown.err
    assert "@example.org" in shown.out
    assert reviewing("contacts", "show", CONTACT, "--json").json["contact"] == CONTACT


def test_what_else_was_checked_is_noted(reviewing: Desk) -> None:
    checked = reviewing("contacts", "checked", "test_call", "--number", "kela")
    assert checked.code == 0, checked.err
    assert "Kela's technical support: noted" in checked.out
    done = {
        each["number"]: each["done_by"]
        for each in reviewing("contacts", "list", "--json").json["checks"]
        if each["what"] == "test_call"
    }
    assert done["kela"] == "Desk Tester"
    assert done["call_back"] == ""


def test_a_change_of_the_operating_model_is_seen_when_somebody_speaks(reviewing: Desk) -> None:
    file = reviewing.data_dir / "operating-model.toml"
    text = file.read_text(encoding="utf-8")
    added = (
        '[contacts.night-nurse]\nname = "Yö"\nemail = "yo@example.org"\nverified_on = 2026-11-20\n\n[contacts.desk]\n'
    )
    file.write_text(text.replace("[contacts.desk]\n", added, 1), encoding="utf-8")
    confirmed = reviewing("contacts", "verify", "night-nurse")
    assert confirmed.code == 0, confirmed.err
    assert "Yö: confirmed." in confirmed.out


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("contacts verify pharmacy-center", 3, "there is no contact 'pharmacy-center' in the operating model"),
        ("contacts show pharmacy-center", 4, "did you mean pharmacy-centre"),
        ("contacts verify", 2, "CONTACT"),
        ("contacts wrong pharmacy-centre", 2, "--channel"),
        ("contacts wrong pharmacy-centre --channel pigeon", 2, "pigeon"),
        ("contacts verify Pharmacy_Ö", 2, "contact"),
        ("contacts checked extranet --number kela", 3, "number is for what = 'test_call' only"),
        ("contacts checked test_call --number 112", 3, "there is no emergency number '112'"),
        ("contacts verify pharmacy-centre --occurred-at 2098-01-01T12:00Z", 3, "lies in the future"),
    ],
)
def test_a_mistake_is_one_clear_line(reviewing: Desk, typed: str, code: int, said: str) -> None:
    answer = reviewing(*typed.split())
    assert said in answer.err, answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert answer.code == code


@pytest.mark.parametrize(("language", "said"), [("fi", "vahvistettava viimeistään"), ("sv", "ska bekräftas senast")])
def test_the_list_speaks_the_readers_language(reviewing: Desk, language: str, said: str) -> None:
    assert said in reviewing("contacts", "list", "--language", language).out


def test_without_a_desk_it_says_so(tmp_path: Path) -> None:
    answer = kantadesk(tmp_path, "contacts", "list")
    assert answer.code == 5
    assert len(answer.err.strip().splitlines()) == 1
