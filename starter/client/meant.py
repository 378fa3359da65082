"""Which process is meant by a reference, by the last part of one, or by none where only one is open."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from difflib import get_close_matches

import click
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from starter.client.client import WORKFLOWS, duties_of, status_of, talk, within_reach
from starter.client.lookup import BOTH
from starter.client.names import ANSWER_WITHIN, Process, workflow_id_of
from starter.client.open_duties import open_duties
from starter.client.references import RETURNED, TYPED
from starter.client.search import Row, found, titles, visibility_query
from starter.language import names
from starter.language.words import N_, _
from starter.terminal.asking import may_ask
from starter.terminal.errors import NotThere, Unreachable, Wrong

LETTERS = 60
"""Of an instruction, to know it by."""
SHOWN = 5
"""References that are named where one of several may be meant."""
AS_CLOSE_AS = 0.8
MORE_THAN_ONE = N_("REF: is missing, and more than one is open")
MORE_DRILLS = N_("REF: is missing, and more than one drill is open")


def meant(text: str, *processes: Process) -> str:
    """The whole reference of which ``text`` is the last part; the text itself where it is none, or nobody answers.

    What exists under exactly this name is meant, before any other. Raises ``Wrong`` where several may be meant.
    """
    if RETURNED.fullmatch(text):
        return text
    try:
        return talk(lambda client, _settings: _meant(client, text, processes))
    except Unreachable:
        return text  # what else is wrong with the command is said first


def only_open(*processes: Process, drills: bool = False) -> str:
    """The reference of the one that is open. Where there are several, asks in a terminal which one.

    ``drills``: only drills are meant. Raises ``Wrong`` where nobody can be asked, ``NotThere`` where none is open.
    """
    known = {row.reference: row for row in open_now(*processes) if row.drill or not drills}
    if len(known) == 1:
        return next(iter(known))
    if not known and drills:
        raise NotThere(_("REF: is missing, and no drill is open; open one with kantadesk incident open --drill"))
    if not known:
        raise NotThere(_("REF: is missing, and nothing is open; name it by its reference"))
    if not may_ask():
        raise _several(_(MORE_DRILLS if drills else MORE_THAN_ONE), known)
    from starter.terminal.prompts import one_of

    named = called(known.values())
    said = {
        name: "  ".join(filter(None, (f"{names.drill(row.drill)}{name}", named.get(name), row.shown_phase)))
        for name, row in known.items()
    }
    if picked := one_of(_("Which one? Its number"), said):
        return picked
    raise Wrong(_("REF: is missing; nothing was done"))


async def with_close_ones(client: Client, error: NotThere) -> NotThere:
    """The same error; where the reference that was typed is like some that exist, it names them."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or TYPED not in ctx.meta:
        return error
    text, processes = ctx.meta[TYPED]
    with suppress(Unreachable):
        known = {row.reference.upper(): row.reference for row in await _rows(client, processes, also_closed=True)}
        if text.upper() in known:
            return error  # it is there: what is missing is something of it
        if near := get_close_matches(text.upper(), known, cutoff=AS_CLOSE_AS):
            close = " / ".join(known[each] for each in near)
            return NotThere(_("{why}; did you mean {close}?", why=error.message, close=close))
    return error


def ends_with(reference: str, part: str) -> bool:
    """Whether a text is a whole reference or the last part of it, in capitals or not."""
    return re.search(rf"(?:^|[-._]){re.escape(part.casefold())}$", reference.casefold()) is not None


async def _meant(client: Client, text: str, processes: Collection[Process]) -> str:
    for process in processes:
        is_own_name = process == "breach" and text.startswith("breach-")
        if await _exists(client, text if is_own_name else workflow_id_of(text, process)):
            return text
    text = _without_its_type(text, processes)
    for also_closed in (False, True):
        rows = await _rows(client, processes, also_closed=also_closed)
        fitting = {row.reference: row for row in rows if ends_with(row.reference, text)}
        if len(fitting) == 1:
            return next(iter(fitting))
        if fitting:
            raise _several(_("REF: {text} may be one of several", text=text), fitting)
    return text


def _without_its_type(text: str, processes: Collection[Process]) -> str:
    """A reference that was copied with the type before it, as Temporal names a process: "incident-HD-4711"."""
    types = [f"{process}-" for process in processes if process != "breach"]
    return next((text[len(each) :] for each in types if text.casefold().startswith(each)), text)


async def _exists(client: Client, workflow_id: str) -> bool:
    try:
        await client.get_workflow_handle(workflow_id).describe(rpc_timeout=ANSWER_WITHIN)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise Unreachable(error.message) from None
    return True


def open_now(*processes: Process) -> list[Row]:
    """The open processes of these kinds, live ones first. Raises ``Unreachable``."""
    return talk(lambda client, _settings: _rows(client, processes))


def called(rows: Collection[Row]) -> dict[str, str]:
    """The titles of some processes by reference, as far as they are known."""
    found = talk(lambda client, _settings: within_reach(titles(client, rows), _("references")))
    return {row.reference: found.get(row.workflow_id, "") for row in rows}


def duties_open_now(reference: str) -> list[str]:
    """The ids of the open duties of the incident and the breach of a reference, or of the one that is open."""
    return list(talk(lambda client, _settings: _duties(client, reference)))


def duties_owed(reference: str) -> dict[str, str]:
    """The open duties of a reference in words, by id; none where nobody answers."""
    try:
        return talk(lambda client, _settings: _duties(client, reference))
    except Unreachable:
        return {}


async def _duties(client: Client, reference: str) -> dict[str, str]:
    rows = [row for row in await _rows(client, BOTH) if not reference or ends_with(row.reference, reference)]
    owed = [await duties_of(client, row.reference, row.process) for row in rows[:SHOWN]]
    return {duty.id: f"{names.duty_of(duty)} ({duty.id})" for duties in owed for duty in open_duties(duties)}


def to_acknowledge(reference: str) -> dict[str, str]:
    """What contacts can acknowledge in an incident, by id: instructions that wait for somebody, open duties."""

    async def asked(client: Client, _settings: object) -> dict[str, str]:
        status = await status_of(client, reference)
        waiting = {
            each.id: f"{each.authority}: {each.text[:LETTERS]} ({each.id})"
            for each in status.instructions
            if each.awaiting
        }
        return waiting | {duty.id: names.duty_of(duty) for duty in open_duties(status.duties)}

    return talk(asked)


async def _rows(client: Client, processes: Collection[Process], *, also_closed: bool = False) -> list[Row]:
    types = [WORKFLOWS[process] for process in processes]
    rows = await within_reach(found(client, visibility_query({"also_closed": also_closed}, *types)), _("references"))
    return sorted(rows, key=lambda row: row.drill)  # live before drills


def _several(why: str, rows: Collection[str]) -> Wrong:
    listed = ", ".join([*rows][:SHOWN])
    more = " …" if len(rows) > SHOWN else ""
    return Wrong(_("{why}: {listed}{more}; give more of it", why=why, listed=listed, more=more))
