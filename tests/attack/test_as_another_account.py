"""From another account of the same machine: it could read every incident through ``/decode``."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess

import httpx
import pytest

from tests.attack.house import ATTACKS, NOBODY, THEIR_PYTHON, WORKFLOW, WORKFLOWS, Target, as_nobody
from tests.workers.codec.codec_talk import PLAIN, as_json
from workers.door.connections import CONNECTIONS
from workers.door.paths import CODEC_OF_WEB

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be another account")
JSON = {"Content-Type": "application/json"}


def test_another_account_decrypts_nothing_without_a_token(target: Target) -> None:
    for path in ("/decode", "/encode"):
        status, text = as_nobody(target.places["codec_server"], "POST", path, as_json(PLAIN), JSON)
        assert (status, "bearer token" in text) == (401, True)
    honest, _ = as_nobody(target.places["codec_server"], "POST", "/decode", as_json(PLAIN), JSON | target.token)

    assert honest == 200
    lines = [line for line in target.audit("codec").splitlines() if f"uid={NOBODY}" in line]
    assert [line.split()[-1] for line in lines[-3:]] == ["status=401", "status=401", "status=200"]
    assert "who=integrations" in lines[-1]


def test_another_account_opens_temporal_web_neither_by_a_link_nor_by_a_stolen_cookie(target: Target) -> None:
    """A browser sends its cookies to every port of 127.0.0.1, also to a server of somebody else."""
    with target.entered() as browser:
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
        assert browser.get(f"{WORKFLOWS}/{WORKFLOW}").status_code == 200
    web = target.places["web"]
    link = target.entry().removeprefix(web)

    assert as_nobody(web, "GET", f"{WORKFLOWS}/{WORKFLOW}", headers=cookie)[0] == 401
    assert as_nobody(web, "POST", f"{CODEC_OF_WEB}/decode", as_json(PLAIN), JSON | cookie | {"Origin": web})[0] == 401
    assert as_nobody(web, "GET", link)[0] == 401
    theirs = target.desk("web", "--account", pwd.getpwuid(NOBODY).pw_name).out.strip()
    with httpx.Client(trust_env=False, timeout=60) as other:
        assert other.get(theirs).status_code == 401, "a link for another account is not ours"
    assert as_nobody(web, "GET", theirs.removeprefix(web))[0] == 200, "with a link it may: it was let in"
    assert as_nobody(web, "GET", f"{WORKFLOWS}/{WORKFLOW}", headers=target.token)[0] == 200


@pytest.mark.parametrize("attack", ATTACKS)
def test_another_account_changes_nothing_by_http(target: Target, attack: str) -> None:
    path, body = ATTACKS[attack]
    for place in ("http_api", "web"):
        assert as_nobody(target.places[place], "POST", path, body, JSON)[0] == 401

    assert target.is_unharmed()


def test_another_account_can_not_read_the_secrets(target: Target) -> None:
    for name in ("door.toml", "keys.toml", "logs/door-audit.log", "logs/codec-audit.log"):
        command = [THEIR_PYTHON, "-I", "-S", "-c", f"open({str(target.desk.data_dir / name)!r})"]
        done = subprocess.run(
            command, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/", capture_output=True, check=False
        )
        assert b"PermissionError" in done.stderr


def test_another_account_can_not_keep_the_desk_out(target: Target) -> None:
    """It opens more connections than there may be, and says nothing on any of them."""
    hold = (
        "import socket, sys; held = [socket.create_connection((sys.argv[1], int(sys.argv[2]))) "
        "for _ in range(int(sys.argv[3]))]; print('held', flush=True); sys.stdin.read()"
    )
    host, _, port = target.places["codec_server"].removeprefix("http://").partition(":")
    holding = subprocess.Popen(
        [THEIR_PYTHON, "-I", "-S", "-c", hold, host, port, str(CONNECTIONS + 50)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/",
    )  # fmt: skip
    assert holding.stdin
    assert holding.stdout
    with holding:
        assert holding.stdout.readline() == b"held\n"
        with target.entered() as browser:
            assert browser.get(f"{WORKFLOWS}/{WORKFLOW}").status_code == 200
        holding.stdin.close()
    assert holding.returncode == 0


def test_a_request_that_lets_go_at_once_does_not_pass_for_root(target: Target) -> None:
    """A socket that nobody holds any more is listed under uid 0: that of root, who may run the desk."""
    blind = (
        "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2]))); "
        "s.send(b'POST /encode HTTP/1.1\\r\\nHost: ' + f'{sys.argv[1]}:{sys.argv[2]}'.encode() + "
        "b'\\r\\nX-Namespace: blind\\r\\nContent-Length: 2\\r\\n\\r\\n{}'); s.close()"
    )
    host, _, port = target.places["codec_server"].removeprefix("http://").partition(":")
    for _ in range(5):
        command = [THEIR_PYTHON, "-I", "-S", "-c", blind, host, port]
        subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/", check=True)
    with socket.create_connection((host, int(port))):  # accepted after those
        as_nobody(target.places["codec_server"], "POST", "/decode", as_json(PLAIN), JSON)

    assert "status=200" not in "".join(line for line in target.audit("codec").splitlines() if "=blind" in line)
