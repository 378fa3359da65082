"""A life in which nobody answers anything for days: each kind of reminder, alarm and digest goes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from tests.chaos.script import Act, Open, Pause, Plan, Say, opening, to_its_end, triage
from tests.chaos.script import _acknowledged as acknowledged
from tests.chaos.script import _call as call
from tests.chaos.short_clocks import members
from tests.simulation.desk.clocks import OF_THE_YEARS, clocks_of
from tests.simulation.desk.running import NOTHING, Order, simulated

HOUR = 3600.0


def neglected(seed: str = "neglected") -> Order:
    """Its order, by the clocks of a year; nothing goes wrong around it."""
    with clocks_of(OF_THE_YEARS):
        plans = [Plan("S0001", tuple(_acts()))]
    return Order(seed, plans, NOTHING, operating_model=OF_THE_YEARS, makes="overtaken", patience_days=10.0)


def _acts() -> Iterator[Act]:
    """Nobody judges the fault for three days, calls Kela for two; one acknowledges an instruction after a week."""
    yield Open(opening("S0001", "MYKANTA"))
    yield Pause(75 * HOUR)
    yield Say("triage", triage("critical", extensive=False))
    yield Say("authority_instruction", lambda _: {"authority": "THL", "text": "Write on paper."})
    soon, late = members("instruction")
    yield Pause(1 * HOUR)
    yield Say("acknowledgement", acknowledged(soon))
    yield Pause(40 * HOUR)
    yield Say("phone_escalation", call())
    yield Pause(150 * HOUR)
    yield Say("acknowledgement", acknowledged(late))
    yield from to_its_end()


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"violations": simulated(neglected()).violations}) + "\n")
