"""A command that sends one message to an incident; its options are made from the message's model when needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from starter.client.completions import completed
from starter.client.references import Reference
from starter.language.help import in_force_parameters, language_option
from starter.language.words import N_, Help, spoken
from starter.terminal.needed import NeededArgument
from starter.terminal.output import json_parameter, say_json

if TYPE_CHECKING:
    from starter.client.names import Process

Complete = Callable[[dict[str, Any], dict[str, Any]], None]
"""Fills in what was left out, or asks for it: (fields given, everything typed)."""

WHEN: Help = """\
WHEN is "14:05", "yesterday 14:05", "Mon 14:05", "22.11. 14.05", "22.11.2026
14:05", "10 min ago" or "now", in Finnish time, or "2026-11-22T14:05+02:00";
also as it is said in Finnish or Swedish: "eilen klo 14.05", "i går kl. 14.05"."""


POSITIONAL = {"duty": N_("Which duty? Its number, or its id")}
"""Fields that are given by place, each with the question for it."""


def _owed(ctx: click.Context) -> dict[str, str]:
    """The open duties of the process that was named, by id."""
    from starter.client.meant import duties_owed

    return duties_owed(str(ctx.params["ref"]))


def _before_it_goes() -> tuple[click.Parameter, ...]:
    """The options of a command that tells whole groups."""
    return (
        click.Option(["--dry-run"], is_flag=True, help="Show whom it tells and one letter of each kind; send nothing."),
        click.Option(["--yes"], is_flag=True, help="Don't ask before it goes."),
    )


class MessageCommand(click.Command):
    """``kantadesk incident NAME REF --field value …`` or ``--file payload.json``.

    ``message``: its name in the contract. ``positional``: fields given by place, after REF.
    ``leave_out``: fields that are given in another way (by ``extra``).
    ``complete``: fills in what was left out, before the message is checked. ``extra``: options that are no fields.
    ``process``: whose message it is. ``of``: of which processes REF may be, where that is not the same.
    ``tells``: it tells whole groups, which is shown before it goes.
    """

    def __init__(
        self,
        name: str,
        message: str,
        *,
        positional: tuple[str, ...] = (),
        complete: Complete | None = None,
        leave_out: tuple[str, ...] = (),
        extra: tuple[click.Parameter, ...] = (),
        process: Process = "incident",
        of: tuple[Process, ...] = (),
        tells: bool = False,
        examples: str,
        intro: str,
    ) -> None:
        super().__init__(name, help=f"{intro}\n\n\b\n{examples}", epilog=WHEN)
        self.message = message
        self.process = process
        self.of = of or (process,)
        self.positional = positional
        self.complete = complete
        self.leave_out = leave_out
        self.extra = (*extra, *(_before_it_goes() if tells else ()))
        self.tells = tells
        self._made: list[click.Parameter] = []
        self._made_in = ""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """REF, the options of the message's fields, ``--file``, ``--json`` and ``--help``."""
        if self._made_in != spoken():
            self._made, self._made_in = self._make(), spoken()
        in_force_parameters(self._made)  # each time: two commands may share an option
        help_option = self.get_help_option(ctx)
        return [*self._made, *([help_option] if help_option else [])]

    def invoke(self, ctx: click.Context) -> None:
        """Send the message and print what it has changed."""
        from starter.sending.kept_answers import saying_what_is_kept
        from starter.sending.said_back import is_said, say_back
        from starter.sending.send import SAID

        with saying_what_is_kept():
            status = self.send(ctx.params)
        if status is None:
            return
        if ctx.params["as_json"]:
            say_json(status)
        else:
            self.show_change(status)
            if not is_said(ctx.meta.get(SAID, [])):
                say_back(ctx.meta.get(SAID, ()))

    def send(self, typed: dict[str, Any]) -> Any:
        """Send the message; the new status of its process, None where nothing was sent."""
        from starter.sending.send import send

        if self.tells:
            from starter.sending.look_first import send_after_a_look

            return send_after_a_look(self.message, typed, self.complete, self.process)
        return send(self.message, typed, self.complete, self.process)

    def show_change(self, status: Any) -> None:
        """Print what the message has changed."""
        from starter.views.breach import show_breach_change
        from starter.views.incident import show_change
        from starter.views.maintenance import show_maintenance_change
        from workflows.breach.messages import BreachStatus
        from workflows.maintenance.messages import MaintenanceStatus

        match status:
            case BreachStatus():
                show_breach_change(self.message, status)
            case MaintenanceStatus():
                show_maintenance_change(self.message, status)
            case _:
                show_change(self.message, status)

    def _make(self) -> list[click.Parameter]:
        from starter.sending.options import options_for
        from workflows.contract import BREACH_MESSAGES, INCIDENT_MESSAGES, MAINTENANCE_MESSAGES

        messages = {"breach": BREACH_MESSAGES, "maintenance": MAINTENANCE_MESSAGES}
        model = messages.get(self.process, INCIDENT_MESSAGES)[self.message]
        shared = ("by", "occurred_at", "event_id", "source", "note")
        own = [
            option for option in options_for(model, (*self.positional, *self.leave_out)) if option.name not in shared
        ]
        common = [option for option in options_for(model, self.leave_out) if option.name in shared]
        return [
            Reference(["ref"], processes=self.of, then=next(iter(self.positional), "")),
            *(
                NeededArgument([field], asks=POSITIONAL[field], choices=_owed, shell_complete=completed("duties"))
                for field in self.positional
            ),
            *own,
            *common,
            *self.extra,
            click.Option(
                ["--file"],
                type=click.File("rb"),
                help="JSON file with the fields (- for stdin); options given beside it win.",
            ),
            json_parameter(),
            *([] if any(option.name == "language" for option in self.extra) else [language_option()]),
        ]
