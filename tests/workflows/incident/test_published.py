"""What Kela has published, and what a supplier has reported: neither silences the desk by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from tests.builders import NOON, answers, now, triage
from tests.desks.desk import Desk
from workflows.incident import ports
from workflows.procedure.notices.published import Notice

SLOW = {"severity": "high", "extensive": False}
SAME = {"same_as_notice": "yes"}


async def opened_with_notice(desk: Desk, age: timedelta | None = timedelta(hours=1)) -> Desk:
    """An incident about which Kela has an open notice, so old at the incident's own time."""
    published_at = None if age is None else now() - age
    notice = Notice(guid="n1", title="Häiriö Reseptikeskuksessa", kind="fault", published_at=published_at)
    desk.world.found = ports.NoticesFound(notices=(notice,), checked_at=NOON, source="feed")
    await desk.open()
    await desk.until(lambda status: status.known_notice is not None)
    return desk


def kinds(status: Any) -> list[str]:
    """The kinds of the duties, in their order."""
    return [duty.kind for duty in status.duties]


async def test_only_the_desks_yes_to_a_fresh_notice_leaves_the_report_out(desk: Desk) -> None:
    await opened_with_notice(desk)
    status = await desk.say("triage", triage(**SLOW, **SAME))
    assert (status.report_required, kinds(status)) == (False, ["triage"])
    assert status.decisions[0].same_as_notice == "yes"
    assert "this fault, says the desk" in status.decisions[0].why
    assert "fault_report" not in desk.world.kinds("kela")


async def test_not_asked_is_unknown_and_is_reported(desk: Desk) -> None:
    await opened_with_notice(desk)
    status = await desk.say("triage", triage(**SLOW))
    assert (status.report_required, kinds(status)) == (True, ["triage", "report_to_kela"])


async def test_an_old_notice_or_one_without_a_date_leaves_nothing_out(desk: Desk) -> None:
    await opened_with_notice(desk, timedelta(days=24))
    status = await desk.say("triage", triage(**SLOW, **SAME))
    assert "is 24 days old" in status.decisions[0].why
    assert kinds(status) == ["triage", "report_to_kela"]


async def test_a_notice_that_kela_has_changed_lately_is_fresh(desk: Desk) -> None:
    await opened_with_notice(desk, timedelta(days=24))
    change = {"by": "notices", "guid": "n1", "title": "Häiriö Reseptikeskuksessa", "kind": "change",
              "published_at": now().isoformat(), "services": ["PRESCRIPTION"]}  # fmt: skip
    assert (await desk.say("notice", change)).notice_changed_at
    assert kinds(await desk.say("triage", triage(**SLOW, **SAME))) == ["triage"]


async def test_what_is_grave_is_reported_and_may_be_waived_with_a_reason(desk: Desk) -> None:
    await opened_with_notice(desk)
    dangerous = triage(**SLOW, **SAME, criteria=answers(safety="unknown"))
    assert kinds(await desk.say("triage", dangerous)) == ["triage", "report_to_kela"]
    status = await desk.say("triage", triage(**SAME))
    assert kinds(status)[:3] == ["triage", "report_to_kela", "phone_kela"]
    assert "critical, extensive: reported in spite of" in status.decisions[-1].why or status.report_required
    waived = {"by": "desk", "duty": "phone_kela", "reason": "Kela's technician is in the room"}
    assert {duty.id: duty.state for duty in (await desk.say("duty_waived", waived)).duties}["phone_kela"] == "waived"


async def test_a_fault_that_becomes_grave_is_reported_after_all(desk: Desk) -> None:
    await opened_with_notice(desk)
    await desk.say("triage", triage(**SLOW, **SAME))
    status = await desk.say("situation_update", {"by": "desk", "text": "All wards now", "severity": "critical"})
    assert kinds(status) == ["triage", "report_to_kela", "phone_kela"]


async def test_a_notice_after_the_report_changes_nothing_about_it(desk: Desk) -> None:
    await desk.open()
    await desk.say("triage", triage(**SLOW))
    reported = await desk.until(lambda s: any(d.kind == "report_to_kela" and d.met_at for d in s.duties))
    later = {"by": "notices", "guid": "n1", "title": "Häiriö", "kind": "fault", "published_at": now().isoformat(),
             "services": ["PRESCRIPTION"]}  # fmt: skip
    await desk.say("notice", later)
    status = await desk.say("triage", triage(**SLOW, **SAME))
    assert status.report_required is True
    assert [duty.met_at for duty in status.duties] == [duty.met_at for duty in reported.duties]
    assert desk.world.kinds("kela") == ["fault_report"]


async def test_the_suppliers_report_leaves_the_form_out_and_not_the_call(desk: Desk) -> None:
    await desk.open()
    by_supplier = {"reported_by_supplier": {"by": "Aurora Ltd", "at": now().isoformat(), "reference": "K-1"}}
    status = await desk.say("triage", triage(**by_supplier))
    assert (status.report_required, kinds(status)) == (False, ["triage", "phone_kela"])
    assert "our supplier Aurora Ltd reported it (" in status.decisions[0].why
    assert ", K-1)" in status.decisions[0].why
    status = await desk.say("triage", triage(**by_supplier, report_anyway=True))
    assert kinds(status) == ["triage", "phone_kela", "report_to_kela"]


async def test_another_notice_does_not_make_an_old_one_fresh(desk: Desk) -> None:
    await opened_with_notice(desk, timedelta(days=3))
    other = {"by": "notices", "guid": "n2", "title": "Häiriö muualla", "kind": "fault",
             "published_at": now().isoformat(), "services": ["PRESCRIPTION"]}  # fmt: skip
    await desk.say("notice", other)
    status = await desk.say("triage", triage(**SLOW, **SAME))
    assert status.report_required is True
    assert "is 3 days old" in status.decisions[0].why


async def test_a_notice_that_came_while_the_board_was_read_is_told_once(desk: Desk) -> None:
    notice = Notice(guid="n1", title="Häiriö Reseptikeskuksessa", kind="fault", published_at=now())
    desk.world.found = ports.NoticesFound(notices=(notice,), checked_at=NOON, source="feed")
    said = {"by": "notices", "guid": "n1", "title": notice.title, "kind": "fault", "published_at": now().isoformat(),
            "services": ["PRESCRIPTION"]}  # fmt: skip
    desk.world.board_answers = asyncio.Event()
    await desk.open()
    await desk.say("notice", said)
    desk.world.board_answers.set()
    await desk.until(lambda s: desk.is_quiet(s) and any(m.purpose == "known_notice" for m in s.messages))
    assert [m.purpose for m in (await desk.status()).messages].count("known_notice") == 1
