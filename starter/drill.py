"""``kantadesk drill``: the clock of a drill."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from starter.lazy import Entry, LazyGroup
from starter.printing import json_option, say, say_json

if TYPE_CHECKING:
    from temporalio.client import Client

DONE_WITHIN = timedelta(seconds=60)
FURTHEST = timedelta(days=366)
LACKING = (
    "this Temporal server can't move a workflow's clock (it needs frontend.WorkflowTimeSkippingEnabled, which "
    '"kantadesk up" sets)'
)

drill = LazyGroup(
    "drill",
    entries={"advance": Entry("drill:advance", "Move the clock of a drill forward.")},
    help="""A drill is an incident or a breach opened with --drill: same process, but nothing leaves the house.

\b
  kantadesk incident open --drill --title "Drill: MyKanta is down" --service MYKANTA
  kantadesk drill advance INC-20261122-7F3K 2h""",
)


@click.command
@click.argument("ref")
@click.argument("duration")
@json_option
def advance(ref: str, duration: str, as_json: bool) -> None:
    r"""Move the clock of a drill forward: reminders and due times come as they would.

    DURATION is 15min, 2h, 3d or 1h30min.

    \b
      kantadesk drill advance INC-20261122-7F3K 2h
    """
    from starter.drill_clocks import advance as move
    from starter.sending import reference_named
    from starter.speaking import talk

    reference, length = reference_named(ref), _length(duration)
    moved = talk(lambda client, _settings: move(client, reference, length))
    if as_json:
        say_json(moved.as_json())
        return
    say(f"The drill's clock was moved forward by {duration}{moved.which()}.")
    moved.show()


def _length(text: str) -> timedelta:
    from pydantic import TypeAdapter, ValidationError

    from starter.failure import Wrong
    from workflows.procedure.model import Duration

    try:
        length: timedelta = TypeAdapter(Duration).validate_python(text)
    except ValidationError:
        raise Wrong('DURATION: is written as "15min", "2h", "3d" or "1h30min"') from None
    if not timedelta(0) < length <= FURTHEST:
        raise Wrong("DURATION: must be more than nothing and at most 366 days")
    return length


async def fast_forward(client: Client, workflow_id: str, length: timedelta) -> None:
    """Move the clock of one process, by the server's own time skipping. Raises ``Refused``, ``Unreachable``."""
    from temporalio.service import RPCError, RPCStatusCode
    from temporalio.testing import TimeSkipper

    from starter.failure import Refused, Unreachable
    from starter.speaking import in_words_of_ours

    skip = TimeSkipper(client).fast_forward(client.get_workflow_handle(workflow_id), length)
    try:
        await asyncio.wait_for(skip, DONE_WITHIN.total_seconds())
    except TimeoutError:
        raise Unreachable(
            f"the clock did not arrive within {DONE_WITHIN.seconds} s; is a worker running? "
            '("kantadesk doctor" says) The move goes on when one is'
        ) from None
    except RPCError as error:
        if error.status is RPCStatusCode.UNIMPLEMENTED:
            raise Refused(f"{LACKING}, so this drill runs in real time") from None
        raise in_words_of_ours(error, workflow_id) from None


async def can_skip_time(client: Client) -> bool:
    """Whether the server can move a workflow's clock. Asked about a process that does not exist: nothing is moved."""
    from temporalio.service import RPCError, RPCStatusCode
    from temporalio.testing import TimeSkipper

    nobody = client.get_workflow_handle(f"kantadesk-doctor-{secrets.token_hex(8)}")
    try:
        await TimeSkipper(client).fast_forward(nobody, timedelta(seconds=1))
    except RPCError as error:
        return error.status is RPCStatusCode.NOT_FOUND
    return True
