"""A decision over a legal duty waits for another person, and every clock goes on while it waits."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.builders import local_rules, resolution, risk, triage
from tests.desks.desk import BreachDesk, Desk, Refused, current_details
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import running_worker, skipping_server
from tests.replay.recorded import replayer
from workflows.procedure.operating_model.model import Switches
from workflows.process.lifecycle import FromNowOn

NOTIFY = "notify_supervisory_authority"
CONFIRM = "confirm_decision"
ANNA: dict[str, Any] = {"by": "Anna Aalto", "through": {"os_user": "aalto"}}
BENGT: dict[str, Any] = {"by": "Bengt Berg", "through": {"os_user": "berg"}}
WAIVE: dict[str, Any] = {"duty": NOTIFY, "reason": "No risk to anybody"}


@pytest.fixture
def two(breach: BreachDesk) -> BreachDesk:
    """A breach of an organisation that asks for two persons."""
    breach.world.rules = local_rules(second_person=True)
    return breach


def answer(whose: dict[str, Any], said: str = "confirmed", decision: str = CONFIRM, **more: Any) -> dict[str, Any]:
    """What somebody answers."""
    return whose | {"decision": decision, "answer": said} | more


def letters(breach: BreachDesk | Desk, kind: str) -> list[Any]:
    """The letters of a kind."""
    return [letter for letter in breach.world.letters if letter.kind == kind]


async def letters_at_last(breach: BreachDesk, kind: str, number: int) -> list[Any]:
    """The letters of a kind, once so many have gone."""
    await breach.until(lambda status: sum(each.purpose == kind for each in status.messages) == number)
    return letters(breach, kind)


async def test_a_waiver_waits_and_the_deadline_alarms_all_the_same(two: BreachDesk) -> None:
    await two.open()
    before = await two.duties()

    status = await two.say("duty_waived", **ANNA, **WAIVE)

    [waits] = status.two_person_decisions
    assert (waits.id, waits.state, waits.asked_by, waits.duty) == (CONFIRM, "waiting", "Anna Aalto", NOTIFY)
    assert await two.duties() == before | {CONFIRM: "open"}
    assert {letter.contact for letter in await letters_at_last(two, "decision_waits", 2)} == {
        "data_protection_officer", "management",
    }  # fmt: skip
    assert not letters(two, "breach_duty_waived")
    assert {duty.id: duty.recipient for duty in status.duties}[CONFIRM] == "another person than Anna Aalto"
    await two.pass_time(hours=73)
    await two.until(lambda status: any(m.purpose == "overdue" and m.duty == NOTIFY for m in status.messages))
    reminded = {letter.contact for letter in two.world.letters if letter.duty == CONFIRM and letter.kind == "reminder"}
    assert reminded == {"data_protection_officer", "management"}
    assert {duty: (await two.duties())[duty] for duty in (NOTIFY, CONFIRM)} == {NOTIFY: "overdue", CONFIRM: "overdue"}
    assert f"waits for another person ({CONFIRM})" in (await current_details(two.breach)).replace("\\", "")

    status = await two.say("decision_answer", **answer(BENGT, reason="I agree"))

    waived = next(duty for duty in status.duties if duty.id == NOTIFY)
    assert (waived.state, waived.by, waived.confirmed_by) == ("waived", "Anna Aalto", "Bengt Berg")
    assert (await two.duties())[CONFIRM] == "met_late"
    [letter, _] = await letters_at_last(two, "breach_duty_waived", 2)
    assert (letter.said_by, letter.confirmed_by) == ("Anna Aalto", "Bengt Berg")
    lines = {line["what"].partition(":")[0]: line["by"] for line in await two.breach.query("timeline")}
    assert lines[f"Asked to waive duty '{NOTIFY}'"] == "Anna Aalto"
    assert lines["Confirmed by another person"] == "Bengt Berg"
    await replayer().replay_workflow(await two.breach.fetch_history())


@pytest.mark.parametrize(
    ("whose", "why"),
    [
        (ANNA, "Anna Aalto has asked for it"),
        (ANNA | {"by": "AALTO,  anna "}, "Anna Aalto has asked for it"),
        (BENGT | {"through": {"os_user": "aalto"}}, "by the same account or token"),
        ({"by": "Bengt Berg"}, "by which account or token"),
        ({"by": "Bengt Berg", "through": {"token": "web"}}, "whether these are two persons"),
    ],
    ids=["herself", "her name written otherwise", "her account", "no account", "a token beside an account"],
)
async def test_nobody_confirms_who_is_not_known_to_be_another(two: BreachDesk, whose: dict[str, Any], why: str) -> None:
    await two.open()
    await two.say("duty_waived", **ANNA, **WAIVE)

    with pytest.raises(Refused, match=why):
        await two.say("decision_answer", **answer(whose))
    await two.breach.signal("decision_answer", answer(whose))
    status = await two.until(lambda status: len(status.rejected) == 1)

    assert why in status.rejected[0].reason
    assert (await two.duties())[NOTIFY] == "open"


async def test_who_comes_by_no_account_asks_for_nothing(two: BreachDesk) -> None:
    await two.open()

    with pytest.raises(Refused, match="by which account or token"):
        await two.say("duty_waived", by="Anna Aalto", **WAIVE)

    assert CONFIRM not in await two.duties()


async def test_what_no_law_asks_for_waits_for_nobody(desk: Desk) -> None:
    desk.world.rules = local_rules(second_person=True)
    await desk.open()
    await desk.say("triage", triage())

    status = await desk.say("duty_waived", ANNA | {"duty": "phone_kela", "reason": "Kela called us"})

    assert {duty.id: duty.state for duty in status.duties}["phone_kela"] == "waived"
    assert status.two_person_decisions == ()


async def test_asked_again_is_a_repeat_or_refused_and_confirmed_twice_is_refused(two: BreachDesk) -> None:
    await two.open()
    asked = ANNA | WAIVE | {"event_id": "asked"}
    first = await two.say("duty_waived", **asked)
    again = await two.say("duty_waived", **asked)
    assert (len(again.two_person_decisions), again.repeated_count) == (1, first.repeated_count + 1)
    for whose in (ANNA, BENGT):
        with pytest.raises(Refused, match="Anna Aalto has asked for it, and it waits"):
            await two.say("duty_waived", **whose, **WAIVE)

    confirmed = answer(BENGT, event_id="confirmed")
    await two.say("decision_answer", **confirmed)
    once_more = await two.say("decision_answer", **confirmed)

    assert [each.state for each in once_more.two_person_decisions] == ["confirmed"]
    with pytest.raises(Refused, match="was confirmed already"):
        await two.say("decision_answer", **answer(BENGT | {"by": "Carl Cygnaeus"}))


async def test_declined_or_withdrawn_it_is_as_if_nobody_had_asked(two: BreachDesk) -> None:
    await two.open()
    await two.say("duty_waived", **ANNA, **WAIVE)
    with pytest.raises(Refused, match="reason is needed"):
        await two.say("decision_answer", **answer(BENGT, "declined"))
    with pytest.raises(Refused, match="only Anna Aalto"):
        await two.say("decision_answer", **answer(BENGT, "withdrawn"))

    await two.say("decision_answer", **answer(BENGT, "declined", reason="There is a risk"))
    await two.say("duty_waived", **ANNA, **WAIVE)
    status = await two.say("decision_answer", **answer(ANNA, "withdrawn", f"{CONFIRM}-2"))

    assert [each.state for each in status.two_person_decisions] == ["declined", "withdrawn"]
    duties = await two.duties()
    assert {duty: duties[duty] for duty in (NOTIFY, CONFIRM, f"{CONFIRM}-2")} == {
        NOTIFY: "open", CONFIRM: "met", f"{CONFIRM}-2": "waived",
    }  # fmt: skip
    told = {letter.contact for letter in await letters_at_last(two, "decision_declined", 3)}
    assert told == {"data_protection_officer", "management", "desk"}
    await letters_at_last(two, "decision_withdrawn", 3)


async def test_what_is_met_while_it_waits_is_not_waived_later(two: BreachDesk) -> None:
    await two.open()
    await two.say("duty_waived", **ANNA, **WAIVE)

    at = (await two.now()).isoformat()
    status = await two.say("authority_notified", **ANNA, notified_at=at, phase="preliminary")

    assert [each.state for each in status.two_person_decisions] == ["lapsed"]
    assert {duty: (await two.duties())[duty] for duty in (NOTIFY, CONFIRM)} == {NOTIFY: "met", CONFIRM: "waived"}
    with pytest.raises(Refused, match="was lapsed already"):
        await two.say("decision_answer", **answer(BENGT))


async def test_awareness_corrected_while_it_waits_moves_the_clock(two: BreachDesk) -> None:
    opened = await two.open()
    await two.say("duty_waived", **ANNA, **WAIVE)

    earlier = opened.aware_at - timedelta(hours=80)
    status = await two.say("awareness_correction", **ANNA, aware_at=earlier.isoformat(), reason="The log says so")

    moved = next(duty for duty in status.duties if duty.id == NOTIFY)
    assert (moved.due_at, moved.state) == (earlier + timedelta(hours=72), "overdue")
    status = await two.say("decision_answer", **answer(BENGT))
    assert next(duty for duty in status.duties if duty.id == NOTIFY).state == "waived"


async def all_closed(breach: BreachDesk) -> None:
    """Meet what is met by saying it, and have everything else waived by two."""
    await breach.say("risk_assessment", **ANNA, **risk("risk"))
    await breach.say("measures_taken", **ANNA, text="Access was closed.")
    for duty in [duty for duty in (await breach.status()).duties if duty.state == "open"]:
        asked = await breach.say("duty_waived", **ANNA, duty=duty.id, reason="Not needed")
        await breach.say("decision_answer", **answer(BENGT, decision=asked.two_person_decisions[-1].id))


async def test_a_breach_is_not_concluded_while_a_waiver_waits_and_then_by_two(two: BreachDesk) -> None:
    await two.open()
    await two.say("duty_waived", **ANNA, **WAIVE)
    with pytest.raises(Refused, match=f"a duty is open: .*{NOTIFY}"):
        await two.say("conclusion", **BENGT, text="Nothing was lost")
    await two.say("decision_answer", **answer(ANNA, "withdrawn"))
    await all_closed(two)

    status = await two.say("conclusion", **ANNA, text="Nothing was lost")

    waiting = status.two_person_decisions[-1]
    assert (status.phase, status.conclusion, waiting.message, waiting.state) == (
        "notifying", "", "conclusion", "waiting",
    )  # fmt: skip
    assert not letters(two, "breach_concluded")
    await two.say("cancellation", **ANNA, reason="Opened by mistake")  # two may wait beside each other

    await two.say("decision_answer", **answer(BENGT, decision=waiting.id))
    ended = await two.ended()

    assert (ended.phase, ended.conclusion) == ("closed", "Nothing was lost")
    assert [each.state for each in ended.two_person_decisions][-2:] == ["confirmed", "lapsed"]
    assert letters(two, "breach_concluded")[0].confirmed_by == "Bengt Berg"
    assert all(duty.state not in ("open", "overdue") for duty in ended.duties)


async def test_what_is_asked_for_and_no_longer_allowed_is_refused_and_goes_on_waiting(two: BreachDesk) -> None:
    await two.open()
    await all_closed(two)
    asked = await two.say("cancellation", **ANNA, reason="Opened by mistake")
    await two.say("risk_assessment", **ANNA, **risk("high"))

    with pytest.raises(Refused, match=r"a legal duty is open: .*inform_data_subjects"):
        await two.say("decision_answer", **answer(BENGT, decision=asked.two_person_decisions[-1].id))

    assert (await two.status()).two_person_decisions[-1].state == "waiting"


async def test_an_incident_that_owed_something_by_law_is_cancelled_by_two(desk: Desk) -> None:
    desk.world.rules = local_rules(second_person=True, switches=Switches(nis2=True).model_dump())
    await desk.open()
    status = await desk.say("triage", triage(nis2_significant=True))
    for duty in [duty.id for duty in status.duties if duty.legal]:
        asked = await desk.say("duty_waived", ANNA | {"duty": duty, "reason": "A test system"})
        await desk.say("decision_answer", answer(BENGT, decision=asked.two_person_decisions[-1].id))

    status = await desk.say("cancellation", ANNA | {"reason": "Opened by mistake"})
    assert status.phase == "handling"
    await desk.say("decision_answer", answer(BENGT, decision=status.two_person_decisions[-1].id))

    await desk.until(lambda status: sum(each.purpose == "incident_cancelled" for each in status.messages) == 2)
    [letter, _] = letters(desk, "incident_cancelled")
    assert (letter.said_by, letter.confirmed_by) == ("Anna Aalto", "Bengt Berg")
    await replayer().replay_workflow(await desk.incident.fetch_history())


async def test_an_incident_does_not_close_while_its_cancellation_waits(desk: Desk) -> None:
    desk.world.rules = local_rules(second_person=True, switches=Switches(nis2=True).model_dump())
    await desk.open()
    status = await desk.say("triage", triage(nis2_significant=True, severity="low", extensive=False))
    for duty in [duty.id for duty in status.duties if duty.legal]:
        asked = await desk.say("duty_waived", ANNA | {"duty": duty, "reason": "A test system"})
        await desk.say("decision_answer", answer(BENGT, decision=asked.two_person_decisions[-1].id))
    asked = await desk.say("cancellation", ANNA | {"reason": "Opened by mistake"})
    decision = asked.two_person_decisions[-1].id
    await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
    status = await desk.pass_time(hours=30)
    assert status.phase == "watch"

    await desk.say("decision_answer", answer(BENGT, "declined", decision, reason="It was a fault"))
    ended = await desk.ended()

    assert ended.phase == "closed"


async def test_the_duty_to_confirm_is_closed_by_an_answer_only(two: BreachDesk) -> None:
    await two.open()
    await two.say("duty_waived", **ANNA, **WAIVE)

    at = (await two.now()).isoformat()
    closing: list[Callable[[], Any]] = [
        lambda: two.say("duty_met", **BENGT, duty=CONFIRM, met_at=at),
        lambda: two.say("duty_waived", **BENGT, duty=CONFIRM, reason="Nobody cares"),
    ]
    for close in closing:
        with pytest.raises(Refused, match="is closed by the answer of another person"):
            await close()


async def test_what_an_older_worker_has_waived_alone_stays_and_what_comes_after_waits(
    server: WorkflowEnvironment, world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.rules = local_rules(second_person=True)
    breach = BreachDesk(server, world, f"older-{uuid.uuid4().hex}")
    with monkeypatch.context() as older:
        older.setattr(FromNowOn, "holds", lambda _: False)
        async with running_worker(server, world, queue=breach.queue):
            await breach.open()
            await breach.say("duty_waived", **ANNA, **WAIVE)
    async with running_worker(server, world, queue=breach.queue):
        assert (await breach.duties())[NOTIFY] == "waived"
        for duty in ("document_breach", "inform_data_subjects"):
            await breach.say("risk_assessment", **ANNA, **risk("high"))
            await breach.say("duty_waived", **ANNA, duty=duty, reason="Not needed")
        status = await breach.say("decision_answer", **answer(BENGT))

        assert [(each.duty, each.state) for each in status.two_person_decisions] == [
            ("document_breach", "confirmed"), ("inform_data_subjects", "waiting"),
        ]  # fmt: skip
        await replayer().replay_workflow(await breach.breach.fetch_history())


@pytest.mark.slow
async def test_what_waits_is_carried_into_the_next_run(world: FakeWorld) -> None:
    world.rules = local_rules(second_person=True)
    async with (
        skipping_server("limit.historyCount.suggestContinueAsNew=40") as brief,
        running_worker(brief, world) as worker,
    ):
        breach = BreachDesk(brief, world, worker.task_queue)
        await breach.open()
        first = (await breach.breach.describe()).run_id
        before = await breach.say("duty_waived", **ANNA, **WAIVE)
        for number in range(200):  # how soon it continues depends on how many messages one task takes together
            if (await breach.breach.describe()).run_id != first:
                break
            await breach.say("measures_taken", text=f"Measure {number}")
        assert (await breach.breach.describe()).run_id != first

        assert (await breach.status()).two_person_decisions == before.two_person_decisions
        with pytest.raises(Refused, match="Anna Aalto has asked for it"):
            await breach.say("decision_answer", **answer(ANNA))
        await breach.pass_time(hours=73)
        assert {(await breach.duties())[duty] for duty in (NOTIFY, CONFIRM)} == {"overdue"}
        status = await breach.say("decision_answer", **answer(BENGT))
        assert next(duty for duty in status.duties if duty.id == NOTIFY).confirmed_by == "Bengt Berg"
