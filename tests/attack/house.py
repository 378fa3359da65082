"""What is attacked: a real ``kantadesk up`` with everything open that can be asked for, and one incident in it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from tests.starter.conftest import Desk
from workers.connection import embedded_addresses
from workers.door.browsers import link
from workers.door.secrets_file import DoorFile

CASE = "FR-2026-0018"
WORKFLOW = f"incident-{CASE}"
WORKFLOWS = "/api/v1/namespaces/default/workflows"
ATTACKS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "cancel": (f"{WORKFLOWS}/{WORKFLOW}/cancel", {"reason": "x"}),
    "terminate": (f"{WORKFLOWS}/{WORKFLOW}/terminate", {"reason": "x"}),
    "signal": (f"{WORKFLOWS}/{WORKFLOW}/signal/cancellation", {"input": [{"by": "x", "reason": "x"}]}),
    "delete": (
        "/api/v1/namespaces/default/batch-operations/x",
        {"deletionOperation": {"identity": "x"}, "visibilityQuery": f"WorkflowId = '{WORKFLOW}'", "reason": "x"},
    ),
    "move the clock": (
        f"{WORKFLOWS}/{WORKFLOW}/update-options",
        {
            "workflowExecutionOptions": {"timeSkippingConfig": {"enabled": True}},
            "updateMask": "timeSkippingConfig",
        },
    ),
    "retention": ("/api/v1/namespaces/default/update", {"config": {"workflowExecutionRetentionTtl": "86400s"}}),
}
"""What one request could do on 0.2.0: its path, and its body."""
NOBODY = 65534
"""Another account of this machine."""
THEIR_PYTHON = "/usr/bin/python3"
"""The system's: ours may lie in a folder that others can't enter."""
ELSEWHERE = (
    "import http.client, json, sys; "
    "host, port, method, path, body, headers = json.load(sys.stdin); "
    "c = http.client.HTTPConnection(host, port, timeout=60); "
    "c.request(method, path, body or None, headers); r = c.getresponse(); "
    "print(json.dumps([r.status, r.read().decode('utf-8', 'replace')]))"
)
"""A client that needs nothing of ours, which another account may not read."""


class Target:
    """The desk under attack, as an honest client and as a stranger reach it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.places = desk.places

    @property
    def file(self) -> DoorFile:
        """The door's secrets."""
        return DoorFile(self.desk.data_dir / "door.toml")

    @property
    def token(self) -> dict[str, str]:
        """The header of an honest programme."""
        return {"Authorization": f"Bearer {self.file.secrets().tokens['integrations']}"}

    def entry(self, path: str = "/") -> str:
        """A link for an honest browser."""
        return link(self.file.secrets(), self.places["web"], path)

    @contextmanager
    def entered(self) -> Iterator[httpx.Client]:
        """An honest browser, without its screen: it has entered."""
        with httpx.Client(base_url=self.places["web"], trust_env=False, timeout=60) as client:
            assert client.get(self.entry()).status_code == 200
            assert client.cookies
            yield client

    def status(self) -> dict[str, Any]:
        """How the incident stands: its worker answers."""
        shown = self.desk("incident", "show", CASE, "--json")
        assert shown.code == 0, shown.err
        return dict(shown.json)

    def is_unharmed(self) -> bool:
        """Whether it runs as it did: nothing was cancelled, ended, moved, nor sent to it."""
        described = httpx.get(
            f"{self.places['http_api']}{WORKFLOWS}/{WORKFLOW}", headers=self.token, trust_env=False, timeout=60
        ).json()
        info = described["workflowExecutionInfo"]
        moved = described.get("workflowExtendedInfo", {}).get("timeSkippingInfo")
        status = self.status()
        return (info["status"], moved, status["phase"], status["rejected"]) == (
            "WORKFLOW_EXECUTION_STATUS_RUNNING", None, "awaiting_triage", [],
        )  # fmt: skip

    def server_pid(self) -> int:
        """The Temporal server."""
        found = embedded_addresses(self.desk.data_dir)
        assert found
        return found.pid

    def door_pid(self) -> int:
        """The door: that child of ``up`` which is not the server."""
        children = Path(f"/proc/{self.desk.process.pid}/task/{self.desk.process.pid}/children").read_text()
        [door] = {int(pid) for pid in children.split()} - {self.server_pid()}
        return door

    def audit(self, name: str = "door") -> str:
        """The audit so far."""
        return (self.desk.data_dir / "logs" / f"{name}-audit.log").read_text(encoding="utf-8")


def as_nobody(
    address: str, method: str, path: str, body: Any = None, headers: Mapping[str, str] = MappingProxyType({})
) -> tuple[int, str]:
    """Ask as another account of this machine: status and text of the answer."""
    url = httpx.URL(address)
    asked = [url.host, url.port, method, path, "" if body is None else json.dumps(body), dict(headers)]
    done = subprocess.run(
        [THEIR_PYTHON, "-I", "-S", "-c", ELSEWHERE],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        timeout=120,
        check=True,
    )
    status, text = json.loads(done.stdout)
    return int(status), str(text)
