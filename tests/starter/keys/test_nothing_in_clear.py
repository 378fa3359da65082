"""What an incident tells is in no file of the server: its database, the database's log of changes, its logs and ours.

The same search finds what must be there in clear (workflow ids, and what a stranger has sent without encryption): so it
can fail.
"""

from __future__ import annotations

import asyncio
import base64
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.converter import DataConverter

from tests.starter.conftest import FREE_PORTS, TRIAGE, Desk, environment, first_line, stopped
from workers.connection import connect_to
from workers.keys import ring

SAID = {
    "title": "Reseptien allekirjoitus katkeilee",
    "description": "Osastolla kuusi laakelistaa ei aukea",
    "symptoms": "Punainen ruutu ilmestyy",
    "error": "Virhekoodi ZX-Spektri-81",
    "name": "Aune Kirjoittaja",
    "unit": "Sisatautien poliklinikka nelja",
    "phone": "+358401239876",
    "email": "aune.kirjoittaja@terveys.example",
    "note": "Soittakaa ylilaakarille ensin",
    "update": "Vika on rajattu palomuuriin",
    "person": "Mauno Vastaaja",
    "breach": "Kaksi kayntitietoa nakyi vaaralle",
    "refused": "Lopetetaan koko juttu tahan",
    "rejected": "Tama viesti ei kelvannut",
}
IN_CLEAR = "Muukalainen kirjoittaa selkokielella"


@pytest.mark.chaos
async def test_no_file_of_the_server_tells_what_happened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:  # a port where no mail server answers
        port = str(nobody.getsockname()[1])
    desk = started_with_log(
        tmp_path / "desk", KANTADESK_MAIL_TRANSPORT="smtp", KANTADESK_SMTP_HOST="127.0.0.1", KANTADESK_SMTP_PORT=port
    )
    try:
        reference, why_refused = tell_everything(desk)
        client = await connect_to(desk.places["temporal"], ring.load(desk.data_dir / "keys.toml"))
        incident = client.get_workflow_handle(f"incident-{reference}")
        await incident.signal("triage", {"by": SAID["rejected"]})
        stranger = await Client.connect(desk.places["temporal"], data_converter=DataConverter.default)
        await stranger.get_workflow_handle(incident.id).signal("situation_update", {"by": "x", "text": IN_CLEAR})
        failure = await failed_letter(client, incident.id)
        shown = desk("incident", "timeline", reference).out
        while_running = kept(desk.data_dir)
    finally:
        assert stopped(desk) == 0

    assert SAID["update"] in shown, "what is looked for was said"
    assert failure
    for files in (while_running, kept(desk.data_dir)):
        database = b"".join(files[name] for name in files if name.startswith("temporal.db"))
        assert f"incident-{reference}".encode() in database
        assert IN_CLEAR.encode() in database
        for text in (*SAID.values(), failure, why_refused):
            for form in forms(text):
                assert [name for name, content in files.items() if form in content] == [], text
    assert "temporal.db-wal" in while_running
    assert {"stderr.log", "logs/temporal.log"} <= set(while_running)


def tell_everything(desk: Desk) -> tuple[str, str]:
    """An incident with a text in every field that takes one, a breach, and an update that is refused; why it was."""
    opened = desk(
        "incident", "open", "--title", SAID["title"], "--service", "PRESCRIPTION", "--description", SAID["description"],
        "--symptoms", SAID["symptoms"], "--error-message", SAID["error"], "--reported-by", SAID["name"],
        "--reporter-unit", SAID["unit"], "--reporter-phone", SAID["phone"], "--reporter-email", SAID["email"], "--json",
    )  # fmt: skip
    assert opened.code == 0, opened.err
    reference = str(opened.json["reference"])
    for arguments in (
        ("incident", "triage", reference, *TRIAGE, "--note", SAID["note"]),
        ("incident", "update", reference, "--text", SAID["update"]),
        ("incident", "call", reference, "--reached", "--person", SAID["person"], "--called-at", "now"),
        ("breach", "assess", reference, "--outcome", "suspected", "--aware-at", "now", "--kind", "loss", "--role",
         "controller", "--register", "PRESCRIPTION", "--description", SAID["breach"]),
    ):  # fmt: skip
        answer = desk(*arguments)
        assert answer.code == 0, answer.err
    refused = desk("incident", "reopen", reference, "--reason", SAID["refused"])
    assert refused.code == 3
    return reference, refused.err.rpartition("refused: ")[2].strip()


async def failed_letter(client: Client, workflow_id: str) -> str:
    """The text with which sending has failed, once it has."""
    while True:
        described = await client.get_workflow_handle(workflow_id).describe()
        for activity in described.raw_description.pending_activities:
            if activity.HasField("last_failure"):
                assert activity.last_failure.message == "Encoded failure"
                return str(await client.data_converter.decode_failure(activity.last_failure)).rpartition(": ")[2]
        await asyncio.sleep(0.1)


def forms(text: str) -> list[bytes]:
    """A text as a file may hold it: as it is, escaped by JSON, in base64 at any offset."""
    raw = text.encode()
    coded = [base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)]
    return [raw, text.encode("utf-16-le"), *coded]


def kept(data_dir: Path) -> dict[str, bytes]:
    """Every file of the server and our log, by name. Mails and evidence are documents for people: not meant here."""
    found = [*data_dir.glob("temporal.db*"), *data_dir.glob("logs/*"), *data_dir.glob("key-book/**/*")]
    found += [data_dir / "stderr.log", data_dir / "embedded.json"]
    return {str(path.relative_to(data_dir)): path.read_bytes() for path in found if path.is_file()}


def started_with_log(data_dir: Path, **more: Any) -> Desk:
    """``kantadesk up`` with its own log lines in a file."""
    import json

    data_dir.mkdir(parents=True)
    with (data_dir / "stderr.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "starter", "up", "--json", *FREE_PORTS],
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment(data_dir, **more),
            cwd=data_dir,
        )
    line = first_line(process)
    assert line, (data_dir / "stderr.log").read_text(encoding="utf-8")
    return Desk(data_dir, process, json.loads(line))
