"""Many messages, messages during continue-as-new, order and repeats, seen from outside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tests.builders import call, now, opening, triage
from tests.integrations.going_on import goes_on
from tests.integrations.hostile import HOSTILE, plain, raw
from tests.integrations.house import WITHIN, House, Incident, worker
from tests.integrations.ways import COMMAND, GRPC, HTTP, WAYS, Seen

TAKEN = Seen(taken=True, words="")
AT_ONCE = 50
IN_CLEAR = [send for way in WAYS.values() for send in (way.signal, way.update) if send is not COMMAND.update]
"""The command's update is encrypted: a stranger's id can't take its place, so it would count once more."""
COME_AGAIN = ("workflow is closing", "unexpected workflow task failure")
"""What a sender may meet while one run hands over to the next: not taken, to be sent again."""


def notice(number: int, **more: Any) -> dict[str, Any]:
    """A notice of Kela's that changes nothing, with an id of the sender's own."""
    return {
        "by": "monitoring",
        "event_id": f"n-{number}",
        "guid": f"g-{number}",
        "title": f"Notice {number}",
        "kind": "other",
        "published_at": now().isoformat(),
    } | more


async def again_while_closing(send: Callable[[], Awaitable[Seen]]) -> Seen:
    """Send until it is taken or refused for good: a run that hands over to the next asks its sender to come again."""
    async with asyncio.timeout(WITHIN):
        seen = await send()
        while any(words in seen.words for words in COME_AGAIN):
            await asyncio.sleep(0.02)
            seen = await send()
    return seen


def brought_out(incident: Incident) -> list[str]:
    """The lines of its timeline that no longer fitted into its record, and were brought to the evidence."""
    return [
        entry["what"]
        for journal in incident.house.world.journals
        if journal.reference == incident.reference
        for shelf, entry in json.loads(journal.record)["left"]
        if shelf == "timeline"
    ]


async def test_five_thousand_messages_in_a_burst_are_all_accounted_for(house: House) -> None:
    """Of each four: two that can't be read, one that can, and its repeat. Nothing is missing, across runs."""
    incident, sending = await house.incident(), asyncio.Semaphore(AT_ONCE)
    first_run = await incident.run_id()

    async def send(number: int) -> Seen:
        good, bad = ("notice", [plain(notice(number // 4))]), ("triage", [raw(b"not json")])
        async with sending:
            return await again_while_closing(partial(GRPC.signal, incident, *(bad if number % 2 else good)))

    assert set(await asyncio.gather(*(send(number) for number in range(5000)))) == {TAKEN}
    assert await incident.is_listed("KantaRejected = 2500")
    await incident.goes_on_in_another_run(first_run)
    status = await incident.status()
    assert (status.applied_count, status.repeated_count, status.rejected_count) == (1250, 1250, 2500)
    told = [*await incident.timeline(), *brought_out(incident)]
    assert sum(what.startswith("Message 'triage' refused") for what in told) == 2500
    assert sorted(what for what in told if "Notice" in what) == sorted(
        f"Kela's notice (other): Notice {n}" for n in range(1250)
    )
    await goes_on(incident)


async def test_messages_during_continue_as_new_are_not_lost(brief_house: House) -> None:
    """Good and bad, signals and updates, by every way at once, while one run hands over to the next."""
    incident = await brief_house.incident()
    hostile = [case for case in HOSTILE if case.words and case.message != "resolution" and len(case.ways) == len(WAYS)]
    first_run = await incident.run_id()

    async def by_hostile_signals() -> int:
        tries = [partial(GRPC.signal, incident, case.message, case.payloads) for case in hostile * 3]
        return sum([(await again_while_closing(each)).taken for each in tries])

    async def by_good_signals() -> set[Seen]:
        tries = [partial(HTTP.signal, incident, "notice", [plain(notice(n))]) for n in range(60)]
        return {await again_while_closing(each) for each in tries}

    async def by_good_updates() -> set[Seen]:
        tries = [partial(GRPC.update, incident, "notice", [plain(notice(n))]) for n in range(30, 90)]
        return {await again_while_closing(each) for each in tries}

    async def by_hostile_updates() -> set[bool]:
        return {(await COMMAND.update(incident, case.message, case.payloads)).taken for case in hostile}

    kept, *taken = await asyncio.gather(
        by_hostile_signals(), by_good_signals(), by_good_updates(), by_hostile_updates()
    )
    assert taken == [{TAKEN}, {TAKEN}, {False}]
    assert await incident.is_listed(f"KantaRejected = {kept}")
    await incident.goes_on_in_another_run(first_run)
    told = [*await incident.timeline(), *brought_out(incident)]
    assert sorted(what for what in told if "Notice" in what) == sorted(
        f"Kela's notice (other): Notice {n}" for n in range(90)
    )
    assert sum("refused: " in what for what in told) == kept
    await goes_on(incident)


async def test_a_repeat_changes_nothing_whichever_way_it_comes(brief_house: House) -> None:
    """Signal, update, command, HTTP, gRPC: one ``event_id`` counts once, also in a later run."""
    incident, message = await brief_house.incident(), [plain(call(event_id="pbx-4711", reached=False, person=""))]
    first_run = await incident.run_id()
    for send in IN_CLEAR:
        assert await again_while_closing(partial(send, incident, "phone_escalation", message)) == TAKEN
    assert len((await incident.status()).calls) == 1
    for number in range(40):
        await again_while_closing(partial(GRPC.update, incident, "notice", [plain(notice(number))]))
    await incident.goes_on_in_another_run(first_run)
    for send in IN_CLEAR:
        assert await again_while_closing(partial(send, incident, "phone_escalation", message)) == TAKEN
    status = await incident.status()
    assert (len(status.calls), status.rejected) == (1, ())


async def test_the_past_takes_its_place_and_deadlines_follow_the_receipt(house: House) -> None:
    """A judgement made an hour ago, told now: its line stands an hour ago, its duties are due from now."""
    noticed_at = now() - timedelta(hours=2)
    incident = await house.incident(noticed_at=noticed_at.isoformat())
    before = await incident.status()
    an_hour_ago = before.noticed_at + timedelta(hours=1)
    said = triage(occurred_at=an_hour_ago.isoformat())
    assert await COMMAND.update(incident, "triage", [plain(said)]) == TAKEN
    status = await incident.until(lambda status: status.phase == "handling")
    lines = await incident.asked("timeline", list[dict[str, Any]])
    assert [line["what"] for line in lines[:2]] == ["Fault noticed", "Judged: critical, to be reported to Kela"]
    assert datetime.fromisoformat(lines[1]["at"]) == an_hour_ago
    assert status.triaged_at
    assert status.triaged_at >= before.opened_at
    phone = next(duty for duty in status.duties if duty.id == "phone_kela")
    assert phone.opened_at == status.triaged_at
    assert phone.due_at == status.triaged_at + timedelta(minutes=15)


async def test_large_signals_while_no_worker_runs_do_not_end_it(house: House) -> None:
    """Together they are more than the 50 MB of history at which a server ends a process by default."""
    incident, queue = Incident(house, house.reference()), "no-worker-yet"
    await house.client.start_workflow("Incident", opening(incident.reference), id=incident.id, task_queue=queue)
    large = raw(b'{"by": "' + b"x" * 1_900_000 + b'"}')
    for _ in range(32):
        assert (await GRPC.signal(incident, "triage", [large])).taken
    async with worker(house.client, house.world, queue):
        status = await incident.until(lambda status: status.rejected_count == 32)
        assert "at most 262144 are read" in status.rejected[-1].reason
        await goes_on(incident)
    await incident.handle.terminate()
