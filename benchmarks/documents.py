"""Documents: fault report forms a second, the memory that a very long description needs, a bundle of 1,000 items."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import tempfile
import time
import zipfile
from argparse import ArgumentParser, Namespace
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

import docx

from activities.evidence.bundle import EvidenceFolder
from activities.evidence.case_folder import CaseFolders
from activities.fault_report.stand_in_template import TEMPLATE
from activities.fault_report.writer import FaultReportForm
from benchmarks.results import now, save, say
from tests.activities.fault_report.builder import fault_report, operating_model
from workflows.process.ports import EvidenceOrder

ITEM_BYTES = 12_000
"""About a letter with a paragraph and without the form."""
ORDINARY = "Reseptejä ei voi allekirjoittaa eikä hakea. "


class Weighed(NamedTuple):
    """What one piece of work took in a process of its own. ``megabytes``: at most, of the whole process."""

    seconds: float
    megabytes: float


def options(parser: ArgumentParser) -> None:
    """How many."""
    parser.add_argument("--forms", type=int, default=40)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)


async def measure(chosen: Namespace) -> None:
    """Each in turn with its floor: the template opened and saved; the same files hashed and zipped."""
    began = now()
    forms: dict[str, list[float]] = {"form": [], "opened and saved": []}
    for _ in range(chosen.rounds):
        forms["form"].append(chosen.forms / await asyncio.to_thread(forms_filled, chosen.forms))
        forms["opened and saved"].append(chosen.forms / await asyncio.to_thread(template_saved, chosen.forms))
        say(f"documents: {median(forms['form']):.1f} forms a second")
    found = {
        "forms_per_second": forms,
        "description": {str(size): alone(form_of, size)._asdict() for size in (100, 1_000_000)},
        "bundle": [alone(bundled, chosen.items)._asdict() for _ in range(chosen.rounds)],
        "hashed_and_zipped": [alone(only_zipped, chosen.items)._asdict() for _ in range(chosen.rounds)],
        "items": chosen.items,
        "item_bytes": ITEM_BYTES,
        "load": os.getloadavg()[0],
    }
    save("documents", found, began)


def forms_filled(count: int, description: str = ORDINARY) -> float:
    """Seconds for so many forms."""
    with tempfile.TemporaryDirectory() as folder:
        form = FaultReportForm(operating_model, Path(folder), CaseFolders(Path(folder)))
        began = time.perf_counter()
        for number in range(count):
            asyncio.run(form.write_fault_report(fault_report(key=f"form-{number}", description=description)))
        return time.perf_counter() - began


def template_saved(count: int) -> float:
    """Seconds to open the template and save it unchanged, so often."""
    content = TEMPLATE.read_bytes()
    began = time.perf_counter()
    for _ in range(count):
        docx.Document(io.BytesIO(content)).save(io.BytesIO())
    return time.perf_counter() - began


def alone(work: object, size: int) -> Weighed:
    """Do a piece of work in a process of its own, and weigh it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, size).result()  # type: ignore[arg-type]


def form_of(size: int) -> Weighed:
    """One form with a description of so many characters."""
    return Weighed(forms_filled(1, (ORDINARY * (size // len(ORDINARY) + 1))[:size]), peak())


def bundled(items: int) -> Weighed:
    """The bundle of a case with so many messages."""
    with tempfile.TemporaryDirectory() as name:
        folders = CaseFolders(Path(name))
        fill(folders, items)
        order = EvidenceOrder(
            key="bench", reference="BENCH", process="incident", record=json.dumps({"documents": []}), timeline="[]",
            made_at=now(),
        )  # fmt: skip
        began = time.perf_counter()
        asyncio.run(EvidenceFolder(folders).bundle_evidence(order))
        return Weighed(time.perf_counter() - began, peak())


def only_zipped(items: int) -> Weighed:
    """The same messages hashed and zipped, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folders = CaseFolders(Path(name))
        fill(folders, items)
        began = time.perf_counter()
        with zipfile.ZipFile(Path(name) / "floor.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted((folders.folder("BENCH") / "messages").iterdir()):
                content = path.read_bytes()
                archive.writestr(path.name, content)
                hashlib.sha256(content).hexdigest()
        return Weighed(time.perf_counter() - began, peak())


def fill(folders: CaseFolders, items: int) -> None:
    """Messages of an ordinary length, each with other words."""
    folder = folders.path("BENCH", "messages", "x").parent
    for number in range(items):
        text = f"{hashlib.sha256(str(number).encode()).hexdigest()} {ORDINARY}" * (ITEM_BYTES // 110)
        (folder / f"{number:05}.eml").write_text(text, encoding="utf-8")


def peak() -> float:
    """The most megabytes that this process has had at once (``ru_maxrss`` would be that of its parent, too)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024
