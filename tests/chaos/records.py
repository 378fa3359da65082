"""The end of each process as it can be seen from outside: its status, its course, and the evidence in its zip."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from activities.evidence.check import verify_evidence
from tests.chaos.crowd import Life
from tests.chaos.histories import Course
from tests.chaos.letter_box import Accepted
from tests.chaos.model import Expected

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)


class Line(NamedTuple):
    """One line of a timeline."""

    at: datetime
    what: str
    by: str
    detail: str


class Ended(NamedTuple):
    """One process at its end, beside what must have come of it."""

    expected: Expected
    status: Any
    course: Course
    timeline: Sequence[Line]
    zip: Path

    @property
    def name(self) -> str:
        """How it is called where something is wrong."""
        return f"{self.expected.to} {self.expected.life.reference}"

    def lines(self, *what: str) -> list[Line]:
        """The lines of the timeline that say one of these, in their order."""
        return [line for line in self.timeline if line.what in what]


class Night(NamedTuple):
    """Everything that is left when it is over."""

    lives: Sequence[Life]
    courses: Mapping[str, Course]
    accepted: Sequence[Accepted]
    shadows: Sequence[tuple[float, float, str]]
    evidence: Path


def timeline_in(bundle: Path) -> list[Line]:
    """The timeline that the evidence holds; none where there is no evidence."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            lines = json.loads(archive.read("timeline.json"))
    except (OSError, zipfile.BadZipFile, KeyError):
        return []
    return [Line(datetime.fromisoformat(each["at"]), each["what"], each["by"], each["detail"]) for each in lines]


def bundle_of(evidence: Path, expected: Expected) -> Path:
    """Where the evidence of a process lies."""
    reference = expected.life.reference
    case = reference if expected.to == "incident" else f"{expected.to}~{reference}"
    return evidence / f"case-{case}" / f"evidence-{reference}.zip"


def faults_of_evidence(ended: Ended) -> list[str]:
    """What is missing from the evidence, or is not as it was recorded."""
    faults = verify_evidence(ended.zip)
    if not faults:
        recorded = {document.sha256: document.name for document in ended.status.documents}
        own = hashlib.sha256(ended.zip.read_bytes()).hexdigest()
        with zipfile.ZipFile(ended.zip) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        kept = {hashlib.sha256(content).hexdigest() for content in contents.values()} | {own}
        letters = {
            found[1].decode()
            for name, content in contents.items()
            if name.startswith("messages/") and (found := _MESSAGE_ID.search(content))
        }
        faults = [f"{name} is not there as it was recorded" for sha, name in recorded.items() if sha not in kept]
        faults += [
            f"letter {m.purpose} to {m.to} is missing"
            for m in ended.status.messages
            if not (m.id in letters if m.channel == "email" else m.sha256 in kept)
        ]
        if own not in recorded:
            faults.append("the bundle itself stands in no record")
        if {json.loads(contents["record.json"])["reference"]} != {ended.expected.life.reference}:
            faults.append("the record is another process's")
    return [f"{ended.name}: {fault}" for fault in faults]
