"""``kantadesk evidence``: one zip for each incident and each breach, verifiable without Temporal and network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from starter.lazy import Entry, LazyGroup
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from temporalio.client import Client

    from starter.client.names import Process
    from starter.views.incident import Kept
    from workers.settings import Settings
    from workflows.process.messages import Document

evidence = LazyGroup(
    "evidence",
    entries={
        "export": Entry("evidence:export", "Bundle what is known now into one zip."),
        "verify": Entry("evidence:verify", "Check a bundle: was anything changed?"),
    },
    help="""The evidence of an incident or a breach: record, timeline, documents, messages as sent, SHA-256 of each.

\b
  kantadesk evidence export INC-20261122-7F3K --to /srv/evidence
  kantadesk evidence verify /srv/evidence/INC-20261122-7F3K.zip""",
)


@click.command
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@json_option
def verify(path: Path, as_json: bool) -> None:
    r"""Check a bundle (zip or unpacked folder): every file is there and unchanged. Needs no Temporal and no network.

    \b
      kantadesk evidence verify INC-20261122-7F3K.zip
    """
    from activities.evidence.check import verify_evidence
    from starter.terminal.errors import Faulty

    faults = verify_evidence(path)
    if as_json:
        say_json({"path": str(path), "unchanged": not faults, "faults": faults})
    elif not faults:
        say(f"{path}: complete and unchanged.")
    if faults:
        listed = "" if as_json else ": " + "; ".join(faults)
        raise Faulty(f"{path} is not as it was made{listed}")


@click.command
@click.argument("ref")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Folder to copy the zip to.")
@click.option(
    "--process",
    type=click.Choice(["incident", "breach", "maintenance"]),
    help="Which; the incident, where there is one.",
)
@json_option
def export(ref: str, to: Path | None, process: Process | None, as_json: bool) -> None:
    r"""Bundle what is known now into one zip. Of a closed incident it is the bundle that was made at its closing.

    REF is the incident's reference; breach-REF (or --process breach) is its breach. Run it where the worker runs: the
    files lie in its evidence folder.

    \b
      kantadesk evidence export INC-20261122-7F3K --to /srv/evidence
      kantadesk evidence export breach-INC-20261122-7F3K --to /srv/evidence
    """
    from starter.client.client import talk
    from starter.client.references import reference_named
    from starter.views.incident import path_of

    reference = reference_named(ref)
    whose, bundle = talk(lambda client, settings: _bundle(client, settings, reference, process))
    place = Path(path_of(bundle))
    if to:
        place = _copy(place, to, place.name if whose[0] == "incident" else f"{whose[0]}-{place.name}")
    if as_json:
        say_json({"reference": whose[1], "process": whose[0], "path": str(place), "sha256": bundle.sha256})
    else:
        say(f"{place}\nSHA-256 {bundle.sha256}")


async def _bundle(
    client: Client, settings: Settings, text: str, wanted: Process | None
) -> tuple[tuple[Process, str], Document]:
    """Whose zip it is, and the zip; made again while the process is open.

    Raises ``Refused`` where its files lie on another machine.
    """
    from activities.evidence.bundle import EvidenceFolder
    from activities.evidence.case_folder import CaseFolders
    from starter.client.client import breach_status_of, clock_of, maintenance_status_of, status_of, timeline_of
    from starter.client.lookup import named
    from starter.terminal.errors import Refused
    from workflows.process.ports import EvidenceOrder

    process, reference = await named(client, text, wanted)
    asked = reference
    status: Kept
    match process:
        case "breach":
            status = await breach_status_of(client, reference)
            reference = status.reference
        case "maintenance":
            status = await maintenance_status_of(client, reference)
        case _:
            status = await status_of(client, reference)
    folders = CaseFolders(settings.evidence_dir)
    case = await _case(client, settings, process, reference)
    if not any(settings.evidence_dir.glob(f"case-{case}")):
        raise Refused(
            f"the files of {reference} do not lie in {settings.evidence_dir}; run this where the worker runs, or set "
            "KANTADESK_EVIDENCE_DIR to its evidence folder"
        )
    if bundle := _made_at_closing(status):
        return (process, reference), bundle
    lines = ",".join(line.model_dump_json() for line in await timeline_of(client, asked, process))
    order = EvidenceOrder(
        key=f"export/{case}",
        reference=reference,
        process=process,
        case=case,
        record=status.model_dump_json(),
        timeline=f"[{lines}]",
        made_at=await clock_of(client, asked, process),
    )
    return (process, reference), await EvidenceFolder(folders).bundle_evidence(order)


async def _case(client: Client, settings: Settings, process: Process, reference: str) -> str:
    """The name of the folder: that of a second start, where this is one and has begun; else the first one's."""
    from activities.book.succession import described

    case = reference if process == "incident" else f"{process}~{reference}"
    said = await described(client, f"{process}-{reference}")
    first = said.workflow_execution_info.first_run_id if said else ""
    own = f"{case}~{first[-8:]}"
    return own if first and (settings.evidence_dir / f"case-{own}").is_dir() else case


def _made_at_closing(status: Kept) -> Document | None:
    """The last bundle of a process that is over: its SHA-256 stands in the history, so it is not made again."""
    name = re.compile(rf"evidence-{re.escape(status.reference)}(~\w+)?\.zip")
    return next((d for d in reversed(status.documents) if status.closed_at and name.fullmatch(d.name)), None)


def _copy(bundle: Path, to: Path, name: str) -> Path:
    from activities.evidence.case_folder import private_folder, write_whole
    from starter.terminal.errors import Wrong

    try:
        target = private_folder(to) / name
        write_whole(target, bundle.read_bytes())
    except OSError as error:
        raise Wrong(f"--to: {error.strerror}: {error.filename}; choose a folder that can be written") from None
    return target
