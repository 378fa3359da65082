"""Talking to the watch of the notices, in the words of the command line."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

from starter.client.client import ask_process, within_reach
from starter.client.names import ANSWER_WITHIN
from starter.language.words import N_, _
from starter.terminal.errors import NotThere
from workflows.notices.messages import NoticeWatchStatus
from workflows.process.ids import NOTICE_WATCH_ID

if TYPE_CHECKING:
    from temporalio.client import Client

    from workflows.process.messages import Message

NOT_RUNNING = N_('the watch of the notices is not running; "kantadesk up" or "kantadesk setup" starts it')
OF = N_("watch of the notices")


async def watch_status(client: Client) -> NoticeWatchStatus:
    """The watch as it stands. Raises ``NotThere`` where there is none."""
    try:
        answer = await ask_process(client, NOTICE_WATCH_ID, _(OF), "status")
    except NotThere:
        raise NotThere(_(NOT_RUNNING)) from None
    return NoticeWatchStatus.model_validate(answer)


async def tell_watch(client: Client, name: str, said: Message) -> NoticeWatchStatus:
    """Tell the watch something; its new status. Raises ``NotThere``, ``Refused``, ``Unreachable``."""
    handle = client.get_workflow_handle(NOTICE_WATCH_ID)

    async def told() -> Any:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            return await handle.execute_update(name, said, id=said.event_id)

    try:
        return NoticeWatchStatus.model_validate(await within_reach(told(), _(OF)))
    except NotThere:
        raise NotThere(_(NOT_RUNNING)) from None


def new_event_id() -> str:
    """An id for one message, so that a repeated try counts once."""
    return f"cli-{secrets.token_hex(8)}"
