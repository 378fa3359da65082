"""A message that tells whole groups is sent after a look: whom it tells is said, and in a terminal confirmed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from temporalio.client import Client

from activities.contacts.kept import KeptStandings
from activities.returned_mail.addresses import ReturnedAddresses
from starter.client.client import ask_process, clock_of, talk
from starter.client.configuration import operating_model
from starter.client.names import Process, workflow_id_of
from starter.language.heard import heard
from starter.language.names import CHANNELS, LANGUAGES, contact, name
from starter.language.words import N_, _
from starter.sending.preview import Preview, incident_preview, maintenance_preview, planned_preview, refused_now
from starter.sending.said_back import say_before
from starter.sending.send import Draft, deliver, drafted
from starter.terminal import prompts
from starter.terminal.errors import Refused, Wrong
from starter.terminal.output import say, say_json
from workers.settings import Settings
from workflows.maintenance.messages import MaintenanceOpening

UNKNOWN = N_("Whom it tells can't be shown: the operating model can't be read here (kantadesk doctor says why).")
TELLS_NO_GROUP = N_("Tells no group anything.")


def send_after_a_look(
    name: str, typed: Mapping[str, Any], complete: Callable[..., None] | None, process: Process
) -> BaseModel | None:
    """Say whom the message would tell, ask where somebody can answer, and send it. None where nothing was sent.

    With ``--json`` nothing is said or asked; ``--dry-run`` shows one message of each kind instead of sending. Raises
    what ``send`` raises, and ``Wrong`` where the person does not want it to go.
    """
    draft = drafted(name, typed, complete, process)

    async def looked(client: Client, settings: Settings) -> Preview | str | Refused:
        return await _look(client, settings, draft, process)

    if typed["dry_run"] or not typed["as_json"]:
        preview = talk(looked)
        if typed["dry_run"]:
            if isinstance(preview, Refused):
                raise preview
            _show(preview, as_json=typed["as_json"])
            return None
        if not isinstance(preview, Refused):
            if not typed["yes"]:
                say_before(draft.said)
            agree_to(preview, is_sure=typed["yes"])  # between two conversations: in one, Ctrl-C would be lost

    async def sent(client: Client, _settings: Settings) -> BaseModel | None:
        return await deliver(client, draft, process)

    return talk(sent)


async def _look(client: Client, settings: Settings, draft: Draft, process: Process) -> Preview | str | Refused:
    """What would go; in words, where it is nothing or can't be known; the refusal, where the process would say no."""
    if (model := operating_model(settings)) is None:
        return UNKNOWN
    at = await clock_of(client, draft.reference, process)
    whole = await ask_process(
        client, workflow_id_of(draft.reference, process), f"{process} {draft.reference}", "record"
    )
    if reason := refused_now(whole["carried"], draft.at(at), at, process):
        return Refused(_("refused: {reason}", reason=heard(reason)))
    look = maintenance_preview if process == "maintenance" else incident_preview
    if (preview := look(whole["carried"], draft.at(at), model, at)) is None:
        return TELLS_NO_GROUP
    returned = ReturnedAddresses(settings.data_dir / "returned")
    doubted = KeptStandings(settings.data_dir / "contacts")
    told = preview.with_returned(each.contact for each in returned.among(model))
    return told.with_doubted(each.contact for each in doubted.among(model, at))


def agree_to_plan(settings: Settings, opening: MaintenanceOpening, at: datetime, *, is_sure: bool) -> None:
    """Say whom a break that is planned now would tell at once, and ask as ``agree_to`` does; nothing where all wait."""
    model = operating_model(settings)
    preview = UNKNOWN if model is None else planned_preview(opening, model, at)
    if preview is not None:
        agree_to(preview, is_sure=is_sure)


def agree_to(preview: Preview | str, *, is_sure: bool) -> None:
    """Say what would go; in a terminal, ask. Raises ``Wrong`` where the answer is no."""
    prompts.tell(_(preview) if isinstance(preview, str) else preview.in_words())
    tells_somebody = preview == UNKNOWN or (isinstance(preview, Preview) and preview.recipients)
    if tells_somebody and not is_sure and sys.stdin.isatty() and not prompts.agree(_("Send it?"), default=True):
        raise Wrong(_("nothing was sent"))


def _show(preview: Preview | str, *, as_json: bool) -> None:
    """Print what would go, with one message of each kind."""
    if isinstance(preview, str):
        if preview == UNKNOWN:
            raise Wrong(_(UNKNOWN))
        if as_json:
            say_json({"recipients": 0, "mail": 0, "text_message": 0, "groups": [], "drill": False, "returned": [],
                      "examples": []})  # fmt: skip
        else:
            say(_(preview))
        return
    if as_json:
        say_json(preview.as_json())
        return
    say(preview.in_words() + " " + _("Nothing is sent now."))
    for each in preview.examples:
        others = " " + _("and {n} more", n=each.others) if each.others else ""
        say(
            "\n"
            + _(
                "--- {channel} ({language}) to {to}{others} ---",
                channel=name(CHANNELS, each.channel),
                language=name(LANGUAGES, each.language),
                to=contact(each.to),
                others=others,
            )
        )
        say("\n".join(part for part in (each.subject, each.text) if part))
