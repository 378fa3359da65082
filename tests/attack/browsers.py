"""Two real browsers that open pages and are asked what stands on them. To each ``evil.example`` is this machine."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.web.browser import CHROMIUM, FLAGS

FIREFOX = Path("/usr/bin/firefox-esr")
EVIL = "evil.example"
WITHIN = 120.0
"""Seconds of real time in which what is waited for must have come."""
PREFERENCES = {
    "network.dns.localDomains": EVIL,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Browser(Protocol):
    """One window."""

    def open(self, address: str) -> None:
        """Open a page, and wait until it is there."""

    def ask(self, expression: str) -> Any:
        """The value of an expression on the page."""


def until(browser: Browser, expression: str) -> Any:
    """Ask until it is true; pages between two addresses answer nothing."""
    end, answer = time.monotonic() + WITHIN, None
    while time.monotonic() < end:
        try:
            if answer := browser.ask(expression):
                return answer
        except Exception as fault:  # noqa: BLE001  # a page that is just left
            answer = fault
        time.sleep(0.1)
    raise AssertionError(f"{expression}: {answer!r}")


class _Chromium:
    def __init__(self, page: Any) -> None:
        self._page = page

    def open(self, address: str) -> None:
        self._page.goto(address)

    def ask(self, expression: str) -> Any:
        return self._page.evaluate(expression)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium, driven by playwright."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    with playwright.sync_playwright() as driver:
        rules = f"--host-resolver-rules=MAP {EVIL} 127.0.0.1"
        running = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=[*FLAGS, rules])
        yield _Chromium(running.new_context().new_page())
        running.close()


class Firefox:
    """Firefox, driven by WebDriver BiDi: the few commands that are needed."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._number = socket, 0
        self._do("session.new", capabilities={})
        self._context = self._do("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, address: str) -> None:
        self._do("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def ask(self, expression: str) -> Any:
        asked = f"Promise.resolve({expression}).then(value => JSON.stringify(value === undefined ? null : value))"
        target = {"context": self._context}
        answer = self._do("script.evaluate", expression=asked, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def resize(self, width: int, height: int) -> None:
        """Make the page as large."""
        self._do("browsingContext.setViewport", context=self._context, viewport={"width": width, "height": height})

    def picture(self, place: Path) -> None:
        """Keep a picture of the page."""
        place.parent.mkdir(parents=True, exist_ok=True)
        shot = self._do("browsingContext.captureScreenshot", context=self._context, origin="document")
        place.write_bytes(base64.b64decode(shot["data"]))

    def _do(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv(WITHIN))).get("id") != self._number:
            continue
        assert answer["type"] == "success", answer
        return answer["result"]


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """Firefox with an empty profile there."""
    if not FIREFOX.exists():
        pytest.skip(f"there is no {FIREFOX}")
    connect = pytest.importorskip("websockets.sync.client", reason="the package websockets is not installed").connect
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
    process = subprocess.Popen(
        [FIREFOX, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"},
        text=True,
    )
    assert process.stderr
    try:
        address = next(found[0] for line in process.stderr if (found := re.search(r"ws://\S+", line)))
        with connect(f"{address}/session", proxy=None, max_size=None) as socket:
            yield Firefox(socket)
    finally:
        process.terminate()
        process.wait(60)
        process.stderr.close()
