"""An authority's instruction: who has not acknowledged it is known by name, reminded, and waived by name only."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import triage
from tests.desks.desk import Desk, Refused
from workflows.incident.instructions import InstructionAnswer
from workflows.incident.messages import IncidentStatus
from workflows.process import ports

pytestmark = pytest.mark.asyncio(loop_scope="session")

ID = "instruction-1"
DUTY = "distribute_instruction"


async def instructed(desk: Desk) -> IncidentStatus:
    """An incident with an instruction that contact-1 and contact-2 must acknowledge."""
    await desk.open()
    return await desk.say("authority_instruction", {"by": "desk", "authority": "THL", "text": "Use paper."})


def answer(contact: str, **more: Any) -> dict[str, Any]:
    return {"by": "desk", "contact": contact, "what": ID, **more}


def reminded(desk: Desk) -> list[ports.Letter]:
    return [letter for letter in desk.world.letters if letter.kind == "instruction_reminder"]


def state(status: IncidentStatus) -> str:
    return next(duty.state for duty in status.duties if duty.id == DUTY)


class TestReminded:
    async def test_each_who_has_not_acknowledged_is_reminded_and_named_to_the_desk(self, desk: Desk) -> None:
        await instructed(desk)
        await desk.say("acknowledgement", answer("contact-1"))
        await desk.pass_time(hours=2, minutes=1)
        await desk.until(lambda s: any(m.purpose == "instruction_reminder" for m in s.messages))
        assert [(each.contact, each.language, each.to_acknowledge) for each in reminded(desk)] == [
            ("contact-2", "en", ID)
        ]
        assert reminded(desk)[0].text == "THL: Use paper."
        status = await desk.until(lambda s: any(m.purpose == "reminder" and m.duty == DUTY for m in s.messages))
        to_the_desk = [letter for letter in desk.world.letters if letter.kind == "reminder" and letter.duty == DUTY]
        assert [letter.missing for letter in to_the_desk] == [("contact-2",)]
        assert status.instructions[0].awaiting == ("contact-2",)
        assert status.instructions[0].acknowledged == ("contact-1",)

    async def test_then_the_deputies_are_told_for_whom_they_stand_in(self, desk: Desk) -> None:
        await instructed(desk)
        await desk.pass_time(hours=2, minutes=1)
        await desk.until(lambda s: sum(m.purpose == "instruction_reminder" for m in s.messages) == 2)
        assert {each.contact for each in reminded(desk)} == {"contact-1", "contact-2"}
        await desk.say("acknowledgement", answer("contact-1"))
        await desk.pass_time(hours=2)
        await desk.until(lambda s: sum(m.purpose == "instruction_reminder" for m in s.messages) == 4)
        later = reminded(desk)[2:]
        assert {(each.contact, each.stands_in_for) for each in later} == {
            ("contact-2", ()),
            ("deputy-of-contact-2", ("contact-2",)),
        }

    async def test_who_is_no_contact_any_more_is_said_to_the_desk(self, desk: Desk) -> None:
        await instructed(desk)
        desk.world.gone = frozenset({"contact-2"})
        await desk.pass_time(hours=2, minutes=1)
        status = await desk.until(lambda s: any(m.purpose == "instruction_reminder" for m in s.messages))
        assert [each.contact for each in reminded(desk)] == ["contact-1"]
        assert any("contact-2: not among the contacts any more" in problem for problem in status.problems)

    @pytest.mark.slow
    async def test_a_reminder_that_hangs_is_given_up_once_its_contact_has_answered(self, desk: Desk) -> None:
        await instructed(desk)
        await desk.until(lambda s: sum(m.purpose == "instruction" for m in s.messages) == 2)
        desk.world.mail_stands_still = True
        await desk.pass_time(hours=2, minutes=1)
        await desk.say("acknowledgement", answer("contact-1"))
        status = await desk.say("acknowledgement", answer("contact-2"))
        assert state(status) == "met"
        desk.world.mail_stands_still = False
        await desk.pass_time(minutes=10)
        await desk.until(lambda s: any(m.purpose == "reminder" and m.duty == DUTY for m in s.messages))
        assert reminded(desk) == []


class TestAnswered:
    async def test_each_missing_one_may_be_waived_by_name_with_a_reason(self, desk: Desk) -> None:
        await instructed(desk)
        await desk.say("acknowledgement", answer("contact-1"))
        status = await desk.say("acknowledgement", answer("contact-2", waive=True, reason="Closed until Monday."))
        assert state(status) == "met"
        assert status.instructions[0].waived == {"contact-2": "Closed until Monday."}
        assert "Nobody waits any more for contact-2 to acknowledge instruction-1" in await desk.timeline()

    async def test_a_waiver_needs_its_reason(self) -> None:
        with pytest.raises(ValueError, match="say why nobody waits"):
            InstructionAnswer.model_validate(answer("contact-2", waive=True))
        with pytest.raises(ValueError, match="belongs to waive"):
            InstructionAnswer.model_validate(answer("contact-2", reason="It is late."))

    async def test_a_name_that_nobody_knows_never_counts(self, desk: Desk) -> None:
        await instructed(desk)
        with pytest.raises(
            Refused, match="'contact-3' was not told of instruction-1; waiting for contact-1, contact-2"
        ):
            await desk.say("acknowledgement", answer("contact-3"))
        with pytest.raises(Refused, match="'nobody' was not told of triage; told were desk"):
            await desk.say("acknowledgement", {"by": "x", "contact": "nobody", "what": "triage"})
        await desk.incident.signal("acknowledgement", answer("contact-3"))
        status = await desk.until(lambda s: bool(s.rejected))
        assert status.instructions[0].awaiting == ("contact-1", "contact-2")

    async def test_the_duty_is_not_met_by_hand_while_somebody_is_missing(self, desk: Desk) -> None:
        await instructed(desk)
        at = (await desk.now()).isoformat()
        with pytest.raises(Refused, match="not acknowledged yet by contact-1, contact-2"):
            await desk.say("duty_met", {"by": "desk", "duty": DUTY, "met_at": at})

    async def test_the_duty_waived_as_a_whole_names_each(self, desk: Desk) -> None:
        await instructed(desk)
        await desk.say("acknowledgement", answer("contact-1"))
        status = await desk.say("duty_waived", {"by": "desk", "duty": DUTY, "reason": "Taken back by THL."})
        assert state(status) == "waived"
        assert status.instructions[0].waived == {"contact-2": "Taken back by THL."}
        assert "Nobody waits any more for contact-2 to acknowledge instruction-1" in await desk.timeline()

    async def test_an_instruction_that_reaches_nobody_is_said(self, desk: Desk) -> None:
        telling = desk.world.rules.telling.model_copy(update={"instruction": ("nobody",)})
        desk.world.rules = desk.world.rules.model_copy(update={"telling": telling})
        status = await instructed(desk)
        assert any("nobody was told" in problem for problem in status.problems)
        at = (await desk.now()).isoformat()
        status = await desk.say("duty_met", {"by": "desk", "duty": DUTY, "met_at": at})
        assert state(status) == "met"

    async def test_when_each_answered_and_whom_it_was_passed_on_to_stays_known(self, desk: Desk) -> None:
        await instructed(desk)
        at = await desk.now()
        status = await desk.say("acknowledgement", answer("contact-1", by="Wilma", passed_on_to="Yövuoro"))
        known = status.instructions[0].answers["contact-1"]
        assert (known.by, known.passed_on_to) == ("Wilma", "Yövuoro")
        assert known.at >= at
        lines = await desk.incident.query("timeline")
        line = next(each for each in lines if each["what"] == "contact-1 acknowledged instruction-1")
        assert line["detail"] == "passed on to Yövuoro"

    async def test_who_is_waived_has_passed_nothing_on(self) -> None:
        with pytest.raises(ValueError, match="passed nothing on"):
            InstructionAnswer.model_validate(answer("contact-2", waive=True, reason="Away", passed_on_to="x"))


class TestComesBack:
    async def test_an_acknowledged_alarm_that_nobody_acts_on_comes_back_before_its_due_time(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(severity="critical"))
        await desk.pass_time(minutes=10, seconds=5)

        def reminders(s: IncidentStatus) -> int:
            return sum(m.purpose == "reminder" and m.duty == "phone_kela" for m in s.messages)

        before = reminders(
            await desk.until(lambda s: any(m.to == "duty_officer" and m.duty == "phone_kela" for m in s.messages))
        )
        seen = await desk.say("acknowledgement", {"by": "Olli", "contact": "duty_officer", "what": "phone_kela"})
        owed = next(duty for duty in seen.duties if duty.id == "phone_kela")
        assert owed.acknowledged_by == "Olli"
        assert owed.acknowledged_at
        await desk.pass_time(minutes=3)
        back = await desk.until(lambda s: reminders(s) > before)
        owed = next(duty for duty in back.duties if duty.id == "phone_kela")
        assert (owed.state, owed.due_at) == ("open", owed.due_at)
        assert owed.due_at
        assert await desk.now() < owed.due_at
        letters = [each for each in desk.world.letters if each.kind == "reminder" and each.duty == "phone_kela"]
        assert letters[-1].contact == "duty_officer"
        await desk.pass_time(minutes=3)
        await desk.until(lambda s: any(duty.id == "phone_kela" and duty.state == "overdue" for duty in s.duties))
