"""From what a person typed to a message that a process takes: read, completed, checked, sent.

What is wrong is said before Temporal is asked. So a message is checked by this machine's clock, and sent by the
process's own, since that of a drill may have been moved forward: a ``Draft`` knows which of its moments mean "now", and
they are set once, on the way out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import click
from pydantic import BaseModel
from temporalio.client import Client

from starter.client.client import WORKFLOWS, clock_of, talk, tell
from starter.client.names import Process
from starter.sending.ask_missing import with_what_is_missing
from starter.sending.input_errors import checked
from starter.sending.kept_answers import answers_to, forget_what_was_sent
from starter.sending.options import is_moment
from starter.sending.said_back import moments_of
from starter.sending.values import fields_typed
from starter.sending.who import person, user
from starter.terminal import prompts
from starter.terminal.errors import HoldsACode
from starter.terminal.time_input import NOW, now
from workflows.contract import CONTRACTS
from workflows.process.messages import Message


class Draft(NamedTuple):
    """A message that is ready but for the present. ``now``: its moments that mean the present."""

    reference: str
    name: str
    said: Message
    now: frozenset[str]

    def at(self, present: datetime) -> Message:
        """The message as it is sent at this moment."""
        return self.said.model_copy(update=dict.fromkeys(self.now, present))


SHOWS_ITSELF = ("triage", "breach_assessment", "risk_assessment")
"""Messages whose dialogue shows everything before it goes."""


def send(name: str, typed: Mapping[str, Any], complete: Callable[..., None] | None, process: Process) -> BaseModel:
    """Send the message of this name to the process of ``typed["ref"]``; answers the new status."""
    draft = drafted(name, typed, complete, process)
    return talk(lambda client, _settings: deliver(client, draft, process))


def drafted(name: str, typed: Mapping[str, Any], complete: Callable[..., None] | None, process: Process) -> Draft:
    """What was typed, completed and checked, before anything is sent. Raises ``Wrong``."""
    model = CONTRACTS[WORKFLOWS[process]].messages[name]
    at = now()
    answers = answers_to(model, process, name, typed["ref"])
    fields = fields_typed(model, typed, at)
    if not typed["file"]:
        fields = answers.offered(fields)
    if "by" not in fields:
        fields["by"] = user()
    elif typed.get("by"):
        person(fields["by"], "--by")
    fields.setdefault("source", "cli")
    fields.setdefault("event_id", f"cli-{secrets.token_hex(8)}")
    before = {*fields}
    if complete:
        try:
            complete(fields, dict(typed))
        finally:
            answers.keep(fields)
    # What was kept is shown once more before it goes, unless the command has shown it with what it has asked just now.
    shown = () if {*fields} - before - {"number"} or name in SHOWS_ITSELF else answers.taken
    present = _meaning_now(model, fields, typed)
    while True:
        if not typed["file"]:
            fields = with_what_is_missing(
                model,
                fields | dict.fromkeys(present, at),
                at,
                lambda each: answers.keep(_without(each, present)),
                before=shown,
            )
        try:
            return Draft(typed["ref"], name, checked(model, fields | dict.fromkeys(present, at)), present)
        except HoldsACode as fault:
            if not answers.may_be_asked_anew(fault.field):
                raise
            answers.drop(fault.field)
            prompts.tell(f"  {fault.message}")
            fields = _without(fields, frozenset({fault.field}))


async def deliver(client: Client, draft: Draft, process: Process) -> BaseModel:
    """Tell a process what a draft says; its new status. Raises ``Refused``, ``NotThere``, ``Unreachable``."""
    present = await clock_of(client, draft.reference, process)
    said = draft.at(present)
    status = await tell(client, draft.reference, draft.name, said, process)
    _keep_moments(said)
    forget_what_was_sent()
    return status


SAID = "kantadesk.said"
"""Where a command keeps the moments that were sent, to say them back."""


def _keep_moments(said: BaseModel) -> None:
    """Keep the moments that a person gave, or left to be "now", for the answer of the command."""
    if context := click.get_current_context(silent=True):
        context.meta[SAID] = moments_of(said)


def _meaning_now(model: type[BaseModel], fields: Mapping[str, Any], typed: Mapping[str, Any]) -> frozenset[str]:
    """The moments that mean the present: typed as "now", or needed and left out. A file must be complete."""
    moments = {name: field for name, field in model.model_fields.items() if is_moment(field)}
    typed_so = {name for name in moments if str(typed.get(name) or "").strip().casefold() in NOW}
    left_out = {name for name, field in moments.items() if field.is_required() and name not in fields}
    return frozenset(typed_so if typed["file"] else typed_so | left_out)


def _without(fields: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}
