"""A night with quiet hours: what is not critical waits until the morning and comes as one; what gets worse goes."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.builders import answers, resolution, triage
from tests.desks.desk import Desk, nothing_under_way
from tests.story.beginning import begin_at
from tests.story.golden_texts import compared_with_golden
from workflows.procedure.operating_model.channels import Manner
from workflows.procedure.operating_model.holding_back import QuietHours

BEGINS = datetime(2029, 11, 2, 21, 0, tzinfo=UTC)
"""Eleven o'clock on a Friday evening in Helsinki."""


async def test_a_night_with_quiet_hours(desk: Desk) -> None:
    """The pharmacy has none: it hears of everything at once."""
    night = QuietHours(begins="22:00", ends="07:00")
    desk.world.manners = {"health-station": Manner(quiet=night, one_per="1h")}
    await begin_at(desk, BEGINS)
    await desk.until(lambda s: any(m.purpose == "desk_opened" for m in s.messages) and desk.is_quiet(s))
    await desk.say("triage", triage(criteria=answers(), severity="low", extensive=False))
    await nothing_under_way(desk.incident)
    await desk.pass_time(hours=1)
    await desk.say("situation_update", {"by": "desk", "text": "Paper prescriptions are used."})
    await nothing_under_way(desk.incident)
    await desk.pass_time(hours=1)
    await desk.say("situation_update", {"by": "desk", "text": "It is critical now.", "severity": "critical"})
    await nothing_under_way(desk.incident)
    await desk.say("situation_update", {"by": "desk", "text": "The supplier works on it.", "severity": "low"})
    await nothing_under_way(desk.incident)
    none = {"by": "dpo", "outcome": "no_personal_data", "reason": "Paper prescriptions were at hand."}
    await desk.say("breach_assessment", none)
    await nothing_under_way(desk.incident)
    await desk.pass_time(hours=7)
    await nothing_under_way(desk.incident)
    await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
    await nothing_under_way(desk.incident)
    await desk.pass_time(hours=30)
    await nothing_under_way(desk.incident)
    duties = await desk.duties()
    for name in [name for name, state in duties.items() if state in ("open", "overdue")]:
        await desk.say("duty_waived", {"by": "desk", "duty": name, "reason": "Not needed."})
    await desk.ended()
    compared_with_golden("a_night_with_quiet_hours", await desk.incident.fetch_history())
