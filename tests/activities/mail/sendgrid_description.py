"""SendGrid's own API description, made a server by npm's ``@stoplight/prism-cli``.

Needs node, ``npm ci`` in ``tests/activities/prism``, and the description (``KANTADESK_TEST_SENDGRID_SPEC``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.activities.mail.smtp_double import free_port

ROOT = Path(__file__).parents[3]
PRISM = Path(__file__).parents[1] / "prism/node_modules/@stoplight/prism-cli/dist/index.js"
API = Path(os.environ.get("KANTADESK_TEST_SENDGRID_SPEC") or ROOT.parent / "shared/sendgrid/tsg_mail_v3.json")


class Prism:
    """A running mock, and what it has said."""

    def __init__(self, node: str, port: int) -> None:
        self.host = f"http://127.0.0.1:{port}"
        self.said: list[str] = []
        self.is_up = threading.Event()
        command = [node, str(PRISM), "mock", "--errors", "-h", "127.0.0.1", "-p", str(port), str(API)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            if "Prism is listening" in line:
                self.is_up.set()
        self.is_up.set()

    def stop(self) -> None:
        """End the mock."""
        self.process.terminate()
        self.process.wait(timeout=30)
        self._reader.join(timeout=30)
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture(scope="module")
def prism() -> Iterator[Prism]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not PRISM.exists():
        pytest.skip("run `npm ci` in tests/activities/prism first")
    if not API.exists():
        pytest.skip(f"SendGrid's API description is not at {API}; set KANTADESK_TEST_SENDGRID_SPEC")
    mock = Prism(node, free_port())
    try:
        assert mock.is_up.wait(timeout=60)
        assert mock.process.poll() is None, "".join(mock.said)
        yield mock
    finally:
        mock.stop()
