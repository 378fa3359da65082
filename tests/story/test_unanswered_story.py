"""A fault that nobody judges for days: alarms, then a digest each morning, on Monday to management as well."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.builders import answers, local_rules, triage
from tests.desks.desk import Desk, nothing_under_way
from tests.story.beginning import begin_at
from tests.story.golden_texts import compared_with_golden

BEGINS = datetime(2029, 11, 2, 7, 0, tzinfo=UTC)
"""A Friday, nine o'clock in Helsinki. A fixed one, since weekdays and hours decide who is told when."""
LADDER = {
    "due_after": "1h",
    "overdue_to": ["desk", "management"],
    "overdue_every": "3h",
    "overdue_at_most_every": "12h",
}


async def test_nobody_judges_it(desk: Desk) -> None:
    rule = {"after": "1d", "at": 8, "weekly_on": "monday", "time_zone": "Europe/Helsinki"}
    desk.world.rules = local_rules(ladders=local_rules().model_dump()["ladders"] | {"triage": LADDER}, digests=rule)
    await begin_at(desk, BEGINS)
    await desk.until(lambda s: any(m.purpose == "desk_opened" for m in s.messages) and desk.is_quiet(s))
    for _ in range(4):
        await desk.pass_time(days=1)
        await nothing_under_way(desk.incident)
    await desk.say("triage", triage(criteria=answers(), severity="low", extensive=False))
    await desk.until(lambda s: any(m.purpose == "start" for m in s.messages) and desk.is_quiet(s))
    none = {"by": "dpo", "outcome": "no_personal_data", "reason": "Paper prescriptions were at hand."}
    await desk.say("breach_assessment", none)
    await nothing_under_way(desk.incident)
    await desk.say("cancellation", {"by": "desk", "reason": "The user's own cable."})
    await desk.ended()
    compared_with_golden("nobody_judges_it", await desk.incident.fetch_history())
