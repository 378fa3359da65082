"""A failure kept as a test: its seed, which lives and acts are left of the script, which faults happen."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from tests.chaos.script import Plan
from tests.simulation.desk.clocks import OF_THE_YEARS
from tests.simulation.desk.house import Trouble
from tests.simulation.desk.running import Order, of_a_year, ordered
from tests.simulation.engine.chance import Rates


def keep(order: Order, reason: str, folder: Path) -> Path:
    """Write it down; the file."""
    written = json.dumps(described(order) | {"reason": reason}, indent=1)
    name = hashlib.sha256(written.encode()).hexdigest()[:10]
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(written + "\n", encoding="utf-8")
    return path


def described(order: Order) -> dict[str, Any]:
    """An order as values. A plan is made of functions, so it is named by its number and the places of its acts."""
    whole = {plan.reference: plan for plan in order.whole}
    return {
        "seed": order.seed,
        "is_year": order.operating_model == OF_THE_YEARS,
        "incidents": len(order.whole),
        "lives": [{"reference": plan.reference, "acts": _places(plan, whole[plan.reference])} for plan in order.plans],
        "rates": dataclasses.asdict(order.rates),
        "allowed": sorted(order.allowed) if order.allowed is not None else None,
        "workers": order.workers,
        "trouble": dataclasses.asdict(order.trouble),
        "makes": order.makes,
        "pairs_left": sorted(order.pairs_left) if order.pairs_left is not None else None,
    }


def _places(plan: Plan, whole: Plan) -> list[int]:
    """Where the acts of a plan stand in the whole one. By identity: two acts may look the same and not be."""
    return [place for place, act in enumerate(whole.acts) if any(act is left for left in plan.acts)]


def remembered(kept: dict[str, Any]) -> Order:
    """The order that was written down."""
    rates, makes = Rates(**kept["rates"]), kept.get("makes", "of itself")
    numbers = [int(life["reference"][1:]) for life in kept["lives"]]
    if kept["is_year"]:
        order = of_a_year(kept["seed"], incidents=kept["incidents"], rates=rates, makes=makes)
        starts = [order.begins_after(number) for number in numbers]
    else:
        order = ordered(kept["seed"], lives=kept["incidents"], rates=rates, makes=makes)
        starts = None
    plans = [
        Plan(life["reference"], tuple(order.plans[number].acts[place] for place in life["acts"]))
        for number, life in zip(numbers, kept["lives"], strict=True)
    ]
    allowed = frozenset(kept["allowed"]) if kept["allowed"] is not None else None
    pairs_left = frozenset(kept["pairs_left"]) if kept.get("pairs_left") is not None else None
    trouble = Trouble(**{**kept.get("trouble", {}), "clocks": tuple(kept.get("trouble", {}).get("clocks", ()))})
    return dataclasses.replace(
        order,
        plans=plans,
        allowed=allowed,
        workers=kept["workers"],
        starts=starts,
        trouble=trouble,
        pairs_left=pairs_left,
    )
