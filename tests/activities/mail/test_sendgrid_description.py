"""Our requests against SendGrid's own API description."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail import sendgrid
from activities.mail.sendgrid import SendGridMail, request_for
from tests.activities.mail import sendgrid_description
from tests.activities.mail.post_office import HOSTILE, KINDS, document, letter, live
from tests.activities.mail.sendgrid_description import Prism
from tests.activities.mail.sendgrid_double import KEY

prism = sendgrid_description.prism  # the fixture


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
