"""What an opening asks in a terminal: title and services; all of it is said back before it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from starter.language import names
from starter.language.moments import said_back
from starter.language.words import N_, _, spoken
from starter.sending.values import services_meant
from starter.terminal import prompts
from starter.terminal.asking import may_ask
from starter.terminal.errors import Wrong
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


def let_change(fields: dict[str, Any], keep: Keep) -> None:
    """Say back what is opened; title and services can be changed. Raises ``Wrong`` where it is not to go."""
    numbers = {str(number): name for number, name in enumerate(_ASK, 1)}
    while True:
        prompts.tell(f"  1  {fields['title']}", hang=5)
        prompts.tell(f"  2  {names.services(fields['services'])}", hang=5)
        noticed = fields["noticed_at"]
        at = said_back(noticed) if isinstance(noticed, datetime) else noticed
        prompts.tell(f"     {_('noticed')}: {at}", hang=5)
        prompts.tell(f"     {_('reported by')}: {dict(fields['reported_by']).get('name', '')}", hang=5)
        typed = prompts.line(_("Enter: go on; a number: change that answer; n: send nothing"))
        if not typed:
            return
        if prompts.understood(typed) == "no":
            raise Wrong(_("nothing was sent"))
        if typed in numbers:
            fields[numbers[typed]] = _ASK[numbers[typed]]()
            keep({name: fields[name] for name in _ASK})


def _ask_title() -> str:
    return prompts.text(_("What is the fault, in a few words?"), NeededLine)


def _ask_services() -> list[str]:
    known = {str(entry.id): entry.name.in_(spoken()) for entry in SERVICES.values()}
    return prompts.picked(_(SERVICES_ASKED), known, meant=services_meant)


_ASK: dict[str, Callable[[], Any]] = {"title": _ask_title, "services": _ask_services}
