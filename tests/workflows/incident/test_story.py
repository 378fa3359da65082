"""One incident, sentence by sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from tests import builders
from tests.builders import NOON, answers, call, resolution, triage
from tests.desks.desk import Desk, Refused
from workflows.incident import ports
from workflows.procedure.notices.published import Notice
from workflows.process.ports import PERSONAL_DATA_FOUND, Letter


async def test_a_fault_goes_from_opening_to_evidence(desk: Desk) -> None:
    await desk.open()
    status = await desk.say("triage", triage())
    assert status.phase == "handling"
    assert {duty.id: duty.state for duty in status.duties}["triage"] == "met"
    await desk.say("phone_escalation", call())
    await desk.until(lambda s: all(duty.state == "met" for duty in s.duties))
    status = await desk.say("resolution", resolution())
    assert status.phase == "watch"
    await desk.pass_time(hours=25)
    ended = await desk.ended()
    assert ended.phase == "closed"
    names = [document.name for document in ended.documents]
    assert names == ["fault-report-1.docx", "fault-report-2.docx", "evidence.zip"]
    assert [report.type for report in desk.world.reports] == ["new", "resolved"]
    assert desk.world.kinds("kela") == ["fault_report", "fault_report"]
    assert desk.world.kinds("pharmacy") == ["start", "end"]


class TestOpened:
    async def test_the_desk_is_told_and_the_triage_clock_runs(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.until(lambda s: bool(s.messages))
        assert desk.world.kinds("desk") == ["desk_opened"]
        duty = status.duties[0]
        assert (duty.id, duty.state, duty.due_at) == ("triage", "open", duty.opened_at + timedelta(minutes=30))

    async def test_an_open_notice_is_recorded_and_the_desk_told(self, desk: Desk) -> None:
        desk.world.found = ports.NoticesFound(
            notices=(Notice(guid="n1", title="Häiriö Reseptikeskuksessa", kind="fault"),),
            checked_at=NOON,
            source="feed",
        )
        await desk.open()
        status = await desk.until(lambda s: s.known_notice is not None)
        assert status.known_notice
        assert status.known_notice.guid == "n1"
        status = await desk.say("triage", triage())
        assert status.report_required is True, "critical and extensive: whatever has been published"
        assert "not known to be about this fault" in status.decisions[0].why
        assert "known_notice" in desk.world.kinds("desk")
        assert [duty.id for duty in status.duties] == ["triage", "report_to_kela", "phone_kela"]

    async def test_a_planned_break_that_is_under_way_is_shown_once(self, desk: Desk) -> None:
        desk.world.found = ports.NoticesFound(checked_at=NOON, source="feed", breaks=("maintenance-M-1",))
        await desk.open()
        status = await desk.until(lambda s: bool(s.maintenance))
        assert [(question.services, question.drill) for question in desk.world.asked] == [(("PRESCRIPTION",), False)]
        status = await desk.say(
            "notice",
            {"by": "maintenance-M-1", "guid": "maintenance-M-1", "title": "Katko", "kind": "maintenance",
             "published_at": NOON.isoformat(), "services": ["PRESCRIPTION"]},
        )  # fmt: skip
        assert status.maintenance == ("maintenance-M-1",)
        assert [line for line in await desk.timeline() if "maintenance-M-1" in line] == [
            "Planned break maintenance-M-1 of these services is going on"
        ]
        await desk.incident.terminate()

    async def test_a_published_fault_is_reported_where_the_triage_says_so(self, desk: Desk) -> None:
        desk.world.found = ports.NoticesFound(
            notices=(Notice(guid="n1", title="Häiriö", kind="fault"),), checked_at=NOON, source="feed"
        )
        await desk.open()
        status = await desk.say("triage", triage(report_anyway=True, severity="high", extensive=False))
        assert [duty.id for duty in status.duties] == ["triage", "report_to_kela"]

    async def test_a_feed_that_is_down_is_said_and_never_in_the_way(self, desk: Desk) -> None:
        desk.world.found = ports.NoticesFound(problem="no answer within 10 s", checked_at=NOON, source="feed")
        await desk.open()
        status = await desk.say("triage", triage())
        assert any("no answer within 10 s" in problem for problem in status.problems)
        assert status.phase == "handling"


class TestTriage:
    async def test_it_is_reminded_of_escalated_and_overdue(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.pass_time(minutes=25)
        assert status.duties[0].reminders_sent == 2
        assert desk.world.kinds("duty_officer") == ["reminder"]
        status = await desk.pass_time(minutes=10)
        assert status.duties[0].state == "overdue"
        assert desk.world.kinds("duty_officer") == ["reminder", "overdue"]
        status = await desk.say("triage", triage())
        assert status.duties[0].state == "met_late"

    async def test_deputies_are_told_where_nobody_acknowledges(self, desk: Desk) -> None:
        await desk.open()
        await desk.pass_time(minutes=11)
        await desk.say("acknowledgement", {"by": "anna", "contact": "desk", "what": "triage"})
        await desk.pass_time(minutes=10)
        await desk.pass_time(minutes=10)
        await desk.until(lambda s: any(m.purpose == "overdue" for m in s.messages))
        told = [
            audience.deputies for audience in desk.world.audiences if audience.roles and audience.roles != ("desk",)
        ]
        assert told == [False, True]

    async def test_no_criterion_no_report_and_the_reason_is_kept(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.say("triage", triage(criteria=answers(), severity="low", extensive=False))
        assert status.report_required is False
        assert status.decisions[0].why == "no criterion applies"
        assert [duty.id for duty in status.duties] == ["triage"]

    async def test_unknown_counts_as_met(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.say("triage", triage(criteria=answers(safety="unknown"), severity="low", extensive=False))
        assert status.criteria_met == ("safety",)
        assert status.decisions[0].answers["safety"] == "unknown"
        assert status.report_required is True
        await desk.until(lambda s: {d.id: d.state for d in s.duties} == {"triage": "met", "report_to_kela": "met"})

    async def test_the_2019_criteria_can_be_used(self, desk: Desk) -> None:
        await desk.open()
        five = {k: v for k, v in answers(safety="yes").items() if k != "outside_kanta_blocks_use"}
        status = await desk.say("triage", triage(criteria=five, criteria_version="kanta-fi-2019"))
        assert status.criteria_version == "kanta-fi-2019"

    async def test_a_second_triage_adds_duties_and_drops_none(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(severity="medium", extensive=False))
        status = await desk.say("triage", triage(severity="critical"))
        assert [duty.id for duty in status.duties][:3] == ["triage", "report_to_kela", "phone_kela"]
        status = await desk.say("triage", triage(criteria=answers(), severity="low", extensive=False))
        assert {duty.id: duty.state for duty in status.duties}["phone_kela"] == "open"
        assert len(status.decisions) == 3
        assert [duty.kind for duty in status.duties if duty.kind == "report_to_kela"] == ["report_to_kela"]

    async def test_a_conjunction_must_agree_with_its_parts(self, desk: Desk) -> None:
        await desk.open()
        parts = {"safety": {"suspected": "yes", "linked_to_kanta": "no"}}
        with pytest.raises(Refused, match="safety must be 'no'"):
            await desk.say("triage", triage(criteria=answers(safety="yes"), parts=parts))


class TestReport:
    async def test_refused_for_good_stays_open_until_sent_by_hand(self, desk: Desk) -> None:
        desk.world.refuse = lambda letter: "the API key is not valid" if letter.contact == "kela" else None
        await desk.open()
        await desk.say("triage", triage(severity="high", extensive=False))
        status = await desk.until(lambda s: bool(s.problems))
        assert (await desk.duties())["report_to_kela"] == "open"
        assert "the API key is not valid" in status.problems[0]
        await desk.until(lambda s: any(m.purpose == "not_sent" for m in s.messages))
        letter = next(letter for letter in desk.world.letters if letter.kind == "not_sent")
        assert letter.contact == "desk"
        assert letter.attachments[0].name == "fault-report-1.docx"
        status = await desk.say(
            "duty_met", {"by": "desk", "duty": "report_to_kela", "met_at": builders.now().isoformat()}
        )
        assert (await desk.duties())["report_to_kela"] == "met"
        assert status.problems == ()

    async def test_personal_data_stops_it_until_the_text_is_corrected(self, desk: Desk) -> None:
        desk.world.form_refusal = ("field 'description' holds a personal identity code", PERSONAL_DATA_FOUND)
        await desk.open(description="Patient 131052-308T can't be found")
        await desk.say("triage", triage(severity="high", extensive=False))
        status = await desk.until(lambda s: bool(s.problems))
        assert "personal identity code" in status.problems[0]
        assert desk.world.kinds("kela") == []
        desk.world.form_refusal = None
        await desk.say("triage", triage(severity="high", extensive=False, description="A patient can't be found"))
        status = await desk.until(lambda s: not s.problems)
        assert desk.world.reports[0].description == "A patient can't be found"
        assert (await desk.duties())["report_to_kela"] == "met"

    async def test_a_bounce_reopens_the_duty(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(severity="high", extensive=False))
        status = await desk.until(lambda s: {d.id: d.state for d in s.duties}.get("report_to_kela") == "met")
        sent = next(m for m in status.messages if m.to == "kela")
        report = {"by": "mail", "message_id": sent.id, "event": "bounced", "detail": "no such mailbox"}
        status = await desk.say("delivery_report", report)
        assert {d.id: d.state for d in status.duties}["report_to_kela"] == "open"
        assert next(m for m in status.messages if m.to == "kela").state == "failed"

    async def test_a_report_that_came_back_asks_for_the_phone_and_a_call_is_enough(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(severity="high", extensive=False))
        status = await desk.until(lambda s: {d.id: d.state for d in s.duties}.get("report_to_kela") == "met")
        assert "phone_kela" not in await desk.duties()
        sent = next(m for m in status.messages if m.to == "kela")
        report = {"by": "mail", "message_id": sent.id, "event": "bounced", "detail": "5.1.1 no such mailbox"}
        await desk.say("delivery_report", report)
        await desk.say("delivery_report", report | {"note": "the same once more"})
        duties = await desk.duties()
        assert (duties["report_to_kela"], duties["phone_kela"]) == ("open", "open")
        assert [each for each in duties if each.startswith("phone_kela")] == ["phone_kela"]
        letters = [each for each in desk.world.letters if each.kind == "not_sent"]
        assert [(each.came_back, each.duty_kind) for each in letters] == [(True, "report_to_kela")]
        await desk.say("phone_escalation", call())
        assert (await desk.duties())["phone_kela"] == "met"

    async def test_a_report_that_comes_back_after_a_call_asks_for_none(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage())
        await desk.say("phone_escalation", call())
        status = await desk.until(lambda s: {d.id: d.state for d in s.duties}.get("report_to_kela") == "met")
        sent = next(m for m in status.messages if m.to == "kela")
        await desk.say("delivery_report", {"by": "mail", "message_id": sent.id, "event": "bounced"})
        duties = await desk.duties()
        assert (duties["report_to_kela"], duties["phone_kela"]) == ("open", "met")
        assert [each for each in duties if each.startswith("phone_kela")] == ["phone_kela"]


class TestPhone:
    async def test_only_a_call_that_reached_somebody_counts(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage())
        status = await desk.say("phone_escalation", call(reached=False, person=""))
        assert {d.id: d.state for d in status.duties}["phone_kela"] == "open"
        status = await desk.say("phone_escalation", call())
        assert {d.id: d.state for d in status.duties}["phone_kela"] == "met"
        assert [c.reached for c in status.calls] == [False, True]

    async def test_after_a_relapse_only_a_new_call_counts(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage())
        await desk.say("phone_escalation", call())
        await desk.say("resolution", resolution())
        await desk.say("reopening", {"by": "desk", "reason": "It is back."})
        before = (await desk.status()).opened_at.isoformat()
        await desk.say("triage", triage())
        status = await desk.say("phone_escalation", call(called_at=before))
        assert {d.id: d.state for d in status.duties}["phone_kela-2"] == "open"
        status = await desk.say("phone_escalation", call(called_at=(await desk.now()).isoformat()))
        assert {d.id: d.state for d in status.duties}["phone_kela-2"] == "met"

    async def test_a_call_made_before_a_relapse_and_logged_after_it_meets_what_was_owed_then(self, desk: Desk) -> None:
        """It met nothing, and the duty of before bore the moment of the next call."""
        await desk.open()
        await desk.say("triage", triage())
        await desk.pass_time(minutes=1)
        called_at = await desk.now()
        await desk.pass_time(minutes=1)
        await desk.say("resolution", resolution())
        await desk.say("reopening", {"by": "desk", "reason": "It is back."})
        await desk.say("triage", triage())
        status = await desk.say("phone_escalation", call(called_at=called_at.isoformat()))
        duties = {d.id: d for d in status.duties}
        assert (duties["phone_kela"].state, duties["phone_kela"].met_at) == ("met", called_at)
        assert duties["phone_kela-2"].state == "open", "the fault is back, and of that Kela knows nothing"

    async def test_a_call_made_before_the_triage_counts(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("phone_escalation", call())
        status = await desk.say("triage", triage())
        assert {d.id: d.state for d in status.duties}["phone_kela"] == "met"

    async def test_it_is_escalated_until_it_is_done(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage())
        await desk.pass_time(minutes=16)
        assert desk.world.kinds("management") == ["overdue"]
        await desk.pass_time(hours=1)
        assert desk.world.kinds("management").count("overdue") >= 4

    async def test_it_is_not_met_by_hand(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage())
        with pytest.raises(Refused, match="log the call"):
            await desk.say("duty_met", {"by": "desk", "duty": "phone_kela", "met_at": builders.now().isoformat()})


class TestTelling:
    async def test_each_in_their_own_language_at_start_change_and_end(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage())
        await desk.say("situation_update", {"by": "desk", "text": "Kela has found the cause."})
        await desk.say("phone_escalation", call())
        await desk.say("resolution", resolution())
        await desk.until(lambda s: sum(m.to == "pharmacy" for m in s.messages) == 3)
        letters = [letter for letter in desk.world.letters if letter.contact in ("pharmacy", "health-station")]
        assert {(letter.contact, letter.language) for letter in letters} == {
            ("pharmacy", "sv"),
            ("health-station", "fi"),
        }
        assert sorted(desk.world.kinds("pharmacy")) == ["change", "end", "start"]

    async def test_a_graver_situation_brings_the_phone_duty(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(severity="medium", extensive=False))
        said = {"by": "desk", "text": "Now all units.", "extensive": True, "services": ["PRESCRIPTION", "PDR"]}
        status = await desk.say("situation_update", said)
        assert "phone_kela" in {d.id for d in status.duties}
        line = next(line for line in await desk.incident.query("timeline") if line["what"] == "Situation changed")
        assert "extensive: no -> yes" in line["detail"]
        assert "services: PRESCRIPTION -> PRESCRIPTION, PDR" in line["detail"]

    async def test_an_instruction_is_acknowledged_by_each(self, desk: Desk) -> None:
        await desk.open()
        said = {"by": "desk", "authority": "THL", "text": "Use paper prescriptions."}
        await desk.say("authority_instruction", said)
        status = await desk.say("acknowledgement", {"by": "desk", "contact": "contact-1", "what": "instruction-1"})
        assert {d.id: d.state for d in status.duties}["distribute_instruction"] == "open"
        with pytest.raises(Refused, match="already"):
            await desk.say("acknowledgement", {"by": "desk", "contact": "contact-1", "what": "instruction-1"})
        status = await desk.say("acknowledgement", {"by": "desk", "contact": "contact-2", "what": "instruction-1"})
        assert {d.id: d.state for d in status.duties}["distribute_instruction"] == "met"

    async def test_the_end_of_kelas_notice_asks_the_desk(self, desk: Desk) -> None:
        await desk.open()
        notice = {
            "by": "watch",
            "guid": "n2",
            "title": "Häiriö on korjattu",
            "kind": "end",
            "services": ["PRESCRIPTION"],
        }
        status = await desk.say("notice", notice | {"published_at": builders.now().isoformat()})
        assert status.phase == "awaiting_triage"
        await desk.until(lambda s: any(m.purpose == "notice_ended" for m in s.messages))
        assert "notice_ended" in desk.world.kinds("desk")


class TestEnd:
    async def test_reopened_from_watch_with_everything_kept(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(severity="high", extensive=False))
        await desk.say("resolution", resolution())
        status = await desk.say("reopening", {"by": "desk", "reason": "It is back."})
        assert status.phase == "handling"
        assert status.resolved_at is None
        assert {d.id for d in status.duties} == {"triage", "report_to_kela", "end_to_kela", "triage-2"}
        status = await desk.say("triage", triage(severity="high", extensive=False))
        await desk.until(lambda s: {d.id: d.state for d in s.duties}.get("report_to_kela-2") == "met")
        assert [report.type for report in desk.world.reports] == ["new", "resolved", "supplement"]

    async def test_judged_again_while_the_first_report_is_on_its_way_a_second_goes_out(self, desk: Desk) -> None:
        def busy(letter: Letter) -> str | None:
            if letter.contact == "kela" and letter.duty == "report_to_kela":
                raise ApplicationError("the provider is busy", next_retry_delay=timedelta(minutes=5))
            return None

        desk.world.refuse = busy
        await desk.open()
        await desk.say("triage", triage(severity="high", extensive=False))
        await desk.say("resolution", resolution())
        await desk.say("reopening", {"by": "desk", "reason": "It is back."})
        await desk.say("triage", triage(severity="high", extensive=False))
        status = await desk.until(lambda s: {d.id: d.state for d in s.duties}.get("report_to_kela-2") == "met")
        assert {d.id: d.state for d in status.duties}["report_to_kela"] == "open"

    @pytest.mark.slow
    async def test_not_closed_while_a_duty_is_open(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage())
        await desk.say("resolution", resolution())
        status = await desk.pass_time(hours=25)
        assert status.phase == "watch"
        await desk.say("duty_waived", {"by": "lead", "duty": "phone_kela", "reason": "Kela had called us."})
        ended = await desk.ended()
        assert ended.phase == "closed"
        assert {d.id: d.state for d in ended.duties}["phone_kela"] == "waived"

    async def test_cancelled_by_mistake_tells_those_who_were_told(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(severity="high", extensive=False))
        await desk.say("cancellation", {"by": "desk", "reason": "Wrong ticket."})
        ended = await desk.ended()
        assert ended.phase == "cancelled"
        assert "cancelled" in desk.world.kinds("pharmacy")
        assert len(desk.world.bundles) == 1

    async def test_resolution_before_triage_is_refused(self, desk: Desk) -> None:
        await desk.open()
        with pytest.raises(Refused, match="triage first"):
            await desk.say("resolution", resolution())

    async def test_a_fault_noticed_in_the_future_by_a_wrong_clock_can_still_be_resolved(self, desk: Desk) -> None:
        await desk.open(noticed_at=(builders.now() + timedelta(days=400)).isoformat())
        await desk.say("triage", triage(severity="high", extensive=False))
        resolved_at = (await desk.now()).isoformat()
        assert (await desk.say("resolution", resolution(resolved_at=resolved_at))).phase == "watch"

    async def test_a_drill_says_so_in_every_letter(self, desk: Desk) -> None:
        await desk.open(drill=True)
        await desk.say("triage", triage())
        await desk.say("phone_escalation", call())
        await desk.say("resolution", resolution())
        await desk.pass_time(hours=25)
        ended = await desk.ended()
        assert ended.drill
        assert {m.state for m in ended.messages} == {"diverted"}
        assert all(letter.drill for letter in desk.world.letters)
