"""From what a person typed to a message that a process takes: read, completed, checked, sent."""

from __future__ import annotations

import getpass
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio.client import Client

from starter.client.client import WORKFLOWS, Process, clock_of, duties_of, talk, tell
from starter.client.lookup import process_owing, way_to_meet
from starter.client.references import reference_named
from starter.sending.input_errors import in_plain_words
from starter.sending.options import given, is_moment, option_name
from starter.terminal.errors import NotThere, Refused, Wrong
from starter.terminal.time_input import now
from workers.settings import Settings
from workflows.contract import CONTRACTS
from workflows.process.messages import Message

LARGEST_FILE = 4_000_000

M = TypeVar("M", bound=BaseModel)


def send(
    name: str,
    typed: Mapping[str, Any],
    complete: Callable[..., None] | None,
    process: Process | Literal["either"] = "incident",
) -> Any:
    """Send the message of this name to the process of ``typed["ref"]``; answers the new status.

    Everything is checked before anything is sent. Moments left out are "now" by the process's own clock: that of a
    drill may have been moved forward. "either": the process that owes the duty, or the one typed as ``--process``.
    """
    reference = reference_named(typed["ref"])
    process = typed.get("process") or process
    model = CONTRACTS[WORKFLOWS["incident" if process == "either" else process]].messages[name]
    fields = from_file(typed["file"]) | given(model, typed, now())
    fields.setdefault("by", user())
    fields.setdefault("source", "cli")
    fields.setdefault("event_id", f"cli-{secrets.token_hex(8)}")
    if complete:
        complete(fields, dict(typed))
    checked(model, _timed(model, fields, typed, now()))

    async def conversation(client: Client, _settings: Settings) -> Any:
        whose = await process_owing(client, reference, fields["duty"]) if process == "either" else process
        there = await clock_of(client, reference, whose)
        said = checked(model, _timed(model, fields, typed, there))
        return await _told(client, reference, name, said, whose)

    return talk(conversation)


async def _told(client: Client, reference: str, name: str, said: Message, process: Process) -> Any:
    duty = getattr(said, "duty", None)
    try:
        return await tell(client, reference, name, said, process)
    except Refused as refusal:
        if duty is None:
            raise
        known = {state.id: state for state in await duties_of(client, reference, process)}
        if duty in known:
            raise Refused(f"{refusal.message}{way_to_meet(name, known[duty], reference)}") from None
        raise NotThere(
            f"{process} {reference} has no duty {duty}; its duties are {', '.join(known) or 'none yet'}"
        ) from None


def _timed(model: type[BaseModel], fields: dict[str, Any], typed: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The fields, with "now" and each needed moment that was left out as the present. A file must be complete."""
    again = {
        name: at
        for name, field in model.model_fields.items()
        if is_moment(field)
        and (
            (field.is_required() and name not in fields and not typed["file"])
            or str(typed.get(name) or "").strip().lower() == "now"
        )
    }
    return fields | again


def checked(model: type[M], fields: Mapping[str, Any], called: Callable[[str], str] = option_name) -> M:
    """The message, if it is one; raises ``Wrong`` with every fault in one line."""
    try:
        return model.model_validate(fields, extra="forbid")
    except ValidationError as error:
        raise Wrong(in_plain_words(error, called, model.model_fields)) from None


def from_file(file: Any) -> dict[str, Any]:
    """The fields in a JSON file; none where there is no file. Raises ``Wrong``."""
    if file is None:
        return {}
    content = file.read(LARGEST_FILE + 1)
    return from_json(content)


def from_json(content: bytes) -> dict[str, Any]:
    """The fields in some JSON. Raises ``Wrong``."""
    if len(content) > LARGEST_FILE:
        raise Wrong("--file: is longer than 4 million bytes; shorten the texts")
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Wrong(f"--file: is not JSON{where}; it must hold one object with the message's fields") from None
    if not isinstance(fields, dict):
        raise Wrong("--file: must hold one JSON object with the message's fields")
    return fields


def user() -> str:
    """Who is logged in on this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown user"
