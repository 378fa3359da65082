"""What is shown before a mass mailing goes is what goes then: each letter, fact by fact."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import local_rules, resolution, triage
from tests.desks.desk import Desk
from tests.desks.fakes import GROUPS, recipient_of
from workflows.contract import INCIDENT_MESSAGES
from workflows.incident.foretold import foretold
from workflows.incident.record import IncidentRecord
from workflows.process.telling.letters import letter_about

pytestmark = pytest.mark.asyncio(loop_scope="session")

LATER: Any = {"key": True, "asked_at": True, "due_at": True, "situation": {"watch_until"}}
"""What only the moment of sending knows."""


async def shown(desk: Desk, name: str, said: dict[str, Any]) -> list[dict[str, Any]]:
    """The letters to the groups as a person is shown them."""
    carried = (await desk.incident.query("record"))["carried"]
    message = INCIDENT_MESSAGES[name].model_validate(said)
    at = await desk.now()
    telling = foretold(IncidentRecord.model_validate(carried), message, local_rules(), at)
    if telling is None:
        return []
    groups = getattr(local_rules().telling, telling.point)
    recipients = [recipient_of(*member) for group in groups for member in GROUPS[group]]
    facts = telling.facts | {"is_mailing": True}
    letters = [
        letter_about(
            telling.record, local_rules(), telling.kind, each.contact, facts | each.letter_facts(), key="", at=at
        )
        for each in recipients
    ]
    return [letter.model_dump(exclude=LATER) for letter in letters]


async def gone(desk: Desk, name: str, said: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The letters to groups that a message has sent, once there are so many."""
    before = len(desk.world.letters)
    await desk.say(name, said)
    if name == "cancellation":
        await desk.ended()
    else:
        await desk.until(lambda _: sum(letter.is_mailing for letter in desk.world.letters[before:]) >= count)
    return [letter.model_dump(exclude=LATER) for letter in desk.world.letters[before:] if letter.is_mailing]


async def test_what_is_shown_is_what_goes(desk: Desk) -> None:
    await desk.open()
    at = {"by": "desk", "occurred_at": (await desk.now()).isoformat()}
    graver = {"text": "Also MyKanta.", "services": ["PRESCRIPTION", "MYKANTA"], "severity": "high"}
    course: list[tuple[str, dict[str, Any], int]] = [
        ("triage", triage(workaround="On paper.") | at, 2),
        ("situation_update", graver | at, 2),
        ("authority_instruction", {"authority": "THL", "text": "Use paper."} | at, 2),
        ("resolution", resolution() | at, 2),
        ("situation_update", {"text": "Backlog."} | at, 2),
        ("reopening", {"reason": "It is back."} | at, 2),
        ("triage", triage() | at, 0),
        ("cancellation", {"reason": "Not ours."} | at, 2),
    ]
    for name, said, count in course:
        expected = await shown(desk, name, said)
        assert len(expected) == count, name
        sent = await gone(desk, name, said, count)
        assert sorted(map(str, expected)) == sorted(map(str, sent)), name
