"""``kantadesk evidence``: one zip for each incident, verifiable without Temporal and without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from starter.lazy import Entry, LazyGroup
from starter.printing import json_option, say, say_json

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.settings import Settings
    from workflows.messages import Document, IncidentStatus

evidence = LazyGroup(
    "evidence",
    entries={
        "export": Entry("evidence:export", "Bundle what is known now into one zip."),
        "verify": Entry("evidence:verify", "Check a bundle: was anything changed?"),
    },
    help="""The evidence of an incident: record, timeline, documents, messages as sent, SHA-256 of each.

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
    from activities.evidence_check import verify_evidence
    from starter.failure import Faulty

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
@json_option
def export(ref: str, to: Path | None, as_json: bool) -> None:
    r"""Bundle what is known now into one zip. Of a closed incident it is the bundle that was made at its closing.

    Run it where the worker runs: the files lie in its evidence folder.

    \b
      kantadesk evidence export INC-20261122-7F3K --to /srv/evidence
    """
    from starter.sending import reference_named
    from starter.speaking import talk
    from starter.status_view import path_of

    reference = reference_named(ref)
    bundle = talk(lambda client, settings: _bundle(client, settings, reference))
    place = Path(path_of(bundle))
    if to:
        place = _copy(place, to)
    if as_json:
        say_json({"reference": reference, "path": str(place), "sha256": bundle.sha256})
    else:
        say(f"{place}\nSHA-256 {bundle.sha256}")


async def _bundle(client: Client, settings: Settings, reference: str) -> Document:
    """The zip of an incident; made anew while it is open. Raises ``Refused`` where its files lie on another machine."""
    from activities.case_folder import CaseFolders
    from activities.evidence import EvidenceFolder
    from starter.failure import Refused
    from starter.speaking import clock_of, status_of, timeline_of
    from workflows.ports import EvidenceOrder

    status = await status_of(client, reference)
    folders = CaseFolders(settings.evidence_dir)
    if not any(settings.evidence_dir.glob(f"case-{reference}")):
        raise Refused(
            f"the files of {reference} do not lie in {settings.evidence_dir}; run this where the worker runs, or set "
            "KANTADESK_EVIDENCE_DIR to its evidence folder"
        )
    if bundle := _made_at_closing(status):
        return bundle
    lines = ",".join(line.model_dump_json() for line in await timeline_of(client, reference))
    order = EvidenceOrder(
        key=f"export/{reference}",
        reference=reference,
        record=status.model_dump_json(),
        timeline=f"[{lines}]",
        made_at=await clock_of(client, reference),
    )
    return await EvidenceFolder(folders).bundle_evidence(order)


def _made_at_closing(status: IncidentStatus) -> Document | None:
    """The last bundle of an incident that is over: its SHA-256 stands in the history, so it is not made again."""
    name = f"evidence-{status.reference}.zip"
    return next((d for d in reversed(status.documents) if status.closed_at and d.name == name), None)


def _copy(bundle: Path, to: Path) -> Path:
    from activities.case_folder import private_folder, write_whole
    from starter.failure import Wrong

    try:
        target = private_folder(to) / bundle.name
        write_whole(target, bundle.read_bytes())
    except OSError as error:
        raise Wrong(f"--to: {error.strerror}: {error.filename}; choose a folder that can be written") from None
    return target
