"""The desks of the storm: what they leave unsaid."""

from __future__ import annotations

import asyncio
from typing import cast

from temporalio.client import Client

from tests.chaos.crowd import Life
from tests.chaos.script import Act, Late, Open, Plan, Say, opening, triage


class _ReopenedTooLate(Life):
    """A desk whose incident is closed by the time it asks to reopen it; what it does comes to nobody."""

    async def _do(self, act: Act) -> bool:
        self.done.append(act)
        return not (isinstance(act, Say) and act.message == "reopening")

    @property
    def done(self) -> list[Act]:
        """What it did."""
        return cast("list[Act]", self.__dict__.setdefault("_done", []))


def test_what_would_come_late_is_not_said_either_after_an_incident_was_reopened_too_late() -> None:
    late = Say("phone_escalation", lambda _: {})
    of_the_breach = Late(Say("kela_notified", lambda _: {}, "breach"), 0.5)
    before: tuple[Act, ...] = (Open(opening("S0001", "DMS")), Late(late, 9.0), Say("reopening", lambda _: {}))
    after: tuple[Act, ...] = (Say("triage", triage("low", extensive=False)), Late(late, 0.5), of_the_breach)
    desk = _ReopenedTooLate(cast("Client", None), Plan("S0001", (*before, *after)))
    asyncio.run(desk.live())
    assert desk.done == [*before, of_the_breach]
