"""What the review sees of the contacts, and what it is told without waiting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from activities.contacts.changed import ContactsChanged
from activities.contacts.seen import ContactsInForce
from activities.contacts.told import TextsFailed
from activities.returned_mail.addresses import Returned, ReturnedAddresses, digest_of
from activities.text_messages.sender import FailedText
from tests.procedure.operating_model.smallest import GOOD
from workflows.contacts.messages import CONTACTS_AT_MOST
from workflows.procedure.contacts.rules import ReviewRules
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.ports import OtherProcessMessage

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def model(**contacts: dict[str, Any]) -> OperatingModel:
    """The smallest operating model, with some facts of its contacts changed."""
    known = {name: facts | contacts.get(name, {}) for name, facts in GOOD["contacts"].items()}
    added = {name: facts for name, facts in contacts.items() if name not in known}
    return OperatingModel.model_validate(GOOD | {"contacts": known | added})


class Told:
    """Keeps what was told; ``runs``: whether anybody is there to hear it."""

    def __init__(self) -> None:
        self.messages: list[OtherProcessMessage] = []
        self.runs = True

    async def __call__(self, told: OtherProcessMessage) -> bool:
        if self.runs:
            self.messages.append(told)
        return self.runs


async def test_no_name_no_address_and_no_number_is_seen(tmp_path: Path) -> None:
    known = model(desk={"phone": "+358401234567", "text_message": "+358401234567", "owner": "boss"})
    seen = await ContactsInForce(lambda: known, ReturnedAddresses(tmp_path)).contacts_to_review()
    text = seen.model_dump_json()
    assert not [word for word in ("example.org", "Desk", "Boss", "401234567") if word in text]
    assert [(each.contact, each.owner, each.verified_on) for each in seen.contacts] == [
        ("desk", "boss", date(2026, 11, 2)),
        ("boss", "", date(2026, 11, 2)),
    ]
    assert seen.numbers == ("kela", "desk")
    assert seen.rules == ReviewRules()


def test_the_mark_changes_with_each_detail_and_nothing_else() -> None:
    marks = {
        ContactsInForce(lambda facts=facts: model(desk=facts)).seen().contacts[0].mark  # type: ignore[misc]
        for facts in (
            {}, {"verified_on": date(2026, 11, 20)}, {"groups": ["a"]}, {"phone": "1"}, {"email": "x@example.org"},
            {"text_message": "+358401234567"}, {"name": "Desk 2"},
        )
    }  # fmt: skip
    assert len(marks) == 5


def test_mail_that_came_back_is_seen(tmp_path: Path) -> None:
    returned = ReturnedAddresses(tmp_path)
    back = Returned(what="bounced", at=NOW, sent_at=NOW - timedelta(hours=1), message_id="<1>")
    returned.keep(digest_of("boss@example.org"), back)
    seen = ContactsInForce(model, returned).seen()
    assert {each.contact: each.returned_at for each in seen.contacts} == {"desk": None, "boss": NOW}


def test_more_contacts_than_can_be_kept_up_are_counted() -> None:
    many = {f"ward-{n}": GOOD["contacts"]["desk"] for n in range(CONTACTS_AT_MOST)}
    seen = ContactsInForce(lambda: model(**many)).seen()
    assert (len(seen.contacts), seen.left_out) == (CONTACTS_AT_MOST, 2)


async def test_the_review_is_told_once_of_each_change() -> None:
    current, told = [model()], Told()
    changed = ContactsChanged(ContactsInForce(lambda: current[0]), told)
    await changed.look()
    await changed.look()
    assert [(each.workflow_id, each.message) for each in told.messages] == [("contact-review", "look_now")]
    current[0] = model(boss={"email": "chief@example.org"})
    await changed.look()
    assert len(told.messages) == 2
    current[0] = model()
    await changed.look()
    assert len(told.messages) == 3, "what is as it was before has changed too"


async def test_a_review_that_does_not_run_is_told_when_it_does() -> None:
    told = Told()
    told.runs = False
    changed = ContactsChanged(ContactsInForce(model), told)
    await changed.look()
    told.runs = True
    await changed.look()
    assert len(told.messages) == 1


async def test_a_text_that_failed_is_told_under_one_id_without_what_it_said() -> None:
    text = FailedText("incident-1/run/text/ward", "1", "ward", "text_message")
    told = Told()
    failed = TextsFailed(told)
    await failed(text)
    await failed(text)
    ids = {each.payload["event_id"] for each in told.messages}
    assert (len(told.messages), len(ids)) == (2, 1)
    assert {name: told.messages[0].payload[name] for name in ("contact", "channel", "failed")} == {
        "contact": "ward", "channel": "text_message", "failed": True,
    }  # fmt: skip
