"""``kantadesk evidence``: one zip for each incident and each breach, verifiable without Temporal and network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from starter.client.references import Reference
from starter.language.heard import system_says
from starter.language.lists import some
from starter.language.names import PROCESSES
from starter.language.words import _
from starter.lazy import Entry, LazyGroup
from starter.terminal.output import json_option, say, say_json
from starter.terminal.word_types import WordOf

if TYPE_CHECKING:
    from temporalio.client import Client

    from activities.evidence.chain import Witness
    from starter.client.names import Process
    from starter.views.tables import Kept
    from workers.settings import Settings
    from workflows.process.messages import Document

evidence = LazyGroup(
    "evidence",
    entries={
        "export": Entry("evidence:export", "Bundle what is known now into one zip."),
        "verify": Entry("verification:verify", "Check a bundle, or compare a case with the running system."),
    },
    help="""The evidence of an incident or a breach: record, timeline, documents, messages as sent, SHA-256 of each.

\b
  kantadesk evidence export INC-20261122-7F3K --to /srv/evidence
  kantadesk evidence verify /srv/evidence/INC-20261122-7F3K.zip
  kantadesk evidence verify INC-20261122-7F3K""",
)


@click.command
@click.argument("ref", cls=Reference, processes=("incident", "breach", "maintenance"))
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Folder to copy the zip to.")
@click.option(
    "--process",
    type=WordOf(some(PROCESSES, "incident", "breach", "maintenance")),
    help="Which; the incident, where there is one.",
)
@json_option
def export(ref: str, to: Path | None, process: Process | None, as_json: bool) -> None:
    r"""Bundle what is known now into one zip. Of a closed incident it is the bundle that was made at its closing.

    Refused (exit code 3) where the files differ from what the process has recorded; "evidence verify REF" says how.

    REF is the incident's reference; breach-REF (or --process breach) is its breach. Run it where the worker runs: the
    files lie in its evidence folder.

    \b
      kantadesk evidence export INC-20261122-7F3K --to /srv/evidence
      kantadesk evidence export breach-INC-20261122-7F3K --to /srv/evidence
    """
    from starter.client.client import talk
    from starter.views.tables import path_of

    whose, bundle = talk(lambda client, settings: _bundle(client, settings, ref, process))
    place = Path(path_of(bundle))
    if to:
        place = _copy(place, to, place.name if whose[0] == "incident" else f"{whose[0]}-{place.name}")
    if as_json:
        say_json({"reference": whose[1], "process": whose[0], "path": str(place), "sha256": bundle.sha256})
    else:
        say(f"{place}\nSHA-256 {bundle.sha256}")


class Whose(NamedTuple):
    """Whose evidence it is: the process, its name as it was asked for, its status now, and the folder of its files."""

    process: Process
    asked: str
    status: Kept
    folder: Path
    witness: Witness
    """Who knows how far the chain of the folder went."""

    @property
    def reference(self) -> str:
        """The reference that the status tells."""
        return self.status.reference


async def whose_evidence(client: Client, settings: Settings, text: str, wanted: Process | None) -> Whose:
    """The process that a person means, and where its files lie. Raises ``Refused`` if that is on another machine."""
    from activities.book.heads import HeadsInBook
    from activities.book.sqlite import SqliteBook
    from starter.client.client import breach_status_of, maintenance_status_of, status_of
    from starter.client.lookup import named
    from starter.terminal.errors import Refused

    process, asked = await named(client, text, wanted)
    status: Kept
    match process:
        case "breach":
            status = await breach_status_of(client, asked)
        case "maintenance":
            status = await maintenance_status_of(client, asked)
        case _:
            status = await status_of(client, asked)
    reference = status.reference
    case = await _case(client, settings, process, reference)
    folder = settings.evidence_dir / f"case-{case}"
    if not folder.is_dir():
        raise Refused(
            _(
                "the files of {reference} do not lie in {evidence_dir}; run this where the worker runs, or set "
                "KANTADESK_EVIDENCE_DIR to its evidence folder",
                reference=reference,
                evidence_dir=settings.evidence_dir,
            )
        )
    return Whose(process, asked, status, folder, HeadsInBook(SqliteBook(settings.data_dir)))


async def _bundle(
    client: Client, settings: Settings, text: str, wanted: Process | None
) -> tuple[tuple[Process, str], Document]:
    """Whose zip it is, and the zip; made again while the process is open.

    Raises ``Refused`` where its files lie on another machine, or differ from what the process has recorded.
    """
    from activities.evidence.bundle import EvidenceFolder
    from activities.evidence.case_folder import CaseFolders
    from activities.evidence.time_stamp import stamper
    from starter.client.client import clock_of, timeline_of
    from starter.verification import refuse_differences
    from workers.keys.signing import signing_key
    from workflows.process.ports import EvidenceOrder

    whose = await whose_evidence(client, settings, text, wanted)
    refuse_differences(whose)
    name = (whose.process, whose.reference)
    if bundle := made_at_closing(whose.status):
        return name, bundle
    lines = ",".join(line.model_dump_json() for line in await timeline_of(client, whose.asked, whose.process))
    order = EvidenceOrder(
        key=f"export/{whose.folder.name}",
        reference=whose.reference,
        process=whose.process,
        case=whose.folder.name.removeprefix("case-"),
        record=whose.status.model_dump_json(),
        timeline=f"[{lines}]",
        made_at=await clock_of(client, whose.asked, whose.process),
    )
    folders = CaseFolders(settings.evidence_dir, signing_key(settings.signing_key_file), whose.witness)
    return name, await EvidenceFolder(folders, stamper(settings.timestamp_authority)).bundle_evidence(order)


async def _case(client: Client, settings: Settings, process: Process, reference: str) -> str:
    """The name of the folder: that of a second start, where this is one and has begun; else the first one's."""
    from activities.book.succession import described

    case = reference if process == "incident" else f"{process}~{reference}"
    said = await described(client, f"{process}-{reference}")
    first = said.workflow_execution_info.first_run_id if said else ""
    own = f"{case}~{first[-8:]}"
    return own if first and (settings.evidence_dir / f"case-{own}").is_dir() else case


def made_at_closing(status: Kept) -> Document | None:
    """The last bundle of a process that is over: its SHA-256 stands in the history, so it is not made again."""
    from activities.evidence.manifest import is_bundle_of

    made = [document for document in status.documents if is_bundle_of(status.reference, document.name)]
    return made[-1] if made and status.closed_at else None


def _copy(bundle: Path, to: Path, name: str) -> Path:
    from activities.evidence.case_folder import private_folder, write_whole
    from starter.terminal.errors import Wrong

    try:
        target = private_folder(to) / name
        write_whole(target, bundle.read_bytes())
    except OSError as error:
        raise Wrong(
            _(
                "--to: {strerror}: {filename}; choose a folder that can be written",
                strerror=system_says(error),
                filename=error.filename,
            )
        ) from None
    return target
