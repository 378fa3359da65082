"""What Temporal Web shows of a process: search attributes that are always true, current details that suffice."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from tests.builders import NOON, breach_opening, local_rules, opening, resolution, triage
from tests.desks.desk import Desk, current_details
from tests.desks.maintenance import MaintenanceDesk
from workers.wiring import WORKFLOWS
from workflows.breach.messages import BreachOpening
from workflows.contract import CONTRACTS
from workflows.incident.instructions import Instruction
from workflows.incident.messages import IncidentOpening
from workflows.incident.record import IncidentRecord
from workflows.introductions import WITHOUT_OPENING, introduction, introduction_of
from workflows.notices.messages import WatchOpening
from workflows.notices.record import NoticeWatchRecord
from workflows.procedure.duties import fired, next_alarm
from workflows.procedure.markdown import MARKS, plain
from workflows.process import web_view
from workflows.process.messages import Sender
from workflows.process.web_view import NEXT_DUE, OVERDUE, PHASE, details

MOMENT = r"\d+\.\d+\.\d{4} \d\d:\d\d \(\+0[23]:00\)"


def incident(**changes: Any) -> IncidentRecord:
    """An incident at noon, whose rules are taken."""
    record = IncidentRecord.opened(IncidentOpening.model_validate(opening("T-1", **changes)), NOON)
    record.rules = local_rules()
    return record


async def found_by(desk: Desk) -> Any:
    return (await desk.incident.describe()).typed_search_attributes


class TestSearchAttributes:
    async def test_a_duty_that_opens_by_itself_is_shown_at_once(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(severity="high", extensive=False))
        await desk.until(lambda s: {"fault_report", "start"} <= {m.purpose for m in s.messages} and desk.is_quiet(s))
        assert (await found_by(desk)).get(NEXT_DUE) is None
        status = await desk.pass_time(hours=4, minutes=2)
        opened = next(duty for duty in status.duties if duty.kind == "assess_breach")
        assert (await found_by(desk)).get(NEXT_DUE) == opened.due_at

    async def test_closed_is_shown_although_the_evidence_can_not_be_bundled_yet(self, desk: Desk) -> None:
        class FullDisk(list[Any]):
            def append(self, _order: Any) -> None:
                raise ApplicationError("the disk is full")

        desk.world.bundles = FullDisk()
        await desk.open()
        await desk.say("triage", triage(severity="high", extensive=False))
        await desk.until(lambda s: {"fault_report", "start"} <= {m.purpose for m in s.messages} and desk.is_quiet(s))
        await desk.say("resolution", resolution())
        await desk.until(lambda s: "end" in {m.purpose for m in s.messages} and desk.is_quiet(s))
        assert (await desk.pass_time(hours=24, minutes=1)).phase == "closed"
        shown_now = await desk.incident.describe()
        assert (shown_now.typed_search_attributes.get(PHASE), shown_now.close_time) == ("closed", None)


class TestIntroduced:
    def test_what_is_shown_at_the_start_is_what_the_process_shows_first(self) -> None:
        incident = IncidentOpening.model_validate(opening("T-1", services=["PRESCRIPTION", "PDR"], drill=True))
        breach = BreachOpening.model_validate(breach_opening("T-1", role="processor"))
        for sent, phase, services in (
            (incident, "awaiting_triage", ["PRESCRIPTION", "PDR"]),
            (breach, "notifying", ["PDR"]),
        ):
            given = {pair.key.name: pair.value for pair in introduction(sent, NOON).attributes}
            assert (given.pop("KantaPhase"), given.pop("KantaService")) == (phase, services)
            assert given == {"KantaOverdue": 0, "KantaRejected": 0, "KantaDrill": sent.drill}

    def test_the_reporter_and_what_happened_to_whom_stay_out(self) -> None:
        sent = IncidentOpening.model_validate(
            opening("T-1", reported_by={"name": "Maija", "phone": "040 1234567"}, title="Ei aukea 131052-308T")
        )
        breach = BreachOpening.model_validate(breach_opening("T-1", description="A nurse read her neighbour's file"))
        for introduced in (introduction(sent, NOON), introduction(breach, NOON)):
            said = introduced.summary + introduced.details
            assert not re.search("Maija|040|131052|neighbour", said)
            assert len(introduced.summary.encode()) < 400
            assert len(introduced.details.encode()) < 4000

    def test_what_always_runs_says_what_it_is_for(self) -> None:
        introduced = introduction_of("NoticeWatch", None, NOON)
        assert introduced.summary == "Reads the published disruption notices and tells the open incidents"
        assert "Where to look" in introduced.details
        assert "Send an Update" not in introduced.details, "there is nothing to say to it as to a case"
        by_type = introduction_of("Incident", opening("T-1", title="Ei aukea"), NOON)
        assert by_type.summary == "Ei aukea"

    def test_every_kind_of_process_is(self) -> None:
        nobody = introduction.dispatch(object)
        for story in WORKFLOWS:
            kind = str(workflow._Definition.must_from_class(story).name)
            assert kind in WITHOUT_OPENING or introduction.dispatch(CONTRACTS[kind].opening) is not nobody, kind

    def test_an_opening_that_nobody_knows_is_a_mistake_of_ours(self) -> None:
        with pytest.raises(TypeError, match="LocalRules"):
            introduction(local_rules(), NOON)


class TestCurrentDetails:
    def test_they_say_what_is_expected_from_whom_by_when(self) -> None:
        record = incident()
        record.open_duty("phone_kela", local_rules(), NOON, to="Kela technical support", basis="the instruction")
        text = details(record, "Europe/Helsinki", 0)
        assert "**Prescription Centre does not answer**" in text
        assert "Phase **awaiting triage**. The desk judges the fault" in text
        owed = next(line for line in text.splitlines() if "phone_kela" in line)
        assert owed.startswith("- **phone_kela**, by 22.11.2026 12:15 (+02:00): from the **desk**, for Kela")
        assert "020 634 7787" in owed
        assert "`phone_escalation`" in owed

    def test_the_latest_is_said_to_be_late_and_comes_first(self) -> None:
        record = incident()
        record.open_duty("report_to_kela", local_rules(), NOON, to="Kela", basis="the instruction")
        duty = record.open_duty("phone_kela", local_rules(), NOON, to="Kela", basis="the instruction")
        for _ in range(3):
            duty = fired(duty, next_alarm(duty, NOON))
        record.duties[duty.id] = duty
        expected = [line for line in details(record, "Europe/Helsinki", 0).splitlines() if line.startswith("- **")]
        assert expected[0].startswith("- **phone_kela**, **LATE**, was due 22.11.2026 12:15 (+02:00)")
        assert expected[1].startswith("- **report_to_kela**, by 22.11.2026 13:00 (+02:00)")

    def test_who_has_not_acknowledged_an_instruction_is_named(self) -> None:
        record = incident()
        duty = record.open_duty("distribute_instruction", local_rules(), NOON, to="the contact persons", basis="1")
        record.instructions["instruction-1"] = Instruction(
            id="instruction-1", authority="Kela", text="-", duty=duty.id, awaiting=("contact-1", "contact-2")
        )
        assert "Not heard from yet: contact-1, contact-2." in details(record, "Europe/Helsinki", 0).replace("\\", "")

    def test_times_are_local_with_their_zone_whatever_the_season(self) -> None:
        record = incident()
        record.note(NOON - timedelta(days=150), "In summer")
        text = details(record, "Europe/Helsinki", 0)
        assert "25.6.2026 13:00 (+03:00) In summer" in text
        assert "opened 22.11.2026 12:00 (+02:00)" in text
        assert "Times are those of Europe/Helsinki" in text

    def test_they_stay_short_and_count_what_they_leave_out(self) -> None:
        record = incident(title="ä" * 300)
        for number in range(40):
            record.open_duty("triage", local_rules(), NOON, to="Kela", basis="the instruction")
            record.problems[str(number)] = "[" * 400
            record.note(NOON, "ö*" * 300)
        text = details(record, "Europe/Helsinki", 3)
        assert len(text.encode()) < 4000
        assert re.findall(r"- [^\n]+\n- and \d+ more \(query `(\w+)`\)", text) == ["status", "status", "timeline"]

    def test_what_is_cut_off_shows(self) -> None:
        assert plain("one two", at_most=7) == "one two"
        assert plain("one two three", at_most=8) == "one two…"
        assert plain("ö" * 300) == "ö" * 199 + "…"

    def test_the_watch_of_the_notices_says_when_it_looks_next(self) -> None:
        watch = NoticeWatchRecord.opened(WatchOpening(), NOON)
        watch.wait_for_next_look(NOON)
        text = details(watch, "Europe/Helsinki", 0)
        assert text.startswith("**Watch of the published notices**\n\nOpened 22.11.2026 12:00 (+02:00)\n")
        assert "- 22.11.2026 12:05 (+02:00), by itself: look at the published notices\n" in text

    def test_an_empty_record_says_so(self) -> None:
        text = details(incident(drill=True), "Europe/Helsinki", 0)
        assert text.startswith("**DRILL**: nothing leaves the house")
        assert text.count("- nothing") == 3

    @pytest.mark.parametrize(
        "hostile", ["[x](javascript:alert(1))", "<b>x</b>", "# x", "| a |", "https://a.example", "a@b.example", "**b**"]
    )
    def test_a_reporters_text_has_no_marks_of_its_own(self, hostile: str) -> None:
        assert not {chr(code) for code in MARKS} & {*re.sub(r"\\.", "", plain(hostile))}
        assert re.sub(r"\\(.)", r"\1", plain(hostile)) == hostile

    async def test_no_message_that_was_accepted_is_waited_for(self, planned: MaintenanceDesk) -> None:
        await planned.plan(starts_in=timedelta(days=5))
        await planned.settled("maintenance_planned", "maintenance_publish")
        await planned.pass_time(days=4, hours=23)
        await planned.until(lambda status: len(status.messages) == 5)
        assert len(planned.world.texts) == 1
        assert "Letters not yet accepted by the mail provider" not in await current_details(planned.handle)

    def test_every_phase_has_its_sentence(self) -> None:
        assert set(web_view.EXPECTED) >= {"awaiting_triage", "handling", "watch", "assessing", "notifying", "closed"}


def test_only_what_has_changed_is_said_again() -> None:
    before = web_view.attributes(incident())
    record = incident()
    assert web_view.changes(before, web_view.attributes(record)) == []
    record.rejected_count = 1
    assert [update.key.name for update in web_view.changes(before, web_view.attributes(record))] == ["KantaRejected"]
    assert {OVERDUE.name, PHASE.name} <= {update.key.name for update in web_view.changes(None, before)}


@pytest.mark.parametrize(
    ("language", "mark"),
    [("fi", "varmistamaton lähettäjä"), ("sv", "overifierad avsändare"), ("en", "unverified sender")],
)
def test_what_came_without_the_key_is_marked_in_the_organisations_language(language: str, mark: str) -> None:
    record = incident()
    record.rules = local_rules(languages=[language])
    record.note(NOON, "Situation changed", "Head of IT", sender=Sender(came="clear"))
    record.note(NOON, "Judged", "Desk", sender=Sender(came="sealed", key="key-1"))

    events = details(record, record.time_zone, 0).partition("Last events")[2].replace("\\", "")

    assert f"Situation changed – Head of IT ({mark})" in events
    assert "Desk" not in events
