"""Half a year of the review of the contacts: an owner who never answers, mail that came back, holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.builders import local_rules
from tests.desks.contact_review import ReviewDesk
from tests.story.golden_texts import compared_with_golden

BEGINS = datetime(2029, 10, 29, 6, 0, tzinfo=UTC)
"""A Monday, eight o'clock. A fixed one, since holidays and working days decide what is asked when."""


LADDER = {
    "due_after": "28d3h",
    "reminders": [{"after": f"{days}d3h", "to": "desk"} for days in (7, 14, 21)],
    "overdue_to": ["desk", "management"],
    "overdue_every": "7d",
    "overdue_at_most_every": "28d",
}
"""That of the data, and three hours: what comes at the moment of a look is told in any order."""


async def test_half_a_year_of_contacts(contact_review: ReviewDesk) -> None:
    desk = contact_review
    desk.world.rules = local_rules(ladders={**local_rules().model_dump()["ladders"], "verify_contacts": LADDER})
    desk.write("contact-1", date(2029, 10, 1), owner="contact-1")
    desk.write("contact-2", date(2029, 10, 1))
    desk.write("ward", date(2029, 6, 7), owner="contact-1")  # half a year is over on Independence Day
    desk.write("pharmacy", date(2029, 10, 1), owner="contact-2")
    desk.numbers("kela", "call_back")
    await desk.begin_at(BEGINS)

    await desk.pass_until(BEGINS + timedelta(days=15))
    assert len(await desk.letters("contacts_to_verify", 4)) == 4
    for what in ("extranet", "suppliers", "directory"):
        await desk.say("checked", what=what)
    await desk.say("checked", what="test_call", number="kela", note="Answered at once.")
    await desk.say("checked", what="test_call", number="call_back")

    status = await desk.pass_until(datetime(2029, 12, 6, 12, tzinfo=UTC))
    assert all(duty.state == "met" for duty in status.duties), "nobody is asked on Independence Day"
    status = await desk.pass_until(datetime(2029, 12, 7, 12, tzinfo=UTC))
    assert [(duty.id, duty.state) for duty in status.duties][4:] == [("verify_contacts-5", "open")]

    await desk.pass_until(datetime(2029, 12, 25, 12, tzinfo=UTC))
    desk.write("pharmacy", date(2029, 10, 1), returned_at=await desk.now())
    await desk.say("look_now")
    await desk.letters("contacts_to_verify", 6)
    await desk.pass_until(datetime(2029, 12, 27, 8, tzinfo=UTC))
    await desk.say("confirmation", contact="pharmacy", by="Pharmacy")

    status = await desk.pass_until(datetime(2030, 2, 25, 12, tzinfo=UTC))
    sent = next(each for each in status.messages if each.to == "contact-1" and each.purpose == "overdue")
    await desk.say("delivery_report", message_id=sent.id, event="bounced", detail="550 no such user")
    await desk.letters("contacts_to_verify", 7)
    await desk.say("confirmation", contact="contact-1")

    status = await desk.pass_until(datetime(2030, 4, 22, 12, tzinfo=UTC))
    assert "waits for the next working day" in (await desk.review.query("timeline"))[-1]["what"], "since Good Friday"
    await desk.pass_until(datetime(2030, 4, 23, 12, tzinfo=UTC))
    status = await desk.until(lambda s: len(s.messages) == len(desk.world.letters))
    assert [duty.state for duty in status.duties].count("overdue") == 1
    assert not status.problems
    compared_with_golden("half_a_year_of_contacts", await desk.review.fetch_history())
