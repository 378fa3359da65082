"""Temporal Web in a real browser: what a supervisor sees of an incident, in plain words and decrypted.

Needs chromium (``/usr/bin/chromium``) and the package ``playwright``. With ``KANTADESK_TEST_PICTURES`` set to a folder, the
pictures are kept there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

from tests.starter.conftest import Desk, started, stopped

playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")

pytestmark = pytest.mark.web
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --lang=fi-FI"
).split()
COLUMNS = """localStorage.setItem('namespace-workflow-table-columns', JSON.stringify({default: [
    'Status', 'Workflow ID', 'KantaPhase', 'KantaSeverity', 'KantaService', 'KantaNextDue', 'KantaOverdue', 'KantaRejected'
].map(label => ({label}))}))"""
REFERENCE = "FR-2026-0007"
JUDGED = (
    "--severity", "critical", "--extensive", "--criterion", "prevents_or_slows=yes", "--criterion",
    "localised_to_kela=unknown", "--criterion", "safety=no", "--criterion", "privacy=no", "--criterion",
    "locality_unsure_others_affected=no", "--criterion", "outside_kanta_blocks_use=no",
)  # fmt: skip


class Browser(NamedTuple):
    """A page of chromium, Temporal Web's address, and where pictures go."""

    page: playwright.Page
    web: str
    pictures: Path

    def see(self, path: str, picture: str, *texts: str) -> str:
        """Open a page, wait until it shows these texts, take a picture; the text of the page."""
        self.page.goto(f"{self.web}/namespaces/default/workflows{path}")
        for text in texts:
            self.page.get_by_text(text).first.wait_for(timeout=30_000)
        self.page.screenshot(path=self.pictures / f"{picture}.png", full_page=True)
        return str(self.page.inner_text("body"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A running desk with one incident in the middle of its life."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    desk = started(tmp_path_factory.mktemp("desk"))
    try:
        for command in (
            ("open", "--title", "Reseptit eivät aukea", "--service", "PRESCRIPTION", "--reference", REFERENCE),
            ("triage", REFERENCE, *JUDGED),
            ("call", REFERENCE, "--not-reached"),
            ("update", REFERENCE, "--text", "Paper prescriptions from 14.30 on"),
        ):
            answer = desk("incident", *command, "--json")
            assert answer.code == 0, answer.err
        yield desk
    finally:
        assert stopped(desk) == 0


@pytest.fixture(scope="module")
def browser(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, with the columns that the handbook recommends."""
    pictures = Path(os.environ.get("KANTADESK_TEST_PICTURES") or tmp_path_factory.mktemp("pictures"))
    pictures.mkdir(parents=True, exist_ok=True)
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            viewport={"width": 1500, "height": 1000},
        )
        context.add_init_script(COLUMNS)
        yield Browser(context.pages[0], desk.places["web"], pictures)
        context.close()


def test_the_list_shows_the_incident_and_where_it_stands(browser: Browser) -> None:
    text = browser.see("?query=" + quote('KantaPhase="handling"'), "list", f"incident-{REFERENCE}", "KantaPhase")
    assert re.search(rf"incident-{REFERENCE}\s+handling\s+critical\s+.*PRESCRIPTION", text)


def test_the_history_tells_the_story_in_plain_words(browser: Browser) -> None:
    run = f"/incident-{REFERENCE}"
    browser.see(run, "first")
    browser.page.screenshot(path=browser.pictures / "x.png", full_page=True)
