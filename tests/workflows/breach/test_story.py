"""A suspected breach, sentence by sentence, above all its one legal clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy

from tests.builders import answers, breach_opening, local_rules, now, resolution, risk, suspicion, triage
from tests.desks.desk import BreachDesk, Desk, Refused
from workflows.procedure.operating_model.model import Switches

HOUR = timedelta(hours=1)
NOTIFY = "notify_supervisory_authority"


class TestClock:
    async def test_it_counts_from_awareness_not_from_opening(self, breach: BreachDesk) -> None:
        aware = now() - 20 * HOUR
        status = await breach.open(aware_at=aware.isoformat(), first_noticed_at=(aware - HOUR).isoformat())
        duty = next(duty for duty in status.duties if duty.id == NOTIFY)
        assert duty.due_at == aware + 72 * HOUR
        assert (duty.legal, duty.state) == (True, "open")
        assert status.aware_at == aware != status.opened_at != status.first_noticed_at
        assert status.deadlines.target == aware + 72 * HOUR <= status.deadlines.ceiling

    async def test_met_in_time(self, breach: BreachDesk) -> None:
        await breach.open()
        await breach.pass_time(hours=10)
        at = (await breach.now()).isoformat()
        status = await breach.say("authority_notified", notified_at=at, phase="preliminary", reference="TSV-1")
        assert (await breach.duties())[NOTIFY] == "met"
        assert status.notifications[0].reference == "TSV-1"

    async def test_met_in_the_very_moment_of_the_opening(self, breach: BreachDesk) -> None:
        """What is said before the process has taken up its work waits for it: nothing was owed yet, now it is."""
        controller = {"controller": "Northern group", "notified_at": now().isoformat(), "by": "dpo"}
        opened: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            "DataBreach",
            breach_opening(breach.reference, role="processor", controllers=[{"name": "Northern group"}]),
            id=breach.breach.id,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            task_queue=breach.queue,
        )
        await breach.server.client.execute_update_with_start_workflow(
            "controller_notified", controller, start_workflow_operation=opened
        )
        assert (await breach.duties())["notify_controller"] == "met"

    async def test_nothing_is_taken_that_is_not_owed_in_the_moment_of_the_opening(self, breach: BreachDesk) -> None:
        opened: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            "DataBreach",
            breach_opening(breach.reference),
            id=breach.breach.id,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            task_queue=breach.queue,
        )
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await breach.server.client.execute_update_with_start_workflow(
                "conclusion", {"by": "dpo", "text": "Nothing."}, start_workflow_operation=opened
            )
        assert "a duty is open" in str(refused.value.cause)

    async def test_met_late_is_refused_without_reasons(self, breach: BreachDesk) -> None:
        await breach.open()
        await breach.pass_time(hours=73)
        assert (await breach.duties())[NOTIFY] == "overdue"
        at = (await breach.now()).isoformat()
        with pytest.raises(Refused, match="delay_reason is needed"):
            await breach.say("authority_notified", notified_at=at, phase="preliminary")
        await breach.say(
            "authority_notified", notified_at=at, phase="preliminary", delay_reason="The inquiry took long."
        )
        status = await breach.status()
        duty = next(duty for duty in status.duties if duty.id == NOTIFY)
        assert (duty.state, duty.delay_reason) == ("met_late", "The inquiry took long.")

    async def test_the_ladder_climbs_from_desk_to_management_and_alarms_go_on(self, breach: BreachDesk) -> None:
        await breach.open()
        told: list[str] = []
        for hours in (25.5, 24, 12, 5, 4, 1, 1, 3):  # ends well between two alarms: see docs/decisions/0006
            await breach.pass_time(hours=hours)
        status = await breach.status()
        await breach.until(lambda s: sum(m.duty == NOTIFY for m in s.messages) >= 10)
        told = [
            letter.contact for letter in breach.world.letters if letter.duty == NOTIFY and letter.kind == "reminder"
        ]
        assert told == ["desk", *["data_protection_officer"] * 2, *["management"] * 3]
        alarms = [
            letter.contact for letter in breach.world.letters if letter.duty == NOTIFY and letter.kind == "overdue"
        ]
        assert alarms.count("management") >= 2
        before = len(alarms)
        await breach.pass_time(hours=24)
        after = [letter for letter in breach.world.letters if letter.duty == NOTIFY and letter.kind == "overdue"]
        assert len(after) > before
        assert next(d for d in status.duties if d.id == NOTIFY).state == "overdue"

    async def test_reported_days_late_it_is_overdue_at_once_and_lives(self, breach: BreachDesk) -> None:
        await breach.open(aware_at=(now() - 100 * HOUR).isoformat())
        await breach.until(lambda s: {d.id: d.state for d in s.duties}[NOTIFY] == "overdue")
        await breach.until(lambda s: any(m.purpose == "overdue" and m.duty == NOTIFY for m in s.messages))
        late = [letter for letter in breach.world.letters if letter.duty == NOTIFY]
        assert {letter.kind for letter in late} == {"overdue"}
        assert len(late) == 2
        status = await breach.say("measures_taken", text="Access was closed.")
        assert status.measures == ("Access was closed.",)

    @pytest.mark.parametrize(
        ("aware", "due"),
        [
            (datetime(2026, 10, 23, 12, 40, tzinfo=UTC), datetime(2026, 10, 26, 12, 40, tzinfo=UTC)),
            (datetime(2026, 3, 27, 13, 40, tzinfo=UTC), datetime(2026, 3, 30, 13, 40, tzinfo=UTC)),
        ],
        ids=["autumn", "spring"],
    )
    async def test_a_clock_change_inside_does_not_move_it(
        self, breach: BreachDesk, aware: datetime, due: datetime
    ) -> None:
        status = await breach.open(aware_at=aware.isoformat())
        assert next(d for d in status.duties if d.id == NOTIFY).due_at == due


class TestCorrection:
    async def test_an_earlier_instant_moves_the_deadline_and_both_stay(self, breach: BreachDesk) -> None:
        first = await breach.open()
        earlier = first.aware_at - 10 * HOUR
        status = await breach.say("awareness_correction", aware_at=earlier.isoformat(), reason="The ward had told us.")
        assert next(d for d in status.duties if d.id == NOTIFY).due_at == earlier + 72 * HOUR
        assert [entry.aware_at for entry in status.awareness] == [first.aware_at, earlier]
        assert status.aware_at == first.aware_at
        assert status.awareness[1].by == "dpo"

    async def test_a_later_instant_moves_nothing_without_a_reason(self, breach: BreachDesk) -> None:
        first = await breach.open(aware_at=(now() - 10 * HOUR).isoformat())
        later = (first.aware_at + 5 * HOUR).isoformat()
        status = await breach.say("awareness_correction", aware_at=later, reason="Typing error.")
        assert next(d for d in status.duties if d.id == NOTIFY).due_at == first.aware_at + 72 * HOUR
        status = await breach.say(
            "awareness_correction", aware_at=later, reason="Again.", deadline_follows_later="The log proves it."
        )
        assert next(d for d in status.duties if d.id == NOTIFY).due_at == first.aware_at + 77 * HOUR
        assert len(status.awareness) == 3

    async def test_a_duty_met_in_time_turns_out_late_and_asks_for_reasons(self, breach: BreachDesk) -> None:
        first = await breach.open()
        await breach.say("authority_notified", notified_at=first.opened_at.isoformat(), phase="preliminary")
        earlier = (first.aware_at - 80 * HOUR).isoformat()
        status = await breach.say("awareness_correction", aware_at=earlier, reason="The ward had told us.")
        assert next(d for d in status.duties if d.id == NOTIFY).state == "met_late"
        assert any("reasons for the delay" in problem for problem in status.problems)
        status = await breach.say(
            "authority_notified", notified_at=now().isoformat(), phase="supplementary", delay_reason="Told late."
        )
        assert next(d for d in status.duties if d.id == NOTIFY).delay_reason == "Told late."
        assert not any("reasons for the delay" in problem for problem in status.problems)


class TestRisk:
    async def test_high_opens_the_duty_to_inform_and_lower_closes_none(self, breach: BreachDesk) -> None:
        await breach.open()
        status = await breach.say("risk_assessment", **risk("risk"))
        assert status.phase == "notifying"
        assert "inform_data_subjects" not in await breach.duties()
        await breach.pass_time(hours=20)
        await breach.say("risk_assessment", **risk("high"))
        assert (await breach.duties())["inform_data_subjects"] == "open"
        status = await breach.say("risk_assessment", **risk("unlikely"))
        assert (await breach.duties())["inform_data_subjects"] == "open"
        assert (await breach.duties())[NOTIFY] == "open"
        assert [decision.risk for decision in status.risks] == ["risk", "high", "unlikely"]

    async def test_not_assessed_the_clock_runs_all_the_same(self, breach: BreachDesk) -> None:
        await breach.open()
        assert (await breach.duties())[NOTIFY] == "open"

    async def test_unlikely_is_documented_with_its_reason(self, breach: BreachDesk) -> None:
        await breach.open()
        await breach.say("risk_assessment", **risk("unlikely"))
        with pytest.raises(Refused, match="a duty is open"):
            await breach.say("conclusion", text="Done.")
        await breach.say("duty_waived", duty=NOTIFY, reason="The risk is unlikely: the data were encrypted.")
        await breach.say("measures_taken", text="The key was changed.")
        assert (await breach.duties())["document_breach"] == "met"
        await breach.say("conclusion", text="Nothing left the house.")
        ended = await breach.ended()
        assert ended.phase == "closed"
        assert next(d for d in ended.duties if d.id == NOTIFY).waived_reason


class TestRoles:
    async def test_a_processor_tells_each_of_three_controllers_and_weighs_no_risk(self, breach: BreachDesk) -> None:
        names = ["County A", "County B", "Clinic C"]
        status = await breach.open(role="processor", controllers=[{"name": name} for name in names])
        owed = [d for d in status.duties if d.kind == "notify_controller"]
        assert [d.recipient for d in owed] == names
        assert NOTIFY not in {d.kind for d in status.duties}
        with pytest.raises(Refused, match="does not weigh the risk"):
            await breach.say("risk_assessment", **risk())
        for name in ("County B", "clinic  c"):
            await breach.say("controller_notified", controller=name, notified_at=now().isoformat())
        states = await breach.duties()
        assert [states[d.id] for d in owed] == ["open", "met", "met"]
        with pytest.raises(Refused, match="no notice to 'County X' is owed; it is owed to County A"):
            await breach.say("controller_notified", controller="County X", notified_at=now().isoformat())

    async def test_joint_controllers_the_other_one_notifies(self, breach: BreachDesk) -> None:
        other = {"joint_notifier": "other", "joint_notifier_name": "Kela", "joint_notifier_reason": "Agreement, s. 4"}
        status = await breach.open(role="joint_controller", registers=["PRESCRIPTION"], **other)
        kinds = [d.kind for d in status.duties]
        assert "notify_controller" in kinds
        assert "confirm_joint_notification" in kinds
        assert NOTIFY not in kinds
        assert "notify_kela_of_breach" in kinds

    async def test_joint_controllers_undecided_it_is_ours(self, breach: BreachDesk) -> None:
        status = await breach.open(role="joint_controller", registers=["DMS"])
        assert NOTIFY in [d.kind for d in status.duties]

    async def test_a_role_that_does_not_fit_the_register_is_said(self, breach: BreachDesk) -> None:
        status = await breach.open(role="controller", registers=["PRESCRIPTION"])
        assert any("joint" in problem for problem in status.problems)

    async def test_other_clocks_run_from_detection_where_switched_on(self, breach: BreachDesk) -> None:
        breach.world.rules = local_rules(switches=Switches(nis2=True))
        detected = now() - 5 * HOUR
        status = await breach.open(nis2_significant=True, detected_at=detected.isoformat())
        due = {d.kind: d.due_at for d in status.duties if d.kind.startswith("nis2")}
        assert due["nis2_early_warning"] == detected + 24 * HOUR
        assert due["nis2_notification"] == detected + 72 * HOUR
        assert len(due) == 2

    async def test_an_unanswered_question_is_shown_and_can_be_answered_later(self, breach: BreachDesk) -> None:
        breach.world.rules = local_rules(switches=Switches(nis2=True))
        status = await breach.open()
        assert any("nis2_significant" in problem for problem in status.problems)
        detected = (now() - 5 * HOUR).isoformat()
        status = await breach.say("other_laws", nis2_significant=True, detected_at=detected)
        assert not any("nis2_significant" in problem for problem in status.problems)
        assert (await breach.duties())["nis2_early_warning"] == "open"


class TestPapersAndEnd:
    async def test_papers_are_written_for_each_phase(self, breach: BreachDesk) -> None:
        await breach.open(registers=["PRESCRIPTION"])
        await breach.until(lambda s: len(s.documents) >= 2)
        written = {(paper.paper, paper.phase) for paper in breach.world.papers}
        assert written == {("authority_notification", "preliminary"), ("kela_notice", "preliminary")}
        await breach.say("risk_assessment", **risk("high"))
        await breach.until(lambda s: any("letter_to_subjects" in d.name for d in s.documents))
        again = [paper.phase for paper in breach.world.papers if paper.paper == "authority_notification"]
        assert again == ["preliminary"] * 2, "nothing was logged as notified: it is still the first one"

    async def test_personal_data_in_a_paper_are_said_and_stop_no_clock(self, breach: BreachDesk) -> None:
        breach.world.paper_refusal = "field 'description' holds a personal identity code"
        await breach.open()
        status = await breach.until(lambda s: any("identity code" in problem for problem in s.problems))
        assert {d.id: d.state for d in status.duties}[NOTIFY] == "open"

    async def test_cancelled_only_where_no_legal_duty_is_open(self, breach: BreachDesk) -> None:
        await breach.open()
        with pytest.raises(Refused, match="a legal duty is open"):
            await breach.say("cancellation", reason="Not a breach.")

    async def test_the_same_reference_never_makes_a_second_breach(self, breach: BreachDesk) -> None:
        await breach.open()
        with pytest.raises(Exception, match="already"):
            await breach.open()


class TestIncident:
    async def test_every_incident_asks_where_privacy_is_not_ruled_out(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.say("triage", triage(criteria=answers(privacy="unknown")))
        assert "assess_breach" in {d.id for d in status.duties}
        with pytest.raises(Refused, match="say why no personal data"):
            await desk.say("breach_assessment", {"by": "dpo", "outcome": "no_personal_data"})
        said = {"by": "dpo", "outcome": "no_personal_data", "reason": "Only test data."}
        status = await desk.say("breach_assessment", said)
        assert {d.id: d.state for d in status.duties}["assess_breach"] == "met"
        assert status.breach is None

    async def test_a_suspicion_that_is_not_linked_to_kanta_is_asked_about_too(self, desk: Desk) -> None:
        await desk.open()
        parts = {"privacy": {"suspected": "yes", "linked_to_kanta": "no"}}
        status = await desk.say("triage", triage(parts=parts))
        assert "assess_breach" in {d.id for d in status.duties}

    async def test_a_long_outage_asks_by_itself(self, desk: Desk) -> None:
        desk.world.rules = local_rules(unavailability_after="4h")
        await desk.open(services=["PDR"])
        await desk.say("triage", triage(severity="high", extensive=False))
        await desk.pass_time(hours=3)
        assert "assess_breach" not in await desk.duties()
        await desk.pass_time(hours=1, minutes=10)
        assert (await desk.duties())["assess_breach"] == "open"

    async def test_a_suspicion_lives_in_a_process_of_its_own(self, desk: Desk, breach: BreachDesk) -> None:
        breach.reference = desk.reference
        await desk.open()
        await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
        await desk.say("breach_assessment", suspicion())
        await desk.until(lambda s: s.breach is not None)
        status = await breach.until(lambda s: bool(s.duties))
        assert status.incident == desk.reference
        await desk.incident.terminate("somebody clicked")
        status = await breach.pass_time(hours=73)
        assert (await breach.duties())[NOTIFY] == "overdue"

    async def test_incident_and_breach_tell_each_other(self, desk: Desk, breach: BreachDesk) -> None:
        breach.reference = desk.reference
        await desk.open()
        await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
        await desk.say("breach_assessment", suspicion())
        await breach.handle_exists()
        await breach.say("authority_notified", notified_at=now().isoformat(), phase="preliminary")
        await desk.until(lambda s: not s.problems)
        assert "From the breach process" in await desk.timeline_until("From the breach process")
        await desk.say("resolution", resolution())
        await desk.pass_time(hours=25)
        await desk.ended()
        await breach.until(lambda s: any(m.purpose == "breach_incident_ended" for m in s.messages))
        assert (await breach.duties())["document_breach"] == "open"

    @pytest.mark.slow
    async def test_the_breach_of_a_drill_begins_at_the_drills_own_time(self, desk: Desk, breach: BreachDesk) -> None:
        breach.reference = desk.reference
        await desk.open(drill=True)
        await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
        await desk.pass_time(hours=30)
        aware = (await desk.now()) - HOUR
        await desk.say("breach_assessment", suspicion(aware_at=aware.isoformat()))
        status = await breach.handle_exists()
        assert status.drill
        assert status.opened_at - aware < 2 * HOUR
        assert (await breach.duties())[NOTIFY] == "open"
        await breach.pass_time(hours=72)
        assert (await breach.duties())[NOTIFY] == "overdue"

    async def test_assessed_again_the_earlier_awareness_counts(self, desk: Desk, breach: BreachDesk) -> None:
        breach.reference = desk.reference
        await desk.open()
        await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
        await desk.say("breach_assessment", suspicion())
        first = await breach.handle_exists()
        earlier = first.aware_at - 6 * HOUR
        await desk.say("breach_assessment", suspicion(aware_at=earlier.isoformat()))
        status = await breach.until(lambda s: len(s.awareness) == 2)
        assert next(d for d in status.duties if d.id == NOTIFY).due_at == earlier + 72 * HOUR

    async def test_reopened_the_incident_asks_again_and_the_breach_goes_on(
        self, desk: Desk, breach: BreachDesk
    ) -> None:
        breach.reference = desk.reference
        await desk.open()
        await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
        await desk.say("breach_assessment", suspicion())
        await breach.handle_exists()
        await desk.say("resolution", resolution())
        await desk.say("reopening", {"by": "desk", "reason": "It is back."})
        status = await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
        assert {d.id: d.state for d in status.duties}["assess_breach-2"] == "open"
        assert (await breach.duties())[NOTIFY] == "open"
