"""The adapters that a worker gets from its settings."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from temporalio.client import Client

from workers.settings import load
from workers.wiring import neighbours


def test_the_feeds_are_asked_with_the_address_of_the_organisation(tmp_path: Path) -> None:
    settings = load({"KANTADESK_DATA_DIR": str(tmp_path), "KANTADESK_NOTICE_FEED": "https://kanta.example/feed"})
    never_asked = cast("Client", None)
    adapters = neighbours(settings, never_asked)
    (source,) = adapters.notices.sources  # type: ignore[attr-defined]  # the real feed, not its port
    assert source._network.contact == "palvelupiste@example.org"
