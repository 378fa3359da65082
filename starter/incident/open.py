"""``kantadesk incident open``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from starter.client.references import new_reference
from starter.sending.command import WHEN
from starter.terminal.output import json_option, say, say_json

LONGEST_REFERENCE = 64


class OpenIncidentCommand(click.Command):
    """Its options are made from the start input when they are needed."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The fields of the opening, who reported it, and ``--json``."""
        from starter.sending.options import options_for
        from workflows.incident.messages import IncidentOpening

        help_option = self.get_help_option(ctx)
        fields = options_for(IncidentOpening, leave_out=("reported_by",))
        return [*fields, *self.params, *([help_option] if help_option else [])]


@click.command("open", cls=OpenIncidentCommand, epilog=WHEN)
@click.option("--reported-by", metavar="TEXT", help="Who told the desk (default: you).")
@click.option("--reporter-unit", metavar="TEXT", help="The reporter's unit.")
@click.option("--reporter-phone", metavar="TEXT", help="Where to call the reporter.")
@click.option("--reporter-email", metavar="TEXT", help="The reporter's e-mail.")
@click.option(
    "--from-maintenance",
    metavar="REF",
    help="Title, services and description from a planned break; the reference too, so that a break gives one incident.",
)
@click.option(
    "--file", type=click.File("rb"), help="JSON file with the fields (- for stdin); options given beside it win."
)
@json_option
def open_incident(as_json: bool, **typed: Any) -> None:
    r"""A fault was noticed: open an incident.

    The same reference never makes a second incident: it says which one exists.

    \b
      kantadesk incident open --title "Prescriptions can't be opened" --service PRESCRIPTION
      kantadesk incident open --title "Reseptit eivät aukea" --service Reseptikeskus \
          --noticed-at 13:05 --reported-by "Ward 3" --reporter-phone "09 123 4567" \
          --description "All wards, since about one o'clock" --error-message "HTTP 503"
      kantadesk incident open --drill --title "Drill: MyKanta is down" --service MYKANTA
      kantadesk incident open --from-maintenance MNT-20261122-7F3K
    """
    from starter.client.client import open_incident as start
    from starter.client.client import talk
    from starter.terminal.time_input import now

    opening = _opening(typed, now())
    opened = talk(lambda client, _settings: start(client, opening))
    if as_json:
        say_json(opened._asdict())
    elif opened.created:
        say(f"Opened {'DRILL ' if opening.drill else ''}{opened.reference}: {opening.title}")
        say(f"Next: judge the fault: kantadesk incident triage {opened.reference}")
    else:
        say(f"{opened.reference} exists already; no second incident was opened.")
        say(f"See it: kantadesk incident show {opened.reference}")


def _opening(typed: Mapping[str, Any], at: datetime) -> Any:
    """The start input: from the file, the options, then the defaults. Raises ``Wrong``."""
    from starter.sending.input_errors import checked
    from starter.sending.values import fields_typed
    from workflows.incident.messages import IncidentOpening

    broken = _from_maintenance(typed["from_maintenance"]) if typed["from_maintenance"] else {}
    fields = broken | fields_typed(IncidentOpening, {**typed, "reported_by": None}, at)
    fields["reported_by"] = _reporter(fields.get("reported_by"), typed)
    fields.setdefault("reference", new_reference(at))
    fields.setdefault("noticed_at", at)
    if "sector" not in fields and (sector := _own_sector()):
        fields["sector"] = sector
    _ask_where_possible(fields, typed)
    opening = checked(IncidentOpening, fields)
    _refuse_the_future(opening.noticed_at, at)
    reporter = {f"reporter_{field}": text for field, text in opening.reported_by.model_dump().items()}
    _refuse_identity_codes(opening.model_dump(exclude={"reported_by"}) | reporter)
    return opening


def _from_maintenance(text: str) -> dict[str, Any]:
    """The fields that a planned break gives: what is out of use, and what was planned. Raises ``NotThere``."""
    from starter.client.client import maintenance_status_of, talk
    from starter.client.references import reference_named
    from workflows.procedure.local_time import written

    reference = reference_named(text)
    planned = talk(lambda client, _settings: maintenance_status_of(client, reference))
    end = f"It was planned to be over by {written(planned.ends_at)}"
    lines = [f"Planned break maintenance-{reference}: {planned.title}. {end}.", planned.effect, planned.link]
    return {
        "reference": _reference_of_break(reference),
        "title": f"Break not over: {planned.title}"[:300],
        "services": planned.services,
        "description": "\n".join(line for line in lines if line),
        "drill": planned.drill,
    }


def _reference_of_break(reference: str) -> str:
    """One and the same for a break, so that two who copy the command open one incident."""
    from workflows.procedure.notices.decisions import reference_for

    made = f"INC-{reference}"
    return made if len(made) <= LONGEST_REFERENCE else reference_for("INC", reference)


def _reporter(written: Any, typed: Mapping[str, Any]) -> Any:
    from starter.sending.send import user

    if written is not None and not isinstance(written, dict):
        return written  # the model says what is wrong
    options = {"name": "reported_by", "unit": "reporter_unit", "phone": "reporter_phone", "email": "reporter_email"}
    by_option = {field: typed[option] for field, option in options.items() if typed[option]}
    return {"name": user()} | (written or {}) | by_option


def _own_sector() -> str | None:
    from starter.client.configuration import operating_model, settings_in_force

    model = operating_model(settings_in_force())
    return model.organisation.sector if model else None


def _ask_where_possible(fields: dict[str, Any], typed: Mapping[str, Any]) -> None:
    """In a terminal, ask for title and services where they are missing."""
    if typed["file"] or not sys.stdin.isatty():
        return
    from starter.terminal import prompts
    from workflows.procedure.services import SERVICES

    while not fields.get("title"):
        fields["title"] = prompts.text("What is the fault, in a few words?", str)
    if "services" not in fields:
        names = {str(entry.id): entry.name.en for entry in SERVICES.values()}
        fields["services"] = prompts.picked("Which services? Numbers, with spaces between", names)


def _refuse_the_future(noticed_at: datetime, at: datetime) -> None:
    """Raises ``Wrong`` where a fault would be noticed only later."""
    from starter.terminal.errors import Wrong
    from starter.terminal.time_input import A_LITTLE_AHEAD

    if noticed_at > at + A_LITTLE_AHEAD:
        raise Wrong("--noticed-at: lies in the future; give the time at which the fault was noticed")


def _refuse_identity_codes(texts: Mapping[str, Any]) -> None:
    """Raises ``Wrong`` where a text holds a personal identity code."""
    from starter.sending.options import option_name
    from starter.terminal.errors import Wrong
    from workflows.procedure.identity_codes import identity_codes_in

    for field, text in texts.items():
        if isinstance(text, str) and identity_codes_in(text):
            raise Wrong(
                f"{option_name(field)}: contains what looks like a Finnish personal identity code; leave it out and "
                "open the incident again"
            )
