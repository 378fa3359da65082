"""A mass mailing is shown before it goes, read with --dry-run, and confirmed in a terminal."""

from __future__ import annotations

from datetime import timedelta

from starter.sending.preview import Preview
from tests.starter.conftest import TRIAGE, Desk
from tests.starter.terminal.pseudo_terminal import Terminal
from workflows.procedure.operating_model.channels import Manner
from workflows.process.ports import Recipient

UPDATE = ("--text", "Paperireseptit käytössä")


def test_a_dry_run_shows_one_of_each_and_sends_nothing(desk: Desk) -> None:
    reference = desk.judged("--drill")
    before = desk("incident", "show", reference, "--json").json["messages"]
    shown = desk("incident", "update", reference, *UPDATE, "--dry-run")
    assert shown.code == 0, shown.err
    assert "by mail in 4 groups (" in shown.out
    assert "Pohjoinen terveysasema" in shown.out, "who is told is named"
    assert "health-stations" not in shown.out
    assert "Nothing is sent now." in shown.out
    assert "nothing leaves the house" in shown.out
    assert "--- e-mail (Swedish) to " in shown.out
    assert "Paperireseptit käytössä" in shown.out
    as_json = desk("incident", "update", reference, *UPDATE, "--dry-run", "--json").json
    assert as_json["mail"] == as_json["recipients"] > 1
    assert {each["language"] for each in as_json["examples"]} == {"fi", "sv", "en"}
    after = desk("incident", "show", reference, "--json").json
    assert not [m for m in after["messages"] if m["purpose"] == "change"]
    assert len(after["messages"]) >= len(before)


def test_contacts_to_whose_address_mail_came_back_are_named() -> None:
    told = [Recipient(contact=name, language="fi", channel=way) for name, way in
            (("ward", "email"), ("pharmacy", "email"), ("porter", "text_message"))]  # fmt: skip
    preview = Preview(("everyone",), tuple(told), (), drill=False)
    named = preview.with_returned(["ward", "porter", "somebody else"])
    assert named.in_words().endswith("Mail came back from ward: tell them in another way.")
    assert named.as_json()["returned"] == ["ward"]
    assert "came back" not in preview.in_words()
    assert preview._replace(drill=True).with_returned(["ward"]).returned == ()


def test_of_many_who_are_told_the_first_few_are_named() -> None:
    told = tuple(Recipient(contact=f"ward-{n}", language="fi") for n in range(10))
    assert "ward-7; and 2 more)" in Preview(("everyone",), told, (), drill=False).in_words()
    assert "(everyone)" in Preview(("everyone",), (), (), drill=False).in_words()


def test_contacts_that_nobody_has_confirmed_are_named() -> None:
    told = tuple(Recipient(contact=name, language="fi") for name in ("ward", "pharmacy"))
    preview = Preview(("everyone",), told, (), drill=False, returned=("ward",)).with_doubted(["ward", "pharmacy", "x"])
    assert preview.in_words().endswith("Not confirmed (kantadesk contacts list): pharmacy.")
    assert preview.as_json()["doubted"] == ["pharmacy"]
    assert preview._replace(drill=True).with_doubted(["pharmacy"]).doubted == ()


def test_who_is_told_in_a_manner_of_its_own_is_named() -> None:
    paged, rarely = Manner(channels=("pager", "email")), Manner(one_per=timedelta(hours=1))
    manners = {"ward": paged, "pharmacy": rarely, "porter": None}
    told = tuple(Recipient(contact=name, language="fi", manner=manner) for name, manner in manners.items())
    said = Preview(("everyone",), told, (), drill=False).in_words()
    assert said.endswith("By other channels too: ward. Later, where it may wait: pharmacy.")
    assert "channels" not in Preview(("everyone",), told[2:], (), drill=False).in_words()


def test_it_is_said_before_it_goes_and_asked_in_a_terminal(desk: Desk) -> None:
    reference = desk.incident("--drill")
    judged = desk("incident", "triage", reference, *TRIAGE)
    assert judged.code == 0, judged.err
    assert "recipients by mail in 4 groups" in judged.err
    terminal = Terminal(desk, "incident", "update", reference, *UPDATE)
    terminal.expect("recipients by mail in 4 groups")
    terminal.expect("Send it?")
    terminal.type("n")
    code, _ = terminal.ended()
    assert code == 2
    terminal = Terminal(desk, "incident", "update", reference, *UPDATE, "--yes")
    assert terminal.ended()[0] == 0
    again = desk("incident", "triage", reference, *TRIAGE)
    assert "Tells no group anything." in again.err
    quiet = desk("incident", "update", reference, *UPDATE, "--json")
    assert (quiet.code, quiet.err) == (0, "")
