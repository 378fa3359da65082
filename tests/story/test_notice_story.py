"""A week of the watch of the notices, told from a real history, against its golden text."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from temporalio.service import RPCError

from tests.builders import local_rules
from tests.story.test_stories import compared_with_golden
from tests.watch_desk import WatchDesk
from workflows.procedure.notice_watching import reference_for


async def test_a_week_of_notices(watch: WatchDesk) -> None:
    """Services that no other test has an open incident of: what is told to incidents must not depend on them."""
    watch.world.rules = local_rules(notices={"every": "12h", "tell_down_after": "20h"})
    await watch.begin()
    began = await watch.now()

    watch.feed.publish("old", "Häiriö Kelaimessa", at=began - timedelta(days=90), services=["KELAIN"])
    await watch.pass_time(hours=12.5)
    watch.feed.publish("fault", "Häiriö Tahdonilmaisupalvelussa", at=await watch.now(), services=["WILL"])
    await watch.pass_time(hours=12)
    await watch.told("notice_proposed")
    watch.feed.publish("fault", "Häiriö Tahdonilmaisupalvelussa", at=began, kind="end", services=[], text="Korjattu.")
    planned = {"starts_at": began + timedelta(days=20), "ends_at": began + timedelta(days=20, hours=2)}
    watch.feed.publish("break", "Huoltokatko", at=await watch.now(), kind="maintenance", windows=[planned])
    await watch.pass_time(hours=12)
    watch.feed.problem = "The notice feed: the server answered 503."
    await watch.pass_time(hours=36)
    await watch.told("feed_down")
    watch.feed.problem = ""
    watch.feed.publish(
        "reminder",
        "Muistutus: Huoltokatko",
        at=await watch.now(),
        kind="maintenance",
        windows=[planned],
        is_repeat=True,
    )
    watch.feed.publish("odd", "Kanta", at=await watch.now(), certain=False, why="nobody can tell")
    await watch.pass_time(hours=12)
    await watch.told("feed_back")
    await watch.told("notice_uncertain")
    await watch.say("notice", title="Kanta", kind="other", guid="odd")
    status = await watch.pass_time(hours=72)
    await watch.until(lambda s: len(s.messages) == len(watch.world.letters) == 4)

    assert {each.guid: each.outcome for each in status.notices if each.feed != "entered by hand"} == {
        "old": "nothing_to_do",
        "fault": "nothing_to_do",
        "break": "acted",
        "reminder": "repeat",
        "odd": "uncertain",
    }
    compared_with_golden("a_week_of_notices", await watch.watch.fetch_history())
    with suppress(RPCError):
        broken = watch.server.client.get_workflow_handle(f"maintenance-{reference_for('MAINT', 'break')}")
        await broken.terminate()
