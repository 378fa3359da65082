"""``kantadesk doctor --watch``: what the watchdog would find, looked at from here, also where no worker runs."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, NamedTuple

from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.book.sqlite import SqliteBook
from activities.mail.ledger import SentLedger
from activities.operating_model.file import OperatingModelFault, OperatingModelFile
from activities.returned_mail.look import ReturnedMail
from activities.watchdog.checks import DeskWatch, Eyes
from starter.client.client import talk
from starter.client.configuration import operating_model
from starter.language.moments import short
from starter.language.words import Texts, _, n_, spoken
from starter.terminal.errors import Faulty
from starter.terminal.output import say, say_json
from starter.terminal.time_input import now
from workers.mail import rotas
from workers.settings import Settings
from workers.store import store_of
from workers.wiring import heartbeat
from workflows.procedure.watchdog import findings as watching
from workflows.procedure.watchdog import words
from workflows.procedure.watchdog.endings import about_dead, is_news
from workflows.procedure.watchdog.findings import Area, Finding, Watching
from workflows.watchdog.ports import LookOrder, ProcessesSeen, Seen
from workflows.watchdog.record import WatchStatus

MARKS: Texts = {"fault": "FAULT", "warning": "WARNING", "note": "note"}


class Looked(NamedTuple):
    """What was found, and what the watchdog itself knows (None where it does not answer)."""

    findings: Sequence[Finding]
    processes: int
    watchdog: WatchStatus | None


def look(*, as_json: bool) -> None:
    """Look and print. Raises ``Faulty`` where there is a fault."""
    looked = talk(_looked)
    faults = sum(finding.level == "fault" for finding in looked.findings)
    if as_json:
        say_json(_document(looked, ok=not faults))
    else:
        _show(looked)
    if faults:
        raise Faulty(n_("{n} fault was found", "{n} faults were found", faults))


async def _looked(client: Client, settings: Settings) -> Looked:
    """Look at everything with the watchdog's own eyes. Nothing is changed: what has died is not brought back here."""
    model = operating_model(settings)
    order = LookOrder(at=now(), rules=model.watchdog if model else Watching())
    workers = await _part("workers", _eyes(client, settings, can_ask=True).look_at_workers(order))
    eyes = _eyes(client, settings, can_ask=not any(each.kind == "no_worker" for each in workers.findings))
    watchdog, status = await eyes.look_at_watchdog(order)
    if status is None:  # nobody answers: asking each process would only take its time
        eyes = _eyes(client, settings, can_ask=False)
    processes = await _part("processes", eyes.look_at_processes(order))
    parts = [
        workers,
        watchdog,
        processes,
        await _part("mail", eyes.look_at_mail(order)),
        await _contacts(eyes, order),
    ]
    endings = processes.endings if isinstance(processes, ProcessesSeen) else ()
    found = [
        *(finding for part in parts for finding in part.findings),
        *(about_dead(each) for each in endings if is_news(each, order.at)),
    ]
    found.sort(key=lambda finding: ("fault", "warning", "note").index(finding.level))
    return Looked(found, processes.looked_at, status)


def _eyes(client: Client, settings: Settings, *, can_ask: bool) -> DeskWatch:
    store = store_of(settings)
    eyes = Eyes(
        client,
        lambda: SentLedger(store),
        lambda: OperatingModelFile(settings.operating_model),
        heartbeat(settings),
        SqliteBook(settings.data_dir),
        settings.retention,
    )
    returned = ReturnedMail(settings.data_dir / "returned", eyes.ledger)  # known so far: the mailbox is the worker's
    on_duty = rotas(settings, keeps=False)
    return DeskWatch(eyes, can_ask=can_ask, writes=False, returned=returned, rotas=on_duty)


async def _part(area: Area, looking: Awaitable[Seen]) -> Seen:
    """One part of the house; what can't be looked at is a finding."""
    try:
        return await looking
    except (ApplicationError, OSError) as error:
        return Seen(findings=(watching.unseen(area, str(error)),))


async def _contacts(eyes: DeskWatch, order: LookOrder) -> Seen:
    """The contacts; a file that was never valid has no last good one, and says so."""
    try:
        return await eyes.look_at_contacts(order)
    except OperatingModelFault:
        return Seen(findings=tuple(watching.about_model("it can't be used")))


def _document(looked: Looked, *, ok: bool) -> dict[str, Any]:
    spoken = [
        {
            "level": each.level,
            "kind": each.kind,
            "process": each.subject or None,
            "what": words.what(each, "en"),
            "to_do": words.to_do(each, "en"),
        }
        for each in looked.findings
    ]
    dog = looked.watchdog
    seen = dog and {"last_look": dog.last_look, "next_look": dog.next_look, "last_heartbeat": dog.last_heartbeat}
    return {"ok": ok, "open_processes": looked.processes, "findings": spoken, "watchdog": seen}


def _show(looked: Looked) -> None:
    say(_("Looked at {processes} open incidents, breaches and maintenance breaks.", processes=looked.processes))
    if dog := looked.watchdog:
        beat = short(dog.last_heartbeat) or _("none yet")
        say(
            _(
                "The watchdog looked last at {last_look}; last heartbeat: {beat}.",
                last_look=short(dog.last_look) or _("(not yet)"),
                beat=beat,
            )
        )
    if not looked.findings:
        say(_("All is well."))
    for finding in looked.findings:
        say(f"  {_(MARKS[finding.level]):<8} {words.what(finding, spoken())}")
        say(f"           -> {words.to_do(finding, spoken())}")
