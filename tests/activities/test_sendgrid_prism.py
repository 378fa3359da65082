"""Our requests against SendGrid's own API description, which npm's ``@stoplight/prism-cli`` makes a mock of.

Needs node, ``npm ci`` in ``tests/activities/prism``, and the description (``KANTADESK_TEST_SENDGRID_SPEC``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail import sendgrid
from activities.mail.sendgrid import SendGridMail, request_for
from tests.activities.post_office import HOSTILE, KINDS, document, letter, live
from tests.activities.sendgrid_double import KEY
from tests.activities.smtp_double import free_port

ROOT = Path(__file__).parents[2]
PRISM = Path(__file__).parent / "prism/node_modules/@stoplight/prism-cli/dist/index.js"
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


def transport(prism: Prism) -> SendGridMail:
    return SendGridMail(lambda: KEY, residency="eu", host=prism.host, timeout=timedelta(seconds=20))


@pytest.mark.parametrize("kind", KINDS)
async def test_every_letter_is_what_sendgrid_describes(kind: str, prism: Prism, tmp_path: Path) -> None:
    some = letter(kind=kind, text="Tilanne on tämä.", attachments=[document(tmp_path)])
    assert isinstance(await transport(prism).deliver(live(some)), str), "".join(prism.said[-5:])


async def test_hostile_texts_are_what_sendgrid_describes(prism: Prism) -> None:
    some = letter(kind="change", title=HOSTILE, text=HOSTILE * 100)
    assert isinstance(await transport(prism).deliver(live(some)), str)


@pytest.mark.parametrize(
    "change",
    [
        {"from": {"name": "no address"}},
        {"content": [{"type": "text/plain", "value": ""}]},
        {"attachments": [{"content": "QQ=="}]},
        {"custom_args": {"incident": "at the top, where the description wants a text"}},
    ],
)
async def test_the_mock_really_checks(change: dict[str, Any], prism: Prism, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sendgrid, "request_for", lambda message: request_for(message) | change)
    monkeypatch.setattr(sendgrid, "fault_in", lambda _: None)
    with pytest.raises(ApplicationError, match="SendGrid answered 400"):
        await transport(prism).deliver(live(letter()))
