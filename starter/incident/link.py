"""``kantadesk incident link`` and ``unlink``: two incidents of one fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from starter.client.completions import completed
from starter.client.references import reference_named
from starter.language.heard import heard
from starter.language.words import _
from starter.sending.command import MessageCommand
from starter.terminal.output import say

if TYPE_CHECKING:
    from temporalio.client import Client

    from workflows.incident.messages import IncidentStatus


def _other(ctx: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    """The whole reference of the other incident."""
    from starter.client.meant import meant

    return meant(reference_named(text), "incident") if text and not ctx.resilient_parsing else text


class LinkCommand(MessageCommand):
    """Sends the link and waits for the answer of the other incident."""

    def send(self, typed: dict[str, Any]) -> IncidentStatus:
        """The status once the other has answered. Raises ``Refused`` with its reason."""
        from starter.client.client import talk

        super().send(typed)
        return talk(lambda client, _settings: answered(client, typed["ref"]))

    def show_change(self, status: IncidentStatus) -> None:
        """Print what is left to the other from now on."""
        from starter.views.incident import show_change

        link = status.same_as
        if link and link.state == "asked":
            say(
                _("{reference} has not answered yet: until it does, everything is owed here.", reference=link.reference)
            )
        show_change(self.message, status)

    def _make(self) -> list[click.Parameter]:
        other = click.Option(
            ["--same-as", "reference"],
            metavar="REF",
            callback=_other,
            shell_complete=completed("references", "incident"),
            help="The incident that goes on as the one of this fault.",
        )
        return [other if made.name == "reference" else made for made in super()._make()]


async def answered(client: Client, reference: str) -> IncidentStatus:
    """The status of a follower, once the other has answered, or some seconds later. Raises ``Refused``."""
    import asyncio
    from contextlib import suppress

    from starter.client.client import status_of
    from starter.client.names import ANSWER_WITHIN
    from starter.terminal.errors import Refused

    status = await status_of(client, reference)
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            while status.same_as and status.same_as.state == "asked":
                await asyncio.sleep(0.1)
                status = await status_of(client, reference)
    if status.same_as and status.same_as.state == "refused":
        raise Refused(_("refused: {reason}", reason=heard(status.same_as.why)))
    return status


async def follow(client: Client, reference: str, other: str) -> IncidentStatus:
    """Let an incident follow another one. Raises ``Refused`` with the reason."""
    import secrets

    from starter.client.client import tell
    from starter.sending.who import user
    from workflows.incident.same_fault import SameAs

    said = SameAs(by=user(""), reference=other, source="cli", event_id=f"cli-{secrets.token_hex(8)}")
    await tell(client, reference, "same_as", said)
    return await answered(client, reference)


def _named(fields: dict[str, Any], _typed: dict[str, Any]) -> None:
    if "reference" not in fields:
        from starter.terminal.errors import Wrong

        raise Wrong(_("--same-as: name the incident that goes on as the one of this fault"))


link = LinkCommand(
    "link",
    "same_as",
    complete=_named,
    intro="Another open incident is of the same fault: REF follows it. It keeps its record, owes nothing that the "
    "other owes or has done, tells nobody twice and closes with the other. What authorities instruct, and whether "
    "personal data were breached, stays with each. A drill and a live fault are never linked.",
    examples="""\
  kantadesk incident link INC-20261122-7F3K --same-as INC-20261122-2B9Q
  kantadesk incident link INC-20261122-7F3K --same-as INC-20261122-2B9Q --reason "Same error\"""",
)
unlink = MessageCommand(
    "unlink",
    "not_same_as",
    intro="It is a fault of its own after all: what was left to the other incident is owed and told again.",
    examples="""  kantadesk incident unlink INC-20261122-7F3K --reason "Our own firewall\"""",
)
