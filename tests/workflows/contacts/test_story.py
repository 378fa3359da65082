"""The review of the contacts, sentence by sentence."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from tests.desks.contact_review import ReviewDesk
from tests.desks.desk import Refused
from workflows.procedure.local_time import zone
from workflows.procedure.working_days import is_free

ZONE = zone()
DAY = timedelta(days=1)


def morning(day: date) -> datetime:
    """Nine o'clock and a little, when those who answer have been asked."""
    return datetime.combine(day, time(9, 1), ZONE)


def working_day_from(day: date) -> date:
    while is_free(day):
        day += DAY
    return day


async def begun(desk: ReviewDesk, **contacts: dict[str, object]) -> date:
    """A review of some contacts (verified so many days ago); answers today."""
    now = datetime.now(ZONE).date()  # noqa: TID251  # the real server's clock is the machine's
    for name, facts in contacts.items():
        desk.write(name.replace("_", "-"), now - facts.pop("ago", 0) * DAY, **facts)  # type: ignore[operator]
    await desk.begin()
    return now


async def test_a_fresh_contact_is_asked_of_nobody_until_its_cycle_is_over(contact_review: ReviewDesk) -> None:
    now = await begun(contact_review, ward={"ago": 170, "owner": "contact-1"})
    contact_review.rules(first_after="3000d")
    status = await contact_review.pass_until(morning(now + 11 * DAY))
    assert status.contacts[0].why is None
    assert not status.duties
    due = working_day_from(now + 12 * DAY)
    status = await contact_review.pass_until(morning(due))
    assert [(duty.kind, duty.recipient, duty.state) for duty in status.duties] == [("verify_contacts", "desk", "open")]
    assert status.contacts[0].why == "cycle"
    (letter,) = await contact_review.letters("contacts_to_verify", 1)
    assert (letter.contact, [each.contact for each in letter.contacts]) == ("desk", ["ward"])


async def test_the_owner_is_asked_and_answers(contact_review: ReviewDesk) -> None:
    now = await begun(
        contact_review,
        ward={"ago": 300, "owner": "contact-1"},
        pharmacy={"ago": 300, "owner": "contact-1"},
        contact_1={"ago": 0},
    )
    await contact_review.pass_until(morning(working_day_from(now + DAY)))
    (letter,) = await contact_review.letters("contacts_to_verify", 1)
    assert (letter.contact, [each.contact for each in letter.contacts]) == ("contact-1", ["ward", "pharmacy"])
    status = await contact_review.say("confirmation", contact="ward")
    assert [duty.state for duty in status.duties] == ["open"]
    status = await contact_review.say("confirmation", contact="pharmacy", by="Ward 3")
    assert [(duty.state, duty.by) for duty in status.duties] == [("met", "Ward 3")]
    assert [each.why for each in status.contacts] == [None, None, None]


async def test_a_day_in_the_operating_model_answers_too(contact_review: ReviewDesk) -> None:
    now = await begun(contact_review, ward={"ago": 300})
    await contact_review.pass_until(morning(day := working_day_from(now + DAY)))
    contact_review.write("ward", day)
    before = (await contact_review.status()).looked_at
    await contact_review.say("look_now")
    status = await contact_review.until(lambda s: s.looked_at != before)
    assert [(duty.state, duty.reference) for duty in status.duties] == [("met", "verified_on")]


async def test_wrong_details_are_asked_about_at_once(contact_review: ReviewDesk) -> None:
    await begun(contact_review, ward={"owner": "contact-1"}, contact_1={})
    status = await contact_review.say("wrong_details", contact="ward", channel="phone", note="Rings at a bakery.")
    assert (status.contacts[0].why, status.contacts[0].channel) == ("wrong", "phone")
    (letter,) = await contact_review.letters("contacts_to_verify", 1)
    assert (letter.contact, letter.contacts[0].why) == ("contact-1", "wrong")
    earlier = (await contact_review.now() - timedelta(hours=1)).isoformat()
    status = await contact_review.say("confirmation", contact="ward", occurred_at=earlier)
    assert status.contacts[0].why == "wrong", "what was made sure of before says nothing of what was found later"
    status = await contact_review.say("confirmation", contact="ward")
    assert status.contacts[0].why is None
    assert [duty.state for duty in status.duties] == ["met"]


async def test_an_owner_whose_own_mail_comes_back_is_asked_by_way_of_the_desk(contact_review: ReviewDesk) -> None:
    owned: dict[str, object] = {"owner": "contact-1"}
    now = await begun(contact_review, contact_1={"ago": 0} | owned, ward={"ago": 300} | owned)
    await contact_review.pass_until(morning(working_day_from(now + DAY)))
    status = await contact_review.until(lambda s: bool(s.messages))
    status = await contact_review.say(
        "delivery_report", message_id=status.messages[0].id, event="bounced", detail="550 no such user"
    )
    assert {each.contact: each.why for each in status.contacts} == {"contact-1": "bounced", "ward": "cycle"}
    letters = await contact_review.letters("contacts_to_verify", 2)
    assert [letter.contact for letter in letters] == ["contact-1", "desk"]
    status = await contact_review.pass_time(days=14)
    reminded = {(letter.contact, letter.kind) for letter in contact_review.world.letters}
    assert ("deputy-of-contact-1", "reminder") in reminded
    assert ("desk", "reminder") in reminded


async def test_mail_that_came_back_elsewhere_is_seen_at_the_next_look(contact_review: ReviewDesk) -> None:
    await begun(contact_review, ward={"owner": "contact-1"}, contact_1={})
    contact_review.write("ward", date(2026, 1, 1), returned_at=await contact_review.now())
    await contact_review.say("look_now")
    await contact_review.until(lambda status: bool(status.duties))
    assert (await contact_review.contact("ward")).why == "bounced"


async def test_changed_details_are_to_be_confirmed(contact_review: ReviewDesk) -> None:
    now = await begun(contact_review, ward={"ago": 30, "mark": "before"})
    contact_review.write("ward", now - 30 * DAY, mark="after")
    status = await contact_review.say("confirmation", contact="ward", occurred_at=f"{now - 2 * DAY}T10:00:00+02:00")
    assert status.contacts[0].why == "changed"
    assert not status.duties, "with time: in the morning"
    status = await contact_review.pass_until(morning(working_day_from(now + DAY)))
    assert [duty.state for duty in status.duties] == ["open"]


async def test_what_is_asked_with_time_waits_for_a_working_day(contact_review: ReviewDesk) -> None:
    christmas = date(datetime.now(ZONE).year + 1, 12, 24)  # noqa: TID251
    contact_review.rules(every="60d", first_after="3000d")
    await begun(contact_review)
    contact_review.write("ward", christmas - 60 * DAY)
    after = working_day_from(christmas)
    assert (after - christmas).days >= 3
    status = await contact_review.pass_until(morning(after - DAY))
    assert (status.duties, status.next_look_at) == ((), morning(after) - timedelta(minutes=1))
    status = await contact_review.pass_until(morning(after))
    assert [duty.state for duty in status.duties] == ["open"]


async def test_other_things_are_asked_and_checked(contact_review: ReviewDesk) -> None:
    contact_review.numbers("kela", "call_back")
    now = await begun(contact_review, helpdesk={"ago": 0})
    status = await contact_review.pass_until(morning(working_day_from(now + 15 * DAY)))
    assert {each.what for each in status.checks if each.duty} == {"extranet", "suppliers", "directory", "test_call"}
    assert len(status.duties) == 4
    status = await contact_review.say("checked", what="extranet")
    status = await contact_review.say("checked", what="test_call", number="kela")
    assert [duty.state for duty in status.duties] == ["met", "open", "open", "open"]
    status = await contact_review.say("checked", what="test_call")
    assert [duty.state for duty in status.duties] == ["met", "open", "open", "met"]
    called = {each.number: each.done_by for each in status.checks if each.what == "test_call"}
    assert called == {"kela": "desk", "call_back": "desk"}


async def test_a_contact_that_is_gone_is_asked_about_no_more(contact_review: ReviewDesk) -> None:
    now = await begun(contact_review, ward={"ago": 300}, helpdesk={"ago": 0})
    await contact_review.pass_until(morning(working_day_from(now + DAY)))
    contact_review.strike("ward")
    status = await contact_review.say("confirmation", contact="helpdesk")
    assert [(duty.state, duty.waived_reason) for duty in status.duties] == [
        ("waived", "no longer asked: gone from the operating model")
    ]


async def test_what_is_not_there_is_refused_in_words(contact_review: ReviewDesk) -> None:
    contact_review.numbers("kela")
    await begun(contact_review, ward={})
    with pytest.raises(Refused, match=r"there is no contact 'wrad' in the operating model; there is ward"):
        await contact_review.say("confirmation", contact="wrad")
    with pytest.raises(Refused, match=r"there is no emergency number '112' in the operating model; there is kela"):
        await contact_review.say("checked", what="test_call", number="112")
    with pytest.raises(Refused, match="number is for what = 'test_call' only"):
        await contact_review.say("checked", what="extranet", number="kela")
    with pytest.raises(Refused, match="lies in the future"):
        await contact_review.say("confirmation", contact="ward", occurred_at="2098-01-01T00:00:00Z")
    await contact_review.review.signal("confirmation", {"by": "desk", "contact": "nobody"})
    status = await contact_review.until(lambda s: s.rejected_count == 1)
    assert "there is no contact 'nobody'" in status.rejected[0].reason


async def test_a_thousand_owners_open_no_thousand_duties(contact_review: ReviewDesk) -> None:
    now = datetime.now(ZONE).date()  # noqa: TID251
    for number in range(150):
        contact_review.write(f"ward-{number}", now - 300 * DAY, owner=f"ward-{number}")
    contact_review.rules(first_after="3000d")
    await contact_review.begin()
    status = await contact_review.pass_until(morning(working_day_from(now + DAY)))
    assert len(status.duties) == 61
    assert all(each.duty for each in status.contacts)
