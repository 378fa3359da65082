"""The open incidents about the same services: two desks may have opened one fault.

Asked of the visibility store, which may lag a moment behind; title and link are asked of the incidents themselves. None
of it ever keeps an incident from being opened or judged: what can't be had in time is left out, and said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import click
from temporalio.client import Client

from starter.client.client import status_of, within_reach
from starter.client.search import Row, found, visibility_query
from starter.language import names
from starter.language.moments import in_words
from starter.language.words import N_, _
from starter.terminal import prompts
from starter.terminal.output import say

NAMED_AT_MOST = 20
ASKED_AT_MOST = 5
"""The newest of them, which are asked for their titles."""
TITLES_WITHIN = 3.0
"""Seconds."""
UNKNOWN = N_("Whether others are open about the same services could not be looked up.")


class Neighbour(NamedTuple):
    """An open incident about one of the same services. ``follows``: the reference of the one that it follows."""

    reference: str
    title: str
    phase: str | None
    drill: bool
    opened_at: datetime
    follows: str = ""
    is_a_strangers: bool = False
    """Whether nobody knows who has opened it."""

    def in_words(self, at: datetime) -> str:
        """What it is and how old, in a line."""
        drill = names.drill(self.drill)
        follows = ", " + _("follows {other}", other=self.follows) if self.follows else ""
        age = in_words(max(at - self.opened_at, at - at))
        phase = f", {names.name(names.PHASES, self.phase)}" if self.phase else ""
        return _(
            "{drill}{reference}: {title} (opened {age} ago{phase}{follows})",
            drill=drill,
            reference=self.reference + names.stranger(self.is_a_strangers),
            title=self.title or _("(title not known)"),
            age=age,
            phase=phase,
            follows=follows,
        )

    def may_be_followed(self, *, drill: bool) -> bool:
        """Whether another incident (a drill or not) may follow this one: not one that is over, or follows itself."""
        return self.drill == drill and not self.follows and self.phase in (None, "awaiting_triage", "handling")


async def neighbours(client: Client, services: Iterable[str], but: str = "") -> list[Neighbour] | None:
    """The open incidents about some services, the newest first; None where they can't be looked up."""
    named = ", ".join(f"'{service}'" for service in services)
    query = f"{visibility_query({})} AND KantaService IN ({named})"
    try:
        async with asyncio.timeout(TITLES_WITHIN):
            rows = await within_reach(found(client, query), _("list of incidents"))
    except (click.ClickException, TimeoutError):
        return None
    rows = sorted((row for row in rows if row.reference != but), key=lambda row: row.opened_at, reverse=True)
    asked = await asyncio.gather(*(_asked(client, row) for row in rows[:ASKED_AT_MOST]))
    return [*asked, *(_known(row) for row in rows[ASKED_AT_MOST:NAMED_AT_MOST])]


def _known(row: Row) -> Neighbour:
    return Neighbour(row.reference, "", row.phase, row.drill, row.opened_at, is_a_strangers=row.is_a_strangers)


async def _asked(client: Client, row: Row) -> Neighbour:
    known = _known(row)
    try:
        async with asyncio.timeout(TITLES_WITHIN):
            status = await status_of(client, row.reference)
    except (click.ClickException, TimeoutError):
        return known
    link = status.same_as
    follows = link.reference if link and link.state == "follows" else ""
    return known._replace(title=status.title, phase=status.phase, drill=status.drill, follows=follows)


def as_json(near: Sequence[Neighbour] | None) -> list[dict[str, Any]] | None:
    """The neighbours as one JSON value."""
    return None if near is None else [neighbour._asdict() for neighbour in near]


def to_follow(near: Sequence[Neighbour] | None, *, drill: bool) -> Neighbour | None:
    """The neighbour that may be followed: a judged one rather than another, then the oldest; None where none may.

    One of which the visibility store alone has spoken may follow another itself: it comes last.
    """
    those = [each for each in near or () if each.may_be_followed(drill=drill)]
    return min(those, key=lambda each: (not each.title, each.phase != "handling", each.opened_at), default=None)


def say_neighbours(
    near: Sequence[Neighbour] | None, reference: str, at: datetime, *, drill: bool, may_follow: bool = True
) -> None:
    """Name the neighbours, and what to type where it is the same fault: only what would be accepted."""
    if near is None:
        say(_(UNKNOWN))
    for neighbour in near or ():
        say("  " + _("also open: {incident}", incident=neighbour.in_words(at)))
    if may_follow and (other := to_follow(near, drill=drill)):
        say(
            _(
                "If it is the same fault: kantadesk incident link {reference} --same-as {other}",
                reference=reference,
                other=other.reference,
            )
        )


def ask_which(near: Sequence[Neighbour] | None, at: datetime, *, drill: bool) -> str:
    """Ask in a terminal whether it is the fault of one of them; its reference, or empty. Drills stay among drills."""
    if near is None:
        prompts.tell(_(UNKNOWN), faint=True)
    names = {each.reference: each.in_words(at) for each in near or () if each.may_be_followed(drill=drill)}
    for neighbour in near or ():
        if neighbour.reference not in names:
            prompts.tell("  " + _("also open: {incident}", incident=neighbour.in_words(at)), faint=True)
    if not names:
        return ""
    prompts.tell(_("Open about the same services:"), strong=True)
    return prompts.one_of(_("Is it the same fault as one of them? Its number (Enter: no)"), names)
