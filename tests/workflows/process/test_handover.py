"""The desk changes hands: what was reminded of and nobody has acknowledged is reminded of again, once a handover."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import triage
from tests.desks.desk import BreachDesk, Desk, Refused
from tests.replay.recorded import replayer

TO_MIKKO: dict[str, Any] = {"by": "Anna Virtanen", "to": "Mikko Laine"}
TO_MIKKO_IT_IS = "Handed over to Mikko Laine"
AGAIN = "Reminded again of duty '{}': nobody has acknowledged it"
NOTIFY = "notify_supervisory_authority"


def again(desk: Desk | BreachDesk) -> list[tuple[str, str, str]]:
    """The letters that a handover has sent: duty, kind, contact."""
    return sorted((each.duty, each.kind, each.contact) for each in desk.world.letters if each.is_after_handover)


async def handed_over(desk: Desk | BreachDesk) -> list[str]:
    """What the timeline says of handovers, and of what was reminded of again."""
    process = desk.incident if isinstance(desk, Desk) else desk.breach
    return [line["what"] for line in await process.query("timeline") if line["what"].startswith(("Handed", "Reminded"))]


async def test_what_nobody_has_acknowledged_is_reminded_of_again_and_its_clock_goes_on(desk: Desk) -> None:
    await desk.open()
    await desk.pass_time(minutes=12)
    await desk.until(lambda s: any(m.purpose == "reminder" for m in s.messages))
    [reminded] = [each for each in desk.world.letters if each.kind == "reminder"]

    status = await desk.say("handover", TO_MIKKO)

    await desk.until(lambda s: bool(again(desk)) and desk.is_quiet(s))
    assert again(desk) == [("triage", "reminder", reminded.contact)]
    assert await handed_over(desk) == [TO_MIKKO_IT_IS, AGAIN.format("triage")]
    assert [duty.reminders_sent for duty in status.duties] == [2]
    await desk.pass_time(hours=2)
    status = await desk.until(lambda s: any(m.purpose == "overdue" for m in s.messages))
    assert [duty.state for duty in status.duties] == ["overdue"]


async def test_what_nobody_was_reminded_of_yet_or_somebody_has_seen_is_left_alone(desk: Desk) -> None:
    await desk.open()
    await desk.say("handover", TO_MIKKO)
    assert await handed_over(desk) == [TO_MIKKO_IT_IS]
    await desk.pass_time(minutes=12)
    await desk.until(lambda s: any(m.purpose == "reminder" for m in s.messages))
    seen_by = next(each.contact for each in desk.world.letters if each.kind == "reminder")
    await desk.say("acknowledgement", {"by": "desk", "contact": seen_by, "what": "triage"})
    await desk.say("handover", {"by": "Anna Virtanen"})
    assert await handed_over(desk) == [TO_MIKKO_IT_IS, "Handed over to the next shift"]
    await desk.until(desk.is_quiet)
    assert again(desk) == []


async def test_a_handover_said_twice_reminds_once_and_the_next_one_again(desk: Desk) -> None:
    await desk.open()
    await desk.say("triage", triage())
    await desk.pass_time(hours=2)
    await desk.until(lambda s: any(m.purpose == "overdue" for m in s.messages) and desk.is_quiet(s))
    await desk.say("handover", TO_MIKKO | {"event_id": "handover-1"})
    await desk.say("handover", TO_MIKKO | {"event_id": "handover-1"})
    await desk.say("handover", TO_MIKKO | {"event_id": "handover-2"})
    await desk.until(lambda s: bool(again(desk)) and desk.is_quiet(s))
    first = again(desk)
    assert {duty for duty, _, _ in first} == {"phone_kela"}
    assert {kind for _, kind, _ in first} == {"overdue"}
    assert len(first) == len(set(first))

    await desk.pass_time(hours=8)
    await desk.until(desk.is_quiet)
    await desk.say("handover", TO_MIKKO | {"event_id": "handover-3"})
    await desk.until(lambda s: len(again(desk)) > len(first) and desk.is_quiet(s))
    assert [duty for duty, _, _ in again(desk)].count("phone_kela") == 2 * len(first)
    replayed = await replayer().replay_workflow(await desk.incident.fetch_history(), raise_on_replay_failure=False)
    assert replayed.replay_failure is None


async def test_a_breach_reminds_of_its_legal_duty_again(breach: BreachDesk) -> None:
    await breach.open()
    await breach.pass_time(hours=73)
    await breach.until(lambda s: any(m.purpose == "overdue" and m.duty == NOTIFY for m in s.messages))
    await breach.say("handover", **TO_MIKKO)
    await breach.settled(lambda _: any(duty == NOTIFY for duty, _, _ in again(breach)))
    assert AGAIN.format(NOTIFY) in await handed_over(breach)


async def test_who_does_not_say_who_hands_over_is_refused(desk: Desk) -> None:
    await desk.open()
    with pytest.raises(Refused, match="by: Field required"):
        await desk.say("handover", {"to": "Mikko Laine"})
