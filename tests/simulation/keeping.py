"""A failure kept as a test: its seed, which lives and acts are left of the script, which faults happen, and all else.

What a kept script does not name is as it was when scripts did not name it: older ones stay what they were.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.chaos.script import Plan
from tests.simulation.desk.clocks import OF_THE_YEARS
from tests.simulation.desk.house import Trouble
from tests.simulation.desk.running import Order, of_a_year, ordered
from tests.simulation.engine.chance import Rates

AS_IT_IS = ("seed", "workers", "apart", "has_real_docx", "patience_days", "starts", "makes", "twins", "days_beside")
"""Parts of an order that are values already."""


def keep(order: Order, reason: str, folder: Path) -> Path:
    """Write it down; the file."""
    written = json.dumps(described(order) | {"reason": reason}, indent=1)
    name = hashlib.sha256(written.encode()).hexdigest()[:10]
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(written + "\n", encoding="utf-8")
    return path


def described(order: Order) -> dict[str, Any]:
    """An order as values. A plan is made of functions, so it is named by its number and the places of its acts.

    Raises ``ValueError`` where its plans are not of the seed.
    """
    whole = {plan.reference: plan for plan in order.whole}
    if strangers := [plan.reference for plan in order.plans if plan.reference not in whole]:
        raise ValueError(f"{', '.join(strangers)}: written by hand, its seed can't make it again")
    values = {name: getattr(order, name) for name in AS_IT_IS}
    return values | {
        "is_year": order.operating_model == OF_THE_YEARS,
        "incidents": len(order.whole),
        "lives": [{"reference": plan.reference, "acts": _places(plan, whole[plan.reference])} for plan in order.plans],
        "rates": dataclasses.asdict(order.rates),
        "allowed": _sorted(order.allowed),
        "trouble": dataclasses.asdict(order.trouble),
        "begins": order.begins.isoformat(),
        "starts": list(order.starts) if order.starts is not None else None,
        "pairs_left": _sorted(order.pairs_left),
    }


def _sorted(names: frozenset[Any] | None) -> list[Any] | None:
    return sorted(names) if names is not None else None


def _places(plan: Plan, whole: Plan) -> list[int]:
    """Where the acts of a plan stand in the whole one. By identity: two acts may look the same and not be."""
    places = [place for place, act in enumerate(whole.acts) if any(act is left for left in plan.acts)]
    if len(places) != len(plan.acts):
        raise ValueError(f"{plan.reference}: has acts that its seed does not make")
    return places


def remembered(kept: dict[str, Any]) -> Order:
    """The order that was written down."""
    rates, makes = Rates(**kept["rates"]), kept.get("makes", "of itself")
    numbers = [int(life["reference"][1:]) for life in kept["lives"]]
    if kept["is_year"]:
        order = of_a_year(kept["seed"], incidents=kept["incidents"], rates=rates, makes=makes)
    else:
        order = ordered(kept["seed"], lives=kept["incidents"], rates=rates, makes=makes)
    plans = [
        Plan(life["reference"], tuple(order.plans[number].acts[place] for place in life["acts"]))
        for number, life in zip(numbers, kept["lives"], strict=True)
    ]
    starts = [order.begins_after(number) for number in numbers] if kept["is_year"] else None
    values = {"starts": starts} | {name: kept[name] for name in AS_IT_IS if name in kept}
    if "begins" in kept:
        values["begins"] = datetime.fromisoformat(kept["begins"])
    trouble = Trouble(**{**kept.get("trouble", {}), "clocks": tuple(kept.get("trouble", {}).get("clocks", ()))})
    return dataclasses.replace(
        order,
        **values | {"plans": plans, "makes": makes, "trouble": trouble},
        allowed=_frozen(kept["allowed"]),
        pairs_left=_frozen(kept.get("pairs_left")),
    )


def _frozen(names: list[Any] | None) -> frozenset[Any] | None:
    return frozenset(names) if names is not None else None
