"""One test for each sentence of the story of a planned break, each refusal, and each thing that comes too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowFailureError, WorkflowQueryFailedError

from tests import builders
from tests.desks.desk import Desk, Refused
from tests.desks.maintenance import MaintenanceDesk
from workflows.procedure.local_time import local
from workflows.procedure.maintenance.rules import AS_PUBLISHED, moment_of
from workflows.procedure.window import Window

EVERYONE = ["health-station", "pharmacy"]
POINTS = AS_PUBLISHED.points


def moment(planned: MaintenanceDesk, point: str, starts_at: datetime | None = None) -> datetime:
    """When a point of the default rules is told."""
    begin = starts_at or planned.starts_at
    return moment_of(POINTS[point], Window(starts_at=begin, ends_at=begin + timedelta(hours=2)), "Europe/Helsinki")


async def told_ahead(planned: MaintenanceDesk) -> None:
    """Until the two weeks' letter has gone out."""
    await planned.pass_until(moment(planned, "two_weeks_before"))
    await planned.settled("maintenance_planned", "maintenance_publish")


async def test_from_the_plan_to_the_evidence(planned: MaintenanceDesk) -> None:
    status = await planned.plan()
    assert (status.phase, status.told, planned.world.letters) == ("planned", (), [])
    assert status.next[0].at == moment(planned, "two_weeks_before")

    await told_ahead(planned)
    assert (planned.mailed("maintenance_planned"), planned.world.texts) == (EVERYONE, [])
    assert [d.name for d in planned.world.letters[0].attachments] == ["break-0.ics"]

    await planned.pass_until(moment(planned, "day_before"))
    await planned.until(lambda _: len(planned.world.texts) == 1)
    assert planned.texted("maintenance_planned") == ["health-station"]
    assert planned.mailed("maintenance_planned") == ["health-station", "pharmacy", "pharmacy"]  # it has no number
    assert [letter.is_reminder for letter in planned.world.letters if letter.contact == "pharmacy"] == [False, True]

    await planned.pass_until(planned.starts_at)
    status = await planned.settled("maintenance_started")
    assert status.phase == "under_way"
    at = (await planned.now()).isoformat()
    await planned.say("completion", completed_at=at)
    status = await planned.ended()
    assert (status.phase, status.overlong, status.short_notice, status.next) == ("completed", False, False, ())
    assert planned.mailed("maintenance_ended") == EVERYONE
    assert [bundle.process for bundle in planned.world.bundles] == ["maintenance"]
    assert not status.problems


async def test_planned_within_the_two_weeks_is_told_at_once_as_short_notice(planned: MaintenanceDesk) -> None:
    await planned.plan(starts_in=timedelta(days=5))
    status = await planned.settled("maintenance_planned")
    assert status.short_notice
    assert {letter.short_notice for letter in planned.world.letters if letter.kind == "maintenance_planned"} == {True}
    assert planned.world.texts == []


async def test_planned_after_the_day_before_hour_is_told_by_both_ways_at_once(planned: MaintenanceDesk) -> None:
    await planned.plan(starts_in=timedelta(minutes=30))
    status = await planned.until(lambda s: len(planned.world.texts) == 1 and len(s.messages) >= 4)
    assert (status.short_notice, planned.texted("maintenance_planned")) == (True, ["health-station"])
    assert [text.short_notice for text in planned.world.texts] == [True]
    assert planned.mailed("maintenance_planned") == EVERYONE  # who has no number is not mailed twice


async def test_planned_when_it_has_begun_is_told_as_begun(planned: MaintenanceDesk) -> None:
    await planned.plan(starts_in=-timedelta(minutes=30))
    await planned.until(lambda _: len(planned.world.texts) == 1)
    status = await planned.settled("maintenance_started")
    assert (status.phase, planned.mailed("maintenance_started")) == ("under_way", EVERYONE)
    assert (planned.mailed("maintenance_planned"), planned.texted("maintenance_planned")) == ([], ["health-station"])


async def test_what_is_over_is_not_planned(planned: MaintenanceDesk) -> None:
    with pytest.raises(WorkflowQueryFailedError, match="ends_at lies in the past"):
        await planned.plan(starts_in=-timedelta(hours=3))
    with pytest.raises(WorkflowFailureError):
        await planned.ended()


async def test_a_change_tells_old_and_new_to_those_who_know(planned: MaintenanceDesk) -> None:
    await planned.plan()
    await told_ahead(planned)
    is_late = local(planned.starts_at, "Europe/Helsinki").hour >= 22  # on another day, its points would come again
    later = planned.starts_at + timedelta(hours=-1 if is_late else 1)
    ends = later + timedelta(hours=2)
    await planned.say("change", starts_at=later.isoformat(), ends_at=ends.isoformat())
    status = await planned.settled("maintenance_changed")
    changed = [letter for letter in planned.world.letters if letter.kind == "maintenance_changed"]
    assert sorted(letter.contact for letter in changed) == EVERYONE
    known = {letter.plan_before.starts_at for letter in changed if letter.plan_before}
    assert (known, {letter.plan.starts_at for letter in changed if letter.plan}) == ({planned.starts_at}, {later})
    assert [sheet.sequence for sheet in planned.world.sheets] == [0, 1]
    assert status.sequence == 1
    await planned.until(lambda _: len(planned.mailed("maintenance_publish")) == 2)
    published = [letter for letter in planned.world.letters if letter.kind == "maintenance_publish"]
    assert [letter.plan_before and letter.plan_before.starts_at for letter in published] == [None, planned.starts_at]
    await planned.pass_until(moment(planned, "day_before", later))
    await planned.until(lambda _: len(planned.world.texts) == 1)
    assert planned.mailed("maintenance_planned") == ["health-station", "pharmacy", "pharmacy"]  # no second letter


async def test_a_change_that_nobody_sees_tells_nobody(planned: MaintenanceDesk) -> None:
    await planned.plan()
    await told_ahead(planned)
    before = len(planned.world.letters)
    status = await planned.say("change", title="New version of the Prescription Centre", note="only a remark")
    assert (status.sequence, len(planned.world.letters)) == (0, before)
    await planned.pass_until(moment(planned, "day_before"))
    await planned.until(lambda _: len(planned.world.texts) == 1)
    assert planned.mailed("maintenance_changed") == []


async def test_a_letter_that_has_not_gone_is_given_up_when_a_change_makes_it_untrue(planned: MaintenanceDesk) -> None:
    planned.world.mail_stands_still = True
    await planned.plan(starts_in=timedelta(days=5))
    await planned.until(lambda s: len(s.told) == 2)
    await planned.say("change", effect="Nobody will notice.")
    planned.world.mail_stands_still = False
    await planned.pass_time(minutes=7)
    await planned.settled("maintenance_changed")
    assert (planned.mailed("maintenance_planned"), planned.mailed("maintenance_changed")) == ([], EVERYONE)


async def test_before_anybody_knows_a_change_only_moves_the_points(planned: MaintenanceDesk) -> None:
    await planned.plan()
    later = planned.starts_at + timedelta(days=7)
    status = await planned.say(
        "change", starts_at=later.isoformat(), ends_at=(later + timedelta(hours=2)).isoformat(), services=["PDR"]
    )
    assert status.next[0].at == moment(planned, "two_weeks_before", later)
    assert planned.world.letters == []


async def test_put_off_for_long_the_points_come_again(planned: MaintenanceDesk) -> None:
    await planned.plan()
    await told_ahead(planned)
    later = planned.starts_at + timedelta(days=60)
    status = await planned.say("change", starts_at=later.isoformat(), ends_at=(later + timedelta(hours=2)).isoformat())
    assert status.next[0].at == moment(planned, "two_weeks_before", later)


async def test_brought_forward_into_tomorrow_is_texted_at_once(planned: MaintenanceDesk) -> None:
    await planned.plan()
    await told_ahead(planned)
    soon = await planned.now() + timedelta(minutes=40)
    await planned.say("change", starts_at=soon.isoformat(), ends_at=(soon + timedelta(hours=2)).isoformat())
    await planned.until(
        lambda s: len(planned.world.texts) == 1 and "maintenance_changed" in {m.purpose for m in s.messages}
    )
    assert planned.texted("maintenance_planned") == ["health-station"]


async def test_put_off_while_it_is_under_way_it_is_planned_again(planned: MaintenanceDesk) -> None:
    await planned.plan(starts_in=timedelta(minutes=30))
    await planned.pass_time(minutes=40)
    await planned.settled("maintenance_started")
    later = await planned.now() + timedelta(days=3)
    status = await planned.say("change", starts_at=later.isoformat(), ends_at=(later + timedelta(hours=2)).isoformat())
    assert (status.phase, status.began_at) == ("planned", None)
    status = await planned.pass_until(later)
    assert status.phase == "under_way"
    await planned.until(lambda _: len(planned.mailed("maintenance_started")) == 4)


async def test_the_cancellation_tells_exactly_those_who_were_told_by_their_ways(planned: MaintenanceDesk) -> None:
    await planned.plan()
    await told_ahead(planned)
    await planned.pass_until(moment(planned, "day_before"))
    await planned.until(lambda _: len(planned.world.texts) == 1)
    await planned.say("cancellation", reason="The supplier is not ready.")
    status = await planned.ended()
    assert planned.mailed("maintenance_cancelled") == EVERYONE
    assert planned.texted("maintenance_cancelled") == ["health-station"]
    published = [letter for letter in planned.world.letters if letter.kind == "maintenance_publish"]
    assert [letter.withdrawn for letter in published] == [False, True]
    assert (status.phase, planned.world.sheets[-1].withdrawn, planned.world.sheets[-1].sequence) == (
        "cancelled",
        True,
        1,
    )


async def test_cancelled_before_anybody_knew_nobody_is_told(planned: MaintenanceDesk) -> None:
    await planned.plan()
    await planned.say("cancellation", reason="Planned twice.")
    await planned.ended()
    assert (planned.world.letters, planned.world.texts) == ([], [])


async def test_who_could_not_be_told_is_not_told_of_the_end(planned: MaintenanceDesk) -> None:
    planned.world.refuse = lambda letter: "no such mailbox" if letter.contact == "pharmacy" else None
    await planned.plan()
    await planned.pass_until(moment(planned, "two_weeks_before"))
    status = await planned.until(lambda s: bool(s.problems) and len(s.told) == 1)
    assert "no such mailbox" in status.problems[0]
    await planned.say("cancellation", reason="Not needed.")
    await planned.ended()
    assert planned.mailed("maintenance_cancelled") == ["health-station"]


async def test_a_text_message_that_can_not_go_is_mailed(planned: MaintenanceDesk) -> None:
    planned.world.text_refusal = "the number is not known"
    await planned.plan(starts_in=timedelta(days=10))
    await planned.settled("maintenance_planned")
    await planned.pass_until(moment(planned, "day_before"))
    status = await planned.until(lambda _: len(planned.mailed("maintenance_planned")) == 4)
    assert any("the number is not known" in problem for problem in status.problems)


async def test_each_window_begins_and_ends_for_itself(planned: MaintenanceDesk) -> None:
    start = (builders.now() + timedelta(days=20)).replace(microsecond=0)
    windows = [
        {"starts_at": (start + timedelta(hours=h)).isoformat(), "ends_at": (start + timedelta(hours=h + 1)).isoformat()}
        for h in (1, 4, 8)
    ]
    await planned.plan(starts_in=timedelta(days=20), windows=windows, ends_at=(start + timedelta(hours=12)).isoformat())
    await planned.pass_until(start - timedelta(hours=2))
    assert (await planned.status()).phase == "planned"
    status = await planned.pass_until(start + timedelta(hours=9))
    await planned.until(lambda _: len(planned.mailed("maintenance_started")) == 6)
    assert len(planned.mailed("maintenance_window_ended")) == 4  # that of the last is told when it is completed
    assert {letter.window for letter in planned.world.letters if letter.kind == "maintenance_started"} == {1, 2, 3}
    assert not status.overlong


async def test_lasting_too_long_the_desk_is_asked_again_and_again(planned: MaintenanceDesk) -> None:
    await planned.plan(starts_in=timedelta(minutes=20))
    status = await planned.pass_time(hours=3)
    await planned.until(lambda _: planned.mailed("maintenance_overlong") == ["desk"])
    assert status.overlong
    await planned.pass_time(hours=12)
    await planned.until(lambda _: planned.mailed("maintenance_overlong") == ["desk", "desk"])
    await planned.say("completion", completed_at=(await planned.now()).isoformat())
    assert (await planned.ended()).phase == "completed"


async def test_an_open_incident_and_the_break_know_of_each_other(planned: MaintenanceDesk, desk: Desk) -> None:
    await desk.open()
    planned.world.incidents = [desk.reference]
    await planned.plan(starts_in=-timedelta(minutes=1))
    status = await planned.until(lambda s: bool(s.incidents))
    assert status.incidents == (desk.reference,)
    lines = await desk.timeline_until(f"Planned break maintenance-{planned.reference}: {status.title}")
    assert lines
    assert (await desk.status()).maintenance == (f"maintenance-{planned.reference}",)


async def test_who_joins_the_audience_later_is_told_at_once(planned: MaintenanceDesk) -> None:
    await planned.plan()
    await told_ahead(planned)
    status = await planned.say("change", audience=["everyone", "contact-persons"])
    assert status.sequence == 0
    await planned.until(lambda _: len(planned.mailed("maintenance_planned")) == 4)
    assert planned.mailed("maintenance_planned") == ["contact-1", "contact-2", *EVERYONE]


async def test_a_group_of_nobody_is_said(planned: MaintenanceDesk) -> None:
    status = await planned.plan(starts_in=timedelta(days=3), audience=["nobody-here"])
    status = await planned.until(lambda s: bool(s.problems))
    assert "telling nobody-here: no contact is in these groups" in status.problems[0]


async def test_the_day_before_hour_stays_local_across_a_clock_change(planned: MaintenanceDesk) -> None:
    year = builders.now().year + 1
    last_sunday = max(day for day in range(25, 32) if datetime(year, 3, day, tzinfo=UTC).weekday() == 6)
    starts_at = datetime(year, 3, last_sunday, 9, 0, tzinfo=UTC)
    await planned.plan(starts_in=starts_at - builders.now().replace(microsecond=0))
    coming = {line.what: line.at for line in (await planned.status()).next}
    day_before = coming["tell by text message: day before"]
    assert f"{local(day_before):%d %H:%M}" == f"{last_sunday - 1} 15:00"
    await planned.pass_until(day_before)
    await planned.until(lambda _: planned.texted("maintenance_planned") == ["health-station"])


@pytest.mark.parametrize(
    ("name", "payload", "reason"),
    [
        ("completion", {"completed_at": "2026-01-01T10:00:00+02:00"}, "has not begun"),
        ("change", {"ends_at": "2026-01-01T10:00:00+02:00"}, "must be later than starts_at"),
        ("change", {"not_affected": ["PRESCRIPTION"]}, "is among the services concerned"),
        ("acknowledgement", {"contact": "ward", "what": "the break"}, "was not told of the break"),
        ("delivery_report", {"message_id": "<x>", "event": "bounced"}, "was sent from here"),
        ("triage", {}, "there is no message of this name"),
    ],
)
async def test_what_is_not_allowed_is_refused_with_its_reason(
    planned: MaintenanceDesk, name: str, payload: dict[str, object], reason: str
) -> None:
    await planned.plan()
    with pytest.raises(Refused, match=reason):
        await planned.say(name, **payload)


async def test_an_acknowledgement_and_a_bounce_are_kept(planned: MaintenanceDesk) -> None:
    await planned.plan(starts_in=timedelta(days=5))
    status = await planned.settled("maintenance_planned")
    status = await planned.say("acknowledgement", contact="pharmacy", what="two_weeks_before")
    assert [told.contact for told in status.told if told.acknowledged_at] == ["pharmacy"]
    letter = next(m for m in status.messages if m.to == "health-station")
    status = await planned.say("delivery_report", message_id=letter.id, event="bounced", detail="full")
    assert "it came back" in status.problems[0]
