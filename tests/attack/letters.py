"""A desk whose letters bear links by which contacts acknowledge, and the page as anybody outside reaches it."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from activities.acknowledging.links import PATH, SeenLink, SeenLinkSigner
from tests.activities.mail.smtp_double import free_port
from tests.starter.conftest import WITHIN, Desk, started, stopped
from workers.keys.derived import link_keys
from workers.keys.ring import load as key_ring
from workers.settings import packaged_operating_model

CASE = "FR-2026-0021"
INSTRUCTION = "instruction-1"
_LINK = re.compile(rf"http://127\.0\.0\.1:\d+{PATH}[A-Za-z0-9._-]+")


class Mailed:
    """The desk, its letters, and the page."""

    def __init__(self, desk: Desk, base: str) -> None:
        self.desk, self.base = desk, base

    def letter(self, *marks: str) -> str:
        """The text of the letter that holds these marks and a link, once it is in the outbox."""
        end = time.monotonic() + WITHIN
        while time.monotonic() < end:
            for path in (self.desk.data_dir / "outbox").glob("*.eml"):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                text = f"{message['Subject']}\n{message.get_content()}"
                if all(mark in text for mark in (*marks, PATH)):
                    return text
            time.sleep(0.1)
        raise AssertionError(f"no letter with {marks}")

    def link(self, contact: str) -> str:
        """The link in the letter by which a contact was told of the instruction."""
        [found] = _LINK.findall(self.letter(f"--contact {contact} --what {INSTRUCTION}"))
        return str(found)

    def link_of_alarm(self, reference: str, command: str) -> str:
        """The link in a reminder, whose duty is met by this command."""
        return str(_LINK.findall(self.letter(f"[{reference}]", f"kantadesk incident {command} {reference}"))[0])

    def signer(self) -> SeenLinkSigner:
        """Makes what only who has the key can make."""
        return SeenLinkSigner(link_keys(key_ring(self.desk.data_dir / "keys.toml")))

    def said_by(self, link: str) -> SeenLink:
        """What a link is for."""
        read = self.signer().read(link.partition(PATH)[2])
        assert read
        return read

    def forged(self, link: str, **changes: Any) -> str:
        """The link with other contents, signed with the desk's own key."""
        return f"{self.base}{PATH}{self.signer().token(self.said_by(link).model_copy(update=changes))}"

    def instruction(self) -> dict[str, Any]:
        """How the instruction stands."""
        shown = self.desk("incident", "show", CASE, "--json")
        assert shown.code == 0, shown.err
        [found] = shown.json["instructions"]
        return dict(found)

    def audit(self) -> str:
        """The audit so far."""
        return (self.desk.data_dir / "logs" / "seen-audit.log").read_text(encoding="utf-8")


@contextmanager
def mailed(folder: Path) -> Iterator[Mailed]:
    """A running desk with an incident and an authority's instruction in it."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kantadesk.toml").write_text(f"door_port = {port}\n", encoding="utf-8")
    example = packaged_operating_model().read_text(encoding="utf-8")
    model = example.replace('# address = "https://desk.example.org"', f'address = "{base}"')
    (folder / "operating-model.toml").write_text(model, encoding="utf-8")
    desk = started(folder)
    try:
        assert desk.places["seen_page"] == base
        for command in (
            ("incident", "open", "--reference", CASE, "--title", "Reseptit", "--service", "PRESCRIPTION"),
            ("incident", "instruct", CASE, "--authority", "THL", "--text", "Use paper prescriptions.", "--yes"),
        ):
            told = desk(*command, "--json")
            assert told.code == 0, told.err
        yield Mailed(desk, base)
    finally:
        assert stopped(desk) == 0


def ask(method: str, address: str, **more: Any) -> httpx.Response:
    """One request, as a client without any memory sends it; redirects are not followed."""
    return httpx.request(method, address, trust_env=False, timeout=60, **more)


def press(address: str, origin: str | None = None, **fields: str) -> httpx.Response:
    """The button of the page, pressed in a browser."""
    headers = {"Origin": origin or address.partition(PATH)[0], "Sec-Fetch-Site": "same-origin"}
    return ask("POST", address, data=fields or {"passed_on_to": ""}, headers=headers)
