"""What those who answer for contacts are asked, in three languages, as a real record has it worded.

``KANTADESK_RETELL=1`` writes the golden texts again: read each difference as the owner who gets the letter.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.mail.wording import worded
from activities.operating_model.file import load_operating_model
from tests.activities.mail.situations import MODEL
from tests.builders import local_rules
from workers.settings import packaged_operating_model
from workflows.contacts.messages import ContactsSeen, ReviewOpening
from workflows.contacts.record import ContactReviewRecord
from workflows.procedure.contacts.standing import ContactInFile
from workflows.procedure.duties import fired, next_alarm
from workflows.procedure.languages import LANGUAGES, Language
from workflows.process.telling.letters import letter_about

GOLDEN = Path(__file__).parent / "golden"
MONDAY = datetime(2029, 11, 12, 6, 0, tzinfo=UTC)
CONTACTS = (
    ContactInFile(contact="owner", owner="owner", verified_on=date(2029, 10, 1)),
    ContactInFile(contact="ward-3", owner="owner", verified_on=date(2029, 4, 1)),
    ContactInFile(contact="pharmacy", owner="owner", verified_on=date(2029, 3, 1)),
)


def record() -> ContactReviewRecord:
    """The record of a review that looks on a Monday morning; two contacts of one owner are to be confirmed."""
    made = ContactReviewRecord.opened(ReviewOpening(), MONDAY - timedelta(days=30))
    made.take_contacts(ContactsSeen(contacts=CONTACTS, numbers=("kela", "call_back")), MONDAY)
    made.rules = local_rules()
    return made


def letters(language: Language) -> dict[str, str]:
    """Each letter by its situation: subject and body."""
    rules = local_rules()
    found: dict[str, str] = {}

    def tell(what: str, of: ContactReviewRecord, kind: str, at: datetime) -> None:
        duty = [each for each in of.duties.values() if each.is_open][-1]
        facts: dict[str, Any] = {"language": language, "duty": duty.id}
        facts |= {"missing": of.awaited(duty), "contacts": of.doubts(duty.id, at)}
        letter = letter_about(of, rules, kind, "owner", facts, key="k", at=at)
        wording = worded(letter, MODEL)
        found[what] = f"{wording.subject}\n\n{wording.body}"

    calm = record()
    [owners] = [each for each in calm.wanted(MONDAY, only_at_once=False) if each.owner == "owner"]
    duty = calm.ask(owners, MONDAY)
    tell("once in the cycle", calm, "contacts_to_verify", MONDAY)
    alarm = next_alarm(duty, MONDAY)
    calm.duties[duty.id] = fired(duty, alarm)
    tell("reminded", calm, "reminder", alarm.at)
    at_once = record()
    for contact, doubt, channel in (("ward-3", "wrong", "phone"), ("pharmacy", "bounced", "email")):
        at_once.doubt(contact, doubt, MONDAY, channel)  # type: ignore[arg-type]  # its values are those of the model
    for each in at_once.wanted(MONDAY, only_at_once=True):
        at_once.ask(each, MONDAY)
    tell("at once", at_once, "contacts_to_verify", MONDAY)
    others = record()
    for each in others.wanted(MONDAY, only_at_once=False):
        if each.check:
            others.ask(each, MONDAY)
            tell(f"check of {each.check}", others, "contacts_to_verify", MONDAY)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_owner_reads(language: Language) -> None:
    told = letters(language)
    assert {"once in the cycle", "reminded", "at once", "check of extranet", "check of test_call"} <= {*told}
    text = "".join(f"=== {what} ===\n{letter.strip()}\n\n" for what, letter in told.items())
    golden = GOLDEN / f"contacts.{language}.txt"
    if os.environ.get("KANTADESK_RETELL"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert "@example.org" not in text.replace(MODEL.organisation.email, ""), "no details of contacts travel"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_owner_sees_whose_details_they_are_and_how_they_end(language: Language) -> None:
    model = load_operating_model(packaged_operating_model())
    rules, review = local_rules(), record()
    asked = model.contacts["desk"]
    seen = ContactInFile(contact="desk", owner="duty-officer", verified_on=date(2029, 3, 1))
    review.take_contacts(ContactsSeen(contacts=(seen,)), MONDAY)
    duty = review.ask(review.wanted(MONDAY, only_at_once=False)[0], MONDAY)
    facts: dict[str, Any] = {"language": language, "duty": duty.id, "contacts": review.doubts(duty.id, MONDAY)}
    told = worded(letter_about(review, rules, "contacts_to_verify", "duty-officer", facts, key="k", at=MONDAY), model)
    [line] = [each for each in told.body.splitlines() if each.startswith("- ")]
    assert line.startswith(f"- {asked.name} (desk): ")
    assert line.endswith(f"; {asked.email[0]}…@example.org, …{asked.phone[-4:]}")
    assert asked.email not in line
    assert asked.phone not in line
