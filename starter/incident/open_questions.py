"""What an opening asks in a terminal: title and services; all of it is said back before it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from starter.language import names
from starter.language.moments import said_back
from starter.language.words import N_, _, spoken
from starter.sending.values import service_close, services_meant
from starter.terminal import prompts
from starter.terminal.asking import may_ask
from starter.terminal.last_look import looked_at
from workflows.procedure.model import NeededLine
from workflows.procedure.services import SERVICES

Keep = Callable[[Mapping[str, Any]], None]
SERVICES_ASKED = N_("Which services? Numbers or names, with commas between")


def ask_where_possible(fields: dict[str, Any], keep: Keep) -> list[str]:
    """Ask for title and services where they are missing and somebody can answer; which ones were asked for.

    ``keep`` is given the fields after each answer.
    """
    lacking = [name for name in _ASK if not fields.get(name)] if may_ask() else []
    for name in lacking:
        fields[name] = _ASK[name]()
        keep(fields)
    return lacking


def let_change(fields: dict[str, Any], keep: Keep, at: datetime) -> None:
    """Say back what is opened, on the present ``at``; each can be changed. Raises ``Wrong`` where it is not to go."""
    ask_again: dict[str, Callable[[], Any]] = {
        **_ASK,
        "noticed_at": lambda: prompts.moment(_("When was it noticed? (Finnish time; Enter: now)"), at, at),
        "reported_by": lambda: _reporter_asked(fields["reported_by"]),
    }
    while True:
        noticed = fields["noticed_at"]
        moment = said_back(noticed) if isinstance(noticed, datetime) else noticed
        shown = (
            fields["title"],
            names.services(fields["services"]),
            f"{_('noticed')}: {moment}",
            f"{_('reported by')}: {dict(fields['reported_by']).get('name', '')}",
        )
        if (changed := looked_at(shown)) is None:
            return
        name = [*ask_again][changed]
        fields[name] = ask_again[name]()
        keep({each: fields[each] for each in (*_ASK, name)})


def _reporter_asked(given: Any) -> dict[str, Any]:
    """The reporter under another name; what else is known of them stays."""
    return {**dict(given), "name": prompts.text(_("Who reported it?"), NeededLine)}


def _ask_title() -> str:
    return prompts.text(_("What is the fault, in a few words?"), NeededLine)


def _ask_services() -> list[str]:
    known = {str(entry.id): entry.name.in_(spoken()) for entry in SERVICES.values()}
    return prompts.picked(_(SERVICES_ASKED), known, meant=services_meant, close=service_close)


_ASK: dict[str, Callable[[], Any]] = {"title": _ask_title, "services": _ask_services}
