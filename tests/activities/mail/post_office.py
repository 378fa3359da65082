"""What the mail tests share: an operating model, letters, a transport that records what it is handed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, get_args

from activities.mail.envelope import message_id_for, sealed
from activities.mail.transport import LiveMail, Transport
from activities.mail.wording import worded
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import Document
from workflows.process.ports import Letter

KINDS: tuple[str, ...] = get_args(Letter.model_fields["kind"].annotation)
NOTICED = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
CODE = "131052-308T"  # the published example of a personal identity code
HOSTILE = (
    "nul\x00 esc\x1b[31m bell\x07 rtl \u202egnorw\u202c zero\u200bwidth \ud800 line\u2028end 😷👩‍⚕️ مرحبا "
    "{{ 7 * 7 }} {% raw %} "
    "\r\nBcc: everybody@elsewhere.example\r\n\r\nInjected: yes\x85next"
)


def operating_model(**organisation: Any) -> OperatingModel:
    """An organisation with a desk and a ward."""
    words = {"fi": "koko alue", "sv": "hela området", "en": "the whole county"}
    return OperatingModel.model_validate(
        {
            "organisation": {
                "name": "Esimerkin hyvinvointialue",
                "unit": "Käyttötuki",
                "call_back": "+358 50 000 0000",
                "email": "desk@organisation.example",
            }
            | organisation,
            "definitions": {"critical": words, "extensive": words},
            "contacts": {
                "desk": {"name": "Desk", "email": "desk@organisation.example", "verified_on": "2026-01-01"},
                "ward-3": {
                    "name": "Maija Meikäläinen",
                    "email": "ward3@organisation.example",
                    "groups": ["everyone"],
                    "verified_on": "2026-01-01",
                },
            },
            "roles": {"desk": {"contacts": ["desk"]}, "duty_officer": {"contacts": ["desk"]}},
            "telling": {point: ["everyone"] for point in ("start", "change", "end", "instruction")},
            "ladders": {kind: {"due_after": "30min"} for kind in ("triage", "report_to_kela", "phone_kela")},
        }
    )


def letter(**changes: Any) -> Letter:
    """A start letter to the ward about a critical fault of the Prescription Centre."""
    return Letter.model_validate(
        {
            "key": "incident-INC-1/run/start/ward-3/4",
            "reference": "INC-1",
            "kind": "start",
            "contact": "ward-3",
            "language": "fi",
            "title": "Reseptejä ei voi tallentaa",
            "services": ["PRESCRIPTION"],
            "severity": "critical",
            "extensive": True,
            "noticed_at": NOTICED,
        }
        | changes
    )


def document(folder: Path, name: str = "häiriöilmoitus.docx", content: bytes = b"PK a form") -> Document:
    """A form that lies in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return Document(
        name=name,
        uri=path.as_uri(),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=NOTICED + timedelta(hours=1),
    )


def live(some: Letter, model: OperatingModel | None = None) -> LiveMail:
    """A letter, ready to be handed to a transport."""
    model = model or operating_model()
    mail = sealed(some, worded(some, model), model, message_id=message_id_for(some.key, model), dated=NOTICED)
    assert isinstance(mail, LiveMail)
    return mail


class RecordingTransport(Transport):
    """Accepts everything and remembers it; fails first with the errors it is given."""

    provider = "the recorder"

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.messages: list[EmailMessage] = []

    async def deliver(self, mail: LiveMail) -> str:
        """Take a message, unless there is an error left to raise."""
        if self.errors:
            raise self.errors.pop(0)
        self.messages.append(mail.message)
        return f"R-{len(self.messages)}"
