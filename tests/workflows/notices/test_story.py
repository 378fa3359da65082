"""The watch of the notices: one test for each sentence of its story, and for what must not happen."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError

from activities.processes import TemporalProcesses
from tests.builders import local_rules, now
from tests.desks.desk import Desk, Refused
from tests.desks.notice_watch import FEED, WatchDesk
from workflows.notices.messages import FeedsAsked, FeedsSeen
from workflows.procedure.identity_codes import masked
from workflows.procedure.markdown import plain
from workflows.procedure.notices.decisions import reference_for
from workflows.procedure.notices.reading import Reading


async def visible(desk: Desk) -> Desk:
    """Wait until an incident can be found by its service."""
    query = f"WorkflowId = '{desk.incident.id}' AND KantaService = 'PRESCRIPTION' AND ExecutionStatus = 'Running'"
    async with asyncio.timeout(20):
        while not (await desk.server.client.count_workflows(query)).count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return desk


async def incident(desk: Desk, **changes: Any) -> Desk:
    """An open incident about prescriptions that can be found."""
    return await visible(await desk.open(**changes))


def rules(**notices: Any) -> Any:
    return local_rules(notices=notices)


class TestFaults:
    async def test_a_new_fault_is_told_to_the_open_incident(self, notice_watch: WatchDesk, desk: Desk) -> None:
        await incident(desk)
        notice_watch.feed.publish("n1", "Häiriö Reseptikeskuksessa", at=now(), text="Alkoi klo 13.")
        status = await notice_watch.begin()
        assert desk.reference in status.notices[0].told
        assert status.notices[0].outcome == "acted"
        heard = await desk.until(lambda s: s.known_notice is not None)
        assert heard.known_notice
        assert (heard.known_notice.guid, heard.known_notice.text) == ("n1", "Alkoi klo 13.")
        assert "notice_proposed" not in notice_watch.world.kinds()
        await desk.incident.terminate()

    async def test_its_end_asks_the_desk_of_the_incident(self, notice_watch: WatchDesk, desk: Desk) -> None:
        await incident(desk)
        notice_watch.feed.publish("n1", "Häiriö Reseptikeskuksessa", at=now())
        await notice_watch.begin()
        notice_watch.feed.publish(
            "n1", "Häiriö Reseptikeskuksessa", at=now(), text="Korjattu.", kind="end", services=[]
        )
        status = await notice_watch.look()
        assert status.notices[0].changed_at is not None
        [asked_for] = await notice_watch.told("notice_ended")
        assert asked_for.reference == desk.reference
        assert (await desk.status()).phase == "awaiting_triage", "a notice closes nothing"
        await desk.incident.terminate()

    async def test_the_same_words_are_told_once(self, notice_watch: WatchDesk, desk: Desk) -> None:
        await incident(desk)
        notice_watch.feed.publish("n1", "Häiriö", at=now(), kind="end")
        await notice_watch.begin()
        await notice_watch.told("notice_ended")
        for _ in range(3):
            await notice_watch.look()
        notice_watch.feed.entries.clear()
        await notice_watch.look()
        notice_watch.feed.publish("n1", "Häiriö", at=now(), kind="end")
        await notice_watch.look()
        assert len(notice_watch.world.looks[-1].memories[0].known) == 0
        await notice_watch.look()
        assert len(notice_watch.world.looks[-1].memories[0].known) == 1
        assert [line for line in await desk.timeline() if line.startswith("Kela's notice")] == [
            "Kela's notice (end): Häiriö"
        ]
        await desk.incident.terminate()

    async def test_where_no_incident_is_open_one_is_proposed_once(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish("n1", "It's down; $(rm -rf /)", at=now(), services=["WILL"])
        status = await notice_watch.begin()
        reference = reference_for("NOTICE", "n1")
        assert status.notices[0].reference == reference
        [letter] = await notice_watch.told("notice_proposed")
        assert letter.contact == "desk"
        assert letter.what_to_do.startswith(
            f"kantadesk incident open --reference {reference} --title 'It'\"'\"'s down; $(rm -rf /)' --service WILL"
        )
        assert "+00:00" not in letter.what_to_do, "the time is local, like the one that the letter shows"
        notice_watch.feed.publish("n1", "It's down; $(rm -rf /)", at=now(), text="More.", services=["WILL"])
        notice_watch.feed.publish("n2", "Viljeyttringstjänsten: störning", at=now(), services=["WILL"])
        await notice_watch.look()
        assert (await notice_watch.notice("n1")).did[-1].endswith("no incident of these services is open")
        assert len(await notice_watch.told("notice_proposed")) == 1, "a copy in another language is the same fault"

    async def test_a_fault_that_has_ended_meanwhile_is_not_proposed(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish("n1", "Häiriö", at=now() - timedelta(minutes=30), services=["WILL"])
        notice_watch.feed.publish("n2", "Häiriö korjattu", at=now(), kind="end", services=["WILL"])
        status = await notice_watch.begin()
        assert [each.outcome for each in status.notices] == ["nothing_to_do"] * 2
        assert [each.guid for each in status.notices] == ["n2", "n1"], "the one published last comes first"
        assert notice_watch.world.letters == []

    async def test_a_new_fault_after_the_end_of_the_last_is_proposed_again(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish("n1", "Häiriö A", at=now() - timedelta(minutes=30), services=["WILL"])
        await notice_watch.begin()
        notice_watch.feed.publish(
            "n2", "Häiriö A korjattu", at=now() - timedelta(minutes=20), kind="end", services=["WILL"]
        )
        notice_watch.feed.publish("n3", "Häiriö B", at=now(), services=["WILL"])
        await notice_watch.look()
        assert [letter.title for letter in await notice_watch.told("notice_proposed", 2)] == ["Häiriö A", "Häiriö B"]

    async def test_an_incident_is_opened_where_the_operating_model_says_so(self, notice_watch: WatchDesk) -> None:
        notice_watch.world.rules = rules(new_fault="open")
        notice_watch.feed.publish("open-1", "Häiriö", at=now(), text="Ei aukea.", services=["PHR"])
        status = await notice_watch.begin()
        reference = reference_for("NOTICE", "open-1")
        desk = Desk(notice_watch.server, notice_watch.world, notice_watch.queue, reference)
        desk.handle = notice_watch.server.client.get_workflow_handle(f"incident-{reference}")
        opened = await desk.until(lambda s: s.known_notice is not None)
        assert (opened.title, opened.services, opened.drill) == ("Häiriö", ("PHR",), False)
        assert status.notices[0].reference == reference
        notice_watch.feed.publish("copy", "Störning", at=now(), services=["PHR"])
        await notice_watch.look()
        assert (await notice_watch.notice("copy")).told == (reference,)
        await desk.incident.terminate()

    async def test_what_a_notice_says_can_not_act_in_temporal_web(self, notice_watch: WatchDesk) -> None:
        """Web shows the summary as Markdown, with its links; and whoever published may have named a person."""
        title = "[Häiriö](javascript:alert(1)) 131052-308T"
        notice_watch.world.rules = rules(new_fault="open")
        notice_watch.feed.publish("hostile", title, at=now(), services=["PHR"])
        await notice_watch.begin()
        reference = reference_for("NOTICE", "hostile")
        opened = notice_watch.server.client.get_workflow_handle(f"incident-{reference}")
        summary = await (await opened.describe()).static_summary()
        assert summary == plain(masked(title))
        assert "131052-308T" not in summary
        await opened.terminate()

    async def test_or_nothing_is_done(self, notice_watch: WatchDesk) -> None:
        notice_watch.world.rules = rules(new_fault="ignore")
        notice_watch.feed.publish("n1", "Häiriö", at=now(), services=["WILL"])
        status = await notice_watch.begin()
        assert status.notices[0].outcome == "nothing_to_do"
        assert notice_watch.world.letters == []

    async def test_drills_and_live_incidents_never_mix(self, notice_watch: WatchDesk, desk: Desk) -> None:
        await incident(desk, drill=True)
        notice_watch.feed.publish("n1", "Häiriö", at=now())
        status = await notice_watch.begin()
        assert desk.reference not in status.notices[0].told
        await notice_watch.watch.terminate()
        status = await notice_watch.begin(drill=True)
        assert desk.reference in status.notices[0].told
        assert status.drill
        await desk.incident.terminate()

    async def test_what_is_old_is_recorded_only(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish("old", "Häiriö", at=now() - timedelta(days=400), services=["WILL"])
        notice_watch.feed.publish("undated", "Häiriö", services=["WILL"])
        notice_watch.feed.publish("uncertain", "?", at=now() - timedelta(days=2), certain=False)
        status = await notice_watch.begin()
        assert {each.outcome for each in status.notices} == {"nothing_to_do"}
        notice_watch.feed.publish("undated too", "Toinen häiriö", services=["PHR"])
        await notice_watch.look()
        await notice_watch.told("notice_proposed")
        assert [letter.title for letter in notice_watch.world.letters] == ["Toinen häiriö"]


class TestUncertain:
    async def test_a_person_reads_what_is_not_certain_once(self, notice_watch: WatchDesk, desk: Desk) -> None:
        await incident(desk)
        notice_watch.feed.publish("n1", "Kanta", at=now(), certain=False, why="it may be a fault or an exercise")
        status = await notice_watch.begin()
        assert (status.uncertain, status.notices[0].told) == (1, ())
        await notice_watch.look()
        [letter] = await notice_watch.told("notice_uncertain")
        assert (letter.contact, letter.what_to_do) == ("desk", "it may be a fault or an exercise")
        assert (await desk.status()).known_notice is None
        await desk.incident.terminate()

    async def test_a_fault_of_no_known_service_is_not_guessed(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish("n1", "Häiriö", at=now(), services=[])
        status = await notice_watch.begin()
        assert status.notices[0].outcome == "uncertain"

    async def test_a_feed_gone_wild_does_not_bury_the_desk(self, notice_watch: WatchDesk) -> None:
        for number in range(60):
            notice_watch.feed.publish(f"n{number}", f"Tiedote {number}", at=now(), certain=False)
        status = await notice_watch.begin()
        assert len(status.notices) == 50 + 10 * (len(notice_watch.world.looks) > 1)
        assert any("too many notices" in problem for problem in status.problems)
        await notice_watch.until(lambda s: len(s.notices) == 60)
        assert (
            sum(len(each.did) and "held back" in each.did[-1] for each in (await notice_watch.status()).notices) >= 40
        )
        assert len(await notice_watch.told("notice_uncertain", 10)) <= 20


class TestBreaks:
    @staticmethod
    def window(start: float, hours: float = 2) -> dict[str, str]:
        at = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=start)
        return {"starts_at": at.isoformat(), "ends_at": (at + timedelta(hours=hours)).isoformat()}

    async def said(
        self, notice_watch: WatchDesk, guid: str, changes: int = 0
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The start input of a maintenance, and the changes that it was told. No worker here knows the type."""
        reference = reference_for("MAINT", guid)
        handle: WorkflowHandle[Any, Any] = notice_watch.server.client.get_workflow_handle(f"maintenance-{reference}")
        decode = notice_watch.server.client.data_converter.decode
        async with asyncio.timeout(20):
            while True:
                events = (await handle.fetch_history()).events
                signals = [e.workflow_execution_signaled_event_attributes for e in events]
                told = [(await decode([s.input.payloads[0]]))[0] for s in signals if s.signal_name == "change"]
                if len(told) >= changes:
                    break
                await asyncio.sleep(0.05)
        [opening] = await decode([events[0].workflow_execution_started_event_attributes.input.payloads[0]])
        await handle.terminate()
        return opening, told

    async def test_a_planned_break_is_started_once_and_its_reminder_is_a_repeat(self, notice_watch: WatchDesk) -> None:
        window = self.window(200)
        text = "Alkamisaika 7.00"
        published = now() - timedelta(days=9)
        notice_watch.feed.publish("m1", "Päivitys 19.4.", at=published, kind="maintenance", windows=[window], text=text)
        status = await notice_watch.begin()
        assert status.notices[0].did[-1].endswith(f"started maintenance {reference_for('MAINT', 'm1')}")
        notice_watch.feed.publish(
            "m2", "Muistutus: Päivitys 19.4.", at=now(), kind="maintenance", windows=[window], is_repeat=True
        )
        notice_watch.feed.publish("m3", "Uppdatering 19.4", at=now(), kind="maintenance", windows=[window])
        await notice_watch.look()
        assert [(await notice_watch.notice(guid)).outcome for guid in ("m2", "m3")] == ["repeat", "repeat"]
        opening, changes = await self.said(notice_watch, "m1")
        assert (opening["title"], opening["source"], opening["effect"]) == ("Päivitys 19.4.", "kela", text)
        assert opening["services"] == ["PRESCRIPTION"]
        assert changes == []

    async def test_new_times_are_a_change_of_the_break(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish("c1", "Katko", at=now(), kind="maintenance", windows=[self.window(100)])
        await notice_watch.begin()
        later = self.window(124)
        notice_watch.feed.publish("c1", "Katko", at=now(), kind="maintenance", windows=[later], text="Siirretty.")
        await notice_watch.look()
        _, [change] = await self.said(notice_watch, "c1", changes=1)
        assert change["starts_at"][:16] == later["starts_at"][:16]
        assert change["effect"] == "Siirretty."
        assert "title" not in change

    async def test_a_break_that_a_person_says_was_moved_is_changed_and_no_second_one(
        self, notice_watch: WatchDesk
    ) -> None:
        known, evening = self.window(200), self.window(211)
        moved = self.window(201, 1)
        notice_watch.feed.publish("n2", "Huoltokatkoja", at=now(), kind="maintenance", windows=[known, evening])
        await notice_watch.begin()
        doubtful: dict[str, Any] = {"kind": "maintenance", "certain": False, "why": "it may have been moved"}
        notice_watch.feed.publish("n6", "MUUTOS: katko", at=now(), windows=[moved, evening], **doubtful)
        await notice_watch.look()
        await notice_watch.told("notice_uncertain")
        what: dict[str, Any] = {
            "kind": "maintenance",
            "services": ["PRESCRIPTION"],
            "guid": "n6",
            "title": "MUUTOS: katko",
        }
        status = await notice_watch.say("notice", windows=[moved, evening], **what)
        assert {each.reference for each in status.notices if each.reference} == {reference_for("MAINT", "n2")}
        _, [change] = await self.said(notice_watch, "n2", changes=1)
        assert [each["starts_at"][:16] for each in change["windows"]] == [
            each["starts_at"][:16] for each in (moved, evening)
        ]

    async def test_where_the_moved_break_was_withdrawn_meanwhile_a_new_one_is_planned(
        self, notice_watch: WatchDesk
    ) -> None:
        notice_watch.feed.publish("w1", "Katko", at=now(), kind="maintenance", windows=[self.window(200)])
        await notice_watch.begin()
        await self.said(notice_watch, "w1")
        what: dict[str, Any] = {
            "kind": "maintenance",
            "services": ["PRESCRIPTION"],
            "guid": "w2",
            "title": "Katko taas",
        }
        status = await notice_watch.say("notice", windows=[self.window(201)], **what)
        assert status.notices[0].reference == reference_for("MAINT", "w2")
        opening, _ = await self.said(notice_watch, "w2")
        assert opening["title"] == "Katko taas"

    async def test_a_reminder_of_a_break_that_nobody_knows_starts_it(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish(
            "r1", "Muistutus: Katko", at=now(), kind="maintenance", windows=[self.window(20)], is_repeat=True
        )
        await notice_watch.begin()
        opening, _ = await self.said(notice_watch, "r1")
        assert opening["title"] == "Katko"

    async def test_a_break_without_a_time_or_a_service_is_shown(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish("u1", "Katko", at=now(), kind="maintenance")
        notice_watch.feed.publish("u2", "Katko", at=now(), kind="maintenance", windows=[self.window(9)], services=[])
        notice_watch.feed.publish("u3", "Katko", at=now(), kind="maintenance", windows=[self.window(-9)])
        status = await notice_watch.begin()
        assert [(each.guid, each.outcome) for each in status.notices] == [
            ("u3", "nothing_to_do"),
            ("u2", "uncertain"),
            ("u1", "uncertain"),
        ]

    async def test_what_may_end_a_break_is_shown(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish("e1", "Katko", at=now(), kind="maintenance", windows=[self.window(9)])
        await notice_watch.begin()
        notice_watch.feed.publish("e1", "Katko peruttu", at=now(), kind="end")
        await notice_watch.look()
        assert (await notice_watch.notice("e1")).outcome == "uncertain"
        [letter] = await notice_watch.told("notice_uncertain")
        command = f'kantadesk maintenance cancel {reference_for("MAINT", "e1")} --reason "..."'
        assert letter.what_to_do.endswith(f"Where that one is called off: {command}")

    async def test_what_may_be_about_several_breaks_names_them(self, notice_watch: WatchDesk) -> None:
        for name, hours in (("e1", 9), ("e2", 30)):
            notice_watch.feed.publish(name, name, at=now(), kind="maintenance", windows=[self.window(hours)])
        notice_watch.feed.publish("e3", "Peruttu", at=now(), kind="maintenance", certain=False)
        notice_watch.feed.publish("e4", "Jotain", at=now(), kind="other", certain=False)
        await notice_watch.begin()
        both = ", ".join(sorted(reference_for("MAINT", name) for name in ("e1", "e2")))
        said = {letter.title: letter.what_to_do for letter in await notice_watch.told("notice_uncertain", 2)}
        assert said == {
            "Peruttu": f"the test says so. It may be about one of the planned breaks {both}.",
            "Jotain": "the test says so",
        }


class TestEntered:
    async def test_a_notice_that_came_another_way_is_taken_like_any_other(
        self, notice_watch: WatchDesk, desk: Desk
    ) -> None:
        await incident(desk)
        notice_watch.world.reading = Reading(kind="fault", certain=True, services=("PRESCRIPTION",))
        await notice_watch.begin()
        status = await notice_watch.say("notice", title="Häiriö", text="Puhelimitse kerrottu.")
        assert desk.reference in status.notices[0].told
        assert (await desk.until(lambda s: s.known_notice is not None)).known_notice
        await desk.incident.terminate()

    async def test_what_a_person_says_of_it_holds(self, notice_watch: WatchDesk, desk: Desk) -> None:
        await incident(desk)
        await notice_watch.begin()
        status = await notice_watch.say(
            "notice", title="Outo otsikko", kind="fault", services=["PRESCRIPTION"], event_id="e1"
        )
        assert status.notices[0].reading.why == "desk said so"
        assert desk.reference in status.notices[0].told
        again = await notice_watch.say("notice", title="Outo otsikko", kind="end", services=["PDR"], event_id="e1")
        assert again.notices == status.notices, "the same event_id counts once"
        await desk.incident.terminate()

    async def test_nonsense_is_kept_and_stops_nothing(self, notice_watch: WatchDesk) -> None:
        await notice_watch.begin()
        await notice_watch.watch.signal("notice", {"title": ""})
        await notice_watch.watch.signal("nonsense", "x")
        await notice_watch.watch.signal("notice", args=["a", "b"])
        status = await notice_watch.until(lambda s: len(s.rejected) == 3)
        assert {each.message for each in status.rejected} == {"notice", "nonsense"}
        with pytest.raises(Refused, match="lies in the future"):
            await notice_watch.say("notice", title="x", published_at=(now() + timedelta(days=1)).isoformat())
        at = now().isoformat()
        with pytest.raises(Refused, match="ends_at: must be later than starts_at"):
            await notice_watch.say("notice", title="x", windows=[{"starts_at": at, "ends_at": at}])
        await notice_watch.look()

    async def test_a_request_to_cancel_is_refused(self, notice_watch: WatchDesk) -> None:
        await notice_watch.begin()
        await notice_watch.watch.cancel()
        await notice_watch.until(lambda s: bool(s.rejected))
        await notice_watch.look()


class TestFeeds:
    @pytest.mark.slow
    async def test_a_feed_that_is_down_is_said_once_and_once_when_it_is_back(self, notice_watch: WatchDesk) -> None:
        notice_watch.world.rules = rules(every="1h", tell_down_after="5h")
        notice_watch.feed.problem = "The notice feed: the server answered 500."
        status = await notice_watch.begin()
        assert status.feeds[0].problem == notice_watch.feed.problem
        assert notice_watch.world.letters == []
        status = await notice_watch.pass_time(days=3, minutes=2)
        assert len(notice_watch.world.looks) > 70
        [down] = await notice_watch.told("feed_down")
        assert (down.contact, down.title, down.text) == ("operations", FEED, notice_watch.feed.problem)
        assert status.feeds[0].was_told
        notice_watch.feed.problem = ""
        notice_watch.feed.publish("n1", "Häiriö", at=await notice_watch.now() - timedelta(days=2), services=["WILL"])
        notice_watch.feed.publish("n2", "Häiriö", at=await notice_watch.now() - timedelta(hours=2), services=["WILL"])
        await notice_watch.look()
        assert len(await notice_watch.told("feed_back")) == 1
        assert [letter.text[:6] for letter in await notice_watch.told("notice_proposed")] == ["Häiriö"]
        assert (await notice_watch.notice("n1")).outcome == "nothing_to_do"
        await notice_watch.look()
        assert (len(await notice_watch.told("feed_back")), len(await notice_watch.told("feed_down"))) == (1, 1)

    async def test_a_notice_that_could_not_be_told_is_tried_again(
        self, notice_watch: WatchDesk, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await incident(desk)

        async def down(*_: object) -> list[str]:
            raise ApplicationError("the visibility store is down", non_retryable=True)

        monkeypatch.setattr(TemporalProcesses, "_open_incidents", down)
        notice_watch.feed.publish("n1", "Häiriö", at=now())
        status = await notice_watch.begin()
        assert status.notices[0].outcome == "failed"
        assert "the visibility store is down" in status.notices[0].did[-1]
        monkeypatch.undo()
        status = await notice_watch.look()
        assert desk.reference in status.notices[0].told
        await desk.incident.terminate()

    async def test_a_look_that_goes_wrong_is_said_and_the_next_comes(self, notice_watch: WatchDesk) -> None:
        def broken(_: FeedsAsked) -> FeedsSeen:
            raise ApplicationError("out of memory", non_retryable=True)

        await notice_watch.begin()
        notice_watch.world.feeds = broken
        status = await notice_watch.look()
        assert status.problems == (
            "looking at the notices: it went wrong (out of memory); the next look comes by itself",
        )
        notice_watch.world.feeds = notice_watch.feed
        assert (await notice_watch.look()).problems == ()

    async def test_the_interval_is_that_of_the_operating_model(self, notice_watch: WatchDesk) -> None:
        notice_watch.world.rules = rules(every="30min")
        status = await notice_watch.begin()
        assert status.looked_at
        assert timedelta(minutes=29) < status.next_look_at - status.looked_at <= timedelta(minutes=30)
        await notice_watch.pass_time(hours=1, minutes=40)
        assert len(notice_watch.world.looks) == 4

    async def test_more_than_one_look_takes_comes_soon(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.at_once = 2
        for number in range(5):
            notice_watch.feed.publish(f"n{number}", f"T {number}", at=now(), kind="other")
        await notice_watch.begin()
        status = await notice_watch.pass_time(minutes=1)
        assert len(status.notices) == 5

    async def test_a_feed_that_is_no_longer_configured_is_forgotten(self, notice_watch: WatchDesk) -> None:
        notice_watch.feed.publish("n1", "T", at=now(), kind="other")
        await notice_watch.begin()
        await notice_watch.look()
        notice_watch.world.feeds = type(notice_watch.world).feeds
        status = await notice_watch.look()
        assert status.feeds == ()
        assert len(status.notices) == 1


class TestStart:
    async def test_it_may_be_started_with_nothing(self, notice_watch: WatchDesk) -> None:
        await notice_watch.server.client.start_workflow("NoticeWatch", id="notice-watch", task_queue=notice_watch.queue)
        assert (await notice_watch.until(lambda s: s.looked_at is not None)).drill is False

    async def test_a_start_that_cant_be_read_says_why(self, notice_watch: WatchDesk) -> None:
        handle: WorkflowHandle[Any, Any] = await notice_watch.server.client.start_workflow(
            "NoticeWatch", {"drill": "perhaps"}, id="notice-watch", task_queue=notice_watch.queue
        )
        with pytest.raises(Exception, match="failed") as failure:
            await handle.result()
        assert "no watch of the notices was opened: drill" in str(failure.value.__cause__)

    async def test_there_is_one_watch_only(self, notice_watch: WatchDesk) -> None:
        handle: WorkflowHandle[Any, Any] = await notice_watch.server.client.start_workflow(
            "NoticeWatch", {}, id="another-watch", task_queue=notice_watch.queue
        )
        with pytest.raises(Exception, match="failed") as failure:
            await handle.result()
        assert "the workflow id must be notice-watch" in str(failure.value.__cause__)
