"""What nobody answers drowns nobody: a year of it, and one letter for all of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity

from tests.builders import local_rules, triage
from tests.desks.desk import Desk, nothing_under_way
from tests.desks.fakes import FakeWorld
from workflows.procedure.operating_model.unanswered import Digests
from workflows.process import ports

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = timedelta(days=1)
DIGESTS = Digests(time_zone="Europe/Helsinki").model_dump()
QUESTION = {
    "due_after": "4h",
    "reminders": [{"after": f"{hour}h", "to": "data_protection_officer"} for hour in (1, 2, 3)],
    "overdue_to": ["data_protection_officer", "management"],
    "overdue_every": "1h",
}
"""That of the example: four people hear of it, who hold the two roles and stand in for them."""


@dataclass(eq=False)
class WithDeputies(FakeWorld):
    """Each role has one holder and one who stands in."""

    @activity.defn(name="who_is_told")
    async def who_is_told(self, audience: ports.Audience) -> list[ports.Recipient]:
        found = await super().who_is_told(audience)
        deputies = [ports.Recipient(contact=f"deputy-{role}", language="sv") for role in audience.roles]
        return found + (deputies if audience.deputies else [])


@pytest.fixture
def world() -> FakeWorld:
    return WithDeputies()


def rules(**changes: Any) -> Any:
    ladders = local_rules().model_dump(mode="json")["ladders"] | {"assess_breach": QUESTION}
    return local_rules(ladders=ladders, **({"digests": DIGESTS} | changes))


async def asked(desk: Desk) -> None:
    """An incident whose only open duty is the question of a breach."""
    await desk.open()
    await desk.say("triage", triage(severity="high", extensive=False))
    await desk.until(lambda s: any(each.id == "report_to_kela" and each.is_met for each in s.duties))


def digests(desk: Desk) -> list[ports.Letter]:
    return [letter for letter in desk.world.letters if letter.kind == "unanswered"]


@pytest.mark.slow
async def test_a_year_of_a_question_that_nobody_answers(desk: Desk) -> None:
    desk.world.rules = rules()
    await asked(desk)
    await desk.pass_time(hours=4, minutes=3)
    await desk.until(lambda s: any(each.id == "assess_breach" for each in s.duties))
    before = len(desk.world.letters)
    for _ in range(73):
        await desk.pass_time(days=5)
        await nothing_under_way(desk.incident)
    sent = Counter((letter.kind, letter.contact) for letter in desk.world.letters[before:])
    weeks = sent["unanswered", "management"]
    assert sent["unanswered", "data_protection_officer"] in (361, 362, 363)
    assert weeks in (51, 52, 53)
    assert sent["unanswered", "deputy-data_protection_officer"] == sent["unanswered", "deputy-management"] == weeks
    assert {letter.duty for letter in desk.world.letters if letter.kind == "overdue"} == {"assess_breach"}
    assert sum(sent.values()) <= 610, f"{sum(sent.values())} letters; without digests it was 8,762"
    status = await desk.status()
    assert [each.state for each in status.duties if each.id == "assess_breach"] == ["overdue"]


async def test_one_letter_tells_all_that_nobody_does_and_each_is_in_the_record(desk: Desk) -> None:
    desk.world.rules = rules()
    await desk.open()
    await desk.say("authority_instruction", {"by": "desk", "authority": "THL", "text": "Use paper."})
    await desk.pass_time(days=6)
    await nothing_under_way(desk.incident)
    last = [letter for letter in digests(desk) if letter.contact == "desk"][-1]
    assert {each.duty for each in last.settled} == {"triage", "distribute_instruction"}
    days = Counter(letter.asked_at.date() for letter in digests(desk) if letter.contact == "desk" and letter.asked_at)
    assert len(days) >= 2
    assert set(days.values()) == {1}, "one a day, whatever is open"
    noted = [line for line in await desk.incident.query("timeline") if "in one digest" in line["detail"]]
    assert {line["what"] for line in noted} == {
        f"Duty '{duty}' is overdue" for duty in ("triage", "distribute_instruction")
    }
    status = await desk.status()
    accepted = Counter(message.to for message in status.messages if message.purpose == "unanswered")
    assert accepted == Counter(letter.contact for letter in digests(desk)), "a judge sees that each went"


async def test_who_has_not_acknowledged_an_instruction_is_asked_once_a_week_then(desk: Desk) -> None:
    desk.world.rules = rules()
    await desk.open()
    await desk.say("authority_instruction", {"by": "desk", "authority": "THL", "text": "Use paper."})
    await desk.pass_time(days=4, hours=5)
    await nothing_under_way(desk.incident)
    before = sum(letter.kind == "instruction_reminder" for letter in desk.world.letters)
    await desk.pass_time(days=7)
    await nothing_under_way(desk.incident)
    after = Counter(letter.contact for letter in desk.world.letters if letter.kind == "instruction_reminder")
    assert sum(after.values()) - before == 4, "one Monday: two contacts and their deputies"


async def test_what_a_person_does_ends_it(desk: Desk) -> None:
    desk.world.rules = rules()
    await asked(desk)
    await desk.pass_time(days=6)
    await nothing_under_way(desk.incident)
    assert digests(desk)
    assessment = {"by": "dpo", "outcome": "no_personal_data", "reason": "Paper prescriptions were at hand."}
    await desk.say("breach_assessment", assessment)
    await nothing_under_way(desk.incident)
    count = len(digests(desk))
    await desk.pass_time(days=6)
    await nothing_under_way(desk.incident)
    assert len(digests(desk)) == count


async def test_under_the_rules_of_before_nothing_goes_over(desk: Desk) -> None:
    desk.world.rules = rules(digests=None)
    await asked(desk)
    await desk.pass_time(days=6)
    await nothing_under_way(desk.incident)
    assert not digests(desk)
    assert sum(letter.kind == "overdue" for letter in desk.world.letters) > 100
