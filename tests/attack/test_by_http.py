"""By HTTP, from the machine itself or by a page's means: one request was enough on 0.2.0. Each ends at the door."""

from __future__ import annotations

import json
import os
import signal
import socket
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.attack.house import ATTACKS, CASE, WORKFLOW, WORKFLOWS, Target
from tests.workers.codec.codec_talk import PLAIN, as_json, as_payloads
from workers.door.paths import CODEC_OF_WEB

FOREIGN = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
START = {
    "workflowType": {"name": "Incident"},
    "taskQueue": {"name": "kantadesk"},
    "workflowIdReusePolicy": "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE",
    "input": [{
        "reference": f"{CASE}-2", "title": "MyKanta is slow", "services": ["MYKANTA"], "drill": True,
        "noticed_at": "2026-11-22T08:00:00Z", "reported_by": {"name": "Monitoring"}, "source": "monitoring",
    }],
}  # fmt: skip


def send(address: str, method: str, path: str, **more: object) -> httpx.Response:
    return httpx.request(method, f"{address}{path}", trust_env=False, timeout=60, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", ["http_api", "web"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_simple_request_of_a_page_does_nothing(target: Target, attack: str, place: str) -> None:
    """Text, a foreign origin, no token: what a page sends without asking first. Also with the cookie, if it had it."""
    path, body = ATTACKS[attack]
    with target.entered() as browser:
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    for headers in (FOREIGN, FOREIGN | cookie, FOREIGN | {"Origin": "null"} | cookie):
        answer = send(target.places[place], "POST", path, content=json.dumps(body), headers=headers)
        assert answer.status_code == 403, answer.text

    assert target.is_unharmed()


@pytest.mark.parametrize("attack", ATTACKS)
def test_without_a_token_json_does_nothing_either(target: Target, attack: str) -> None:
    path, body = ATTACKS[attack]
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "integrations"}):
        assert send(target.places["http_api"], "POST", path, json=body, headers=headers).status_code == 401
        assert send(target.places["web"], "POST", path, json=body, headers=headers).status_code == 401

    assert target.is_unharmed()


def test_a_token_alone_writes_nothing_that_is_not_said_to_be_json(target: Target) -> None:
    path, body = ATTACKS["terminate"]
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""):
        headers = target.token | {"Content-Type": kind}
        answer = send(target.places["http_api"], "POST", path, content=json.dumps(body), headers=headers)
        assert answer.status_code == 415, answer.text

    assert target.is_unharmed()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""]
)
@pytest.mark.parametrize("place", ["web", "http_api", "codec_server"])
def test_a_name_rebound_to_this_machine_gets_nothing(target: Target, place: str, host: str) -> None:
    """A page that has its own name lead to 127.0.0.1 is of one origin with what it asks: only Host tells."""
    port = httpx.URL(target.places[place]).port
    method, path = {"codec_server": ("POST", "/decode")}.get(place, ("GET", f"{WORKFLOWS}/{WORKFLOW}"))
    body = as_json(PLAIN) if method == "POST" else None
    rebound = send(target.places[place], method, path, json=body, headers={"Host": host.format(port=port)})
    honest = send(target.places[place], method, path, json=body, headers=target.token)

    assert rebound.status_code in {400, 403, 421}, rebound.text
    assert honest.status_code == 200
    if place == "web":
        with target.entered() as browser:
            assert browser.get(path, headers={"Host": host.format(port=port)}).status_code in {400, 421}


def test_what_lies_behind_the_door_answers_no_page(target: Target) -> None:
    """No port of the server on 127.0.0.1 speaks HTTP to a stranger; Temporal Web lies where nobody guesses."""
    ports = listening(target.server_pid())
    hidden = {host for host, _ in ports} - {"127.0.0.1"}
    assert [host.split(".")[0] for host in hidden] == ["127"]
    answers = []
    for host, port in ports:
        if host != "127.0.0.1":
            continue
        for path in ("/api/v1/settings", f"{WORKFLOWS}/{WORKFLOW}", "/metrics", "/"):
            try:
                answers.append(send(f"http://{host}:{port}", "GET", path).status_code)
            except httpx.TransportError:  # gRPC only
                continue
    assert set(answers) <= {403, 404}, "the HTTP API, which answers its secret name only"


def listening(pid: int) -> list[tuple[str, int]]:
    """The addresses on which an OS process listens."""
    handles = {str(name.readlink()) for name in Path(f"/proc/{pid}/fd").iterdir() if name.is_symlink()}
    found = []
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        columns = line.split()
        if columns[3] == "0A" and f"socket:[{columns[9]}]" in handles:
            host, port = columns[1].split(":")
            found.append((socket.inet_ntoa(bytes.fromhex(host)[::-1]), int(port, 16)))
    return found


def test_the_honest_programme_still_reads_and_writes(target: Target) -> None:
    api, started = target.places["http_api"], f"{WORKFLOWS}/{WORKFLOW}-2"
    sent = send(api, "POST", started, json=START, headers=target.token)
    assert sent.json()["started"], sent.text
    asked = send(api, "POST", f"{started}/query/status", json={}, headers=target.token)
    [payload] = as_payloads(send(target.places["codec_server"], "POST", "/decode", json=asked.json()["queryResult"]))

    assert json.loads(payload.data)["title"] == "MyKanta is slow"
    assert f"POST {started} who=integrations from=127.0.0.1 uid=" in target.audit()


def test_the_honest_browser_still_reads_decrypts_and_writes(target: Target) -> None:
    with target.entered() as browser:
        page = browser.get("/namespaces/default/workflows")
        assert "<html" in page.text
        assert browser.get(f"{WORKFLOWS}/{WORKFLOW}").json()["workflowExecutionInfo"]["type"]["name"] == "Incident"
        own = {"Origin": target.places["web"]}
        assert as_payloads(browser.post(f"{CODEC_OF_WEB}/decode", json=as_json(PLAIN), headers=own)) == [PLAIN]
        csrf = {"X-CSRF-Token": browser.cookies["_csrf"], "Content-Type": "text/plain;charset=UTF-8"}
        written = browser.post(f"{WORKFLOWS}/{WORKFLOW}/query/duties", content="{}", headers=own | csrf)
        assert written.status_code == 200, written.text
        assert browser.post(f"{WORKFLOWS}/{WORKFLOW}/query/duties", content="{}", headers=csrf).status_code == 403


def test_a_link_is_used_up_by_the_first_who_opens_it(target: Target) -> None:
    entry = target.entry()
    assert httpx.get(entry, trust_env=False, timeout=60).status_code == 200
    again = httpx.get(entry, trust_env=False, timeout=60)

    assert (again.status_code, "set-cookie" in again.headers) == (401, False)


def test_without_a_right_nothing_of_temporal_web_is_shown(target: Target) -> None:
    for path in (
        "/",
        "/namespaces/default/workflows",
        f"{WORKFLOWS}/{WORKFLOW}",
        "/_app/version.json",
        "/render?content=x",
    ):
        assert send(target.places["web"], "GET", path).status_code == 401
    opened = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
    shown = send(target.places["web"], "GET", f"/namespaces/default/workflows/{WORKFLOW}", headers=opened)

    assert shown.status_code == 401
    assert "kantadesk web --open open" in shown.text
    assert send(target.places["web"], "POST", f"{CODEC_OF_WEB}/decode", json=as_json(PLAIN)).status_code == 401


@pytest.mark.parametrize("way", ["codec_server", "web", "http_api"])
def test_sixteen_megabytes_of_empty_payloads_stop_nobody(target: Target, way: str) -> None:
    """They stopped the worker for 150 s and took 4 GB. Now they are counted, not parsed, and not by the worker."""
    body = b'{"payloads":[' + b"{}," * 5_500_000 + b"{}]}"
    path = {"web": f"{CODEC_OF_WEB}/decode", "codec_server": "/decode"}.get(
        way, f"{WORKFLOWS}/{WORKFLOW}/signal/triage"
    )
    headers = target.token | {"Content-Type": "application/json"}
    answers = [send(target.places[way], "POST", path, content=body[:16_000_000], headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [413] * 3
    assert target.status()["phase"] == "awaiting_triage", "its worker has answered"
    assert as_payloads(send(target.places["codec_server"], "POST", "/decode", json=as_json(PLAIN))) == [PLAIN]
    largest = Path(f"/proc/{target.door_pid()}/status").read_text().partition("VmHWM:")[2].split()[0]
    assert int(largest) < 600_000, "kB of memory, at most"


def test_who_dawdles_is_cut_off_and_keeps_nobody_out(target: Target) -> None:
    """Slowloris: many requests whose heads never end."""
    for place in ("web", "http_api", "codec_server"):
        host, port = httpx.URL(target.places[place]).host, httpx.URL(target.places[place]).port
        slow = [socket.create_connection((host, port or 0), 60) for _ in range(40)]
        for each in slow:
            each.sendall(b"POST / HTTP/1.1\r\nX: ")
        answer = send(target.places["codec_server"], "POST", "/decode", json=as_json(PLAIN))
        assert as_payloads(answer) == [PLAIN]
        for each in slow:
            with each, suppress(ConnectionError):
                assert each.recv(1) == b"", "the other side has ended it"


def test_a_door_that_is_killed_comes_back_and_the_worker_does_not_notice(target: Target) -> None:
    killed = target.door_pid()
    os.kill(killed, signal.SIGKILL)
    assert target.status()["phase"] == "awaiting_triage"
    answer = send(target.places["codec_server"], "POST", "/decode", json=as_json(PLAIN))  # its socket has waited

    assert as_payloads(answer) == [PLAIN]
    assert target.door_pid() != killed


def test_new_secrets_end_every_token_and_every_right_at_once(target: Target) -> None:
    old = target.token
    with target.entered() as browser:
        assert target.desk("keys", "door", "--rotate", "--json").json["rotated"]
        for place in ("web", "http_api"):
            assert send(target.places[place], "GET", f"{WORKFLOWS}/{WORKFLOW}", headers=old).status_code == 401
        assert browser.get(f"{WORKFLOWS}/{WORKFLOW}").status_code == 401

    assert send(target.places["http_api"], "GET", f"{WORKFLOWS}/{WORKFLOW}", headers=target.token).status_code == 200
