"""Temporal Web in a real browser, as a supervisor uses it: the list, a process's tabs, the dialogs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starter.web.filters import COLUMNS_KEPT_UNDER, columns_in_local_storage

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    "--disable-lcd-text",  # letters in shades of grey: pictures of half the size
]
KEPT_BY_THE_BROWSER = {COLUMNS_KEPT_UNDER: columns_in_local_storage("default"), "eventView": json.dumps("compact")}
PATIENCE = 30_000
"""Milliseconds that a text is waited for: on a loaded machine a page takes its time."""
ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
ARTEFACTS = Path(os.environ.get("KANTADESK_TEST_ARTEFACTS") or ROOT / "build" / "screenshots")
LARGEST = 150_000
"""Bytes of a picture in the documentation."""
WIDTH, HEIGHT = 1280, 900
MENU, HEADER = 256, 48
"""Pixels of Temporal Web's own menu and header, which no picture needs."""


@dataclass
class Web:
    """One page of the browser on Temporal Web."""

    page: Any
    base: str

    def go(self, path: str, *texts: str) -> str:
        """Open an address (or a path) and wait until it shows these texts; the whole text of the page."""
        self.page.goto(path if path.startswith("http") else f"{self.base}/namespaces/default/workflows{path}")
        for text in texts:
            self.sees(text)
        return str(self.page.inner_text("body"))

    def sees(self, text: str) -> Any:
        """Wait for a text; where it is."""
        found = self.page.get_by_text(text).locator("visible=true").first
        found.wait_for(timeout=PATIENCE)
        return found

    def heading(self, text: str) -> Any:
        """A heading of the page, where it is."""
        return self.page.get_by_role("heading", name=text, exact=True).first

    def process(self, workflow_id: str, tab: str, *texts: str) -> str:
        """Open a tab of a process's latest run, as anybody does who follows a link to it; the text of the page."""
        self.page.goto(f"{self.base}/namespaces/default/workflows/{workflow_id}")
        self.page.wait_for_url(f"**/{workflow_id}/*/timeline", timeout=PATIENCE)
        return self.go(self.page.url.removesuffix("timeline") + tab, *texts)

    def metadata(self, workflow_id: str, *texts: str) -> list[str]:
        """Summary, details and current details, once one of them shows each of the texts."""
        self.process(workflow_id, "user-metadata", "Current Details")
        for text in texts:
            self.page.wait_for_function(SHOWN_IN_A_FRAME, arg=text, timeout=PATIENCE)
        return [str(frame.locator("body").inner_text()) for frame in self.page.frames[1:]]

    def dialog(self, action: str, message: str, payload: Any) -> Any:
        """Fill in "Send a Signal" or "Send an Update" on the page of a process; the dialog, not yet submitted."""
        self.page.get_by_role("button", name="More Actions").last.click()
        self.page.get_by_role("menuitem", name=action).click()
        dialog = self.page.get_by_role("dialog", name=action)
        dialog.locator("button[aria-haspopup], [role=combobox]").first.click()
        dialog.get_by_text(message, exact=True).first.click()
        editor = dialog.locator(".cm-content")
        editor.click()
        self.page.keyboard.insert_text(payload if isinstance(payload, str) else json.dumps(payload))
        return dialog

    def submit(self, dialog: Any) -> None:
        """Press Submit. Before that the field is left and has tidied its JSON, under which the button moves away."""
        dialog.get_by_text("Single JSON payload supported").first.click()
        dialog.locator(".cm-line").nth(1).wait_for()
        dialog.get_by_role("button", name="Submit").click()

    def picture(self, name: str, *, of: Any = None, below: Any = None, left: int = MENU, height: int = HEIGHT) -> None:
        """Keep a picture among the artefacts: the page without its menu, what is ``below``, or ``of`` one part."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        kept = ARTEFACTS / f"{name}.png"
        if of:
            of.screenshot(path=kept)
            return
        top = below.bounding_box()["y"] - 10 if below else HEADER
        self.page.set_viewport_size({"width": WIDTH, "height": max(HEIGHT, int(top) + height)})
        clip = {"x": left, "y": top, "width": WIDTH - left, "height": height}
        self.page.screenshot(path=kept, clip=clip)
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    def illustrate(self, name: str, **part: Any) -> None:
        """A picture for ``docs/supervisors.md``: made anew there with ``KANTADESK_RETELL``, as an artefact always."""
        self.picture(name, **part)
        if os.environ.get("KANTADESK_RETELL"):
            SCREENSHOTS.mkdir(exist_ok=True)
            (SCREENSHOTS / f"{name}.png").write_bytes((ARTEFACTS / f"{name}.png").read_bytes())


SHOWN_IN_A_FRAME = """text => [...document.querySelectorAll('iframe')].some(
    frame => frame.contentDocument?.body?.innerText.includes(text))"""


@contextmanager
def browser() -> Iterator[Any]:
    """A running chromium. The package playwright is asked for by whoever calls this."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield running
        running.close()


@contextmanager
def page(running: Any, base: str, entry: str) -> Iterator[Web]:
    """A fresh profile with the recommended columns, in Finland, that has entered by a link."""
    context = running.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="fi-FI", timezone_id="Europe/Helsinki"
    )
    for name, value in KEPT_BY_THE_BROWSER.items():
        context.add_init_script(f"localStorage.setItem({json.dumps(name)}, {json.dumps(value)})")
    opened = Web(context.new_page(), base)
    opened.go(entry, "Workflows")
    yield opened
    context.close()
