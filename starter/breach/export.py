"""``kantadesk breach export``: the register of breaches that the supervisory authority may ask for (GDPR 33(5))."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from starter.language.heard import system_says
from starter.language.lists import LANGUAGES
from starter.language.words import Texts, _, n_
from starter.terminal.needed import NeededOption
from starter.terminal.output import clean, json_option, say, say_json
from starter.terminal.word_types import WordOf

if TYPE_CHECKING:
    from temporalio.client import Client

    from starter.client.search import Listed, Row
    from workers.settings import Settings
    from workflows.breach.messages import BreachStatus
    from workflows.procedure.languages import Language

ASKED_AT_ONCE = 10
KNOWN_FROM: Texts = {"evidence": "evidence", "earlier_register": "earlier register"}


class Read(NamedTuple):
    """The breaches as they answered, and those that could not be read, each with the reason.

    ``listed``: every reference that Temporal lists. ``never_opened``: processes that ended at once, because what they
    were started with can't be read: no breaches. ``others``: of what Temporal lists, that which is not ours.
    """

    statuses: list[BreachStatus]
    unread: dict[str, str]
    never_opened: list[str]
    listed: list[str]
    others: Listed


@click.command
@click.option("--from", "from_day", cls=NeededOption, metavar="DAY", help="First day of the period.")
@click.option("--to", "to_day", cls=NeededOption, metavar="DAY", help="Last day of the period.")
@click.option("--out", cls=NeededOption, type=click.Path(file_okay=False, path_type=Path), help="Folder for the files.")
@click.option("--language", type=WordOf(LANGUAGES), help="Language of the docx (default: the organisation's).")
@click.option("--drills", is_flag=True, help="Also drills, marked as such.")
@json_option
def export(  # noqa: PLR0917  # click gives every option by name
    from_day: str, to_day: str, out: Path, language: Language | None, drills: bool, as_json: bool
) -> None:
    r"""The breach register of a period, as docx, CSV and JSON. A breach belongs to the day of its awareness.

    Breaches that Temporal no longer lists are taken from their evidence and from what earlier exports into --out knew
    (breaches-known.json there, which is no part of the register), and shown as such.

    A breach that can't be read is named, and the command then ends with exit code 5: the register is not whole.

    \b
      kantadesk breach export --from 2026-01-01 --to 2026-12-31 --out register-2026
    """
    from activities.breach.register import LastKnown
    from starter.breach.gone import gone_breaches, known_before, with_book
    from starter.client.client import talk
    from starter.client.configuration import operating_model, settings_in_force
    from starter.terminal.errors import Unreachable
    from starter.terminal.period import whole_period
    from starter.terminal.time_input import now

    start, end = whole_period(from_day, to_day)
    settings = settings_in_force()
    read = talk(lambda client, settings: _read(client, settings, drills=drills))
    before, at = known_before(out), now()
    gone = gone_breaches(settings.evidence_dir, before, read.listed, drills=drills)
    gone = with_book(gone, settings.data_dir, read.listed, drills=drills)
    known = before.known | {status.reference: LastKnown(status, at) for status in read.statuses}
    known |= {one.reference: LastKnown(one, gone.kept.gone[one.reference].as_of) for one in gone.statuses}
    files, count = _write(
        [*read.statuses, *gone.statuses], kept=gone.kept, known=known, start=start, end=end, out=out, made_at=at,
        model=operating_model(settings), language=language,
    )  # fmt: skip
    if as_json:
        lacking: dict[str, Any] = {"unread": read.unread, "never_opened": read.never_opened}
        lacking["not_ours"] = [one._asdict() for one in read.others.not_ours]
        kept = {"no_longer_listed": sorted(gone.kept.gone), "folder_only": sorted(gone.kept.folder_only)}
        kept |= {"missed": sorted(gone.kept.missed), "from_outside": sorted(gone.kept.done)}
        say_json({"breaches": count, "files": [str(file) for file in files], **lacking, **kept})
    else:
        _say(
            read,
            gone.kept,
            files,
            _(
                "{breaches} from {from_day} to {to_day}:",
                breaches=n_("{n} breach", "{n} breaches", count),
                from_day=from_day,
                to_day=to_day,
            ),
        )
    if read.unread:
        named = "; ".join(f"{reference}: {why}" for reference, why in read.unread.items())
        raise Unreachable(_("the register is not whole, these breaches could not be read: {named}", named=clean(named)))


def _say(read: Read, kept: Any, files: list[Path], heading: str) -> None:
    """Say what was written, and what had to be taken from elsewhere."""
    say(heading)
    for file in files:
        say(f"  {file}")
    if read.others.not_ours:
        say(read.others.said)
    for reference in read.never_opened:
        say(
            _(
                "Not a breach: {reference} was never opened, what it was started with can't be read.",
                reference=reference,
            )
        )
    for reference, one in kept.gone.items():
        say(
            _(
                "Temporal no longer lists {reference}: taken from its {known_from}.",
                reference=reference,
                known_from=_(KNOWN_FROM[one.known_from]),
            )
        )
    for reference in kept.folder_only:
        say(
            _(
                "Temporal no longer lists {reference}, and only its folder is left: it stands in every period.",
                reference=reference,
            )
        )
    for reference in kept.missed:
        say(_("{reference} was ended from outside: taken from the book of processes.", reference=reference))


async def _read(client: Client, _settings: Settings, *, drills: bool) -> Read:
    """Ask every breach there is: only its status knows when one became aware."""
    from pydantic import ValidationError

    from starter.client.client import ask_process, within_reach
    from starter.client.search import listed, visibility_query
    from starter.terminal.errors import NeverBegan, NotThere, Unreachable, Wrong
    from workflows.breach.messages import BreachStatus

    known = await within_reach(
        listed(client, visibility_query({"also_closed": True}, "DataBreach"), None), _("breach list")
    )
    rows = [row for row in known.rows if drills or not row.drill]
    few = asyncio.Semaphore(ASKED_AT_ONCE)

    async def of(row: Row) -> BreachStatus | click.ClickException:
        try:
            async with few:
                answer = await ask_process(  # exactly this run: something else may stand under its id since
                    client, row.workflow_id, f"breach {row.reference}", "status", row.run_id
                )
                return BreachStatus.model_validate(answer)
        except (Unreachable, NotThere, Wrong) as error:
            return error
        except ValidationError:
            return Unreachable(_("its answer can't be read"))

    answers = dict(zip((row.reference for row in rows), await asyncio.gather(*(of(row) for row in rows)), strict=True))
    silent = {name: answer for name, answer in answers.items() if isinstance(answer, click.ClickException)}
    never_opened = [name for name, why in silent.items() if isinstance(why, NeverBegan)]
    unread = {name: why.message for name, why in silent.items() if name not in never_opened}
    statuses = [answer for answer in answers.values() if not isinstance(answer, click.ClickException)]
    return Read(statuses, unread, never_opened, [row.reference for row in known.rows], known)


def _write(
    statuses: list[BreachStatus],
    *,
    kept: Any,
    known: dict[str, Any],
    start: datetime,
    end: datetime,
    out: Path,
    made_at: datetime,
    model: Any,
    language: Language | None,
) -> tuple[list[Path], int]:
    """Write the three files (readable by the owner only) and answer them, with the number of breaches. ``Wrong``."""
    from activities.breach.register import known_json, of_period, register_csv, register_docx, register_json
    from activities.evidence.case_folder import private_folder, write_whole
    from starter.breach.gone import KNOWN
    from starter.terminal.errors import Wrong

    spoken = language or (model.organisation.language if model else "fi")
    ours = model.organisation if model else None
    whose = {"organisation": ours.name_in(spoken), "time_zone": ours.time_zone} if ours else {}
    contents = {
        "docx": register_docx(statuses, start, end, made_at, language=spoken, kept=kept, **whose),
        "csv": register_csv(statuses, start, end, kept),
        "json": register_json(statuses, start, end, made_at, kept),
    }
    try:
        folder = private_folder(out.absolute())
        files = [folder / f"breach-register.{kind}" for kind in contents]
        for file, content in zip(files, contents.values(), strict=True):
            write_whole(file, content)
        write_whole(folder / KNOWN, known_json(known, kept.folder_only))
    except OSError as error:
        raise Wrong(
            _(
                "--out: {strerror}: {filename}; choose a folder that can be written",
                strerror=system_says(error),
                filename=error.filename,
            )
        ) from None
    return files, len(of_period(statuses, start, end))
