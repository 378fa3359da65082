"""Without the codec server Temporal Web shows ciphertext: the server and its database hold none of the texts."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.browser import Web, page
from tests.web.house import CASE, House
from workers.codec.codec import ENCRYPTED
from workers.door.paths import CODEC_OF_WEB

pytestmark = pytest.mark.web
CIPHERTEXT = b64encode(ENCRYPTED).decode()
"""The encoding of an encrypted payload, as the page prints it."""
TEXTS = ("Reseptit", "Paper prescriptions", "remind desk", "fault report", "020 634 7787", "Expected next")


@pytest.fixture
def blind(house: House, chromium: Any) -> Iterator[Web]:
    """A supervisor's page from which the codec server can't be reached."""
    with page(chromium, house.desk.places["web"], house.entry()) as opened:
        opened.page.route(f"**{CODEC_OF_WEB}/**", lambda route: route.abort())
        yield opened


def test_nothing_is_readable_without_the_codec_server(blind: Web) -> None:
    text = blind.process(f"incident-{CASE}", "history", CIPHERTEXT)
    blind.page.get_by_text("Codec Server could not connect").first.wait_for(state="attached")
    blind.picture("without-the-key", height=1080)
    assert not [word for word in TEXTS if word in text]
    blind.picture("without-the-key", height=1150)
    text = blind.process(f"incident-{CASE}", "timeline", "Auto Refresh")
    assert not [word for word in TEXTS if word in text]
    blind.process(f"incident-{CASE}", "user-metadata", "Current Details")
    frames = [frame.locator("body").inner_text() for frame in blind.page.frames[1:]]
    assert not [word for word in TEXTS if any(word in shown for shown in frames)]


def test_the_lists_need_no_key_since_they_hold_ids_only(blind: Web, house: House) -> None:
    text = blind.go(house.list_at("critical"), f"incident-{CASE}")
    assert re.search(rf"incident-{CASE}.*handling.*critical.*PRESCRIPTION", text)
