"""Temporal Web in a real browser: what a supervisor sees of an incident, in plain words and decrypted.

Needs chromium (``/usr/bin/chromium``) and the package ``playwright``. Where ``KANTADESK_TEST_PICTURES`` names a folder,
the pictures are kept there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from tests.starter.conftest import Desk, started, stopped

playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")

pytestmark = pytest.mark.web
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
SHOWN = ["KantaPhase", "KantaSeverity", "KantaService", "KantaNextDue", "KantaOverdue", "KantaRejected"]
COLUMNS = json.dumps({"default": [{"label": label} for label in ("Status", "Workflow ID", *SHOWN)]})
KEPT_BY_THE_BROWSER = {"namespace-workflow-table-columns": COLUMNS, "eventView": json.dumps("compact")}
REFERENCE = "FR-2026-0007"
JUDGED = (
    "--severity", "critical", "--extensive", "--criterion", "prevents_or_slows=yes", "--criterion",
    "localised_to_kela=unknown", "--criterion", "safety=no", "--criterion", "privacy=no", "--criterion",
    "locality_unsure_others_affected=no", "--criterion", "outside_kanta_blocks_use=no",
)  # fmt: skip


class Browser(NamedTuple):
    """A page of chromium, Temporal Web's address, and where pictures go."""

    page: Any
    web: str
    pictures: Path

    def run_of(self, desk: Desk) -> str:
        """The part of the address that names the incident and its run."""
        listed = desk("incident", "open", "--title", "x", "--service", "OTHER", "--reference", REFERENCE, "--json")
        assert listed.json["created"] is False
        return f"/incident-{REFERENCE}/{listed.json['run_id']}"

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
            viewport={"width": 1500, "height": 1800},
        )
        for name, value in KEPT_BY_THE_BROWSER.items():
            context.add_init_script(f"localStorage.setItem({json.dumps(name)}, {json.dumps(value)})")
        yield Browser(context.pages[0], desk.places["web"], pictures)
        context.close()


def test_the_list_shows_the_incident_and_where_it_stands(browser: Browser) -> None:
    text = browser.see("?query=" + quote('KantaPhase="handling"'), "1-list", "KantaPhase", "PRESCRIPTION")
    line = next(line for line in text.splitlines() if f"incident-{REFERENCE}" in line and "handling" in line)
    name, phase, severity, service, next_due, overdue, rejected = line.split("\t")[-7:]
    assert (name, phase, severity, service) == (f"incident-{REFERENCE}", "handling", "critical", "PRESCRIPTION")
    assert next_due
    assert (overdue, rejected) == ("0", "0")


def test_the_history_tells_the_story_in_plain_words(browser: Browser, desk: Desk) -> None:
    text = browser.see(
        f"{browser.run_of(desk)}/history", "2-history", "Send to Kela: fault report (report_to_kela)", "remind desk at"
    )
    for sentence in (
        "Write fault report form no. 1 for Kela",
        "Send to pharmacy-coast: start",
        "Duty phone_kela: remind desk at",
        '"title": "Reseptit eivät aukea"',
    ):
        assert sentence in text
    assert "binary/encrypted" not in text
    assert "Codec Server could not connect" not in text


def test_the_timeline_carries_the_same_words(browser: Browser, desk: Desk) -> None:
    text = browser.see(f"{browser.run_of(desk)}/timeline", "3-timeline", "Duty phone_kela: remind desk at")
    assert "Send to Kela: fault report (report_to_kela)" in text


def test_what_is_waited_for_stands_under_user_metadata(browser: Browser, desk: Desk) -> None:
    browser.see(f"{browser.run_of(desk)}/user-metadata", "4-user-metadata", "Current Details")
    details = browser.page.frame_locator("iframe[src*='Phase']").locator("body")
    details.get_by_text("Situation changed").wait_for(timeout=30_000)
    text = details.inner_text()
    assert "Phase handling." in text
    duty = r"phone_kela to Kela technical support: open, due \d+\.\d+\.\d{4} \d\d:\d\d \(\+0[23]:00\)"
    assert re.search(duty, text)
    assert "Call to 020 634 7787: nobody was reached" in text
    browser.page.screenshot(path=browser.pictures / "4-user-metadata.png", full_page=True)
    summary = browser.page.frame_locator("iframe[src*='Reseptit']").locator("body")
    assert summary.inner_text().strip() == "Reseptit eivät aukea"


def test_every_message_can_be_sent_from_here_with_its_description(browser: Browser, desk: Desk) -> None:
    browser.see(f"{browser.run_of(desk)}/history", "5-update", "Send to Kela")
    browser.page.get_by_role("button", name="More Actions").last.click()
    browser.page.get_by_role("menuitem", name="Send an Update").click()
    dialog = browser.page.get_by_role("dialog", name="Send an Update")
    dialog.locator("button[aria-haspopup], [role=combobox]").first.click()
    dialog.get_by_text("Tell those concerned that the situation has changed").wait_for(timeout=30_000)
    browser.page.screenshot(path=browser.pictures / "5-update.png")
    offered = dialog.inner_text().splitlines()
    assert {"triage", "phone_escalation", "situation_update", "resolution", "reopening", "duty_met"} <= set(offered)
