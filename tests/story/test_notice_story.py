"""A week of the watch of the notices, told from a real history, against its golden text."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from temporalio.service import RPCError

from tests.builders import local_rules
from tests.desks.notice_watch import WatchDesk
from tests.story.golden_texts import compared_with_golden
from workflows.procedure.notices.decisions import reference_for


async def test_a_week_of_notices(notice_watch: WatchDesk) -> None:
    """Services that no other test has an open incident of: what is told to incidents must not depend on them."""
    notice_watch.world.rules = local_rules(notices={"every": "12h", "tell_down_after": "20h"})
    await notice_watch.begin()
    began = await notice_watch.now()

    notice_watch.feed.publish("old", "Häiriö Kelaimessa", at=began - timedelta(days=90), services=["KELAIN"])
    await notice_watch.pass_time(hours=12.5)
    notice_watch.feed.publish("fault", "Häiriö Tahdonilmaisupalvelussa", at=await notice_watch.now(), services=["WILL"])
    await notice_watch.pass_time(hours=12)
    await notice_watch.told("notice_proposed")
    notice_watch.feed.publish(
        "fault", "Häiriö Tahdonilmaisupalvelussa", at=began, kind="end", services=[], text="Korjattu."
    )
    planned = {"starts_at": began + timedelta(days=20), "ends_at": began + timedelta(days=20, hours=2)}
    notice_watch.feed.publish(
        "break", "Huoltokatko", at=await notice_watch.now(), kind="maintenance", windows=[planned]
    )
    await notice_watch.pass_time(hours=12)
    notice_watch.feed.problem = "The notice feed: the server answered 503."
    await notice_watch.pass_time(hours=36)
    await notice_watch.told("feed_down")
    notice_watch.feed.problem = ""
    notice_watch.feed.publish(
        "reminder",
        "Muistutus: Huoltokatko",
        at=await notice_watch.now(),
        kind="maintenance",
        windows=[planned],
        is_repeat=True,
    )
    notice_watch.feed.publish("odd", "Kanta", at=await notice_watch.now(), certain=False, why="nobody can tell")
    await notice_watch.pass_time(hours=12)
    await notice_watch.told("feed_back")
    await notice_watch.told("notice_uncertain")
    await notice_watch.say("notice", title="Kanta", kind="other", guid="odd")
    status = await notice_watch.pass_time(hours=72)
    await notice_watch.until(
        lambda s: len(s.messages) == len([x for x in notice_watch.world.letters if x.reference == "notice-watch"]) == 4
    )

    assert {each.guid: each.outcome for each in status.notices if each.feed != "entered by hand"} == {
        "old": "nothing_to_do",
        "fault": "nothing_to_do",
        "break": "acted",
        "reminder": "repeat",
        "odd": "acted",
    }
    compared_with_golden("a_week_of_notices", await notice_watch.watch.fetch_history())
    with suppress(RPCError):
        broken = notice_watch.server.client.get_workflow_handle(f"maintenance-{reference_for('MAINT', 'break')}")
        await broken.terminate()
