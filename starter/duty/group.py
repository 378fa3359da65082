"""``kantadesk duty``: which commands there are, and those that mark a duty."""

from __future__ import annotations

from typing import Any

import click

from starter.lazy import Entry, LazyGroup
from starter.sending.command import MessageCommand

duty = LazyGroup(
    "duty",
    entries={
        "list": Entry("duty.list:list_duties", "What is due, across all incidents and breaches, soonest first."),
        "met": Entry("duty.group:met", "It was done by hand."),
        "let-go": Entry("duty.let_go:let_go", "Miss a process no longer that was deleted from outside."),
        "waive": Entry("duty.group:waive", "Decide not to do it, and record why."),
    },
    help="""What the organisation has to do, and by when.

\b
  kantadesk duty list
  kantadesk duty met INC-20261122-7F3K report_to_kela --reference "mail 14.52"
  kantadesk duty waive INC-20261122-7F3K phone_kela --reason "Kela called us first\"""",
)

WHOSE = click.Option(
    ["--process"],
    type=click.Choice(["incident", "breach"]),
    help="Whose duty, where the incident and the breach of a reference both have one of this id.",
)


class MarkCommand(MessageCommand):
    """Marks a duty, of the incident or of the breach: whichever has it."""

    def send(self, typed: dict[str, Any]) -> Any:
        """Mark the duty; the new status of the process that has it."""
        from starter.duty.mark import mark

        return mark(self.message, typed)


met = MarkCommand(
    "met",
    "duty_met",
    positional=("duty",),
    extra=(WHOSE,),
    intro='A duty was met by hand. DUTY is its id, as in "kantadesk duty list".',
    examples="""  kantadesk duty met INC-20261122-7F3K report_to_kela --met-at 14:52 --reference "mail 14.52\"""",
)
waive = MarkCommand(
    "waive",
    "duty_waived",
    positional=("duty",),
    extra=(WHOSE,),
    intro='The recorded decision not to do something. DUTY is its id, as in "kantadesk duty list".',
    examples="""  kantadesk duty waive INC-20261122-7F3K phone_kela --reason "Kela called us first at 14.20\"""",
)
