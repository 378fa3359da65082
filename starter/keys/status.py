"""``kantadesk keys status``: which keys there are, who knows them, and which of them anything still needs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from starter.language.heard import heard
from starter.language.moments import short
from starter.language.words import _, n_
from starter.terminal.output import Table, json_option, say, say_json, show

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.keys.ring import KeyId, KeyRing
    from workers.keys.rotation import Worker
    from workers.keys.usage import KeyUse
    from workers.settings import Settings


@click.command
@click.option("--quick", is_flag=True, help="Don't look at the histories: which keys are needed stays open.")
@json_option
def status(quick: bool, as_json: bool) -> None:
    r"""Show each key, the workers that know it, and whether anything still needs it.

    To know that, every history that Temporal still keeps is looked at; nothing is decrypted. What was found in closed
    ones is remembered, so only the first time takes long. "needed: ?" means that not everything could be looked at.

    \b
      kantadesk keys status
      kantadesk keys status --quick
      kantadesk keys status --json
    """
    from starter.client.client import talk

    answer = talk(lambda client, settings: _status(client, settings, quick=quick))
    if as_json:
        say_json(answer)
    else:
        _show(answer)


async def _status(client: Client, settings: Settings, *, quick: bool) -> dict[str, Any]:
    from starter.client.client import within_reach
    from starter.terminal.errors import Wrong
    from starter.terminal.time_input import now
    from workers.keys.check import key_book
    from workers.keys.live import live_keys
    from workers.keys.ring import KeyFileError
    from workers.keys.rotation import workers_at_work

    try:
        keys = live_keys(settings)
    except KeyFileError as error:
        raise Wrong(heard(str(error))) from None
    workers = await within_reach(workers_at_work(client, key_book(settings), now()), _("task queue"))
    use = None if quick else await looked_at(client, settings)
    ring = keys.ring()
    return {
        "source": keys.where,
        "keys": [_one(key_id, ring, workers, use) for key_id in ring.keys],
        "not_here": _not_here(ring, use),
        "workers": [worker._asdict() for worker in workers],
        "looked_at": _looked_at(use) if use else None,
    }


async def looked_at(client: Client, settings: Settings) -> KeyUse:
    """What needs which key, with the progress on stderr where that is a terminal."""
    from starter.client.client import within_reach
    from workers.keys.check import closed_runs_file
    from workers.keys.usage import find_key_use

    said = find_key_use(client, closed_runs_file(settings), _progress())
    use = await within_reach(said, "namespace")
    if sys.stderr.isatty():
        click.echo("", err=True)
    return use


def _progress() -> Callable[[int], None]:
    """Says every hundred histories how far it is."""

    def said(number: int) -> None:
        if number % 100 == 0 and sys.stderr.isatty():
            click.echo("\r" + _("{number} histories looked at", number=number), nl=False, err=True)

    return said


def _one(key_id: KeyId, ring: KeyRing, workers: list[Worker], use: KeyUse | None) -> dict[str, Any]:
    state = "writes" if key_id == ring.current else "waits" if key_id == ring.waiting else "reads"
    # The one that writes is needed by whatever is written next.
    needed = True if state != "reads" else use.needed(key_id) if use else None
    return {
        "id": key_id,
        "state": state,
        "made": ring.made.get(key_id),
        "stopped": ring.stopped.get(key_id),
        "needed": needed,
        "open": use.open[key_id] if use else None,
        "closed": use.closed[key_id] if use else None,
        "schedules": use.schedules[key_id] if use else None,
        "workers_without": [worker.identity for worker in workers if key_id not in (worker.keys or ())],
    }


def _not_here(ring: KeyRing, use: KeyUse | None) -> list[dict[str, Any]]:
    """Keys that histories name and the key file lacks: lost ones, or a stranger's."""
    unknown = sorted(use.ids() - set(ring.keys)) if use else []
    if use is None:
        return []
    return [
        {
            "id": k,
            "open": use.open[k],
            "closed": use.closed[k],
            "schedules": use.schedules[k],
            "for_instance": use.example[k],
        }
        for k in unknown
    ]


def _looked_at(use: KeyUse) -> dict[str, Any]:
    return {
        "open": use.looked_at_open,
        "closed": use.looked_at_closed,
        "remembered": use.known_from_before,
        "schedules": use.looked_at_schedules,
        "not_looked_at": use.not_looked_at,
    }


def _show(answer: dict[str, Any]) -> None:
    rows = [
        (
            key["id"],
            {"writes": _("writes"), "waits": _("waits for its turn"), "reads": _("reads only")}[key["state"]],
            short(key["made"]) or _("not recorded"),
            short(key["stopped"]),
            {True: _("yes"), False: _("no"), None: "?"}[key["needed"]],
            *("" if key[each] is None else str(key[each]) for each in ("open", "closed", "schedules")),
        )
        for key in answer["keys"]
    ]
    headings = (
        _("key, oldest first"), _("state"), _("made"), _("wrote until"), _("needed"), _("open"), _("closed"),
        _("schedules"),
    )  # fmt: skip
    show(Table(headings, rows, answer["source"]))
    for key in answer["not_here"]:
        say(
            _(
                "Not in the key file: {id} ({open} open, {closed} closed, {schedules} schedules; for "
                "instance {example}). "
                "A stranger's key, or one that was lost.",
                id=key["id"],
                open=key["open"],
                closed=key["closed"],
                schedules=key["schedules"],
                example=key["for_instance"],
            )
        )
    for key in answer["keys"]:
        for identity in key["workers_without"]:
            say(_("{identity} has not said that it knows {id}.", identity=identity, id=key["id"]))
        if key["state"] == "reads" and key["schedules"]:
            say(_('A schedule was written with {id}: "kantadesk setup" writes it again.', id=key["id"]))
    say(_what_was_looked_at(answer["looked_at"]))


def _what_was_looked_at(looked: dict[str, Any] | None) -> str:
    if looked is None:
        return _('The histories were not looked at; "kantadesk keys status" without --quick says which keys they need.')
    said = _(
        "Looked at every process that Temporal keeps: {open} open, {closed} closed ({remembered} of "
        "them remembered), and {schedules}.",
        open=looked["open"],
        closed=looked["closed"],
        remembered=looked["remembered"],
        schedules=n_("{n} schedule", "{n} schedules", looked["schedules"]),
    )
    if looked["not_looked_at"]:
        said += " " + _(
            "{n} could not be looked at, such as {example}.",
            n=len(looked["not_looked_at"]),
            example=looked["not_looked_at"][0],
        )
    return said
