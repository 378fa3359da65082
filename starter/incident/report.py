"""``kantadesk incident report``: the situation, to be passed on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from starter.client.references import Reference
from starter.language.fixed_lists import fixed
from starter.language.heard import system_says
from starter.language.lists import LANGUAGES, READERS
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json
from starter.terminal.word_types import WordOf

if TYPE_CHECKING:
    from temporalio.client import Client

    from activities.situation.report import Reader, SituationReport, Written
    from workers.settings import Settings
    from workflows.incident.messages import IncidentStatus
    from workflows.procedure.duties import DutyState
    from workflows.procedure.languages import Language

KINDS = ("docx", "txt", "html")


class _Here(NamedTuple):
    """The incident now, on its own clock, with what its running breach owes."""

    status: IncidentStatus
    at: datetime
    owed_in_breach: tuple[DutyState, ...]


@click.command
@click.argument("ref", cls=Reference, processes=("incident",))
@click.option(
    "--for",
    "reader",
    type=WordOf(fixed(READERS)),
    default="staff",
    show_default=True,
    help="Who is to read it.",
)
@click.option("--language", type=WordOf(LANGUAGES), help="Of the report; the organisation's, where left out.")
@click.option("--next-update", metavar="TIME", help="When the next one comes, as a time still to come.")
@click.option("--text", metavar="TEXT", default="", help="What the desk says besides; no names of patients.")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Folder for all three files.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="One file: its ending .docx, .txt or .html."
)
@json_option
def report(  # noqa: PLR0917  # click gives every option by name
    ref: str,
    reader: Reader,
    language: Language | None,
    next_update: str | None,
    text: str,
    to: Path | None,
    output: Path | None,
    as_json: bool,
) -> None:
    r"""The situation, safe to pass on, as docx, text and HTML.

    It says since when, what works and what does not, what to do meanwhile, who was told, what is owed and when the next
    update comes. The reporter's own words stay out of it, identity codes are masked, and contacts are named only where
    the reader needs them. Nothing is sent and nothing recorded. Without --to and --output it is printed.

    \b
      kantadesk incident report INC-20261122-7F3K
      kantadesk incident report INC-20261122-7F3K --for management --language sv --next-update 15:30 --to /srv/reports
      kantadesk incident report INC-20261122-7F3K --for authority --language fi -o report.docx
    """
    from activities.situation.report import SituationReport, written_report
    from starter.breach.paper import refuse_identity_codes
    from starter.client.client import talk
    from starter.client.configuration import operating_model, settings_in_force
    from starter.terminal.errors import Wrong

    kind = _kind_of(output)
    if to and output:
        raise Wrong(_("--to, --output: give one of the two"))
    model = operating_model(settings_in_force())
    if model is None:
        raise Wrong(_('the operating model can\'t be used, and a paper names the organisation; see "kantadesk doctor"'))
    here = talk(lambda client, settings: _asked(client, settings, ref, with_breach=reader != "staff"))
    wanted = SituationReport(
        status=here.status,
        reader=reader,
        made_at=here.at,
        next_update=_later(next_update, here.at),
        text=text,
        owed_in_breach=here.owed_in_breach,
    )
    spoken = language or model.organisation.language
    written = written_report(wanted, model, spoken)
    refuse_identity_codes([written.text])
    files = _kept(written, wanted, spoken, to, output, kind)
    if as_json:
        say_json(_as_json(written, wanted, spoken, files))
    elif files:
        for file in files:
            say(str(file))
        say(_("Read it before you pass it on: what the desk wrote stands in it as it was written."))
    else:
        say(written.text.rstrip("\n"))


def _kind_of(output: Path | None) -> str:
    from starter.terminal.errors import Wrong

    kind = output.suffix.lower().removeprefix(".") if output else ""
    if output and kind not in KINDS:
        raise Wrong(_("--output: {name} must end in .docx, .txt or .html", name=output.name))
    return kind


def _later(typed: str | None, at: datetime) -> datetime | None:
    """When the next update comes. Raises ``Wrong`` where that can't be read or has passed."""
    from starter.sending.values import moment
    from starter.terminal.errors import Wrong

    if typed is None:
        return None
    later = moment(typed, at, "--next-update", ahead=True)
    if later <= at:
        raise Wrong(_("--next-update: {typed} has passed; give a time still to come", typed=typed))
    return later


async def _asked(client: Client, _settings: Settings, reference: str, *, with_breach: bool) -> _Here:
    from starter.client.client import clock_of, duties_of, status_of
    from workflows.process.ids import breach_workflow_id

    status, at = await status_of(client, reference), await clock_of(client, reference)
    owed: list[DutyState] = []
    if status.breach and with_breach:
        owed = await duties_of(client, breach_workflow_id(status.breach), "breach")
    return _Here(status, at, tuple(owed))


def _kept(  # noqa: PLR0917  # one report, and where it goes
    written: Written, wanted: SituationReport, language: Language, to: Path | None, output: Path | None, kind: str
) -> list[Path]:
    """The files that were asked for, whole or not at all. Raises ``Wrong`` where they can't be written."""
    from activities.evidence.case_folder import write_whole
    from starter.terminal.errors import Wrong

    contents = {"docx": written.docx, "txt": written.text.encode(), "html": written.html.encode()}
    stem = f"situation-{wanted.status.reference}-{wanted.reader}-{language}"
    places = {output: contents[kind]} if output else {}
    if to:
        places = {to / f"{stem}.{each}": content for each, content in contents.items()}
    try:
        for place, content in places.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, content)
    except OSError as fault:
        raise Wrong(_("can't write {place}: {why}", place=fault.filename, why=system_says(fault))) from None
    return list(places)


def _as_json(written: Written, wanted: SituationReport, language: Language, files: list[Path]) -> dict[str, Any]:
    return {
        "reference": wanted.status.reference,
        "for": wanted.reader,
        "language": language,
        "made_at": wanted.made_at,
        "next_update": wanted.next_update,
        "drill": wanted.status.drill,
        "is_a_strangers": wanted.status.is_a_strangers,
        "text": written.text,
        "files": [str(file) for file in files],
    }
