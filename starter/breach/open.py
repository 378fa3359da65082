"""``kantadesk breach assess`` and ``open``: from a suspicion to a clock that runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import click

from starter.language.heard import heard
from starter.language.names import drill
from starter.language.words import N_, _
from starter.sending.command import WHEN, MessageCommand
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from temporalio.client import Client

    from workers.settings import Settings
    from workflows.breach.messages import BreachOpening, BreachStatus
    from workflows.incident.messages import IncidentStatus

OUTCOME = "kantadesk.outcome"
"""Where ``assess`` keeps, for its own answer, what the person has decided."""
EVENT = "kantadesk.event"
"""Where ``assess`` keeps its own id of what it sent: the breach says when it has taken it."""
A_NEW_ONE = N_("kantadesk breach open, and name this reference in its description")
"""What to do with a suspicion that no process takes any more."""


def _complete(fields: dict[str, Any], typed: dict[str, Any]) -> None:
    from starter.breach.questions import assess_the_rest

    assess_the_rest(fields, typed, can_ask=sys.stdin.isatty() and not typed["file"])
    click.get_current_context().meta.update({OUTCOME: fields.get("outcome"), EVENT: fields["event_id"]})


class AssessCommand(MessageCommand):
    """Sends the assessment to the incident; where a breach is suspected, waits until its own process has started.

    A breach that was opened without an incident, or whose incident is over, takes it itself: it is corrected.
    """

    def send(self, typed: dict[str, Any]) -> IncidentStatus | BreachStatus:
        """Send the assessment to whoever takes it; the new status of that process."""
        from starter.breach.situation import who_takes_an_assessment
        from starter.client.client import talk
        from starter.sending.send import deliver, drafted
        from starter.terminal.errors import Refused

        draft = drafted(self.message, typed, self.complete, self.process)

        async def conversation(client: Client, _settings: Settings) -> Any:
            taker = await who_takes_an_assessment(client, draft.reference)
            try:
                return await deliver(client, draft, taker or self.process)
            except Refused as refused:
                if taker:
                    raise
                raise Refused(
                    _(
                        "{message}; a new suspicion has a clock of its own: {a_new_one}",
                        message=refused.message,
                        a_new_one=_(A_NEW_ONE),
                    )
                ) from None

        return cast("IncidentStatus | BreachStatus", talk(conversation))

    def show_change(self, status: IncidentStatus | BreachStatus) -> None:
        """Print what follows: the clock of the breach, or that the question is closed."""
        from starter.breach.situation import begun
        from starter.client.client import talk
        from starter.views.breach import show_breach_status
        from workflows.breach.messages import BreachStatus

        breach = status.reference if isinstance(status, BreachStatus) else status.breach
        if click.get_current_context().meta.get(OUTCOME) != "suspected":
            say(
                _(
                    "Recorded: no personal data are concerned in {reference}. The reason is kept.",
                    reference=status.reference,
                )
            )
            if breach:
                say(
                    _(
                        "Breach {breach} is told. It closes nothing by itself: waive its duties, then cancel it.",
                        breach=breach,
                    )
                )
            return

        event_id = click.get_current_context().meta[EVENT]
        of_incident = not isinstance(status, BreachStatus)
        here = talk(lambda client, _settings: begun(client, status.reference, event_id, of_incident=of_incident))
        if isinstance(status, BreachStatus):
            say(_("Recorded: what was named is corrected in the breach, and its duties were looked at again:"))
        else:
            say(_("Recorded. The breach has a process and a clock of its own, whatever happens to the incident:"))
        show_breach_status(here.status, here.at)


assess = AssessCommand(
    "assess",
    "breach_assessment",
    complete=_complete,
    intro="Does this incident concern personal data? In a terminal it asks for everything that is left out, with "
    "explanations, and shows it to you before it is sent. Where a breach is suspected, a process of its own starts, "
    "with the legal clock. Sent again, it corrects every fact that it names; duties that no longer apply are shown, "
    "and you close them. So is a breach without an incident corrected, or one whose incident is over.",
    examples="""\
  kantadesk breach assess INC-20261122-7F3K
  kantadesk breach assess INC-20261122-7F3K --outcome no_personal_data --reason "Test data only"
  kantadesk breach assess INC-20261122-7F3K --outcome suspected --aware-at "22.11.2026 14.05" \\
      --kind unauthorised_disclosure --register PRESCRIPTION --role joint_controller \\
      --description "Some prescriptions were shown to the wrong patients\"""",
)


class OpenBreachCommand(click.Command):
    """Its options are made from the start input when they are needed."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The fields of the opening, and what else is declared."""
        from starter.language.help import in_force_parameters
        from starter.sending.options import options_for
        from workflows.breach.messages import BreachOpening

        help_option = self.get_help_option(ctx)
        fields = options_for(BreachOpening, leave_out=("incident", "clock", "assessment", "answered_in_incident"))
        in_force_parameters(fields)
        return [*fields, *self.params, *([help_option] if help_option else [])]


@click.command("open", cls=OpenBreachCommand, epilog=WHEN)
@click.option(
    "--file", type=click.File("rb"), help="JSON file with the fields (- for stdin); options given beside it win."
)
@json_option
def open_breach(as_json: bool, **typed: Any) -> None:
    r"""A breach of personal data is suspected, without an incident: its clock starts from awareness.

    For an incident, use "kantadesk breach assess", and to correct a breach, too. The same reference never makes a
    second breach.

    \b
      kantadesk breach open
      kantadesk breach open --aware-at "22.11.2026 14.05" --kind unauthorised_access \
          --register PDR --role controller --description "A former employee's login was used"
      kantadesk breach open --drill
    """
    from starter.breach.situation import started
    from starter.client.client import talk
    from starter.sending.kept_answers import forget_what_was_sent, saying_what_is_kept
    from starter.sending.said_back import moments_of, say_back
    from starter.terminal.time_input import now
    from starter.views.breach import show_breach_status

    with saying_what_is_kept():
        opening = _opening(typed, now())
        opened, here = talk(lambda client, _settings: started(client, opening))
        forget_what_was_sent()
    if as_json:
        say_json(opened._asdict())
    elif here:
        say(
            _(
                "Opened {drill}breach {reference}.",
                drill=drill(opening.drill),
                reference=opening.reference,
            )
        )
        show_breach_status(here.status, here.at)
        say_back(moments_of(opening))
    else:
        say(_("{reference} exists already; no second breach was opened.", reference=opened.reference))
        say(_("See it: kantadesk breach show {reference}", reference=opened.reference))
        say(_("To correct what is known of it: kantadesk breach assess {reference}", reference=opened.reference))


def _opening(typed: Mapping[str, Any], at: datetime) -> BreachOpening:
    """The start input: from the file, the options, the questions, then the defaults. Raises ``Wrong``."""
    from starter.breach.questions import open_the_rest
    from starter.client.references import new_reference
    from starter.sending.input_errors import checked
    from starter.sending.kept_answers import answers_to
    from starter.sending.values import fields_typed
    from starter.sending.who import user
    from starter.terminal.errors import Wrong
    from starter.terminal.time_input import A_LITTLE_AHEAD
    from workflows.breach.messages import BreachOpening
    from workflows.breach.moments import opening_at_fault

    answers = answers_to(BreachOpening, "breach", "open")
    fields = fields_typed(BreachOpening, typed, at)
    if not typed["file"]:
        fields = answers.offered(fields)
    if "by" not in fields:
        fields["by"] = user()
    fields.setdefault("reference", new_reference(at, "BRE"))
    try:
        open_the_rest(fields, at, can_ask=sys.stdin.isatty() and not typed["file"])
    finally:
        answers.keep(fields)
    opening = checked(BreachOpening, fields)
    if opening.aware_at > at + A_LITTLE_AHEAD / 2:
        raise Wrong(_("--aware-at: lies in the future; give the time at which you became aware"))
    if why := opening_at_fault(opening, at):
        raise Wrong(f"--{why.split()[0].replace('_', '-')}: {heard(why)}")
    return opening
