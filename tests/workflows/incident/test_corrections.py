"""What was written down wrong is corrected, and the timeline tells who was told, when it happened and when recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import local_rules, now, triage
from tests.desks.desk import Desk, Refused
from workflows.procedure.operating_model.model import Switches

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "assess_breach"


async def lines(desk: Desk) -> dict[str, dict[str, Any]]:
    """The timeline by what happened."""
    return {line["what"]: line for line in await desk.incident.query("timeline")}


def moment(line: dict[str, Any], name: str = "at") -> datetime:
    return datetime.fromisoformat(line[name])


class TestCorrected:
    async def test_the_question_of_a_breach_counts_from_the_corrected_time(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.say("triage", triage())
        await desk.pass_time(hours=1, minutes=10)
        assert QUESTION not in await desk.duties()
        earlier = status.noticed_at - timedelta(hours=2)
        status = await desk.say(
            "correction", {"by": "desk", "noticed_at": earlier.isoformat(), "reason": "The ward's log says so."}
        )
        assert status.noticed_at == earlier
        assert QUESTION not in await desk.duties()
        status = await desk.pass_time(minutes=46)
        assert QUESTION in {duty.id for duty in status.duties}, "four hours after it was noticed"
        line = (await lines(desk))["Corrected: noticed at"]
        assert " -> " in line["detail"]
        assert "The ward's log says so." in line["detail"]

    async def test_one_that_makes_it_long_ago_asks_at_once(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.say("triage", triage())
        long_ago = (status.noticed_at - timedelta(hours=9)).isoformat()
        await desk.say("correction", {"by": "desk", "noticed_at": long_ago, "reason": "Since the night."})
        await desk.until(lambda s: QUESTION in {duty.id for duty in s.duties})

    async def test_a_later_time_puts_the_question_off(self, desk: Desk) -> None:
        await desk.open(noticed_at=(now() - timedelta(hours=3, minutes=50)).isoformat())
        await desk.say("triage", triage())
        later = (now() - timedelta(minutes=5)).isoformat()
        await desk.say("correction", {"by": "desk", "noticed_at": later, "reason": "A slip of the hand."})
        status = await desk.pass_time(hours=1)
        assert QUESTION not in {duty.id for duty in status.duties}

    async def test_the_clock_of_another_law_comes_nearer(self, desk: Desk) -> None:
        desk.world.rules = local_rules(switches=Switches(nis2=True).model_dump())
        await desk.open()
        status = await desk.say("triage", triage(nis2_significant=True))
        before = next(duty for duty in status.duties if duty.kind == "nis2_early_warning").due_at
        assert before
        earlier = (status.noticed_at - timedelta(hours=2)).isoformat()
        status = await desk.say("correction", {"by": "desk", "noticed_at": earlier, "reason": "The log."})
        after = next(duty for duty in status.duties if duty.kind == "nis2_early_warning").due_at
        assert after == before - timedelta(hours=2)

    async def test_kela_hears_of_a_time_that_its_report_has_wrong(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.say("triage", triage())
        await desk.timeline_until("Fault report sent to Kela's technical support")
        earlier = (status.noticed_at - timedelta(minutes=30)).isoformat()
        await desk.say("correction", {"by": "desk", "noticed_at": earlier, "reason": "The log says so."})
        await desk.timeline_until("Supplement to the report sent to Kela's technical support")
        assert [change.field for change in desk.world.reports[-1].changes] == ["noticed_at"]

    async def test_texts_are_corrected_before_and_after(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.say("correction", {"by": "desk", "title": "Receptions are down", "reason": "Misheard."})
        assert status.title == "Receptions are down"
        line = (await lines(desk))["Corrected: title"]
        assert line["detail"] == "title: Prescription Centre does not answer -> Receptions are down; Misheard."

    async def test_what_can_not_be_is_refused(self, desk: Desk) -> None:
        await desk.open()
        with pytest.raises(Refused, match="say what is corrected"):
            await desk.say("correction", {"by": "desk", "reason": "Nothing."})
        opened_at = (await desk.status()).opened_at
        later = (opened_at + timedelta(minutes=1)).isoformat()
        with pytest.raises(Refused, match="lies after the incident was opened"):
            await desk.say("correction", {"by": "desk", "noticed_at": later, "reason": "A slip."})


class TestTimeline:
    async def test_it_tells_the_form_and_who_was_told_and_who_was_not(self, desk: Desk) -> None:
        desk.world.refuse = lambda letter: "no such mailbox" if letter.contact == "pharmacy" else None
        await desk.open()
        await desk.say("triage", triage())
        await desk.timeline_until("Told (start): 1 of 2 messages accepted")
        told = await lines(desk)
        assert told["Telling 2 recipients (start): 2 by e-mail"]["detail"] == "to everyone"
        assert told["Told (start): 1 of 2 messages accepted"]["detail"] == "to everyone; not reached: pharmacy"
        await desk.timeline_until("Fault report sent to Kela's technical support")
        form = (await lines(desk))["Fault report sent to Kela's technical support"]
        assert form["detail"].startswith("fault-report-1.docx; accepted, <")
        assert "Told (desk opened): 1 of 1 messages accepted" in told

    async def test_what_happened_earlier_stands_there_with_its_time_of_record(self, desk: Desk) -> None:
        await desk.open(noticed_at=(now() - timedelta(hours=1)).isoformat())
        await desk.say("triage", triage())
        earlier = now() - timedelta(minutes=20)
        await desk.say("situation_update", {"by": "desk", "text": "Paper.", "occurred_at": earlier.isoformat()})
        timeline = await desk.incident.query("timeline")
        changed = next(line for line in timeline if line["what"] == "Situation changed")
        assert abs(moment(changed) - earlier) < timedelta(seconds=1)
        assert moment(changed, "recorded_at") - moment(changed) >= timedelta(minutes=20)
        assert [moment(line) for line in timeline] == sorted(moment(line) for line in timeline)
        judged = next(line for line in timeline if line["what"].startswith("Judged"))
        assert judged["recorded_at"] is None
        assert timeline.index(changed) < timeline.index(judged)

    async def test_a_second_judgement_says_what_is_otherwise(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage())
        await desk.say("triage", triage(severity="high", title="All recipes are affected"))
        line = (await lines(desk))["Judged: high, to be reported to Kela"]
        assert "title: Prescription Centre does not answer -> All recipes are affected" in line["detail"]
        assert "severity: critical -> high" in line["detail"]
