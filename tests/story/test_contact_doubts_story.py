"""A week of the review of the contacts: a wrong number, a test, a confirmation; how they stand is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.builders import local_rules
from tests.desks.contact_review import ReviewDesk
from tests.story.golden_texts import compared_with_golden
from workflows.contacts.messages import Standings

BEGINS = datetime(2029, 11, 12, 6, 0, tzinfo=UTC)
"""A Monday, eight o'clock."""


async def test_a_wrong_number_and_how_it_stands_is_kept_for_those_who_send(contact_review: ReviewDesk) -> None:
    desk = contact_review
    desk.world.rules = local_rules()
    desk.write("contact-1", date(2029, 10, 1), owner="contact-1")
    desk.write("ward", date(2029, 10, 1), owner="contact-1")
    await desk.begin_at(BEGINS)
    await desk.say("wrong_details", contact="ward", channel="phone", note="Rings at a shop")
    await desk.letters("contacts_to_verify", 1)
    await desk.pass_until(BEGINS + timedelta(hours=30))
    desk.write("ward", date(2029, 11, 13), mark="other details")
    await desk.say("tested", contact="ward", channel="text_message")
    status = await desk.say("confirmation", contact="ward", by="Ward")
    assert [duty.state for duty in status.duties] == ["met"]
    await desk.until(lambda s: len(s.messages) == len(desk.world.letters) and _kept(desk, s.contacts[1].tested_at))
    compared_with_golden("contacts_doubted_and_confirmed", await desk.review.fetch_history())


def _kept(desk: ReviewDesk, tested_at: datetime | None) -> bool:
    """Whether what was told last is what those who send know."""
    last: Standings = desk.world.standings[-1]
    ward = next(each for each in last.contacts if each.contact == "ward")
    return tested_at is not None and (ward.doubt, ward.confirmed_by, ward.tested_at) == (None, "Ward", tested_at)
