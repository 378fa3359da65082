"""Each kind of incident, told from a real history, against its golden text.

``KANTADESK_RETELL=1`` writes the texts and the histories anew: the difference says in words what a change means for an
incident. The histories are what ``tests/replay`` holds newer code against.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests import builders
from tests.builders import NOON, answers, call, resolution, triage
from tests.desk import Desk
from tests.story.telling import told
from workflows import ports
from workflows.procedure.notices import Notice

HERE = Path(__file__).parent
HISTORIES = HERE.parent / "replay" / "histories"


async def settled(desk: Desk, *letters: str) -> None:
    """Wait until letters of these kinds have gone out (each to everybody)."""
    await desk.until(lambda s: {*letters} <= {message.purpose for message in s.messages} and desk.is_quiet(s))


async def critical_outage(desk: Desk) -> None:
    await desk.open()
    await settled(desk, "desk_opened")
    await desk.pass_time(minutes=12)
    await settled(desk, "reminder")
    await desk.say("triage", triage(occurred_at=(await desk.now()).isoformat()))
    await settled(desk, "fault_report", "start")
    await desk.pass_time(minutes=6)
    await desk.say("phone_escalation", call(reached=False, person=""))
    await desk.pass_time(minutes=11)
    await settled(desk, "overdue")
    await desk.say("phone_escalation", call(called_at=(await desk.now()).isoformat()))
    await desk.say("situation_update", {"by": "desk", "text": "Kela has found the cause."})
    await settled(desk, "change")
    await desk.pass_time(hours=2)
    await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
    await settled(desk, "end")
    await desk.pass_time(hours=25)


async def known_to_kela(desk: Desk) -> None:
    desk.world.found = ports.NoticesFound(
        notices=(Notice(guid="n1", title="Häiriö Reseptikeskuksessa", kind="fault"),), checked_at=NOON, source="feed"
    )
    await desk.open()
    await settled(desk, "known_notice")
    await desk.say("triage", triage())
    await settled(desk, "start")
    await desk.say("resolution", resolution())
    await settled(desk, "end")
    await desk.pass_time(hours=25)


async def came_back(desk: Desk) -> None:
    await desk.open()
    await settled(desk, "desk_opened")
    await desk.say("triage", triage(severity="high", extensive=False))
    await settled(desk, "fault_report", "start")
    await desk.say("resolution", resolution())
    await settled(desk, "end")
    await desk.pass_time(hours=5)
    await desk.say("reopening", {"by": "desk", "reason": "It is back."})
    await settled(desk, "change")
    await desk.say("triage", triage(severity="high", extensive=False))
    await desk.until(lambda s: sum(m.purpose == "fault_report" for m in s.messages) == 2)
    await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
    await desk.until(lambda s: sum(m.purpose == "end" for m in s.messages) == 4)
    await desk.pass_time(hours=25)


async def refused_by_the_provider(desk: Desk) -> None:
    desk.world.refuse = lambda letter: "the API key is not valid" if letter.contact == "kela" else None
    await desk.open()
    await settled(desk, "desk_opened")
    await desk.say("triage", triage(severity="high", extensive=False))
    await settled(desk, "not_sent", "start")
    await desk.pass_time(minutes=31)
    await settled(desk, "reminder")
    met_at = (await desk.now()).isoformat()
    await desk.say("duty_met", {"by": "desk", "duty": "report_to_kela", "met_at": met_at})
    await desk.say("resolution", resolution(resolved_at=met_at))
    await settled(desk, "end")
    await desk.pass_time(hours=25)


async def nothing_to_report(desk: Desk) -> None:
    await desk.open()
    await settled(desk, "desk_opened")
    await desk.say("triage", triage(criteria=answers(), severity="low", extensive=False))
    await settled(desk, "start")
    await desk.say("cancellation", {"by": "desk", "reason": "The user's own cable."})


STORIES: list[Callable[[Desk], Awaitable[None]]] = [
    critical_outage,
    known_to_kela,
    came_back,
    refused_by_the_provider,
    nothing_to_report,
]


@pytest.mark.parametrize("live", STORIES, ids=lambda story: story.__name__)
async def test_story(desk: Desk, live: Callable[[Desk], Awaitable[None]]) -> None:
    await live(desk)
    await desk.ended()
    history = await desk.incident.fetch_history()
    golden = HERE / "golden" / f"{live.__name__}.txt"
    story = told(history)
    if os.environ.get("KANTADESK_RETELL"):
        golden.write_text(story, encoding="utf-8")
        (HISTORIES / f"{live.__name__}.json").write_text(history.to_json() + "\n", encoding="utf-8")
    assert story == golden.read_text(encoding="utf-8")


async def test_a_changed_ladder_changes_the_story(desk: Desk) -> None:
    ladders = builders.local_rules().model_dump(mode="json")["ladders"]
    ladders["triage"]["reminders"][0]["after"] = "11min"
    desk.world.rules = builders.local_rules(ladders=ladders)
    await nothing_to_report(desk)
    await desk.ended()
    story = told(await desk.incident.fetch_history()).splitlines()
    golden = (HERE / "golden" / "nothing_to_report.txt").read_text(encoding="utf-8").splitlines()
    differing = [(new, old) for new, old in zip(story, golden, strict=True) if new != old]
    assert differing == [
        ("    clock   Duty triage: remind desk (in 11 min)", "    clock   Duty triage: remind desk (in 10 min)")
    ]
