"""What is kept is all that a life was built from: read again, it gives the same events to the byte."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chaos.script import Open, Plan, opening
from tests.simulation.desk.clocks import OF_THE_STORM, OF_THE_YEARS
from tests.simulation.desk.house import Trouble
from tests.simulation.desk.running import MUCH_TROUBLE, USUAL, Makes, Order, of_a_year, ordered, simulated
from tests.simulation.desk.story import _said
from tests.simulation.engine.chance import Rates
from tests.simulation.keeping import keep, remembered

OTHERWISE: dict[str, Any] = {
    "rates": Rates(delayed=0.25),
    "allowed": frozenset({"answer is delayed, task 1 of incident-S0001"}),
    "workers": 3,
    "trouble": MUCH_TROUBLE,
    "apart": 71.5,
    "begins": datetime(2028, 3, 26, 0, 30, 0, 250, tzinfo=UTC),
    "has_real_docx": True,
    "patience_days": 3.5,
    "starts": [0.0, 17.25, 18.0],
    "makes": "beside",
    "twins": True,
    "days_beside": 77,
    "pairs_left": frozenset({2}),
}
"""Another value for each part of an order."""


def again(order: Order, folder: Path) -> Order:
    """The order, kept and read."""
    return remembered(json.loads(keep(order, "for a test", folder).read_text(encoding="utf-8")))


def told(order: Order) -> dict[str, Any]:
    """An order in a form that can be compared: acts are functions, so they are told in words."""
    parts = {each.name: getattr(order, each.name) for each in dataclasses.fields(order)}
    for name in ("plans", "whole"):
        parts[name] = [(plan.reference, [_said(act) for act in plan.acts]) for plan in parts[name]]
    return parts | {"starts": list(order.starts) if order.starts is not None else None}


MADE_BY_THE_SEED = ("seed", "plans", "whole", "operating_model")
"""Of these an order has either all or none: the property below looks at them."""


@pytest.mark.parametrize("part", [each.name for each in dataclasses.fields(Order) if each.name not in MADE_BY_THE_SEED])
def test_each_part_of_an_order_is_kept(part: str, tmp_path: Path) -> None:
    order = ordered("parts", lives=3)
    other = dataclasses.replace(order, **{part: OTHERWISE[part]})
    assert getattr(order, part) != OTHERWISE[part]
    assert getattr(again(other, tmp_path), part) == OTHERWISE[part]


rates = st.builds(Rates, **{each.name: st.floats(0, 0.3) for each in dataclasses.fields(Rates) if each.type == "float"})
troubles = st.builds(
    Trouble,
    disk_fills=st.floats(0, 0.01),
    clocks=st.lists(st.floats(-300, 300), max_size=3).map(tuple),
    loses_answers=st.floats(0, 0.1),
    has_common_store=st.booleans(),
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Any order that a seed makes and a shrinking leaves."""
    seed, makes = draw(st.text(max_size=8)), draw(st.sampled_from(get_args(Makes)))
    make = draw(st.sampled_from((ordered, of_a_year)))
    number = draw(st.integers(1, 6))
    order = (
        ordered(seed, lives=number, makes=makes) if make is ordered else of_a_year(seed, incidents=number, makes=makes)
    )
    places = draw(st.lists(st.integers(0, number - 1), min_size=1, unique=True))
    plans = []
    for place in places:
        acts = order.plans[place].acts
        left = draw(st.lists(st.booleans(), min_size=len(acts), max_size=len(acts)))
        kept = (act for act, is_left in zip(acts, left, strict=True) if is_left)
        plans.append(order.plans[place]._replace(acts=tuple(kept)))
    return dataclasses.replace(
        order,
        plans=plans,
        rates=draw(rates),
        trouble=draw(troubles),
        starts=draw(st.none() | st.just([order.begins_after(place) for place in places])),
        allowed=draw(st.none() | st.frozensets(st.text(max_size=30), max_size=3)),
        pairs_left=draw(st.none() | st.frozensets(st.integers(1, 9))),
        apart=draw(st.floats(0, 1e5)),
        begins=draw(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001
        patience_days=draw(st.floats(0.01, 30)),
        twins=draw(st.booleans()),
        workers=draw(st.integers(1, 4)),
        days_beside=draw(st.integers(60, 400)),
    )


@given(order=orders())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_kept_is_read_as_it_was(order: Order, tmp_path: Path) -> None:
    assert told(again(order, tmp_path)) == told(order)


@pytest.mark.simulation
@pytest.mark.parametrize("is_year", [False, True])
def test_what_is_read_gives_the_same_events_to_the_byte(is_year: bool, tmp_path: Path) -> None:
    order = of_a_year("bytes", incidents=4, makes="overtaken") if is_year else ordered("bytes", lives=4)
    places = (1, 3)
    order = dataclasses.replace(
        order,
        plans=[order.plans[place] for place in places],
        starts=[order.begins_after(place) for place in places],
        begins=datetime(2027, 3, 27, 20, 0, tzinfo=UTC),
        trouble=MUCH_TROUBLE,
        twins=not is_year,
    )
    one, other = simulated(order), simulated(again(order, tmp_path))
    assert one.happened
    assert (one.lines, one.happened, one.violations) == (other.lines, other.happened, other.violations)
    left = dataclasses.replace(order, allowed=frozenset(one.happened[::2]))
    assert simulated(left).lines == simulated(again(left, tmp_path)).lines


def test_what_its_seed_does_not_make_is_not_kept(tmp_path: Path) -> None:
    by_hand = Plan("S0009", (Open(opening("S0009", "DMS")),))
    with pytest.raises(ValueError, match="S0009: written by hand"):
        keep(Order("by hand", [by_hand], USUAL), "for a test", tmp_path)
    order = ordered("by hand", lives=1)
    more = order.plans[0]._replace(acts=(*order.plans[0].acts, Open(opening("S0000", "DMS"))))
    with pytest.raises(ValueError, match="acts that its seed does not make"):
        keep(dataclasses.replace(order, plans=[more]), "for a test", tmp_path)


def test_an_older_script_is_what_it_was() -> None:
    """Which did not name all of these yet."""
    kept = Path(__file__).parent / "kept" / "cancelled_after_half_a_day.json"
    order = remembered(json.loads(kept.read_text(encoding="utf-8")))
    assert (order.operating_model, order.patience_days, order.makes) == (OF_THE_YEARS, 10.0, "of itself")
    assert order.starts == [of_a_year("2702", makes="of itself").begins_after(6)]
    assert ordered("x", lives=1).operating_model == OF_THE_STORM
