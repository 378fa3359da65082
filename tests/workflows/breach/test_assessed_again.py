"""A breach that is assessed again, has ended before, or is judged by somebody else: what is said is what counts."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError

from starter.client.names import id_meant
from tests.builders import answers, breach_opening, local_rules, now, risk, suspicion, triage
from tests.desks.desk import PATIENCE, BreachDesk, Desk, Refused
from workflows.procedure.duties import DutyKind, DutyState
from workflows.procedure.local_time import said_back
from workflows.procedure.operating_model.model import Switches
from workflows.process.ids import breach_workflow_id

HOUR = timedelta(hours=1)
NOTIFY: DutyKind = "notify_supervisory_authority"
TO_CONTROLLER: DutyKind = "notify_controller"
OTHER = {"joint_notifier": "other", "joint_notifier_name": "Kela", "joint_notifier_reason": "Agreement, s. 4"}


async def duty(breach: BreachDesk, duty_id: str) -> DutyState:
    """One duty of a breach."""
    return next(d for d in (await breach.status()).duties if d.id == duty_id)


async def suspected(desk: Desk, breach: BreachDesk, **said: Any) -> None:
    """An incident from which a breach has been started."""
    breach.reference = desk.reference
    await desk.open()
    await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
    await desk.say("breach_assessment", suspicion(**said))
    await breach.handle_exists()


async def concluded(breach: BreachDesk) -> None:
    """A breach that has been dealt with."""
    at = (await breach.now()).isoformat()
    await breach.say("authority_notified", notified_at=at, phase="final")
    await breach.say("risk_assessment", **risk("risk"))
    await breach.say("measures_taken", text="Access was closed.")
    await breach.say("conclusion", text="Done.")
    await breach.ended()


class TestEveryField:
    async def test_each_fact_that_is_named_is_corrected_and_stands_in_the_timeline(self, breach: BreachDesk) -> None:
        first = await breach.open(place="Ward 3")
        noticed = (first.aware_at - HOUR).isoformat()
        again = suspicion(
            aware_at=first.aware_at.isoformat(), kinds=["loss"], registers=["PDR", "PRESCRIPTION"],
            description="A laptop was lost.", data="prescriptions", first_noticed_at=noticed, detected_at=noticed,
        )  # fmt: skip
        status = await breach.say("breach_assessment", **again)
        assert (status.kinds, status.registers) == (("loss",), ("PDR", "PRESCRIPTION"))
        assert (status.description, status.data, status.place) == ("A laptop was lost.", "prescriptions", "Ward 3")
        assert status.first_noticed_at == status.detected_at == first.aware_at - HOUR
        assert set(status.assessments[-1].changed) == {
            "kinds", "registers", "description", "data", "first_noticed_at", "detected_at",
        }  # fmt: skip
        lines = {line["what"]: line["detail"] for line in await breach.breach.query("timeline")}
        assert lines["Corrected: kinds"] == "before: unauthorised_access; now: loss"
        assert lines["Corrected: data"] == "before: -; now: prescriptions"

    async def test_a_prescription_register_learnt_of_later_opens_the_duty_towards_kela(
        self, breach: BreachDesk
    ) -> None:
        first = await breach.open(aware_at=(now() - 3 * HOUR).isoformat())
        again = suspicion(aware_at=first.aware_at.isoformat(), registers=["PRESCRIPTION"])
        status = await breach.say("breach_assessment", **again)
        kela = next(d for d in status.duties if d.kind == "notify_kela_of_breach")
        assert kela.due_at == first.aware_at + 8 * HOUR, "from the awareness, not from when it was learnt"
        await breach.until(lambda s: any(m.purpose == "breach_corrected" for m in s.messages))

    async def test_a_processors_new_controller_is_told(self, breach: BreachDesk) -> None:
        one, two = {"name": "County A", "email": "a@example.org"}, {"name": "Clinic B"}
        first = await breach.open(role="processor", controllers=[one])
        await breach.until(lambda s: len(s.documents) == 1)
        again = suspicion(aware_at=first.aware_at.isoformat(), role="processor", controllers=[one, two])
        status = await breach.say("breach_assessment", **again)
        owed = {d.recipient: d.due_at for d in status.duties if d.kind == TO_CONTROLLER}
        assert set(owed) == {"County A", "Clinic B"}
        assert owed["Clinic B"] == first.aware_at + 24 * HOUR
        await breach.until(lambda _: "Clinic B" in {paper.controller for paper in breach.world.papers})

    async def test_an_address_that_no_mail_reaches_is_refused(self, breach: BreachDesk) -> None:
        first = await breach.open(role="processor", controllers=[{"name": "County A"}])
        hidden = [{"name": "County A", "email": "a@example.org\u200b"}]
        again = suspicion(aware_at=first.aware_at.isoformat(), role="processor", controllers=hidden)
        with pytest.raises(Refused, match=r"the e-mail address of 'County A' holds a character that shows nothing"):
            await breach.say("breach_assessment", **again)

    async def test_a_renamed_controller_keeps_its_duty(self, breach: BreachDesk) -> None:
        first = await breach.open(role="processor", controllers=[{"name": "County A", "email": "a@example.org"}])
        renamed = [{"name": "County A ry", "email": "A@example.org"}]
        again = suspicion(aware_at=first.aware_at.isoformat(), role="processor", controllers=renamed)
        status = await breach.say("breach_assessment", **again)
        assert [d.recipient for d in status.duties if d.kind == TO_CONTROLLER] == ["County A ry"]
        await breach.say("controller_notified", controller="County A ry", notified_at=now().isoformat())
        assert (await breach.duties())[TO_CONTROLLER] == "met"

    async def test_the_controller_who_was_not_named_is_the_first_who_is(self, breach: BreachDesk) -> None:
        first = await breach.open(role="processor")
        names = [{"name": "County A"}, {"name": "County B"}]
        again = suspicion(aware_at=first.aware_at.isoformat(), role="processor", controllers=names)
        status = await breach.say("breach_assessment", **again)
        assert [d.recipient for d in status.duties if d.kind == TO_CONTROLLER] == ["County A", "County B"]

    async def test_what_no_longer_applies_is_shown_and_closed_by_a_person_only(self, breach: BreachDesk) -> None:
        first = await breach.open()
        again = suspicion(aware_at=first.aware_at.isoformat(), role="processor", controllers=[{"name": "County A"}])
        status = await breach.say("breach_assessment", **again)
        shown = next(d for d in status.duties if d.id == NOTIFY)
        assert (shown.state, shown.no_longer_because) == (
            "open", "we are a processor: each controller notifies the authority itself",
        )  # fmt: skip
        assert any(NOTIFY in problem and "no longer applies" in problem for problem in status.problems)
        await breach.pass_time(hours=25)
        assert (await breach.duties())[NOTIFY] == "open", "time closes nothing"
        back = suspicion(aware_at=first.aware_at.isoformat(), role="controller")
        status = await breach.say("breach_assessment", **back)
        assert next(d for d in status.duties if d.id == NOTIFY).no_longer_because is None
        assert {d.no_longer_because is None for d in status.duties if d.kind == TO_CONTROLLER} == {False}

    async def test_a_waiver_falls_where_the_facts_ask_again(self, breach: BreachDesk) -> None:
        first = await breach.open()
        await breach.say("risk_assessment", **risk("unlikely"))
        await breach.say("duty_waived", duty=NOTIFY, reason="Encrypted.")
        await breach.say("risk_assessment", **risk("high"))
        again = next(d for d in (await breach.status()).duties if d.id == f"{NOTIFY}-2")
        assert (again.state, again.due_at) == ("open", first.aware_at + 72 * HOUR)

    async def test_an_earlier_detection_moves_the_clocks_of_nis2_nearer_and_a_later_one_does_not(
        self, breach: BreachDesk
    ) -> None:
        breach.world.rules = local_rules(switches=Switches(nis2=True))
        detected = now() - 2 * HOUR
        await breach.open(nis2_significant=True, detected_at=detected.isoformat())
        await breach.say("other_laws", detected_at=(detected - 5 * HOUR).isoformat())
        assert (await duty(breach, "nis2_early_warning")).due_at == detected + 19 * HOUR
        await breach.say("other_laws", detected_at=detected.isoformat())
        assert (await duty(breach, "nis2_early_warning")).due_at == detected + 19 * HOUR

    async def test_through_the_incident_every_field_reaches_the_breach(self, desk: Desk, breach: BreachDesk) -> None:
        await suspected(desk, breach)
        again = suspicion(registers=["PRESCRIPTION"], description="It was more.", event_id="again-1")
        await desk.say("breach_assessment", again)
        status = await breach.until(lambda s: any(taken.event_id == "again-1" for taken in s.assessments))
        assert (status.registers, status.description) == (("PRESCRIPTION",), "It was more.")
        assert "notify_kela_of_breach" in {d.kind for d in status.duties}

    async def test_no_personal_data_said_of_the_incident_closes_nothing_in_the_breach(
        self, desk: Desk, breach: BreachDesk
    ) -> None:
        await suspected(desk, breach)
        said = {"by": "dpo", "outcome": "no_personal_data", "reason": "Only test data.", "event_id": "no-1"}
        await desk.say("breach_assessment", said)
        status = await breach.until(lambda s: any(taken.event_id == "no-1" for taken in s.assessments))
        assert next(d for d in status.duties if d.id == NOTIFY).state == "open"
        assert any("waives them" in problem for problem in status.problems)


class TestAfterTheEnd:
    async def test_a_suspicion_after_the_conclusion_has_a_process_of_its_own(
        self, desk: Desk, breach: BreachDesk
    ) -> None:
        await suspected(desk, breach)
        await concluded(breach)
        await desk.say("breach_assessment", suspicion(description="Another one."))
        status = await desk.until(lambda s: len(s.breaches) == 2)
        assert (status.breach, status.breaches) == (
            f"{desk.reference}-2", (desk.reference, f"{desk.reference}-2"),
        )  # fmt: skip
        second = BreachDesk(breach.server, breach.world, breach.queue, f"{desk.reference}-2")
        lives = await second.handle_exists()
        assert (lives.reference, lives.incident, lives.description) == (
            f"{desk.reference}-2", desk.reference, "Another one.",
        )  # fmt: skip
        assert (await second.duties())[NOTIFY] == "open"
        await desk.say("breach_assessment", suspicion(description="Still the second.", event_id="third"))
        await second.until(lambda s: any(taken.event_id == "third" for taken in s.assessments))

    @pytest.mark.parametrize("there", [{"incident": None}, {"drill": True}], ids=["not of ours", "a drill"])
    async def test_a_process_that_is_not_ours_or_a_drill_keeps_no_clock_of_this_incident(
        self, desk: Desk, breach: BreachDesk, there: dict[str, Any]
    ) -> None:
        breach.reference = desk.reference
        await desk.open()
        await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
        await breach.open(**({"incident": desk.reference} | there))
        await desk.say("breach_assessment", suspicion())
        status = await desk.until(lambda s: s.breach is not None)
        assert status.breach == f"{desk.reference}-2"
        second = BreachDesk(breach.server, breach.world, breach.queue, f"{desk.reference}-2")
        assert (await second.handle_exists()).drill is False

    async def test_a_further_breach_may_be_started_by_its_number(self, breach: BreachDesk) -> None:
        await breach.server.client.start_workflow(
            "DataBreach",
            breach_opening(breach.reference),
            id=breach_workflow_id(breach.reference, 3),
            task_queue=breach.queue,
        )
        breach.reference = f"{breach.reference}-3"
        assert (await breach.until(lambda s: bool(s.duties))).reference == breach.reference

    async def test_two_suspicions_at_once_make_one_process_and_the_last_one_holds(
        self, desk: Desk, breach: BreachDesk
    ) -> None:
        breach.reference = desk.reference
        await desk.open()
        await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
        for number in (1, 2, 3):
            await desk.say("breach_assessment", suspicion(description=f"Version {number}", event_id=f"v{number}"))
        await breach.handle_exists()
        status = await breach.until(lambda s: any(taken.event_id == "v3" for taken in s.assessments))
        assert status.description == "Version 3"
        assert (await desk.status()).breaches == (desk.reference,)


class TestWhoNotifies:
    @pytest.mark.parametrize("text", ["ei tiedossa", "Me", "Kela", "", "us", "OTHER"])
    async def test_no_other_word_takes_the_72_hours_from_us(self, breach: BreachDesk, text: str) -> None:
        status = await breach.open(role="joint_controller", joint_notifier=text)
        assert NOTIFY in {d.kind for d in status.duties}

    async def test_other_with_name_and_reason_does_and_its_confirmation_is_owed(self, breach: BreachDesk) -> None:
        status = await breach.open(role="joint_controller", **OTHER)
        owed = {d.kind: d for d in status.duties}
        assert NOTIFY not in owed
        assert (owed["confirm_joint_notification"].recipient, owed[TO_CONTROLLER].recipient) == ("Kela", "Kela")
        assert owed[TO_CONTROLLER].due_at == status.aware_at + 12 * HOUR

    async def test_a_longer_ladder_does_not_eat_the_72_hours_of_the_other(self, breach: BreachDesk) -> None:
        ladders = local_rules().model_dump(mode="json")["ladders"]
        ladders[TO_CONTROLLER] = {"due_after": "24h", "reminders": [{"after": "20h", "to": "management"}]}
        breach.world.rules = local_rules(ladders=ladders)
        status = await breach.open(role="joint_controller", **OTHER)
        assert next(d for d in status.duties if d.kind == TO_CONTROLLER).due_at == status.aware_at + 12 * HOUR

    async def test_other_without_a_name_is_refused(self, desk: Desk) -> None:
        await desk.open()
        with pytest.raises(Refused, match="joint_notifier_name, joint_notifier_reason: needed"):
            await desk.say("breach_assessment", suspicion(role="joint_controller", joint_notifier="other"))

    async def test_told_later_that_the_other_one_does_our_duty_waits_for_a_person(self, breach: BreachDesk) -> None:
        first = await breach.open(role="joint_controller")
        again = suspicion(aware_at=first.aware_at.isoformat(), role="joint_controller", **OTHER)
        status = await breach.say("breach_assessment", **again)
        shown = next(d for d in status.duties if d.id == NOTIFY)
        assert shown.state == "open"
        assert "Kela notifies the authority" in (shown.no_longer_because or "")


class TestBounds:
    async def test_nothing_is_told_before_anybody_was_aware(self, breach: BreachDesk) -> None:
        first = await breach.open(registers=["PRESCRIPTION"])
        early = (first.aware_at - 144 * HOUR).isoformat()
        bound = said_back(first.aware_at).replace("(", r"\(").replace("+", r"\+").replace(")", r"\)")
        messages: dict[str, dict[str, Any]] = {
            "authority_notified": {"notified_at": early, "phase": "preliminary"},
            "kela_notified": {"notified_at": early},
            "subjects_informed": {"informed_at": early, "channel": "letter", "count": 1},
            "duty_met": {"duty": "notify_kela_of_breach", "met_at": early},
        }
        for message, said in messages.items():
            with pytest.raises(Refused, match=rf"before we became aware of the breach \({bound}\)|is met by saying"):
                await breach.say(message, **said)
        assert set((await breach.duties()).values()) == {"open"}

    async def test_a_signal_with_such_a_moment_is_kept_and_changes_nothing(self, breach: BreachDesk) -> None:
        first = await breach.open()
        said = {"by": "dpo", "notified_at": (first.aware_at - HOUR).isoformat(), "phase": "final"}
        await breach.breach.signal("authority_notified", said)
        status = await breach.until(lambda s: bool(s.rejected))
        assert "lies before we became aware" in status.rejected[0].reason
        assert (await breach.duties())[NOTIFY] == "open"

    async def test_the_same_minute_is_early_enough(self, breach: BreachDesk) -> None:
        first = await breach.open()
        minute = first.aware_at.replace(second=0, microsecond=0).isoformat()
        await breach.say("authority_notified", notified_at=minute, phase="preliminary")
        assert (await breach.duties())[NOTIFY] == "met"

    async def test_no_call_before_the_fault_was_noticed_and_no_refusal_in_utc(self, desk: Desk) -> None:
        desk.world.refuse = lambda letter: "no key" if letter.contact == "kela" else None
        await desk.open()
        await desk.say("triage", triage())
        said = {"by": "desk", "number": "1", "reached": True, "person": "V"}
        early, late = (now() - 144 * HOUR).isoformat(), (now() + 2 * HOUR).isoformat()
        for called_at, why in ((early, "lies before the fault was noticed"), (late, "lies in the future")):
            with pytest.raises(Refused, match=why) as refused:
                await desk.say("phone_escalation", said | {"called_at": called_at})
            assert "UTC" not in str(refused.value)
        with pytest.raises(Refused, match=r"met_at .* lies before the fault was noticed"):
            await desk.say("duty_met", {"by": "desk", "duty": "report_to_kela", "met_at": early})

    async def test_nobody_is_aware_before_anybody_has_noticed(self, desk: Desk) -> None:
        await desk.open()
        said = suspicion(aware_at=(now() - HOUR).isoformat(), first_noticed_at=now().isoformat())
        with pytest.raises(Refused, match="nobody is aware before anybody has noticed"):
            await desk.say("breach_assessment", said)


class TestProcessor:
    async def test_it_is_told_nothing_that_is_refused_and_shown_no_72_hours(self, breach: BreachDesk) -> None:
        status = await breach.open(role="processor", controllers=[{"name": "County A"}])
        record = next(d for d in status.duties if d.kind == "document_breach")
        assert record.task == "document_breach_by_processor"
        assert {status.deadlines.target, status.deadlines.ceiling} == {status.aware_at + 24 * HOUR}
        with pytest.raises(Refused, match=r"send measures_taken$"):
            await breach.say("duty_met", duty="document_breach", met_at=now().isoformat())
        await breach.say("measures_taken", text="Access was closed.")
        assert (await breach.duties())["document_breach"] == "met"

    async def test_it_notifies_the_authority_only_on_behalf_of_somebody(self, breach: BreachDesk) -> None:
        await breach.open(role="processor", controllers=[{"name": "County A"}])
        at = now().isoformat()
        with pytest.raises(Refused, match="on_behalf_of"):
            await breach.say("authority_notified", notified_at=at, phase="final")
        with pytest.raises(Refused, match="'County X' is none of the controllers of this breach: County A"):
            await breach.say("authority_notified", notified_at=at, phase="final", on_behalf_of="County X")
        status = await breach.say("authority_notified", notified_at=at, phase="final", on_behalf_of="County A")
        assert status.notifications[-1].detail == "on behalf of County A"
        assert (await breach.duties())[TO_CONTROLLER] == "open", "our own duty is another one"

    async def test_reminders_name_their_controller(self, breach: BreachDesk) -> None:
        await breach.open(role="processor", controllers=[{"name": "County A"}, {"name": "County B"}])
        await breach.pass_time(hours=9)
        await breach.until(lambda s: sum(m.purpose == "reminder" for m in s.messages) == 2)
        reminders = [letter for letter in breach.world.letters if letter.kind == "reminder"]
        assert {letter.towards for letter in reminders} == {"County A", "County B"}
        assert all(f'--controller "{letter.towards}"' in letter.what_to_do for letter in reminders)


class TestTold:
    async def told(self, breach: BreachDesk, kind: str) -> Any:
        """The letter of this kind to management, once it and the one to the data protection officer are out."""
        await breach.until(lambda s: sum(m.purpose == kind for m in s.messages) >= 2)
        letters = {letter.contact: letter for letter in breach.world.letters if letter.kind == kind}
        assert {"data_protection_officer", "management"} <= set(letters)
        return letters["management"]

    async def test_a_waiver_is_told_at_once(self, breach: BreachDesk) -> None:
        await breach.open()
        await breach.say("duty_waived", duty=NOTIFY, reason="Encrypted.")
        letter = await self.told(breach, "breach_duty_waived")
        assert (letter.said_by, letter.text) == ("dpo", "Encrypted.")
        assert (letter.settled[0].kind, letter.settled[0].state) == (NOTIFY, "waived")
        assert letter.settled[0].due_at is not None

    async def test_moving_the_awareness_is_told_at_once(self, breach: BreachDesk) -> None:
        first = await breach.open()
        earlier = first.aware_at - 10 * HOUR
        await breach.say("awareness_correction", aware_at=earlier.isoformat(), reason="The ward knew.")
        letter = await self.told(breach, "breach_deadline_moved")
        assert (letter.said_by, letter.text, letter.happened_at) == ("dpo", "The ward knew.", earlier)
        assert (letter.due_before, letter.due_at) == (first.aware_at + 72 * HOUR, earlier + 72 * HOUR)

    async def test_a_conclusion_is_told_before_the_process_ends(self, breach: BreachDesk) -> None:
        await breach.open()
        await concluded(breach)
        letters = [letter for letter in breach.world.letters if letter.kind == "breach_concluded"]
        assert {letter.contact for letter in letters} == {"data_protection_officer", "management"}
        assert {duty.kind for duty in letters[0].settled} == {NOTIFY, "document_breach"}

    async def test_a_cancellation_is_told_too(self, breach: BreachDesk) -> None:
        await breach.open()
        for owed in (NOTIFY, "document_breach"):
            await breach.say("duty_waived", duty=owed, reason="No breach.")
        await breach.say("cancellation", reason="A test record.")
        await breach.ended()
        letters = [letter for letter in breach.world.letters if letter.kind == "breach_cancelled"]
        assert {(letter.contact, letter.text) for letter in letters} == {
            ("data_protection_officer", "A test record."), ("management", "A test record."),
        }  # fmt: skip

    async def test_not_to_ask_whether_it_is_a_breach_is_told_too(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(criteria=answers(privacy="yes"), severity="high", extensive=False))
        await desk.say("duty_waived", {"by": "desk", "duty": "assess_breach", "reason": "Nobody is here."})
        await desk.until(lambda s: sum(m.purpose == "breach_duty_waived" for m in s.messages) == 2)


async def test_the_running_breach_is_found_beyond_those_of_others(breach: BreachDesk) -> None:
    first, client = breach.reference, breach.server.client
    openings = [breach_opening(first), {"junk": 1}, breach_opening(f"{first}-3"), breach_opening(first, incident=first)]
    for number, opening in enumerate(openings, 1):
        workflow_id = breach_workflow_id(first, number)
        await client.start_workflow("DataBreach", opening, id=workflow_id, task_queue=breach.queue)
    await breach.until(lambda s: bool(s.duties))
    assert await id_meant(client, first, "breach", breach.queue) == breach_workflow_id(first, 4)
    assert await id_meant(client, f"{first}-3", "breach", breach.queue) == breach_workflow_id(first, 3)


class TestTheStart:
    """By any client: what is refused ends at once and keeps no clock."""

    @pytest.mark.parametrize(
        ("moment", "reason"),
        [("detected_at", "detected_at (.+) lies in the future"), ("began_at", "began_at (.+) lies in the future")],
    )
    async def test_a_breach_with_a_moment_to_come_is_not_opened(
        self, breach: BreachDesk, moment: str, reason: str
    ) -> None:
        opening = breach_opening(breach.reference, **{moment: (now() + 24 * HOUR).isoformat()})
        started = await breach.server.client.start_workflow(
            "DataBreach", opening, id=breach_workflow_id(breach.reference), task_queue=breach.queue
        )
        with pytest.raises(WorkflowFailureError) as failed:
            await started.result()
        assert re.search(f"no breach was opened: {reason}", str(failed.value.cause))


class TestOtherLaws:
    """Without any breach."""

    ALL = Switches(significant_deviation=True, device_hazard=True, nis2=True, cer=True)

    async def test_the_triage_asks_and_the_answers_open_duties(self, desk: Desk) -> None:
        desk.world.rules = local_rules(switches=self.ALL, suppliers=["Supplier Ltd"])
        await desk.open()
        status = await desk.say("triage", triage(criteria=answers(safety="yes")))
        asked = {problem.partition(":")[0] for problem in status.problems}
        assert {"significant_deviation", "device_hazard", "nis2_significant", "cer_significant"} <= asked
        detected = now().isoformat()
        laws = {"significant_deviation": True, "device_hazard": "serious", "nis2_significant": True}
        status = await desk.say("other_laws", {"by": "dpo", "detected_at": detected, **laws})
        due = {d.id: d.due_at for d in status.duties if d.due_at}
        assert due["nis2_early_warning"] == datetime.fromisoformat(detected) + 24 * HOUR
        assert due["report_device_hazard"] == datetime.fromisoformat(detected) + 240 * HOUR
        assert {d.recipient for d in status.duties if d.kind == "report_to_supplier"} == {
            "the supplier of the system (Supplier Ltd)",
            "the maker of the device, its representative, importer or distributor",
        }
        assert "nis2_final_report" not in due
        assert status.breach is None

    @pytest.mark.slow
    async def test_the_final_report_counts_from_the_notice(self, desk: Desk) -> None:
        desk.world.rules = local_rules(switches=self.ALL)
        await desk.open()
        await desk.say("triage", triage(nis2_significant=True, cer_significant=True))
        await desk.pass_time(hours=20)
        at = await desk.now()
        for owed in ("nis2_notification", "cer_first_notice"):
            await desk.say("duty_met", {"by": "dpo", "duty": owed, "met_at": at.isoformat()})
        owed_now = {d.id: d for d in (await desk.status()).duties}
        for final in ("nis2_final_report", "cer_final_report"):
            due_at = owed_now[final].due_at
            assert due_at is not None
            assert timedelta(days=28) <= due_at - at <= timedelta(days=31, hours=1)
            assert "(unverified)" in owed_now[final].basis

    async def test_an_answer_taken_back_is_shown_and_closes_nothing(self, desk: Desk) -> None:
        desk.world.rules = local_rules(switches=self.ALL)
        await desk.open()
        await desk.say("triage", triage(nis2_significant=True))
        status = await desk.say("other_laws", {"by": "dpo", "nis2_significant": False})
        early = next(d for d in status.duties if d.id == "nis2_early_warning")
        assert (early.state, early.no_longer_because) == ("open", "nis2_significant was answered otherwise")

    async def test_what_the_incident_has_answered_is_not_opened_twice_in_the_breach(
        self, desk: Desk, breach: BreachDesk
    ) -> None:
        desk.world.rules = local_rules(switches=self.ALL)
        breach.reference = desk.reference
        await desk.open()
        await desk.say("triage", triage(criteria=answers(privacy="yes"), nis2_significant=True))
        await desk.say("breach_assessment", suspicion(nis2_significant=True, cer_significant=True))
        status = await breach.handle_exists()
        kinds = {d.kind for d in status.duties}
        assert "nis2_early_warning" not in kinds
        assert "cer_first_notice" in kinds
        assert not any(problem.partition(":")[2].strip().startswith("nis2") for problem in status.problems)
        await desk.say("other_laws", {"by": "dpo", "cer_significant": False})
        async with asyncio.timeout(PATIENCE):
            await breach.until(lambda s: any(d.no_longer_because for d in s.duties if d.kind == "cer_first_notice"))


async def test_a_reason_as_long_as_one_may_be_moves_the_awareness(breach: BreachDesk) -> None:
    """Seed 680827 of the random lives: with words of ours before it, it was too long, and the message failed."""
    first = await breach.open()
    earlier = first.aware_at - timedelta(minutes=30)
    said = suspicion(aware_at=earlier.isoformat(), description="x" * 8000)
    status = await breach.say("breach_assessment", **said)
    assert (status.awareness[-1].aware_at, status.awareness[-1].reason) == (earlier, "x" * 8000)
