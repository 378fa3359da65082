"""Two incidents of one fault: one follows the other, sentence by sentence."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.builders import answers, call, local_rules, now, resolution, triage
from tests.desks.desk import Desk, Refused
from workflows.incident.messages import IncidentStatus
from workflows.incident.same_fault import group_mark
from workflows.procedure.model import Line
from workflows.process.ids import incident_workflow_id

HIGH = {"severity": "high", "extensive": False}


@pytest.fixture
def other(desk: Desk) -> Desk:
    """The desk of another incident, which is not open yet."""
    return Desk(desk.server, desk.world, desk.queue)


async def both(desk: Desk, other: Desk, **changes: Any) -> None:
    """Two open incidents."""
    await other.open()
    await desk.open(**changes)


async def linked(desk: Desk, other: Desk) -> IncidentStatus:
    """Let an incident follow another one, and wait until that has agreed."""
    await desk.say("same_as", {"by": "desk", "reference": other.reference})
    return await desk.until(lambda s: state_of(s) == "follows")


async def followed(desk: Desk, other: Desk) -> IncidentStatus:
    """Two incidents of one fault: the other is judged, and this one, not judged itself, follows it."""
    await both(desk, other)
    await other.say("triage", triage(**HIGH))
    return await linked(desk, other)


async def followed_once_told(desk: Desk, other: Desk) -> IncidentStatus:
    """The same where both were judged, and had told people of it, before the one follows the other."""
    await both(desk, other)
    await other.say("triage", triage(**HIGH))
    await desk.say("triage", triage(**HIGH))
    await desk.until(lambda _: letters(desk, "start") == ["start", "start"])
    return await linked(desk, other)


async def turned_down(desk: Desk, reference: str) -> str:
    """Why an incident may not follow another one, which says so itself."""
    await desk.say("same_as", {"by": "desk", "reference": reference})
    status = await desk.until(lambda s: state_of(s) == "refused")
    assert status.same_as
    assert status.same_as.why in "\n".join(status.problems)
    assert all(duty.state != "waived" for duty in status.duties), "everything is owed here"
    return status.same_as.why


def state_of(status: IncidentStatus) -> str:
    return status.same_as.state if status.same_as else ""


def letters(desk: Desk, *kinds: str) -> list[str]:
    """The kinds of the letters about one incident, of some kinds only."""
    return [letter.kind for letter in desk.world.letters if letter.reference == desk.reference and letter.kind in kinds]


def state(status: IncidentStatus, duty: str) -> str:
    return next(each.state for each in status.duties if each.id == duty)


def why_waived(status: IncidentStatus, duty: str) -> str:
    return next(each.waived_reason or "" for each in status.duties if each.id == duty)


async def sent_by(desk: Desk) -> str:
    """The Message-ID of the report that an incident has sent to Kela."""
    status = await desk.until(lambda s: state(s, "report_to_kela") == "met")
    return next(message.id for message in status.messages if message.to == "kela")


class TestAFollower:
    async def test_owes_nothing_that_the_other_has_done(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage())
        await other.say("phone_escalation", call())
        await sent_by(other)
        status = await linked(desk, other)
        assert why_waived(status, "triage").startswith(f"same fault as {other.reference}, which has judged it (")
        await desk.say("triage", triage())
        status = await desk.status()
        assert {each.id: each.state for each in status.duties} == {
            "triage": "waived", "report_to_kela": "waived", "phone_kela": "waived",
        }  # fmt: skip
        assert "which has reported it to Kela (" in why_waived(status, "report_to_kela")
        assert "which has phoned Kela (" in why_waived(status, "phone_kela")
        assert [report.reference for report in desk.world.reports] == [other.reference]

    async def test_owes_what_the_other_neither_owes_nor_has_done(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage(criteria=answers(), severity="low", extensive=False))
        await linked(desk, other)
        await desk.say("triage", triage())
        status = await desk.until(lambda s: state(s, "report_to_kela") == "met")
        assert state(status, "phone_kela") == "open"
        await other.say("triage", triage())
        await desk.until(lambda s: state(s, "phone_kela") == "waived")

    async def test_leaves_what_it_owed_and_says_when_the_other_has_done_it(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage())
        await desk.say("triage", triage())
        status = await linked(desk, other)
        assert why_waived(status, "phone_kela") == f"same fault as {other.reference}, which owes the call to Kela"
        await other.say("phone_escalation", call())
        await desk.until(lambda s: "which has phoned Kela" in why_waived(s, "phone_kela"))
        await desk.pass_time(hours=2)
        assert letters(desk, "overdue") == []

    async def test_tells_nobody_twice(self, desk: Desk, other: Desk) -> None:
        groups = {point: ["everyone"] for point in ("start", "change", "end", "start_text", "end_text")}
        desk.world.rules = local_rules(telling=groups | {"instruction": ["contact-persons"]})
        await followed(desk, other)
        await desk.say("triage", triage(**HIGH))
        assert any(line.startswith("Not told here (start)") for line in await desk.timeline())
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        await other.until(lambda _: letters(other, "end") == ["end", "end"])
        assert letters(desk, "start", "change", "end") == []
        assert {text.reference for text in desk.world.texts} == {other.reference}

    async def test_that_is_cancelled_says_nothing_to_those_who_never_heard_of_it(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        await desk.say("triage", triage(**HIGH))
        await desk.say("cancellation", {"by": "desk", "reason": "Opened twice."})
        assert (await desk.ended()).phase == "cancelled"
        assert letters(desk, "start", "cancelled") == []
        await other.until(lambda s: s.followers == ())

    async def test_that_is_cancelled_takes_nothing_back_from_those_whom_the_other_tells(
        self, desk: Desk, other: Desk
    ) -> None:
        await followed_once_told(desk, other)
        await desk.say("cancellation", {"by": "desk", "reason": "Opened twice."})
        await desk.ended()
        assert letters(desk, "cancelled") == []
        assert (await other.status()).phase == "handling"

    async def test_tells_those_its_own_end_whom_it_alone_has_told(self, desk: Desk, other: Desk) -> None:
        await both(desk, other, services=["PRESCRIPTION", "MYKANTA"])
        await other.say("triage", triage(**HIGH))
        await desk.say("triage", triage(**HIGH))
        await desk.until(lambda _: letters(desk, "start") == ["start", "start"])
        await linked(desk, other)
        await other.say("resolution", resolution())
        await desk.until(lambda _: letters(desk, "end") == ["end", "end"])
        await other.say("reopening", {"by": "desk", "reason": "It is back."})
        await desk.until(lambda _: letters(desk, "change") == ["change", "change"])

    async def test_leaves_the_end_to_the_other_where_that_tells_it_of_the_same_services(
        self, desk: Desk, other: Desk
    ) -> None:
        await followed_once_told(desk, other)
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        await desk.pass_time(minutes=1)
        assert letters(desk, "end") == []

    async def test_passes_on_instructions_and_asks_for_breaches_itself(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        await desk.say("triage", triage(criteria=answers(privacy="yes"), **HIGH))
        await desk.say("authority_instruction", {"by": "desk", "authority": "Kela", "text": "Wait."})
        status = await desk.until(lambda _: letters(desk, "instruction") == ["instruction", "instruction"])
        assert (state(status, "assess_breach"), state(status, "distribute_instruction")) == ("open", "open")

    async def test_that_nobody_has_judged_asks_after_a_long_outage_too(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        status = await desk.pass_time(hours=4)
        assert (status.phase, state(status, "assess_breach")) == ("awaiting_triage", "open")

    async def test_closes_with_the_other(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        await other.say("resolution", resolution())
        status = await desk.until(lambda s: s.phase == "watch")
        assert status.resolved_at == (await other.status()).resolved_at
        await other.pass_time(hours=25)
        assert (await other.ended()).phase == "closed"
        ended = await desk.ended()
        assert (ended.phase, state_of(ended)) == ("closed", "over")
        assert [document.name for document in ended.documents] == ["evidence.zip"], "it keeps its record"

    async def test_waits_for_the_other_even_where_its_own_time_is_over(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage(severity="critical"))
        await linked(desk, other)
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        status = await desk.pass_time(hours=25)
        assert (status.phase, state_of(status)) == ("watch", "follows"), "the other still owes the call"
        await other.say("phone_escalation", call())
        await other.pass_time(hours=25)
        assert (await desk.ended()).phase == "closed"

    async def test_comes_back_with_the_other(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        await other.say("reopening", {"by": "desk", "reason": "It is back."})
        status = await desk.until(lambda s: s.phase == "handling" and len(s.duties) > 1)
        assert why_waived(status, "triage-2") == f"same fault as {other.reference}, which is to be judged"
        assert letters(desk, "change") == []

    async def test_is_not_told_what_concerns_the_whole_fault(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        for name, said in (
            ("situation_update", {"by": "desk", "text": "Worse."}),
            ("resolution", resolution()),
        ):
            with pytest.raises(Refused, match=f"this incident follows {other.reference}: say it there"):
                await desk.say(name, said)

    async def test_that_had_reported_itself_tells_kela_its_own_end(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage(**HIGH))
        await desk.say("triage", triage(**HIGH))
        await sent_by(desk)
        await linked(desk, other)
        await other.say("resolution", resolution())
        await desk.until(lambda s: any(each.kind == "end_to_kela" and each.state == "met" for each in s.duties))
        kinds = [(report.reference, report.type) for report in desk.world.reports]
        assert sorted(kinds) == sorted(
            (each, of) for each in (desk.reference, other.reference) for of in ("new", "resolved")
        )


class TestNothingOwedDisappears:
    async def test_until_the_other_has_agreed_everything_is_owed(self, desk: Desk) -> None:
        await desk.open()
        status = await desk.say("same_as", {"by": "desk", "reference": "nobody"})
        assert (state_of(status), state(status, "triage")) == ("asked", "open")

    async def test_the_link_is_taken_back(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage())
        await sent_by(other)
        await linked(desk, other)
        await desk.say("triage", triage())
        status = await desk.say("not_same_as", {"by": "desk", "reason": "our own firewall"})
        assert (state_of(status), state(status, "phone_kela")) == ("taken_back", "open")
        await sent_by(desk)
        await desk.until(lambda _: letters(desk, "start") == ["start", "start"])
        await other.until(lambda s: s.followers == ())
        assert state(await desk.status(), "triage") == "waived", "it was judged meanwhile"

    async def test_the_link_is_taken_back_after_the_others_end(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        status = await desk.say("not_same_as", {"by": "desk"})
        assert (status.phase, status.resolved_at, state(status, "triage")) == ("handling", None, "open")
        with pytest.raises(Refused, match="not been judged yet"):
            await desk.say("situation_update", {"by": "desk", "text": "Worse."})
        await desk.say("triage", triage(**HIGH))
        await sent_by(desk)

    async def test_the_other_says_that_it_is_cancelled(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await desk.say("triage", triage())
        await other.say("triage", triage())
        await linked(desk, other)
        word = {"by": "x", "reference": other.reference, "number": 1, "told": 99, "phase": "cancelled"}
        status = await desk.say("lead_state", word)
        assert (state_of(status), state(status, "phone_kela")) == ("over", "open")
        assert any("was cancelled: what was left to it is owed here again" in problem for problem in status.problems)

    async def test_the_other_is_not_cancelled_while_it_is_followed(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        with pytest.raises(Refused, match=f"{desk.reference} follows this one: unlink first"):
            await other.say("cancellation", {"by": "desk", "reason": "a mistake"})
        await desk.say("not_same_as", {"by": "desk"})
        await other.until(lambda s: s.followers == ())
        await other.say("cancellation", {"by": "desk", "reason": "a mistake"})
        assert (await other.ended()).phase == "cancelled"

    async def test_what_only_the_follower_judges_grave_is_reported(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage(**HIGH))
        await sent_by(other)
        await linked(desk, other)
        grave = triage(criteria=answers(safety="yes"))
        await desk.say("triage", grave)
        await sent_by(desk)
        assert state(await desk.status(), "phone_kela") == "open"
        await other.say("triage", grave)
        await desk.until(lambda s: state(s, "phone_kela") == "waived")

    @pytest.mark.parametrize("phase", ["handling", "watch"])
    async def test_the_other_vanishes(self, desk: Desk, other: Desk, phase: str) -> None:
        await both(desk, other)
        await other.say("triage", triage())
        await linked(desk, other)
        if phase == "watch":
            await other.say("resolution", resolution())
            await desk.until(lambda s: s.phase == "watch")
        await other.incident.terminate()
        await desk.pass_time(hours=1, minutes=5)
        status = await desk.until(lambda s: state_of(s) == "over")
        assert (status.phase == "watch", state(status, "triage")) == (phase == "watch", "open")
        status = await desk.say("triage", triage())
        assert state(status, "phone_kela") == "open"
        if phase == "handling":
            await desk.until(lambda _: letters(desk, "start") == ["start", "start"])
        else:
            await desk.pass_time(minutes=1)
            assert letters(desk, "start") == [], "what is over does not begin"

    async def test_one_that_was_brought_back_hears_of_the_end_that_it_missed(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage())
        await linked(desk, other)
        carried = (await desk.incident.query("record"))["carried"]
        await desk.incident.terminate()
        await other.say("phone_escalation", call())
        await other.until(lambda s: s.followers == ())
        await other.say("resolution", resolution())
        await desk.server.client.start_workflow(
            "Incident",
            {"carried": carried},
            id=desk.incident.id,
            task_queue=desk.queue,
            memo={"brought_back_from": "x"},
        )
        desk.handle = desk.server.client.get_workflow_handle(desk.incident.id, result_type=IncidentStatus)
        await desk.pass_time(hours=1, minutes=5)
        await desk.until(lambda s: s.phase == "watch")
        assert (await other.status()).followers == (desk.reference,)

    async def test_the_other_is_there_still(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        status = await desk.pass_time(hours=3, minutes=5)
        assert state_of(status) == "follows"
        assert (await other.status()).followers == (desk.reference,)

    async def test_it_is_judged_again_before_anything_is_reported(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        await desk.say("triage", triage(**HIGH))
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        await other.say("reopening", {"by": "desk", "reason": "It is back."})
        await desk.until(lambda s: s.phase == "handling" and len(s.duties) > 2)
        status = await desk.say("not_same_as", {"by": "desk"})
        assert state(status, "triage-2") == "open"
        await desk.pass_time(minutes=1)
        assert letters(desk, "fault_report", "start") == []
        await desk.say("triage", triage(**HIGH))
        await desk.until(lambda _: letters(desk, "start") == ["start", "start"])

    async def test_what_was_never_judged_is_not_resolved(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        assert (await desk.say("not_same_as", {"by": "desk"})).phase == "handling"
        with pytest.raises(Refused, match="not been judged yet"):
            await desk.say("resolution", resolution())

    async def test_one_that_comes_back_by_itself_forgets_the_link(self, desk: Desk, other: Desk) -> None:
        await followed(desk, other)
        await desk.say("triage", triage(criteria=answers(privacy="yes"), **HIGH))
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        await other.pass_time(hours=25)
        await other.ended()
        await desk.until(lambda s: state_of(s) == "over")
        await desk.say("reopening", {"by": "desk", "reason": "It is back."})
        await desk.say("triage", triage(**HIGH))
        await desk.say("breach_assessment", {"by": "dpo", "outcome": "no_personal_data", "reason": "none"})
        await desk.say("resolution", resolution(resolved_at=now().isoformat()))
        status = await desk.pass_time(minutes=5)
        assert (status.phase, status.watch_until is None) == ("watch", False)
        await desk.say("cancellation", {"by": "desk", "reason": "a mistake"})
        await desk.until(lambda _: letters(desk, "cancelled") == ["cancelled", "cancelled"])

    async def test_a_group_that_no_message_can_name(self, desk: Desk, other: Desk) -> None:
        groups = {point: ["everyone", "x" * 301, "010594Y9032"] for point in ("start", "change", "end")}
        desk.world.rules = local_rules(telling=groups | {"instruction": ["contact-persons"]})
        await followed(desk, other)
        await desk.say("triage", triage(**HIGH))
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        assert not [each for each in desk.world.letters if each.reference == desk.reference and each.kind == "start"]
        assert [each.groups for each in desk.world.audiences if each.groups] == [tuple(groups["start"])] * 2

    async def test_the_others_report_comes_back(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage(**HIGH))
        report = await sent_by(other)
        await linked(desk, other)
        await desk.say("triage", triage(**HIGH))
        await other.say("delivery_report", {"by": "mail", "message_id": report, "event": "bounced"})
        await sent_by(desk)
        assert state(await other.status(), "report_to_kela") == "open"

    async def test_the_others_report_is_refused(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await linked(desk, other)
        await desk.say("triage", triage(**HIGH))
        desk.world.refuse = lambda one: (
            "no key" if (one.contact, one.reference) == ("kela", other.reference) else None
        )  # fmt: skip
        await other.say("triage", triage(**HIGH))
        await sent_by(desk)
        await other.until(lambda _: letters(other, "not_sent") == ["not_sent"])
        assert state(await other.status(), "report_to_kela") == "open"

    async def test_the_other_decides_not_to_phone(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage())
        await linked(desk, other)
        await desk.say("triage", triage())
        await other.say("duty_waived", {"by": "desk", "duty": "phone_kela", "reason": "Kela called us."})
        await desk.until(lambda s: state(s, "phone_kela") == "open")

    async def test_while_a_report_is_being_sent(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        desk.world.mail_stands_still = True
        await desk.say("triage", triage(**HIGH))
        await other.say("triage", triage(**HIGH))
        status = await linked(desk, other)
        assert state(status, "report_to_kela") == "waived"
        await desk.timeline_until(
            "Sending was given up: duty 'report_to_kela' was closed by a person (what has just gone may still arrive)"
        )
        desk.world.mail_stands_still = False

    @pytest.mark.slow
    async def test_the_other_is_deleted_without_a_word(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage())
        await sent_by(other)
        await linked(desk, other)
        await desk.say("triage", triage())
        await other.say("resolution", resolution())
        await desk.until(lambda s: s.phase == "watch")
        await other.incident.terminate()
        await desk.pass_time(hours=25)
        status = await desk.until(lambda s: state_of(s) == "over")
        assert (state(status, "phone_kela"), state(status, "report_to_kela")) == ("overdue", "waived")


class TestRefused:
    async def test_one_that_answers_too_late_has_no_follower(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        await other.say("triage", triage(**HIGH))
        desk.world.contacts_come = asyncio.Event()
        await other.incident.signal("authority_instruction", {"by": "desk", "authority": "Kela", "text": "Wait."})
        await desk.say("same_as", {"by": "desk", "reference": other.reference})
        await desk.pass_time(minutes=6)
        status = await desk.until(lambda s: state_of(s) == "refused")
        assert any("has not answered: link it again" in problem for problem in status.problems)
        desk.world.contacts_come.set()
        await other.until(lambda s: bool(s.instructions))
        await other.timeline_until(f"No longer followed by {desk.reference}, an incident of the same fault")
        assert (await other.status()).followers == ()
        status = await linked(desk, other)
        assert not any(other.reference in problem for problem in status.problems), "it is linked now"

    async def test_itself(self, desk: Desk) -> None:
        await desk.open()
        with pytest.raises(Refused, match="is this incident itself"):
            await desk.say("same_as", {"by": "desk", "reference": desk.reference})

    async def test_nothing_to_take_back(self, desk: Desk) -> None:
        await desk.open()
        with pytest.raises(Refused, match="this incident follows no other"):
            await desk.say("not_same_as", {"by": "desk"})

    async def test_unknown_ended_or_resolved(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        assert await turned_down(desk, "nobody") == "there is no open incident nobody"
        await other.say("triage", triage(**HIGH))
        await other.say("resolution", resolution())
        assert "is resolved: reopen it" in await turned_down(desk, other.reference)
        await other.say("cancellation", {"by": "desk", "reason": "a mistake"})
        await other.ended()
        assert await turned_down(desk, other.reference) == f"there is no open incident {other.reference}"

    async def test_a_drill_and_a_live_fault(self, desk: Desk, other: Desk) -> None:
        await both(desk, other, drill=True)
        assert await turned_down(desk, other.reference) == (
            f"{other.reference} is no drill: a drill and a live fault stay apart"
        )
        assert "is a drill: a drill and a live fault stay apart" in await turned_down(other, desk.reference)

    async def test_a_chain_from_either_end_and_a_cycle(self, desk: Desk, other: Desk) -> None:
        await both(desk, other)
        third = Desk(desk.server, desk.world, desk.queue)
        await third.open()
        await linked(desk, other)
        assert (
            await turned_down(third, desk.reference) == f"{desk.reference} follows {other.reference}: link to that one"
        )
        for another in (desk, third):
            with pytest.raises(Refused, match=f"{desk.reference} follows this incident: link {another.reference} to"):
                await other.say("same_as", {"by": "desk", "reference": another.reference})
        with pytest.raises(Refused, match=f"follows {other.reference} already; unlink it first"):
            await desk.say("same_as", {"by": "desk", "reference": third.reference})

    async def test_a_word_of_one_that_is_not_followed(self, desk: Desk) -> None:
        await desk.open()
        with pytest.raises(Refused, match="this incident does not follow X"):
            await desk.say("lead_state", {"by": "x", "reference": "X", "number": 1, "duties": {"triage": None}})
        assert (await desk.duties())["triage"] == "open"


@pytest.mark.parametrize("name", ["x" * 301, "010594Y9032", " everyone "])
def test_a_group_that_no_message_can_name_goes_by_a_mark(name: str) -> None:
    mark = group_mark(name)
    assert mark.startswith("group-")
    assert TypeAdapter(Line).validate_python(mark) == mark == group_mark(name)
    assert group_mark("everyone") == "everyone"


async def test_of_two_that_link_to_each_other_at_once_the_older_goes_on(desk: Desk, other: Desk) -> None:
    await both(desk, other)
    await asyncio.gather(
        *(
            one.incident.signal("same_as", {"by": "desk", "reference": another.reference})
            for one, another in ((desk, other), (other, desk))
        )
    )
    await desk.until(lambda s: state_of(s) == "follows")
    status = await other.until(lambda s: s.followers == (desk.reference,))
    assert state_of(status) in ("taken_back", "refused", "")
    assert state(status, "triage") == "open"


async def test_what_arrives_late_changes_nothing(desk: Desk, other: Desk) -> None:
    await both(desk, other)
    await linked(desk, other)
    await desk.say("not_same_as", {"by": "desk"})
    await other.until(lambda s: s.followers == ())
    opened_at = (await desk.status()).opened_at.isoformat()
    late = {"by": incident_workflow_id(desk.reference), "reference": desk.reference, "drill": False, "number": 1}
    status = await other.say("followed_by", {**late, "opened_at": opened_at})
    assert status.followers == ()
    early = {"by": incident_workflow_id(other.reference), "reference": other.reference, "number": 1, "told": 99}
    status = await desk.say("lead_state", {**early, "duties": {"triage": None}})
    assert state(status, "triage") == "open"
