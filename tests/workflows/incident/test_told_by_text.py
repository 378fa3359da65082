"""A fault told by text message, where the operating model says so: each once a way, by mail without a number."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.builders import resolution, triage
from tests.desks.desk import Desk
from workflows.incident.messages import IncidentStatus

pytestmark = pytest.mark.asyncio(loop_scope="session")


def telling(desk: Desk, **groups: tuple[str, ...]) -> None:
    """Say in the operating model which groups are told, and by which way."""
    changed = desk.world.rules.telling.model_copy(update=groups)
    desk.world.rules = desk.world.rules.model_copy(update={"telling": changed})


def ways(desk: Desk) -> Counter[tuple[str, str, str]]:
    """Who was told of what, by which way."""
    letters = Counter((each.kind, each.contact, "mail") for each in desk.world.letters if each.is_mailing)
    return letters + Counter((each.kind, each.contact, "text") for each in desk.world.texts)


def told(status: IncidentStatus, kind: str) -> int:
    return sum(each.purpose == kind for each in status.messages)


async def say(desk: Desk, name: str, said: dict[str, Any], kind: str, count: int) -> None:
    await desk.say(name, said)
    await desk.until(lambda s: told(s, kind) == count)


async def test_start_change_and_end_go_by_text_as_well(desk: Desk) -> None:
    telling(desk, start_text=("everyone",), change_text=("everyone",), end_text=("everyone",))
    await desk.open()
    await say(desk, "triage", triage(), "start", 3)
    await say(desk, "situation_update", {"by": "desk", "text": "Paper."}, "change", 3)
    await say(desk, "resolution", resolution(), "end", 3)
    await say(desk, "situation_update", {"by": "desk", "text": "Backlog."}, "change", 6)
    of_each = {("health-station", "mail"): 1, ("health-station", "text"): 1, ("pharmacy", "mail"): 1}
    assert ways(desk) == {
        (kind, *who): count * (2 if kind == "change" else 1)
        for kind in ("start", "change", "end")
        for who, count in of_each.items()
    }
    texts = desk.world.texts
    assert [(each.kind, each.situation.is_over) for each in texts if each.situation] == [
        ("start", False),
        ("change", False),
        ("end", True),
        ("change", True),
    ]
    assert {each.language for each in texts} == {"fi"}
    assert {each.services for each in texts} == {("PRESCRIPTION",)}
    assert texts[0].noticed_at is not None


async def test_a_cancelled_fault_is_taken_back_by_the_same_ways(desk: Desk) -> None:
    telling(desk, start_text=("everyone",), end_text=("everyone",))
    await desk.open()
    await say(desk, "triage", triage(), "start", 3)
    await desk.say("cancellation", {"by": "desk", "reason": "Our own cable."})
    await desk.ended()
    assert [each.kind for each in desk.world.texts] == ["start", "cancelled"]


async def test_who_has_no_number_is_told_by_mail_once(desk: Desk) -> None:
    telling(desk, start=(), start_text=("everyone",))
    await desk.open()
    await say(desk, "triage", triage(), "start", 2)
    assert ways(desk) == {("start", "health-station", "text"): 1, ("start", "pharmacy", "mail"): 1}


async def test_a_text_that_is_refused_is_mailed_unless_a_mail_goes_anyway(desk: Desk) -> None:
    telling(desk, start=(), start_text=("everyone",), change_text=("everyone",))
    desk.world.text_refusal = "not a number"
    await desk.open()
    await say(desk, "triage", triage(), "start", 2)
    await say(desk, "situation_update", {"by": "desk", "text": "Paper."}, "change", 2)
    assert Counter(each.contact for each in desk.world.letters if each.kind == "start") == {
        "health-station": 1,
        "pharmacy": 1,
    }
    assert Counter(each.contact for each in desk.world.letters if each.kind == "change") == {
        "health-station": 1,
        "pharmacy": 1,
    }
    status = await desk.status()
    assert any("start to health-station by text message: not a number" in problem for problem in status.problems)


async def test_where_the_operating_model_says_nothing_nobody_is_texted(desk: Desk) -> None:
    await desk.open()
    await say(desk, "triage", triage(), "start", 2)
    assert desk.world.texts == []


async def test_of_two_incidents_of_one_fault_the_follower_texts_nobody(desk: Desk) -> None:
    telling(desk, start_text=("everyone",), end_text=("everyone",))
    other = Desk(desk.server, desk.world, desk.queue)
    await other.open()
    await say(other, "triage", triage(), "start", 3)
    await desk.open()
    await desk.say("same_as", {"by": "desk", "reference": other.reference})
    await desk.until(lambda s: bool(s.same_as and s.same_as.state == "follows"))
    await desk.say("triage", triage())
    assert f"Not told here (start): {other.reference} tells them" in await desk.timeline()
    await desk.say("cancellation", {"by": "desk", "reason": "The same fault."})
    await desk.ended()
    assert f"Not told here (cancelled): {other.reference} tells them" in await desk.timeline()
    assert [(each.reference, each.kind) for each in desk.world.texts] == [(other.reference, "start")]
