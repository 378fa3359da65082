"""The page that leads through what the demo has made: what happened, the files, and each letter with its text."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from activities.evidence.case_folder import write_whole
from starter.demo.narration import ToldScene
from starter.language.heard import heard
from starter.language.moments import short
from starter.language.words import _, spoken
from starter.views.html import html
from workflows.incident.messages import IncidentStatus
from workflows.procedure.local_time import HELSINKI
from workflows.process.messages import SentMessage

INDEX = "index.html"


def write_index(folder: Path, status: IncidentStatus, scenes: Iterable[ToldScene], made: dict[str, Any]) -> Path:
    """Write the page into the demo's folder. ``made``: the files, as ``left_behind`` names them."""
    page = html(
        "demo.html",
        reference=status.reference,
        title=status.title,
        time_zone=HELSINKI,
        language=spoken(),
        scenes=[_scene(scene) for scene in scenes],
        files=[_file(folder, Path(path), remark) for path, remark in _files(made)],
        letters=_letters(folder, status, [Path(path) for path in made["messages"]]),
    )
    write_whole(folder / INDEX, page.encode())
    return folder / INDEX


def _scene(scene: ToldScene) -> dict[str, Any]:
    lines = [{"when": short(line.at), "what": heard(line.what), "by": line.said_by(spoken())} for line in scene.lines]
    return {"text": scene.text, "lines": lines}


def _files(made: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for path in made["documents"]:
        yield path, _("the fault report form that went to Kela (a stand-in: the true form is not public)")
    for path in made["breach_papers"]:
        if path.endswith(".docx"):
            yield path, _("a paper of the breach")
    yield made["timeline"], _("everything that happened, in order")
    yield made["evidence"], _("the evidence; kantadesk evidence verify says whether it is complete and unchanged")


def _file(folder: Path, path: Path, remark: str) -> dict[str, str]:
    return {"address": _address(folder, path), "name": path.name, "remark": remark}


def _address(folder: Path, path: Path) -> str:
    return quote(path.relative_to(folder).as_posix())


def is_text_message(message: SentMessage) -> bool:
    """Whether it went to a telephone, not by e-mail."""
    return message.channel == "text_message"


def _letters(folder: Path, status: IncidentStatus, mails: list[Path]) -> list[dict[str, str]]:
    """Each message that was sent, in the order and with the times of the drill's own clock."""
    by_id: dict[str, tuple[Path, Any]] = {}
    texts = [path for path in mails if path.suffix == ".txt"]
    for path in [path for path in mails if path not in texts]:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        by_id[str(mail["Message-ID"]).strip("<>")] = (path, mail)
    rows = []
    for message in sorted(status.messages, key=_sent_at):
        if message.id in by_id:
            rows.append(_letter(folder, message, *by_id[message.id]))
        elif is_text_message(message) and (kept := _kept_text(message, texts)):
            rows.append(_text_message(folder, message, kept))
    return rows


def _kept_text(message: SentMessage, texts: Iterable[Path]) -> Path | None:
    """The file of a text message: by whom it is for, what it is about, and what it says."""
    named = (path for path in texts if f"-text-{message.to}-{message.purpose}-" in path.name)
    return next((path for path in named if path.read_text(encoding="utf-8").startswith(message.subject)), None)


def _text_message(folder: Path, message: SentMessage, path: Path) -> dict[str, str]:
    return {
        "when": short(message.sent_at),
        "to": message.to,
        "subject": _("Text message: {subject}", subject=message.subject),
        "text": path.read_text(encoding="utf-8"),
        "address": _address(folder, path),
    }


def _sent_at(message: SentMessage) -> str:
    return message.sent_at.isoformat() if message.sent_at else ""


def _letter(folder: Path, message: SentMessage, path: Path, mail: Any) -> dict[str, str]:
    body = mail.get_body(("plain",))
    return {
        "when": short(message.sent_at) if message.sent_at else "",
        "to": message.to,
        "subject": str(mail["Subject"]),
        "text": body.get_content().strip() if body else "",
        "address": _address(folder, path),
    }
