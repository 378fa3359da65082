"""One running desk and one browser for all tests of Temporal Web: both take seconds to start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.starter.conftest import started, stopped
from tests.web.browser import CHROMIUM, Web, browser, page
from tests.web.house import House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running desk with an incident, its breach, a hostile one and a finished drill."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    desk = started(tmp_path_factory.mktemp("desk"))
    try:
        running = House(desk)
        running.does(running.lives())
        yield running
        running.close()
    finally:
        assert stopped(desk) == 0


@pytest.fixture(scope="session")
def chromium(house: House) -> Iterator[Any]:  # noqa: ARG001  # no browser without a desk
    """The browser."""
    with browser() as running:
        yield running


@pytest.fixture(scope="session")
def web(house: House, chromium: Any) -> Iterator[Web]:
    """A supervisor's page, with the recommended columns."""
    with page(chromium, house.desk.places["web"], house.entry()) as opened:
        yield opened
