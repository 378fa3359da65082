"""What is learnt after the report reaches Kela: supplements, the end, a withdrawal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from tests.builders import answers, local_rules, resolution, triage
from tests.desks.desk import Desk, Refused
from workflows.incident.messages import IncidentStatus
from workflows.procedure.operating_model.reporting import FurtherReports
from workflows.process.ports import PERSONAL_DATA_FOUND, REFUSED_BY_PROVIDER, Letter

HIGH = {"severity": "high", "extensive": False}
CANCELLED = {"by": "desk", "reason": "Wrong ticket."}


async def reported(desk: Desk, **judged: Any) -> IncidentStatus:
    """A fault that Kela knows of."""
    await desk.open()
    await desk.say("triage", triage(**HIGH | judged))
    return await desk.until(lambda s: state(s, "report_to_kela") == "met")


def state(status: IncidentStatus, duty: str) -> str | None:
    return {each.id: each.state for each in status.duties}.get(duty)


def types(desk: Desk) -> list[str]:
    return [report.type for report in desk.world.reports]


def changed(desk: Desk) -> list[tuple[str, str, str]]:
    return [(change.field, change.before, change.after) for change in desk.world.reports[-1].changes]


def kela_is_busy(desk: Desk) -> None:
    """What is on its way to Kela stays on its way."""

    def busy(letter: Letter) -> str | None:
        if letter.contact == "kela":
            raise ApplicationError("the provider is busy")
        return None

    desk.world.refuse = busy


def asking(desk: Desk, **ways: str) -> None:
    desk.world.rules = local_rules(further_reports=FurtherReports.model_validate(ways).model_dump())


class TestSupplement:
    @pytest.mark.parametrize(
        ("again", "what"),
        [
            ({"severity": "critical"}, [("severity", "high", "critical")]),
            ({"extensive": True}, [("extensive", "no", "yes")]),
            ({"symptoms": "Nothing opens."}, [("symptoms", "", "")]),
            ({"description": "Since noon."}, [("description", "", "")]),
            ({"locality": "kela"}, [("locality", "unknown", "kela")]),
            ({"units_affected": 4, "began_at": "2026-11-22T10:00:00Z"},
             [("began_at", "", "2026-11-22T10:00:00+00:00"), ("units_affected", "", "4")]),
            ({"criteria": answers(privacy="yes", prevents_or_slows="yes")},
             [("criteria_met", "prevents_or_slows", "prevents_or_slows,privacy")]),
        ],
    )  # fmt: skip
    async def test_what_a_later_triage_says_otherwise(self, desk: Desk, again: dict[str, Any], what: list[Any]) -> None:
        await reported(desk)
        await desk.say("triage", triage(**HIGH | again))
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert (types(desk), changed(desk)) == (["new", "supplement"], what)
        letter = [letter for letter in desk.world.letters if letter.contact == "kela"][-1]
        assert (letter.report_type, letter.number, letter.changed) == ("supplement", 2, tuple(w[0] for w in what))

    async def test_an_update_that_changes_severity_or_services(self, desk: Desk) -> None:
        await reported(desk)
        update = {"by": "desk", "text": "Worse.", "severity": "critical", "services": ["PRESCRIPTION", "MYKANTA"]}
        await desk.say("situation_update", update)
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert [change[0] for change in changed(desk)] == ["services", "severity"]

    async def test_the_same_said_twice_is_no_change(self, desk: Desk) -> None:
        await reported(desk)
        await desk.say("triage", triage(**HIGH))
        await desk.say("situation_update", {"by": "desk", "text": "Still waiting."})
        assert types(desk) == ["new"]

    async def test_what_changes_while_the_report_is_on_its_way_follows_it(self, desk: Desk) -> None:
        kela_is_busy(desk)
        await desk.open()
        await desk.say("triage", triage(**HIGH))
        await desk.say("triage", triage(**HIGH, symptoms="Nothing opens."))
        desk.world.refuse = lambda _letter: None
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert types(desk) == ["new", "supplement"]

    async def test_one_refused_for_good_stays_owed_and_goes_with_the_next_change(self, desk: Desk) -> None:
        await reported(desk)
        desk.world.refuse = lambda letter: REFUSED_BY_PROVIDER if letter.contact == "kela" else None
        await desk.say("triage", triage(**HIGH, symptoms="Nothing opens."))
        await desk.until(lambda s: any("supplement_to_kela" in problem for problem in s.problems))
        await desk.until(lambda s: any(m.purpose == "not_sent" for m in s.messages))
        desk.world.refuse = lambda _letter: None
        await desk.say("report_supplement", {"by": "desk"})
        status = await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert not status.problems

    async def test_a_supplement_that_bounces_is_owed_again(self, desk: Desk) -> None:
        await reported(desk)
        await desk.say("triage", triage(**HIGH, symptoms="Nothing opens."))
        status = await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        letter = next(each.id for each in status.messages if each.duty == "supplement_to_kela")
        status = await desk.say("delivery_report", {"by": "mail", "message_id": letter, "event": "bounced"})
        assert state(status, "supplement_to_kela") == "open"
        await desk.say("report_supplement", {"by": "desk"})
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert types(desk) == ["new", "supplement", "supplement"]

    async def test_an_end_that_bounces_is_owed_again_with_all_that_it_said(self, desk: Desk) -> None:
        asking(desk, supplement="ask", end="ask")
        await reported(desk)
        await desk.say("triage", triage(**HIGH, locality="kela"))
        await desk.say("resolution", resolution())
        await desk.say("report_supplement", {"by": "desk"})
        status = await desk.until(lambda s: state(s, "end_to_kela") == "met")
        assert (types(desk), state(status, "supplement_to_kela")) == (["new", "resolved"], "met")
        letter = next(each.id for each in status.messages if (each.duty, each.to) == ("end_to_kela", "kela"))
        status = await desk.say("delivery_report", {"by": "mail", "message_id": letter, "event": "bounced"})
        assert {state(status, "end_to_kela"), state(status, "supplement_to_kela")} == {"open"}
        await desk.say("report_supplement", {"by": "desk"})
        await desk.until(lambda s: state(s, "end_to_kela") == "met")
        assert [change[0] for change in changed(desk)] == ["locality", "ended_at"]

    async def test_a_corrected_time_of_noticing_is_told_also_where_the_report_was_on_its_way(self, desk: Desk) -> None:
        kela_is_busy(desk)
        opened = await desk.open()
        await desk.say("triage", triage(**HIGH))
        noticed_at = (await opened.status()).noticed_at - timedelta(hours=2)
        await desk.say("correction", {"by": "desk", "noticed_at": noticed_at.isoformat(), "reason": "The night log."})
        desk.world.refuse = lambda _letter: None
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert [change[0] for change in changed(desk)] == ["noticed_at"]

    async def test_what_was_added_and_then_told_by_hand_is_not_sent_after_all(self, desk: Desk) -> None:
        await reported(desk)
        desk.world.refuse = lambda letter: REFUSED_BY_PROVIDER if letter.contact == "kela" else None
        await desk.say("report_supplement", {"by": "desk", "text": "Also the night batch."})
        await desk.until(lambda s: any(m.purpose == "not_sent" for m in s.messages))
        met_at = (await desk.now()).isoformat()
        await desk.say("duty_met", {"by": "desk", "duty": "supplement_to_kela", "met_at": met_at})
        desk.world.refuse = lambda _letter: None
        status = await desk.say("triage", triage(**HIGH))
        assert state(status, "supplement_to_kela-2") is None

    async def test_two_additions_both_reach_kela(self, desk: Desk) -> None:
        await reported(desk)
        desk.world.refuse = lambda letter: REFUSED_BY_PROVIDER if letter.contact == "kela" else None
        await desk.say("report_supplement", {"by": "desk", "text": "Also the night batch."})
        await desk.until(lambda s: any(m.purpose == "not_sent" for m in s.messages))
        desk.world.refuse = lambda _letter: None
        await desk.say("report_supplement", {"by": "desk", "text": "And the archive."})
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert desk.world.reports[-1].more == "Also the night batch.\nAnd the archive."

    async def test_the_desk_adds_what_it_wants_to(self, desk: Desk) -> None:
        await reported(desk)
        await desk.say("report_supplement", {"by": "desk", "text": "Also the night batch."})
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert (types(desk)[-1], desk.world.reports[-1].more) == ("supplement", "Also the night batch.")
        with pytest.raises(Refused, match="nothing has changed since report 2"):
            await desk.say("report_supplement", {"by": "desk"})

    async def test_a_fault_that_kela_does_not_know_has_none(self, desk: Desk) -> None:
        await desk.open()
        with pytest.raises(Refused, match="send a triage first"):
            await desk.say("report_supplement", {"by": "desk", "text": "More."})
        await desk.say("triage", triage(criteria=answers(prevents_or_slows="no"), **HIGH))
        with pytest.raises(Refused, match="no report has gone to Kela"):
            await desk.say("report_supplement", {"by": "desk", "text": "More."})
        await desk.say("triage", triage(criteria=answers(prevents_or_slows="no"), **HIGH, symptoms="Nothing opens."))
        await desk.say("resolution", resolution())
        assert types(desk) == []

    async def test_a_report_made_by_hand_is_supplemented_too(self, desk: Desk) -> None:
        desk.world.refuse = lambda letter: PERSONAL_DATA_FOUND if letter.contact == "kela" else None
        await desk.open()
        await desk.say("triage", triage(**HIGH))
        await desk.until(lambda s: bool(s.problems))
        met_at = (await desk.now()).isoformat()
        await desk.say("duty_met", {"by": "desk", "duty": "report_to_kela", "met_at": met_at})
        desk.world.refuse = lambda _letter: None
        await desk.say("triage", triage(**HIGH, symptoms="Nothing opens."))
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert types(desk) == ["new", "supplement"]


class TestAskedFirst:
    async def test_the_desk_is_asked_and_answers(self, desk: Desk) -> None:
        asking(desk, supplement="ask")
        await reported(desk)
        status = await desk.say("triage", triage(**HIGH, symptoms="Nothing opens."))
        assert state(status, "supplement_to_kela") == "open"
        await desk.until(lambda s: any(m.purpose == "kela_to_be_told" for m in s.messages))
        assert types(desk) == ["new"]
        await desk.say("report_supplement", {"by": "desk"})
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert changed(desk) == [("symptoms", "", "")]

    async def test_told_by_hand_or_not_at_all_it_is_not_asked_again(self, desk: Desk) -> None:
        asking(desk, supplement="ask")
        await reported(desk)
        await desk.say("triage", triage(**HIGH, symptoms="Nothing opens."))
        await desk.say("duty_waived", {"by": "desk", "duty": "supplement_to_kela", "reason": "Of no use to Kela."})
        status = await desk.say("triage", triage(**HIGH, symptoms="Nothing opens."))
        assert (state(status, "supplement_to_kela"), state(status, "supplement_to_kela-2")) == ("waived", None)

    async def test_a_change_taken_back_is_owed_no_longer(self, desk: Desk) -> None:
        asking(desk, supplement="ask")
        await reported(desk)
        await desk.say("triage", triage(**HIGH, locality="kela"))
        status = await desk.say("triage", triage(**HIGH, locality="unknown"))
        assert state(status, "supplement_to_kela") == "waived"

    async def test_the_end_says_all_that_was_to_be_supplemented(self, desk: Desk) -> None:
        asking(desk, supplement="ask")
        await reported(desk)
        await desk.say("triage", triage(**HIGH, locality="kela"))
        await desk.say("resolution", resolution())
        status = await desk.until(lambda s: state(s, "end_to_kela") == "met")
        assert state(status, "supplement_to_kela") == "met"
        assert [change[0] for change in changed(desk)] == ["locality", "ended_at"]

    async def test_an_end_that_was_none_is_not_told(self, desk: Desk) -> None:
        asking(desk, end="ask")
        await reported(desk)
        status = await desk.say("resolution", resolution())
        assert state(status, "end_to_kela") == "open"
        status = await desk.say("reopening", {"by": "desk", "reason": "It is back."})
        assert state(status, "end_to_kela") == "waived"
        assert types(desk) == ["new"]

    async def test_a_form_meets_no_duty_that_is_younger(self, desk: Desk) -> None:
        asking(desk, end="ask")
        await reported(desk)
        kela_is_busy(desk)
        await desk.say("triage", triage(**HIGH, locality="kela"))
        await desk.say("resolution", resolution())
        desk.world.refuse = lambda _letter: None
        status = await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert (state(status, "end_to_kela"), state(status, "end_to_kela-2")) == ("open", None)

    async def test_one_answer_sends_one_form(self, desk: Desk) -> None:
        asking(desk, supplement="ask", end="ask")
        await reported(desk)
        await desk.say("triage", triage(**HIGH, locality="kela"))
        await desk.say("resolution", resolution())
        await desk.say("report_supplement", {"by": "desk"})
        await desk.until(lambda s: {state(s, "end_to_kela"), state(s, "supplement_to_kela")} == {"met"})
        assert types(desk) == ["new", "resolved"]

    async def test_not_closed_before_kela_knows_of_the_end(self, desk: Desk) -> None:
        asking(desk, end="ask")
        await reported(desk)
        await desk.say("resolution", resolution())
        assert (await desk.pass_time(hours=25)).phase == "watch"
        await desk.say("report_supplement", {"by": "desk"})
        assert (await desk.ended()).phase == "closed"


class TestEndOfFault:
    async def test_kela_hears_of_it(self, desk: Desk) -> None:
        await reported(desk)
        await desk.say("resolution", resolution())
        status = await desk.until(lambda s: state(s, "end_to_kela") == "met")
        assert types(desk) == ["new", "resolved"]
        assert desk.world.reports[-1].status.resolved_at == status.resolved_at

    async def test_a_report_that_says_it_itself_needs_no_other(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("triage", triage(criteria=answers(prevents_or_slows="no"), **HIGH))
        await desk.say("resolution", resolution())
        await desk.say("triage", triage(**HIGH))
        await desk.until(lambda s: state(s, "report_to_kela") == "met")
        assert types(desk) == ["new"]

    async def test_what_is_learnt_in_the_watch_phase_reaches_kela_too(self, desk: Desk) -> None:
        await reported(desk)
        await desk.say("resolution", resolution())
        await desk.until(lambda s: state(s, "end_to_kela") == "met")
        await desk.say("situation_update", {"by": "desk", "text": "It was larger.", "extensive": True})
        await desk.until(lambda s: state(s, "supplement_to_kela") == "met")
        assert (types(desk)[-1], changed(desk)) == ("supplement", [("extensive", "no", "yes")])


class TestCancelled:
    async def test_after_a_report_kela_and_the_desk_hear_of_it(self, desk: Desk) -> None:
        await reported(desk)
        await desk.say("cancellation", CANCELLED)
        ended = await desk.ended()
        assert (ended.phase, state(ended, "withdrawal_to_kela"), types(desk)) == (
            "cancelled", "met", ["new", "withdrawn"]
        )  # fmt: skip
        assert desk.world.reports[-1].more == "Wrong ticket."
        assert "kela_to_be_told" in desk.world.kinds("desk")

    async def test_asked_first_it_stays_until_kela_knows(self, desk: Desk) -> None:
        asking(desk, withdrawal="ask")
        await reported(desk)
        status = await desk.say("cancellation", CANCELLED)
        assert (status.phase, state(status, "withdrawal_to_kela")) == ("cancelled", "open")
        status = await desk.pass_time(hours=3)
        assert state(status, "withdrawal_to_kela") == "overdue"
        with pytest.raises(Refused, match="the incident is cancelled"):
            await desk.say("triage", triage(**HIGH))
        await desk.say("report_supplement", {"by": "desk"})
        assert (await desk.ended()).phase == "cancelled"
        assert types(desk) == ["new", "withdrawn"]

    async def test_a_report_on_its_way_is_withdrawn_too(self, desk: Desk) -> None:
        def busy(letter: Letter) -> str | None:
            if letter.contact == "kela" and letter.report_type == "new":
                raise ApplicationError("the provider is busy")
            return None

        desk.world.refuse = busy
        await desk.open()
        await desk.say("triage", triage(**HIGH))
        await desk.until(lambda _s: bool(desk.world.reports))
        await desk.say("cancellation", CANCELLED)
        ended = await desk.ended()
        assert (state(ended, "report_to_kela"), state(ended, "withdrawal_to_kela")) == ("waived", "met")

    async def test_before_a_report_nobody_at_kela_hears_of_it(self, desk: Desk) -> None:
        await desk.open()
        await desk.say("cancellation", CANCELLED)
        assert (await desk.ended()).phase == "cancelled"
        assert types(desk) == []

    async def test_refused_while_it_is_open_whether_personal_data_were_breached(self, desk: Desk) -> None:
        await reported(desk, criteria=answers(privacy="unknown"))
        with pytest.raises(Refused, match="kantadesk breach assess"):
            await desk.say("cancellation", CANCELLED)
        assessed = {"by": "dpo", "outcome": "no_personal_data", "reason": "Nobody saw them."}
        await desk.say("breach_assessment", assessed)
        await desk.say("cancellation", CANCELLED)
        assert (await desk.ended()).phase == "cancelled"
