"""What is decided over a duty that the law sets reaches those who are answerable for it at once, in an incident too."""

from __future__ import annotations

from tests.builders import local_rules, triage
from tests.desks.desk import Desk
from workflows.procedure.operating_model.model import Switches

ANSWERABLE = {"data_protection_officer", "management"}


async def test_waiving_and_cancelling_are_told(desk: Desk) -> None:
    desk.world.rules = local_rules(switches=Switches(nis2=True).model_dump())
    await desk.open()
    status = await desk.say("triage", triage(nis2_significant=True))
    legal = [duty.id for duty in status.duties if duty.legal]
    for duty in legal:
        await desk.say("duty_waived", {"by": "Head of IT", "duty": duty, "reason": "It was a test system"})

    await desk.say("cancellation", {"by": "Head of IT", "reason": "Opened by mistake"})
    await desk.until(lambda status: sum(each.purpose == "incident_cancelled" for each in status.messages) == 2)

    told = [each for each in desk.world.letters if each.kind in ("breach_duty_waived", "incident_cancelled")]
    assert legal
    assert {each.contact for each in told} == ANSWERABLE
    assert [each.kind for each in told].count("breach_duty_waived") == 2 * len(legal)
    [letter, _] = [each for each in told if each.kind == "incident_cancelled"]
    assert (letter.said_by, letter.text) == ("Head of IT", "Opened by mistake")
    assert {each.duty: each.state for each in letter.settled} == dict.fromkeys(legal, "waived")


async def test_an_incident_that_owed_nothing_by_law_is_cancelled_without_a_word_to_them(desk: Desk) -> None:
    await desk.open()

    status = await desk.say("cancellation", {"by": "Desk", "reason": "Opened by mistake"})

    assert status.phase == "cancelled"
    assert "incident_cancelled" not in desk.world.kinds()
