"""From a page that somebody opens on the desk's machine, in real browsers that have entered Temporal Web."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.attack.browsers import EVIL, Browser, chromium, firefox, until
from tests.attack.house import ATTACKS, WORKFLOW, WORKFLOWS, Target
from tests.workers.codec.codec_talk import PLAIN, as_json
from workers.door.paths import CODEC_OF_WEB

PAGE = """<!doctype html><title>evil</title><script>
const seen = {}
async function attempt(name, address, options) {
  try { const answer = await fetch(address, {credentials: "include", ...options}); seen[name] = await answer.text() }
  catch (error) { seen[name] = "" }
}
function form(address, body) {
  const frame = Object.assign(document.createElement("iframe"), {name: "f" + Math.random()})
  const made = Object.assign(document.createElement("form"), {action: address, method: "post", enctype: "text/plain"})
  const field = Object.assign(document.createElement("input"), {name: body.slice(0, -1) + ',"x":"', value: '"}'})
  made.target = frame.name; made.append(field); document.body.append(frame, made)
  return new Promise(done => { frame.onload = done; made.submit(); setTimeout(done, 3000) })
}
async function attack(places, attacks, codec) {
  for (const place of [places.http_api, places.web]) for (const [name, [path, body]] of Object.entries(attacks)) {
    const text = JSON.stringify(body)
    await attempt("simple " + name + place, place + path, {method: "POST", mode: "no-cors", body: text})
    await attempt("json " + name + place, place + path,
      {method: "POST", headers: {"Content-Type": "application/json"}, body: text})
    await form(place + path, text)
  }
  for (const address of [places.codec_server + "/decode", places.web + codec[0] + "/decode"])
    await attempt("decode " + address, address, {method: "POST", body: codec[1]})
  for (const address of codec[2]) await attempt("read " + address, address, {})
  return seen
}
</script><body>"""


class _EvilPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_said: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def evil() -> Iterator[str]:
    """A server of hostile pages, under a foreign name."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _EvilPage) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://{EVIL}:{server.server_port}/"
        server.shutdown()
        serving.join()


@contextmanager
def _running(name: str, folder: Path) -> Iterator[Browser]:
    with chromium() if name == "chromium" else firefox(folder) as browser:
        yield browser


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(
    request: pytest.FixtureRequest, target: Target, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser that has entered Temporal Web by a link: it has a right which a page could abuse."""
    with _running(request.param, tmp_path_factory.mktemp("profile")) as running:
        running.open(target.entry("/namespaces/default/workflows"))
        until(running, f"document.body.innerText.includes({WORKFLOW!r})")
        yield running


def test_a_hostile_page_changes_nothing_and_reads_nothing(browser: Browser, target: Target, evil: str) -> None:
    reading = [f"{target.places[place]}{WORKFLOWS}/{WORKFLOW}" for place in ("web", "http_api")]
    codec = [CODEC_OF_WEB, json.dumps(as_json(PLAIN)), reading]
    browser.open(evil)
    seen = browser.ask(f"attack({json.dumps(target.places)}, {json.dumps(ATTACKS)}, {json.dumps(codec)})")

    assert len(seen) == 2 * 2 * len(ATTACKS) + 2 + len(reading)
    assert set(seen.values()) == {""}, "it can read no answer"
    assert target.is_unharmed()
    assert f"{ATTACKS['terminate'][0]} who=" in target.audit()
    assert "status=200" not in "".join(line for line in target.audit().splitlines() if "/terminate" in line)


@pytest.mark.parametrize("place", ["web", "http_api", "codec_server"])
def test_a_page_whose_name_was_rebound_gets_nothing(browser: Browser, target: Target, place: str) -> None:
    """The browser takes it to be of one origin with the desk: it may read what it is answered."""
    port = httpx.URL(target.places[place]).port
    path = "/decode" if place == "codec_server" else f"{WORKFLOWS}/{WORKFLOW}"
    browser.open(f"http://{EVIL}:{port}/")  # refused as text; Firefox shows JSON in a viewer that lets nothing out
    shown = browser.ask("document.body.innerText") + browser.ask(f"fetch({path!r}).then(answer => answer.text())")
    asked = browser.ask(f"fetch({path!r}, {{method: 'POST', body: '{{}}'}}).then(answer => answer.status)")

    assert WORKFLOW not in shown.replace(path, "")
    assert asked in {403, 421}
    assert target.is_unharmed()


def test_a_foreign_frame_shows_nothing_of_temporal_web(browser: Browser, target: Target, evil: str) -> None:
    """Else somebody could be led to press "Terminate" in a frame that they don't see."""
    browser.open(evil)
    address = json.dumps(f"{target.places['web']}/namespaces/default/workflows/{WORKFLOW}")
    browser.ask(
        f"new Promise(done => {{ const frame = document.createElement('iframe'); frame.src = {address}; "
        "frame.onload = () => done(true); frame.onerror = () => done(true); document.body.append(frame) })"
    )
    lines = [line for line in target.audit().splitlines() if f"GET /namespaces/default/workflows/{WORKFLOW} " in line]

    assert lines[-1].split()[-1] in {"status=401", "status=403"}


def test_the_honest_browser_still_works_also_by_a_link_on_a_foreign_page(
    browser: Browser, target: Target, evil: str
) -> None:
    address = f"{target.places['web']}/namespaces/default/workflows/{WORKFLOW}"
    browser.open(address)
    until(browser, "document.body.innerText.includes('Auto Refresh')")
    browser.open(evil)
    browser.ask(f"void (location.href = {address!r})")
    until(browser, "document.body.innerText.includes('Auto Refresh')")
