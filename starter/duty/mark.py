"""Marking a duty: of the incident or of the breach, whichever has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel
from temporalio.client import Client

from starter.client.client import duties_of, talk
from starter.client.lookup import close_to, process_owing, way_to_meet
from starter.client.names import Process
from starter.language import names
from starter.language.words import _
from starter.sending.send import Draft, deliver, drafted
from starter.terminal.errors import NotThere, Refused
from workflows.process.messages import DutyMet, DutyWaived


def mark(name: str, typed: Mapping[str, Any]) -> BaseModel:
    """Mark the duty that was typed; the new status of its process. ``typed["process"]``: whose it is, where said."""
    draft = drafted(name, typed, None, "incident")
    return talk(lambda client, _settings: _marked(client, draft, typed["process"]))


async def _marked(client: Client, draft: Draft, process: Process | None) -> BaseModel:
    duty = cast("DutyMet | DutyWaived", draft.said).duty
    whose = process or await process_owing(client, draft.reference, duty)
    try:
        return await deliver(client, draft, whose)
    except Refused as refusal:
        known = {state.id: state for state in await duties_of(client, draft.reference, whose)}
        if duty in known:
            raise Refused(f"{refusal.message}{way_to_meet(draft.name, known[duty], draft.reference)}") from None
        said = _(
            "{process} has no duty {duty}; its duties are {known}",
            process=names.process(f"{whose} {draft.reference}"),
            duty=duty,
            known=", ".join(known) or _("none yet"),
        )
        raise NotThere(said + close_to(duty, known)) from None
