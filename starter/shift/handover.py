"""``kantadesk shift handover``: one page for the next shift, printed and kept."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from starter.language import names
from starter.language.heard import heard, system_says
from starter.language.ids import in_few_letters
from starter.language.moments import short
from starter.language.words import _
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from pathlib import Path

    from temporalio.client import Client

    from starter.client.search import Row
    from starter.shift.page import HandoverPage
    from workers.settings import Settings
    from workflows.process.messages import Happening

WITHOUT_A_SHIFT = timedelta(hours=12)
"""What is told of, where nobody has begun a shift."""
ASKED_AT_ONCE = 10
FOLDER = "handovers"
DESK_ITSELF = "kantadesk"
"""What a line of the timeline bears that nobody has said."""


@click.command
@click.option("--by", metavar="NAME", help="Who hands over  [you].")
@click.option("--to", metavar="NAME", help="Who goes on; the next command here asks whether it is they.")
@click.option("--note", default="", metavar="TEXT", help="What the next one must know besides.")
@json_option
def handover(as_json: bool, by: str | None, to: str | None, note: str) -> None:
    r"""One page for the next shift: what is open, what is due within 12 hours, what waits for whom, what was decided.

    It is printed, and kept in the folder handovers of the data folder. The shift here ends with it; with --to the
    next command suggests that name. Every open incident and breach records it. Where nobody has acknowledged the
    last reminder of a duty, that reminder goes out again, once, to those who had got it.

    \b
      kantadesk shift handover --to "Mikko Laine"
      kantadesk shift handover --note "Kela promised a call before 06.00"
    """
    from starter.client.client import talk
    from starter.client.configuration import settings_in_force
    from starter.sending import who
    from starter.shift.page import HandoverPage
    from starter.terminal.time_input import now

    settings, at = settings_in_force(), now()
    since = who.known(settings).since or at - WITHOUT_A_SHIFT  # before somebody is asked, and begins one
    by = who.person(by, "--by") if by else who.user()
    to = who.person(to, "--to") if to else ""
    page = HandoverPage(at, since, by, to, note)
    talk(lambda client, _settings: gather(client, settings, page))
    file, digest = kept(settings.data_dir, page)
    who.end(settings, to)
    if as_json:
        say_json({**page.as_json(), "file": str(file), "sha256": digest})
        return
    say(page.in_words())
    say("\n" + _("Kept: {file} (SHA-256 {digest})", file=file, digest=digest))


async def gather(client: Client, settings: Settings, page: HandoverPage) -> None:
    """Fill the page: every open process, live before drills, and what has ended in this shift."""
    from starter.client.client import within_reach
    from starter.client.outside import missing
    from starter.client.search import found

    kinds = "WorkflowType IN ('Incident', 'DataBreach', 'Maintenance')"
    since = page.since.isoformat()
    query = f"{kinds} AND (ExecutionStatus = 'Running' OR CloseTime >= '{since}')"
    rows = await within_reach(found(client, query, limit=None), _("handover"))
    running = [row.workflow_id for row in rows]
    lost = await within_reach(missing(client, settings.data_dir, ("incident", "breach"), running), _("handover"))
    page.open += [each.said for each in lost]
    few = asyncio.Semaphore(ASKED_AT_ONCE)
    for each in await asyncio.gather(*(_of(client, row, page, few) for row in sorted(rows, key=lambda row: row.drill))):
        page.open += each


async def _of(client: Client, row: Row, page: HandoverPage, few: asyncio.Semaphore) -> list[str]:
    """Put what one process says on the page; its line among the open ones, none where it is over."""
    from starter.client.client import ask_process, clock_of_process, timeline_of
    from starter.shift.telling import reminded_again
    from starter.terminal.errors import NotThere, Unreachable, Wrong

    whose = names.whose(row.process, row.reference, is_drill=row.drill, is_a_strangers=row.is_a_strangers)
    named = row.workflow_id if row.process == "breach" else row.reference
    try:
        async with few:
            status = await ask_process(client, row.workflow_id, whose, "status")
            lines = await timeline_of(client, named, row.process)
            at = await clock_of_process(client, row.workflow_id) if row.drill else page.at
    except (Unreachable, NotThere, Wrong) as error:
        return [_line(whose, row, error.message)]
    _said(lines, whose, page)
    if status.get("closed_at") or status.get("phase") in ("cancelled", "completed"):
        return []
    _owed(status, whose, at, page)
    if row.process != "maintenance":
        async with few:
            page.reminded += await reminded_again(client, page, row, whose, status)
    page.waiting += [f"{whose}: {text}" for text in _waits(status)]
    return [_line(whose, row, status.get("title") or status.get("description") or "")]


def _line(whose: str, row: Row, what: str) -> str:
    severity = names.name(names.SEVERITIES, row.severity) if row.severity else ""
    due = _("next due {moment}", moment=short(row.next_due)) if row.next_due else ""
    return ", ".join(part for part in (f"{whose}: {what}", row.shown_phase, severity, due) if part)


def _owed(status: dict[str, Any], whose: str, at: datetime, page: HandoverPage) -> None:
    from starter.shift.page import AHEAD, OwedSoon

    for duty in status.get("duties", ()):
        due = datetime.fromisoformat(duty["due_at"]) if duty["due_at"] else None
        if duty["state"] in ("open", "overdue") and due and due <= at + AHEAD:
            page.due.append(OwedSoon(due, at, whose, names.duty(duty["kind"], duty["id"], duty["recipient"])))


def _waits(status: dict[str, Any]) -> list[str]:
    """What waits for somebody in particular: another person, contacts who have not acknowledged."""
    from workflows.process.second_person.decision import TwoPersonDecision

    decisions = [TwoPersonDecision.model_validate(each) for each in status.get("two_person_decisions", ())]
    found = [
        _("{what}, asked by {who}, waits for another person", what=heard(each.in_words), who=each.asked_by)
        for each in decisions
        if each.is_open
    ]
    for each in status.get("instructions", ()):
        if each["awaiting"]:
            people = "; ".join(names.contact(contact) for contact in each["awaiting"])
            found.append(
                _("an instruction of {authority} waits for {people}", authority=each["authority"], people=people)
            )
    for duty in status.get("duties", ()):
        if duty["state"] in ("open", "overdue"):
            facts = {"duty": names.duty(duty["kind"], duty["id"]), "who": names.recipient(duty["recipient"])}
            found.append(_("{duty}: owed to {who}", **facts) if facts["who"] else str(facts["duty"]))
    return found


def _said(lines: list[Happening], whose: str, page: HandoverPage) -> None:
    """What persons have said in this shift, by when it was recorded."""
    from starter.shift.page import SaidInShift
    from starter.views.said_by import said_by

    for line in lines:
        if line.by not in ("", DESK_ITSELF) and (line.recorded_at or line.at) >= page.since:
            detail = in_few_letters(heard(line.detail))
            page.done.append(
                SaidInShift(line.at, whose, heard(line.what) + (f": {detail}" if detail else ""), said_by(line))
            )


def kept(data_dir: Path, page: HandoverPage) -> tuple[Path, str]:
    """The page as a file of its own, never written over, and its SHA-256. Raises ``Wrong`` where it can't be kept."""
    from hashlib import sha256
    from itertools import count

    from activities.evidence.case_folder import private_folder, write_new
    from starter.terminal.errors import Wrong

    content = (page.in_words() + "\n").encode()
    try:
        folder = private_folder(data_dir / FOLDER)
        for number in count(1):
            more = f"-{number}" if number > 1 else ""
            if write_new(file := folder / f"handover-{page.at:%Y%m%dT%H%M%SZ}{more}.txt", content):
                return file, sha256(content).hexdigest()
    except OSError as fault:
        raise Wrong(_("the page can't be kept: {fault}", fault=system_says(fault))) from None
    raise AssertionError("numbers have no end")
