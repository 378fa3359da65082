"""The open processes hear of a handover: each records it, and reminds again of what nobody has acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starter.language import names
from starter.language.words import _

if TYPE_CHECKING:
    from temporalio.client import Client

    from starter.client.search import Row
    from starter.shift.page import HandoverPage


async def reminded_again(client: Client, page: HandoverPage, row: Row, whose: str, before: dict[str, Any]) -> list[str]:
    """Tell an incident or a breach of the handover; a line for each duty that it reminds of again, or why not told.

    ``before``: its status until now.
    """
    from starter.client.client import tell
    from starter.terminal.errors import NotThere, Refused, Unreachable, Wrong
    from workflows.process import messages as m

    said = m.Handover(by=page.by, to=page.to, event_id=page.event_id, source="cli")
    named = row.workflow_id if row.process == "breach" else row.reference
    try:
        after: Any = await tell(client, named, "handover", said, row.process)
    except (Refused, NotThere, Unreachable, Wrong) as error:
        return [_("{whose} was not told of the handover: {why}", whose=whose, why=error.message)]
    sent = {duty["id"]: duty["reminders_sent"] for duty in before.get("duties", ())}
    return [
        f"{whose}: {names.duty(duty.kind, duty.id, duty.recipient)}"
        for duty in after.duties
        if duty.state in ("open", "overdue") and duty.reminders_sent > sent.get(duty.id, 0)
    ]
