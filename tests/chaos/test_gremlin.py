"""The gremlin breaks what the plan says, also where the plan breaks one thing twice at once."""

from __future__ import annotations

from typing import cast

import pytest

from tests.chaos.gremlin import Fault, Gremlin
from tests.chaos.house import TwoParts

pytestmark = pytest.mark.chaos


class Box:
    """A letter box that can be opened where it is closed, and closed where it is open."""

    def __init__(self) -> None:
        self.did: list[str] = []

    def open(self) -> None:
        assert self.did[-1] == "closed"
        self.did.append("opened")

    def close(self) -> None:
        assert not self.did or self.did[-1] == "opened"
        self.did.append("closed")


class House:
    """A house with nothing but a letter box."""

    def __init__(self) -> None:
        self.box = Box()

    def noted(self, what: str, began: float) -> None:
        assert what
        assert began


async def test_a_second_cut_waits_for_the_end_of_the_first() -> None:
    house, what = House(), "cut the mail server"
    gremlin = Gremlin(cast("TwoParts", house), "1")
    await gremlin.rage([Fault(0.0, what, 0.2), Fault(0.1, what, 0.2)])
    assert house.box.did == ["closed", "opened", "closed", "opened"]
    assert gremlin.done[what] == 2
