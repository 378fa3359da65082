"""``kantadesk duty``: which commands there are, and those that mark a duty."""

from __future__ import annotations

from typing import Any

import click

from starter.language.lists import some
from starter.language.names import PROCESSES
from starter.lazy import Entry, LazyGroup
from starter.sending.command import MessageCommand
from starter.terminal.word_types import WordOf

duty = LazyGroup(
    "duty",
    entries={
        "list": Entry("duty.list:list_duties", "What is due, across all incidents and breaches, soonest first."),
        "met": Entry("duty.group:met", "It was done by hand."),
        "let-go": Entry("duty.let_go:let_go", "Miss a process no longer that was deleted from outside."),
        "waive": Entry("duty.group:waive", "Decide not to do it, and record why."),
        "confirm": Entry("duty.group:confirm", "Confirm what another person has decided over a legal duty."),
        "decline": Entry("duty.group:decline", "Decline it, and record why."),
        "withdraw": Entry("duty.group:withdraw", "Take back what you asked another person to confirm."),
    },
    help="""What the organisation has to do, and by when.

\b
  kantadesk duty list
  kantadesk duty met INC-20261122-7F3K report_to_kela --reference "mail 14.52"
  kantadesk duty waive INC-20261122-7F3K phone_kela --reason "Kela called us first\"""",
)

WHOSE = click.Option(
    ["--process"],
    type=WordOf(some(PROCESSES, "incident", "breach")),
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
    of=("incident", "breach"),
    extra=(WHOSE,),
    intro='A duty was met by hand. DUTY is its id, as in "kantadesk duty list".',
    examples="""  kantadesk duty met INC-20261122-7F3K report_to_kela --met-at 14:52 --reference "mail 14.52\"""",
)
waive = MarkCommand(
    "waive",
    "duty_waived",
    positional=("duty",),
    of=("incident", "breach"),
    extra=(WHOSE,),
    intro='The recorded decision not to do something. DUTY is its id, as in "kantadesk duty list".',
    examples="""  kantadesk duty waive INC-20261122-7F3K phone_kela --reason "Kela called us first at 14.20\"""",
)


class AnswerCommand(MessageCommand):
    """Answers a decision that waits for another person, of the incident or of the breach: whichever has it."""

    def __init__(self, name: str, answer: str, *, intro: str, examples: str) -> None:
        super().__init__(name, "decision_answer", leave_out=("answer",), extra=(WHOSE,), intro=intro, examples=examples)
        self.answer = answer

    def send(self, typed: dict[str, Any]) -> Any:
        """Answer; the new status of the process that has asked."""
        from starter.duty.answer import answered

        return answered(self.answer, typed)


confirm = AnswerCommand(
    "confirm",
    "confirmed",
    intro="Confirm what another person has decided over a legal duty (waived, concluded, cancelled), where your "
    "operating model asks for two persons. You must be another person, with an account of your own. Read it first: it "
    'stands in "kantadesk breach show REF" or "kantadesk incident show REF".',
    examples="""  kantadesk duty confirm INC-20261122-7F3K
  kantadesk duty confirm INC-20261122-7F3K --decision confirm_decision-2""",
)
decline = AnswerCommand(
    "decline",
    "declined",
    intro="Decline what another person has decided over a legal duty: the duty stands, and its clock goes on.",
    examples="""  kantadesk duty decline INC-20261122-7F3K --reason "Forty patients are concerned\"""",
)
withdraw = AnswerCommand(
    "withdraw",
    "withdrawn",
    intro="Take back what you asked another person to confirm.",
    examples="""  kantadesk duty withdraw INC-20261122-7F3K""",
)
