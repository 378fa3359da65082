"""Hostile and broken input: the incident goes on, its clocks run, and sender or record says what happened."""

from __future__ import annotations

from hashlib import sha256

import pytest

from tests.integrations.going_on import goes_on
from tests.integrations.hostile import HOSTILE, Case, with_key
from tests.integrations.house import House, Incident
from tests.integrations.table import Table, cut, in_a_cell, what_was_seen
from tests.integrations.ways import WAYS

UNREADABLE_WITHOUT_THE_KEY = "Encoded failure"


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
async def test_nothing_that_is_sent_stops_an_incident(house: House, messages_table: Table, case: Case) -> None:
    incident, payloads = await house.incident(), with_key(case.payloads, house.keys.current)
    signals = {way: await WAYS[way].signal(incident, case.message, payloads) for way in case.ways}
    updates = {way: await WAYS[way].update(incident, case.message, payloads) for way in case.ways}
    assert not any(seen.taken for seen in updates.values())
    kept = sum(seen.taken for seen in signals.values())

    await is_kept(incident, case, kept)
    reason = (await incident.status()).rejected[0].reason if kept else ""
    same_words = {in_a_cell(reason), UNREADABLE_WITHOUT_THE_KEY}
    assert all(in_a_cell(updates[way].words) in same_words for way, seen in signals.items() if seen.taken)
    await goes_on(incident)
    rejected = cut(reason) if kept else "nothing: it never arrived"
    messages_table.tell(case.name, what_was_seen(signals), what_was_seen(updates), rejected)


async def is_kept(incident: Incident, case: Case, times: int) -> None:
    """The record keeps the signals with name, reason and digest; Temporal Web shows and lists it."""
    assert (times > 0) == (case.words is not None)
    status = await incident.until(lambda status: len(status.rejected) >= times)
    assert len(status.rejected) == times
    assert await incident.rejected() == list(status.rejected)
    assert await incident.is_listed(f"KantaRejected = {times}")
    for refused in status.rejected:
        assert refused.message == case.message
        assert case.words
        assert case.words in refused.reason
        assert len(case.payloads) != 1 or refused.sha256 == sha256(case.payloads[0].data).hexdigest()
    if times:
        shown = await incident.shown()
        assert f"Messages refused: {times} (query `rejected`)" in shown
        assert f"Message '{case.message}' refused: " in shown.replace("\\", "")
