"""What waits for a contact: in quiet hours, or since it has just been told something; and what never waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import resolution, triage
from tests.desks.desk import Desk, nothing_under_way
from workflows.procedure.local_time import HELSINKI, local
from workflows.procedure.operating_model.channels import Manner
from workflows.procedure.operating_model.holding_back import QuietHours
from workflows.process.ports import Letter

pytestmark = pytest.mark.asyncio(loop_scope="session")

WARD = "health-station"


def quiet_now(hours: float = 4) -> Manner:
    """Quiet hours that began an hour ago and last for some hours more."""
    now = local(datetime.now(UTC), HELSINKI)  # noqa: TID251  # the real server's clock is the machine's
    begins, ends = now - timedelta(hours=1), now + timedelta(hours=hours)
    return Manner(quiet=QuietHours(begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}"))


def once_in(minutes: int) -> Manner:
    return Manner(one_per=timedelta(minutes=minutes))


def to(desk: Desk, contact: str) -> list[Letter]:
    return [letter for letter in desk.world.letters if letter.contact == contact]


def kinds(desk: Desk, contact: str = WARD) -> list[str]:
    return [letter.kind for letter in to(desk, contact)]


async def judged(desk: Desk, **changes: Any) -> None:
    await desk.open()
    await desk.say("triage", triage(**({"severity": "low", "extensive": False} | changes)))
    await desk.until(lambda s: any(each.purpose == "start" for each in s.messages))
    await nothing_under_way(desk.incident)


async def update(desk: Desk, text: str, **changes: Any) -> None:
    await desk.say("situation_update", {"by": "desk", "text": text} | changes)
    await nothing_under_way(desk.incident)


async def waiting(desk: Desk) -> dict[str, list[str]]:
    held = (await desk.incident.query("record"))["carried"].get("held", {})
    return {contact: each["letters"] for contact, each in held.items()}


async def test_in_quiet_hours_what_is_not_critical_waits_and_goes_as_one(desk: Desk) -> None:
    desk.world.manners = {WARD: quiet_now()}
    await judged(desk)
    await update(desk, "Paper is used.")
    await update(desk, "The supplier has come.")
    assert kinds(desk) == []
    assert kinds(desk, "pharmacy") == ["start", "change", "change"]
    assert len((await waiting(desk))[WARD]) == 3
    (held,) = (await desk.status()).held
    assert (held.to, held.purposes, held.because) == (WARD, ("start", "change", "change"), "quiet hours")
    assert held.until - held.since > timedelta(hours=3)
    await desk.pass_time(hours=4, minutes=2)
    await nothing_under_way(desk.incident)
    assert kinds(desk) == ["held_back"]
    (digest,) = to(desk, WARD)
    assert [each.kind for each in digest.held] == ["start", "change", "change"]
    assert [each.text for each in digest.held][1:] == ["Paper is used.", "The supplier has come."]
    assert {each.contact for each in digest.held} == {WARD}
    assert await waiting(desk) == {}
    assert (await desk.status()).held == ()
    assert "What was held back goes now" in await desk.timeline()


async def test_one_letter_that_waited_goes_as_it_is(desk: Desk) -> None:
    desk.world.manners = {WARD: quiet_now()}
    await judged(desk)
    await desk.pass_time(hours=4, minutes=2)
    await nothing_under_way(desk.incident)
    assert kinds(desk) == ["start"]


@pytest.mark.parametrize("facts", [{"severity": "critical"}, {"extensive": True}])
async def test_what_is_critical_or_extensive_goes_through(desk: Desk, facts: dict[str, Any]) -> None:
    desk.world.manners = {WARD: quiet_now()}
    await judged(desk, **facts)
    assert kinds(desk) == ["start"]


async def test_alarms_of_a_fault_that_nobody_has_judged_go_through(desk: Desk) -> None:
    desk.world.manners = {"desk": quiet_now(), "duty_officer": quiet_now()}
    await desk.open()
    await desk.pass_time(minutes=21)
    await nothing_under_way(desk.incident)
    assert kinds(desk, "desk") == ["desk_opened", "reminder"]
    assert kinds(desk, "duty_officer") == ["reminder"]


async def test_an_alarm_that_waited_says_that_its_duty_is_done_by_now(desk: Desk) -> None:
    desk.world.manners = {"desk": quiet_now()}
    desk.world.refuse = lambda letter: "not now" if letter.kind == "fault_report" else None
    await judged(desk)
    await desk.pass_time(minutes=31)
    await nothing_under_way(desk.incident)
    assert "reminder" not in kinds(desk, "desk")
    now = (await desk.now()).isoformat()
    await desk.say("duty_met", {"by": "desk", "duty": "report_to_kela", "met_at": now})
    await desk.pass_time(hours=4)
    await nothing_under_way(desk.incident)
    (digest,) = [letter for letter in to(desk, "desk") if letter.kind == "held_back"]
    assert [(each.kind, each.duty) for each in digest.held] == [("reminder", "report_to_kela")]
    assert [(each.duty, each.state) for each in digest.settled] == [("report_to_kela", "met")]


async def test_an_instruction_never_waits(desk: Desk) -> None:
    desk.world.manners = {"contact-1": quiet_now()}
    await judged(desk)
    await desk.say("authority_instruction", {"by": "desk", "authority": "THL", "text": "Use paper."})
    await desk.pass_time(hours=2, minutes=1)
    await nothing_under_way(desk.incident)
    assert kinds(desk, "contact-1") == ["instruction", "instruction_reminder"]


async def test_the_question_of_a_breach_never_waits(desk: Desk) -> None:
    desk.world.manners = {"desk": quiet_now(10)}
    await judged(desk)
    await desk.pass_time(hours=6)
    await nothing_under_way(desk.incident)
    assert [letter.kind for letter in to(desk, "desk") if letter.duty == "assess_breach"]


async def test_one_message_in_a_while_and_the_rest_as_one_that_says_what_changed(desk: Desk) -> None:
    desk.world.manners = {WARD: once_in(30)}
    await judged(desk)
    assert kinds(desk) == ["start"]
    for number in range(5):
        await update(desk, f"News {number}.")
        await desk.pass_time(minutes=2)
    assert kinds(desk) == ["start"]
    await desk.pass_time(minutes=21)
    await nothing_under_way(desk.incident)
    assert kinds(desk) == ["start", "held_back"]
    assert [each.text for each in to(desk, WARD)[-1].held] == [f"News {number}." for number in range(5)]
    await update(desk, "And more.")
    assert kinds(desk) == ["start", "held_back"], "the digest was a message, too"
    await desk.pass_time(minutes=31)
    await nothing_under_way(desk.incident)
    assert kinds(desk) == ["start", "held_back", "change"]
    await desk.pass_time(minutes=31)
    await update(desk, "Later.")
    assert kinds(desk)[-1] == "change"
    assert len(kinds(desk)) == 4


async def test_a_fault_that_gets_worse_is_told_at_once(desk: Desk) -> None:
    desk.world.manners = {WARD: once_in(60)}
    await judged(desk)
    await update(desk, "It spreads.", severity="high")
    await update(desk, "It goes on.")
    await update(desk, "Now it is critical.", severity="critical")
    assert kinds(desk) == ["start", "change", "change"]
    assert [letter.severity for letter in to(desk, WARD)] == ["low", "high", "critical"]


async def test_what_could_not_wait_is_a_message_too(desk: Desk) -> None:
    desk.world.manners = {WARD: once_in(30)}
    await judged(desk)
    await desk.pass_time(minutes=5)
    await update(desk, "It waits.")
    await desk.pass_time(minutes=20)
    await update(desk, "It is worse.", severity="high")
    await desk.pass_time(minutes=20)
    await nothing_under_way(desk.incident)
    assert kinds(desk) == ["start", "change"]
    await desk.pass_time(minutes=15)
    await nothing_under_way(desk.incident)
    assert [letter.text for letter in to(desk, WARD)] == ["", "It is worse.", "It waits."]


async def test_mail_and_text_of_the_same_are_one_message(desk: Desk) -> None:
    desk.world.manners = {WARD: once_in(30)}
    telling = desk.world.rules.telling.model_copy(update={"start_text": ("everyone",)})
    desk.world.rules = desk.world.rules.model_copy(update={"telling": telling})
    await judged(desk)
    assert kinds(desk) == ["start"]
    assert [order.channel for order in desk.world.by_channel] == ["text_message"]


async def test_nothing_ends_before_what_waits_has_gone(desk: Desk) -> None:
    desk.world.manners = {WARD: once_in(60)}
    await judged(desk)
    await desk.say("cancellation", {"by": "desk", "reason": "Our own cable."})
    await desk.pass_time(minutes=61)
    await desk.ended()
    assert kinds(desk) == ["start", "cancelled"]


async def test_both_at_once_the_while_ends_in_quiet_hours(desk: Desk) -> None:
    now = local(datetime.now(UTC), HELSINKI)  # noqa: TID251  # the real server's clock is the machine's
    begins, ends = now + timedelta(minutes=20), now + timedelta(hours=5)
    quiet = QuietHours(begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}")
    desk.world.manners = {WARD: Manner(quiet=quiet, one_per=timedelta(minutes=30))}
    await judged(desk)
    await update(desk, "News.")
    await desk.pass_time(minutes=45)
    await nothing_under_way(desk.incident)
    assert kinds(desk) == ["start"]
    await desk.pass_time(hours=5)
    await nothing_under_way(desk.incident)
    assert kinds(desk) == ["start", "change"]


async def test_the_resolution_of_a_fault_waits_as_well_and_comes_with_the_rest(desk: Desk) -> None:
    desk.world.manners = {WARD: quiet_now()}
    await judged(desk)
    await desk.say("resolution", resolution())
    await desk.pass_time(hours=4, minutes=2)
    await nothing_under_way(desk.incident)
    assert kinds(desk) == ["held_back"]
    assert [each.kind for each in to(desk, WARD)[0].held] == ["start", "end"]
