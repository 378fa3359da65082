"""``kantadesk incident open``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from starter.client.references import new_reference
from starter.language import names
from starter.language.words import _
from starter.sending.command import WHEN
from starter.terminal.output import json_option, say, say_json

if TYPE_CHECKING:
    from temporalio.client import Client

    from starter.client.client import OpenedProcess
    from starter.incident.neighbours import Neighbour
    from workflows.incident.messages import IncidentOpening

LONGEST_REFERENCE = 64


class OpenIncidentCommand(click.Command):
    """Its options are made from the start input when they are needed."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The fields of the opening, who reported it, and ``--json``."""
        from starter.language.help import in_force_parameters
        from starter.sending.options import options_for
        from workflows.incident.messages import IncidentOpening

        help_option = self.get_help_option(ctx)
        fields = options_for(IncidentOpening, leave_out=("reported_by",))
        in_force_parameters(fields)
        return [*fields, *self.params, *([help_option] if help_option else [])]


@click.command("open", cls=OpenIncidentCommand, epilog=WHEN)
@click.option("--reported-by", metavar="TEXT", help="Who told the desk (default: you).")
@click.option("--by", metavar="TEXT", help="Who opens it and has noticed it (default: you); else --reported-by.")
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
@click.option("--yes", is_flag=True, help="Ask nothing about other open incidents, also in a terminal.")
@json_option
def open_incident(as_json: bool, **typed: Any) -> None:
    r"""A fault was noticed: open an incident.

    The same reference never makes a second incident: it says which one exists. Open incidents about the same services
    are named; in a terminal it asks whether it is the same fault. A live fault never gets lost under a drill's number.

    \b
      kantadesk incident open --title "Prescriptions can't be opened" --service PRESCRIPTION
      kantadesk incident open --title "Reseptit eivät aukea" --service Reseptikeskus \
          --noticed-at 13:05 --reported-by "Ward 3" --reporter-phone "09 123 4567" \
          --description "All wards, since about one o'clock" --error-message "HTTP 503"
      kantadesk incident open --drill --title "Drill: MyKanta is down" --service MYKANTA
      kantadesk incident open --from-maintenance MNT-20261122-7F3K
    """
    from starter.client.client import talk
    from starter.incident.neighbours import as_json as named
    from starter.incident.neighbours import say_neighbours
    from starter.sending.kept_answers import forget_what_was_sent, saying_what_is_kept
    from starter.sending.said_back import moments_of, say_back
    from starter.terminal.time_input import now

    may_ask = not (as_json or typed["yes"]) and sys.stdin.isatty()
    with saying_what_is_kept():
        opening = _opening(typed, now())
        opened, near, link = talk(lambda client, _settings: _open(client, opening, now(), may_ask=may_ask))
        forget_what_was_sent()
    if as_json:
        say_json({**opened._asdict(), "neighbours": named(near)})
        return
    if not opened.created:
        say(_("{reference} exists already; no second incident was opened.", reference=opened.reference))
        say(_("See it: kantadesk incident show {reference}", reference=opened.reference))
        return
    say(
        _(
            "Opened {drill}{reference}: {title}",
            drill=names.drill(opening.drill),
            reference=opened.reference,
            title=opening.title,
        )
    )
    say_back(moments_of(opening))
    if link:
        say(link)
    elif not may_ask:
        say_neighbours(near, opened.reference, now(), drill=opening.drill)
    say(_("Next: judge the fault: kantadesk incident triage {reference}", reference=opened.reference))


async def _open(
    client: Client, opening: IncidentOpening, at: datetime, *, may_ask: bool
) -> tuple[OpenedProcess, list[Neighbour] | None, str]:
    """Look who else is open about it, open the incident, and link it where somebody says so; what became of the link.

    Raises ``Refused`` where the reference belongs to something else.
    """
    from starter.client.client import open_incident as start
    from starter.incident.link import follow
    from starter.incident.neighbours import ask_which, neighbours
    from starter.terminal.errors import Refused

    look = partial(neighbours, client, opening.services, but=opening.reference)
    near = await look() if may_ask else None
    same = ask_which(near, at, drill=opening.drill) if may_ask else ""
    opened = await start(client, opening)
    if not opened.created:
        await _refuse_another(client, opening)
    elif not may_ask:  # nobody waits for an answer: the fault is on record before anything is looked up
        near = await look()
    if not (same and opened.created):
        return opened, near, ""
    try:
        status = await follow(client, opened.reference, same)
    except Refused as no:  # the incident is open all the same
        return opened, near, _("Not linked to {same}: {message}", same=same, message=no.message)
    follows = status.same_as is not None and status.same_as.state == "follows"
    return opened, near, _("It follows {same}.", same=same) if follows else _("{same} has not answered yet.", same=same)


async def _refuse_another(client: Client, opening: IncidentOpening) -> None:
    """Raise ``Refused`` where what bears the reference is no incident of this kind: a drill swallows no live fault."""
    from starter.client.client import status_of, within_reach
    from starter.client.names import ANSWER_WITHIN
    from starter.terminal.errors import Refused
    from workflows.process.ids import incident_workflow_id
    from workflows.process.web_view import DRILL

    handle = client.get_workflow_handle(incident_workflow_id(opening.reference))
    there = await within_reach(handle.describe(rpc_timeout=ANSWER_WITHIN), f"incident {opening.reference}")
    if there.workflow_type != "Incident":
        what = _("a process of another type ({workflow_type})", workflow_type=there.workflow_type)
    else:
        is_drill = there.typed_search_attributes.get(DRILL)
        if is_drill is None:
            is_drill = (await status_of(client, opening.reference)).drill
        if is_drill == opening.drill:
            return
        what = _("a drill") if is_drill else _("a live fault")
    free = await _free_reference(client, opening.reference)
    raise Refused(
        _(
            "{reference} is the number of {what}; nothing was opened. Free is: --reference {free}",
            reference=opening.reference,
            what=what,
            free=free,
        )
    )


async def _free_reference(client: Client, taken: str) -> str:
    """A reference like the one that is taken. Never ``-2``: that is the second breach of one incident."""
    from itertools import count

    from starter.client.lookup import exists

    for number in count(2):
        free = f"{taken[: LONGEST_REFERENCE - 4]}.{number}"
        if not await exists(client, free, "incident"):
            return free
    raise AssertionError("numbers have no end")


def _opening(typed: Mapping[str, Any], at: datetime) -> Any:
    """The start input: from the file, the options, then the defaults. Raises ``Wrong``."""
    from starter.incident.open_questions import ask_where_possible, let_change
    from starter.sending.input_errors import checked
    from starter.sending.kept_answers import answers_to, kept_are_used
    from starter.sending.values import fields_typed
    from workflows.incident.messages import IncidentOpening

    broken = _from_maintenance(typed["from_maintenance"]) if typed["from_maintenance"] else {}
    fields = broken | fields_typed(IncidentOpening, {**typed, "reported_by": None}, at)
    answers = answers_to(IncidentOpening, "incident", "open")
    asked: list[str] = []
    if not typed["file"]:
        fields = answers.offered(fields)
        asked = ask_where_possible(fields, answers.keep)
    fields["reported_by"] = _reporter(fields.get("reported_by"), typed)
    fields.setdefault("reference", new_reference(at))
    fields.setdefault("noticed_at", at)
    if "sector" not in fields and (sector := _own_sector()):
        fields["sector"] = sector
    if asked or kept_are_used():
        let_change(fields, answers.keep, at)
    opening = checked(IncidentOpening, fields)
    _refuse_the_future(opening.noticed_at, at)
    _say_unknown_systems(opening.systems)
    return opening


def _say_unknown_systems(names: tuple[str, ...]) -> None:
    if names:
        from starter.client.configuration import operating_model, settings_in_force
        from starter.incident.systems import say_unknown_systems

        say_unknown_systems(names, operating_model(settings_in_force()))


def _from_maintenance(text: str) -> dict[str, Any]:
    """The fields that a planned break gives: what is out of use, and what was planned. Raises ``NotThere``."""
    from starter.client.client import maintenance_status_of, talk
    from starter.client.meant import meant
    from starter.client.references import reference_named
    from starter.language.moments import written

    reference = meant(reference_named(text), "maintenance")
    planned = talk(lambda client, _settings: maintenance_status_of(client, reference))
    end = _("It was planned to be over by {ends_at}", ends_at=written(planned.ends_at))
    lines = [
        _("Planned break maintenance-{reference}: {title}. {end}.", reference=reference, title=planned.title, end=end),
        planned.effect,
        planned.link,
    ]
    return {
        "reference": _reference_of_break(reference),
        "title": _("Break not over: {title}", title=planned.title)[:300],
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
    from starter.sending.who import person, user
    from starter.terminal.errors import Wrong

    if written is not None and not isinstance(written, dict):
        return written  # the model says what is wrong
    options = {"name": "reported_by", "unit": "reporter_unit", "phone": "reporter_phone", "email": "reporter_email"}
    by_option = {field: typed[option] for field, option in options.items() if typed[option]}
    given = (written or {}) | by_option
    if "name" not in given:
        return {"name": person(typed["by"], "--by") if typed["by"] else user("--by")} | given
    if typed["by"]:
        raise Wrong(_("--by: --reported-by says already who told the desk; give one of them"))
    return given


def _own_sector() -> str | None:
    from starter.client.configuration import operating_model, settings_in_force

    model = operating_model(settings_in_force())
    return model.organisation.sector if model else None


def _refuse_the_future(noticed_at: datetime, at: datetime) -> None:
    """Raises ``Wrong`` where a fault would be noticed only later."""
    from starter.terminal.errors import Wrong
    from starter.terminal.time_input import A_LITTLE_AHEAD

    if noticed_at > at + A_LITTLE_AHEAD:
        raise Wrong(_("--noticed-at: lies in the future; give the time at which the fault was noticed"))
