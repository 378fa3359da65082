"""An alarm whose first two channels fail: it goes by the third, and the record says what was tried."""

from __future__ import annotations

from tests.builders import answers, triage
from tests.desks.desk import Desk, nothing_under_way
from tests.story.golden_texts import compared_with_golden
from workflows.procedure.operating_model.channels import Manner


async def test_an_alarm_whose_first_two_channels_fail(desk: Desk) -> None:
    """Teams answers errors, the number does not exist any more; the mail arrives. Later Teams works again."""
    desk.world.manners = {"desk": Manner(channels=("teams", "text_message", "email"))}
    desk.world.channels_down = {"teams"}
    desk.world.channel_refuses = lambda order: "no such number" if order.channel == "text_message" else None
    await desk.open()
    await desk.pass_time(minutes=13)
    await desk.until(lambda s: any(m.purpose == "reminder" and m.channel == "email" for m in s.messages))
    await nothing_under_way(desk.incident)
    desk.world.channels_down = set()
    await desk.say("triage", triage(criteria=answers(), severity="low", extensive=False))
    await nothing_under_way(desk.incident)
    await desk.say("cancellation", {"by": "desk", "reason": "The user's own cable."})
    await desk.ended()
    compared_with_golden("first_two_channels_fail", await desk.incident.fetch_history())


async def test_a_mailbox_that_is_full(desk: Desk) -> None:
    """A ward's mail comes back; it is told by Teams what holds by then."""
    desk.world.manners = {"health-station": Manner(channels=("email", "teams"))}
    await desk.open()
    await desk.say("triage", triage(criteria=answers(), severity="low", extensive=False))
    status = await desk.until(lambda s: sum(m.purpose == "start" for m in s.messages) == 2)
    await nothing_under_way(desk.incident)
    sent = next(m for m in status.messages if (m.purpose, m.to) == ("start", "health-station"))
    await desk.say("delivery_report", {"by": "mail", "message_id": sent.id, "event": "bounced", "detail": "552 full"})
    await nothing_under_way(desk.incident)
    await desk.say("cancellation", {"by": "desk", "reason": "The user's own cable."})
    await desk.ended()
    compared_with_golden("a_mailbox_that_is_full", await desk.incident.fetch_history())
