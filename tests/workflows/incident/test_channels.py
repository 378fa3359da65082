"""Each contact by its channels in order: what fails on one, or hangs there, goes by the next; the record says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import local_rules, triage
from tests.desks.desk import Desk, nothing_under_way
from workflows.incident.messages import IncidentStatus
from workflows.procedure.operating_model.channels import Manner

pytestmark = pytest.mark.asyncio(loop_scope="session")

THREE = Manner(channels=("teams", "text_message", "email"))


def by(status: IncidentStatus, purpose: str) -> list[tuple[str, str]]:
    """By which channels letters of a kind went, to whom."""
    return [(each.to, each.channel) for each in status.messages if each.purpose == purpose]


async def details_of(desk: Desk, what: str) -> list[str]:
    return [line["detail"] for line in await desk.incident.query("timeline") if line["what"] == what]


async def test_the_first_channel_that_accepts_is_enough(desk: Desk) -> None:
    desk.world.manners = {"desk": THREE}
    await desk.open()
    status = await desk.until(lambda s: bool(by(s, "desk_opened")))
    assert by(status, "desk_opened") == [("desk", "teams")]
    assert not [each for each in desk.world.letters if each.contact == "desk"]
    assert "Told by teams: desk opened (triage) to desk" in await desk.timeline()


@pytest.mark.parametrize("fault", ["down", "refuses"])
async def test_an_alarm_whose_first_two_channels_fail_goes_by_the_third_in_time(desk: Desk, fault: str) -> None:
    """Of both kinds of failure: time passes only as the operating model says of alarms, and not at all if refused."""
    desk.world.manners = {"desk": THREE}
    both = {"teams", "text_message"}
    desk.world.channels_down = both if fault == "down" else set()
    desk.world.channel_refuses = lambda _: "unknown here" if fault == "refuses" else None
    await desk.open()
    await desk.pass_time(minutes=10)
    await desk.until(lambda s: any(each.reminders_sent for each in s.duties))
    begun = await desk.now()
    await desk.pass_time(minutes=5)
    status = await desk.until(lambda s: ("desk", "email") in by(s, "reminder"))
    sent = next(each for each in status.messages if each.purpose == "reminder" and each.to == "desk")
    assert sent.sent_at is not None
    assert sent.sent_at - begun <= timedelta(minutes=4, seconds=30)
    lines = await desk.timeline()
    assert "Not accepted by teams: reminder (triage) to desk" in lines
    assert "Not accepted by text message: reminder (triage) to desk" in lines
    assert "Told by e-mail: reminder (triage) to desk" in lines
    (why,) = await details_of(desk, "Not accepted by teams: reminder (triage) to desk")
    assert why.startswith("unknown here" if fault == "refuses" else "not accepted within 2 min")
    assert ("is down" in why) == (fault == "down")
    assert not [each for each in status.problems if "reminder" in each]


async def test_a_channel_that_hangs_delays_nobody_else_and_is_left_for_the_next(desk: Desk) -> None:
    """In real time, since a step that never ends holds the clock of a test: the channel has a second."""
    second = timedelta(seconds=1)
    desk.world.manners = {"health-station": THREE.model_copy(update={"next_after": second})}
    desk.world.channels_hang = {"teams"}
    await desk.open()
    await desk.say("triage", triage(severity="high", extensive=False))
    status = await desk.until(lambda s: len(by(s, "start")) == 2)
    assert by(status, "start") == [("pharmacy", "email"), ("health-station", "text_message")]
    (why,) = await details_of(desk, "Not accepted by teams: start to health-station")
    assert why == "not accepted within 1 s"


async def test_what_every_channel_refuses_is_a_problem_that_says_why(desk: Desk) -> None:
    desk.world.manners = {"desk": Manner(channels=("teams", "email"))}
    desk.world.channel_refuses = lambda order: f"no {order.channel} here"
    desk.world.refuse = lambda letter: "no such mailbox" if letter.contact == "desk" else None
    await desk.open()
    status = await desk.until(lambda s: bool(s.problems))
    assert status.problems == ("desk opened to desk: teams: no teams here; e-mail: no such mailbox",)


async def test_channels_that_come_back_are_tried_again_so_nothing_is_dropped(desk: Desk) -> None:
    desk.world.manners = {"desk": Manner(channels=("teams", "slack", "email"))}
    desk.world.channels_down = {"teams", "slack"}
    desk.world.refuse = lambda letter: "no such mailbox" if letter.contact == "desk" else None
    desk.world.rules = local_rules()
    await desk.open()
    await desk.pass_time(minutes=25)
    desk.world.channels_down = {"teams"}
    await desk.pass_time(hours=1)
    status = await desk.until(lambda s: bool(by(s, "desk_opened")))
    assert by(status, "desk_opened") == [("desk", "slack")]


async def test_a_text_to_a_group_that_fails_goes_by_the_other_channels(desk: Desk) -> None:
    desk.world.manners = {"health-station": Manner(channels=("text_message", "slack", "email"))}
    desk.world.text_refusal = "no such number"
    telling = desk.world.rules.telling.model_copy(update={"start": (), "start_text": ("everyone",)})
    desk.world.rules = desk.world.rules.model_copy(update={"telling": telling})
    await desk.open()
    await desk.say("triage", triage(severity="high", extensive=False))
    status = await desk.until(lambda s: len(by(s, "start")) == 2)
    assert ("health-station", "slack") in by(status, "start")
    await nothing_under_way(desk.incident)


async def test_an_instruction_and_its_reminder_go_by_the_channels(desk: Desk) -> None:
    desk.world.manners = {"contact-1": Manner(channels=("slack", "email"))}
    await desk.open()
    await desk.say("authority_instruction", {"by": "desk", "authority": "THL", "text": "Use paper."})
    await desk.pass_time(hours=2, minutes=1)
    status = await desk.until(lambda s: ("contact-1", "slack") in by(s, "instruction_reminder"))
    assert ("contact-1", "slack") in by(status, "instruction")
    assert ("contact-2", "email") in by(status, "instruction")


async def came_back(desk: Desk, purpose: str, to: str) -> None:
    """The letter's mailbox does not take it."""
    status = await desk.status()
    sent = next(each for each in status.messages if (each.purpose, each.to) == (purpose, to))
    await desk.say("delivery_report", {"by": "mail", "message_id": sent.id, "event": "bounced", "detail": "550 full"})
    await nothing_under_way(desk.incident)


async def test_a_letter_that_comes_back_goes_by_the_next_channel(desk: Desk) -> None:
    desk.world.manners = {"health-station": Manner(channels=("email", "teams"))}
    await desk.open()
    await desk.say("triage", triage(severity="high", extensive=False))
    await desk.until(lambda s: len(by(s, "start")) == 2)
    await came_back(desk, "start", "health-station")
    status = await desk.until(lambda s: len(by(s, "start")) == 3)
    assert by(status, "start") == [("health-station", "email"), ("pharmacy", "email"), ("health-station", "teams")]
    assert "Told by teams: start to health-station" in await desk.timeline()


async def test_a_letter_that_comes_back_to_who_has_one_channel_only_is_kept_as_such(desk: Desk) -> None:
    await desk.open()
    await desk.say("triage", triage(severity="high", extensive=False))
    await desk.until(lambda s: len(by(s, "start")) == 2)
    await came_back(desk, "start", "health-station")
    status = await desk.status()
    assert len(by(status, "start")) == 2
    assert [m.state for m in status.messages if (m.purpose, m.to) == ("start", "health-station")] == ["failed"]
