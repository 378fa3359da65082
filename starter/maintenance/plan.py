"""``kantadesk maintenance plan``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from starter.language import names
from starter.language.words import Help, _
from starter.sending.command import WHEN
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from workflows.maintenance.messages import MaintenanceOpening

AHEAD: Help = "\n\n\b\nA time without a day is the next such time; for --ends-at, after the start."


class PlanCommand(click.Command):
    """Its options are made from the start input when they are needed."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The fields of the start input, ``--file`` and ``--json``."""
        from starter.language.help import in_force_parameters
        from starter.sending.options import options_for
        from workflows.maintenance.messages import MaintenanceOpening

        fields = options_for(MaintenanceOpening)
        in_force_parameters(fields)
        for field in fields:
            if isinstance(field, click.Option):
                field.hidden = False  # "source" of a break says whose work it is
        help_option = self.get_help_option(ctx)
        return [*fields, *self.params, *([help_option] if help_option else [])]


@click.command("plan", cls=PlanCommand, epilog=WHEN + AHEAD)
@click.option(
    "--file", type=click.File("rb"), help="JSON file with the fields (- for stdin); options given beside it win."
)
@click.option("--yes", is_flag=True, help="Don't ask before it goes.")
@json_option
def plan(as_json: bool, yes: bool, **typed: Any) -> None:
    r"""A break is planned: those concerned are told two weeks before, the day before, at its start and at its end.

    What is planned later than that is told at once, marked as short notice: whom that reaches is shown before. The same
    reference never makes a second break: it says which one exists.

    \b
      kantadesk maintenance plan --title "New version" --service PRESCRIPTION \
          --starts-at "24.11.2026 06:00" --ends-at 08:00 --effect "Prescriptions can't be sent"
      kantadesk maintenance plan --source kela --title "Huoltokatko" --service OmaKanta \
          --starts-at "24.11.2026 07:00" --ends-at 19:00 --not-affected KELAIN \
          --window "24.11.2026 08:50/09:45" --window "24.11.2026 14:00/14:25"
      kantadesk maintenance plan --drill --title "Drill" --service MYKANTA --starts-at 06:00 --ends-at 07:00
    """
    from starter.client.client import plan_maintenance, talk
    from starter.sending.kept_answers import forget_what_was_sent, saying_what_is_kept
    from starter.sending.said_back import moments_of, say_back
    from starter.terminal.time_input import now

    with saying_what_is_kept():
        opening = _opening(typed, now())
        if not as_json:
            _look_first(opening, is_sure=yes)
        opened = talk(lambda client, _settings: plan_maintenance(client, opening))
    forget_what_was_sent()
    if as_json:
        say_json(opened._asdict())
    elif opened.created:
        say(
            _(
                "Planned {drill}{reference}: {title}",
                drill=names.drill(opening.drill),
                reference=opened.reference,
                title=opening.title,
            )
        )
        say_back(moments_of(opening))
        say(_("Who is told when: kantadesk maintenance show {reference}", reference=opened.reference))
    else:
        say(_("{reference} exists already; no second break was planned.", reference=opened.reference))
        say(
            _(
                "See it: kantadesk maintenance show {reference}; change it: kantadesk maintenance change",
                reference=opened.reference,
            )
        )


def _look_first(opening: MaintenanceOpening, *, is_sure: bool) -> None:
    """Say who hears of it at once, and ask where somebody can answer. Raises ``Wrong`` where it is not to go."""
    from starter.client.configuration import settings_in_force
    from starter.sending.look_first import agree_to_plan
    from starter.terminal.time_input import now

    agree_to_plan(settings_in_force(), opening, now(), is_sure=is_sure)


def _opening(typed: Mapping[str, Any], at: datetime) -> MaintenanceOpening:
    """The start input: from the file, the options, then the defaults. Raises ``Wrong``."""
    from starter.client.references import new_reference
    from starter.maintenance.groups import with_groups_meant
    from starter.sending.ask_missing import with_what_is_missing
    from starter.sending.input_errors import checked
    from starter.sending.kept_answers import answers_to
    from starter.sending.values import fields_typed
    from starter.sending.who import user
    from starter.terminal.errors import Wrong
    from workflows.maintenance.messages import MaintenanceOpening

    answers = answers_to(MaintenanceOpening, "maintenance", "plan")
    fields = fields_typed(MaintenanceOpening, typed, at)
    if not typed["file"]:
        fields = answers.offered(fields)
    fields.setdefault("reference", new_reference(at, "MNT"))
    if "by" not in fields:
        fields["by"] = user()
    if not typed["file"]:
        fields = with_what_is_missing(MaintenanceOpening, fields, at, answers.keep, before=answers.taken)
    opening = checked(MaintenanceOpening, with_groups_meant(fields))
    if opening.ends_at <= at:
        raise Wrong(_("--ends-at: lies in the past, so the break is over; give the time at which it is planned to end"))
    return opening
