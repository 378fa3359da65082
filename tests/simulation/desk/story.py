"""A failure told as a story in words: who said what, what went wrong around it, what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.script import Act, Garbage, Late, Open, Pause, Say, Until
from tests.simulation.desk.running import Order, Outcome
from tests.simulation.engine.virtual_time import beginning

EVENTS_AT_MOST = 60
NOT_TOLD = ("workflow_task_scheduled", "workflow_task_started")


def story_of(order: Order, outcome: Outcome) -> str:
    """The whole story."""
    return "\n".join(_lines(order, outcome))


def _lines(order: Order, outcome: Outcome) -> Iterator[str]:
    yield f"seed {order.seed!r}: {len(order.plans)} lives, {len(outcome.happened)} faults, {len(outcome.lines)} events"
    for plan in order.plans:
        yield f"The desk of {plan.reference}:"
        yield from (f"  - {_said(act)}" for act in plan.acts)
    for pair in order.pairs:
        yield f"Of one fault: {pair.lead} and {pair.follower}, {pair.what} (see desk/links.py)"
    if outcome.happened:
        yield "What went wrong around it:"
        yield from (f"  - {fault}" for fault in outcome.happened)
    told = [line for line in outcome.lines if not any(word in line for word in NOT_TOLD)]
    yield "What happened" + (f" (the last {EVENTS_AT_MOST} events):" if len(told) > EVENTS_AT_MOST else ":")
    yield from (f"  {line}" for line in told[-EVENTS_AT_MOST:])
    yield "What must not be:"
    yield from (f"  - {violation[:600]}" for violation in outcome.violations[:10])


def _said(act: Act) -> str:
    match act:
        case Open():
            return f"opens the {act.to}: {_facts(act.facts)}"
        case Say():
            how = {"update": "says", "signal": "signals", "twice": "signals twice"}[act.how]
            return f"{how} {act.message} to the {act.to}: {_facts(act.facts)}"
        case Late():
            return f"{_said(act.said)}, which is on its way for {act.seconds:g} s"
        case Garbage():
            return f"sends {act.text!r} as {act.message}"
        case Pause():
            return f"waits {act.seconds:g} s"
        case Until():
            return f"waits until: {act.what}"


def _facts(facts: object) -> str:
    said = facts(beginning()) if callable(facts) else facts
    words = ", ".join(f"{name}: {value}" for name, value in said.items()) if isinstance(said, dict) else str(said)
    return words[:200]
