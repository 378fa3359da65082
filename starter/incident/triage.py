"""``kantadesk incident triage``: the desk's judgement, by options or, in a terminal, question by question."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from starter.language.words import _, spoken
from starter.sending.command import MessageCommand

if TYPE_CHECKING:
    from temporalio.client import Client

    from starter.incident.neighbours import Neighbour
    from workers.settings import Settings
    from workflows.incident.messages import IncidentStatus


def _complete(fields: dict[str, Any], typed: dict[str, Any]) -> None:
    """Work out criteria from their parts; ask for what is missing, or say what is."""
    from starter.client.configuration import operating_model, settings_in_force
    from starter.incident.systems import say_unknown_systems
    from starter.incident.triage_questions import fill_from_parts, gaps, say_gaps
    from starter.sending.kept_answers import kept_are_used
    from workflows.procedure.incident.criteria import DEFAULT_VERSION

    model = operating_model(settings_in_force())
    fields.setdefault("criteria_version", model.criteria_version if model else DEFAULT_VERSION)
    _take_supplier(fields, typed)
    say_unknown_systems(typed.get("systems") or (), model)
    fill_from_parts(fields)
    if not gaps(fields) and not kept_are_used():
        return
    if typed["file"] or not sys.stdin.isatty():
        say_gaps(fields)
    from starter.incident.triage_questions import ask_for_the_rest

    ask_for_the_rest(typed["ref"], fields, spoken(), model)


def _take_supplier(fields: dict[str, Any], typed: dict[str, Any]) -> None:
    """Put together what the options say of the supplier's own report. Raises ``Wrong`` where half of it is said."""
    from starter.sending.values import moment
    from starter.terminal.errors import Wrong
    from starter.terminal.time_input import now

    said = {"by": typed["supplier"], "at": typed["supplier_reported_at"], "reference": typed["supplier_reference"]}
    said = {name: text for name, text in said.items() if text}
    if typed["by_supplier"] and "at" not in said:
        raise Wrong(_("--supplier-reported-at: say when our supplier reported it to Kela"))
    if said and not typed["by_supplier"]:
        raise Wrong(
            _("--reported-by-supplier: say it where our supplier has reported the fault, or leave the rest out")
        )
    if said:
        at = moment(said["at"], now(), "--supplier-reported-at", ahead=False)
        fields["reported_by_supplier"] = said | {"at": at}


_SUPPLIER = (
    click.Option(
        ["--reported-by-supplier", "by_supplier"],
        is_flag=True,
        help="Your supplier has reported this fault to Kela; your own report is left out.",
    ),
    click.Option(["--supplier"], metavar="NAME", help="Which supplier."),
    click.Option(["--supplier-reported-at"], metavar="WHEN", help="When the supplier reported it."),
    click.Option(["--supplier-reference"], metavar="TEXT", help="Kela's or the supplier's number of that report."),
)


class TriageCommand(MessageCommand):
    """Names the open incidents about the same services first, since one fault is judged and reported once."""

    def invoke(self, ctx: click.Context) -> None:
        """Ask in a terminal whether it is the same fault; else name them in the answer."""
        from starter.incident.neighbours import as_json, say_neighbours
        from starter.terminal.output import say_json
        from starter.terminal.time_input import now

        typed = ctx.params
        if typed["dry_run"]:
            super().invoke(ctx)
            return
        if not (typed["as_json"] or typed["yes"] or typed["file"]) and sys.stdin.isatty():
            if _is_left_to_another(typed["ref"]):
                return
            super().invoke(ctx)
            return
        if typed["as_json"]:
            status = self.send(typed)
            say_json({**status.model_dump(mode="json"), "neighbours": as_json(_near(typed["ref"])[0])})
            return
        super().invoke(ctx)
        near, status = _near(typed["ref"])
        if not _is_linked(status):
            may_follow = not status.followers and status.phase in ("awaiting_triage", "handling")
            say_neighbours(near, typed["ref"], now(), drill=status.drill, may_follow=may_follow)


def _near(reference: str) -> tuple[list[Neighbour] | None, IncidentStatus]:
    """The neighbours of an incident, and its status."""
    from starter.client.client import status_of, talk
    from starter.incident.neighbours import neighbours

    async def look(client: Client, _settings: Settings) -> tuple[list[Neighbour] | None, IncidentStatus]:
        status = await status_of(client, reference)
        return await neighbours(client, status.services, but=reference), status

    return talk(look)


def _is_left_to_another(reference: str) -> bool:
    """Ask whether it is the fault of a neighbour, and link it; whether the judgement is left to that one as well."""
    from starter.client.client import talk
    from starter.incident.link import follow
    from starter.incident.neighbours import ask_which
    from starter.terminal import prompts
    from starter.terminal.errors import Refused
    from starter.terminal.output import say
    from starter.terminal.time_input import now

    near, status = _near(reference)
    if _is_linked(status) or not (same := ask_which(near, now(), drill=status.drill)):
        return False
    try:
        talk(lambda client, _settings: follow(client, reference, same))
    except Refused as no:
        prompts.tell(_("Not linked: {message}", message=no.message))
        return False
    say(_("{reference} follows {same}, which is judged and reported for both.", reference=reference, same=same))
    return not prompts.agree(_("Judge this one as well?"), default=False)


def _is_linked(status: IncidentStatus) -> bool:
    return bool(status.followers or (status.same_as and status.same_as.state in ("asked", "follows")))


triage = TriageCommand(
    "triage",
    "triage",
    tells=True,
    complete=_complete,
    leave_out=("reported_by_supplier",),
    extra=(*_SUPPLIER,),
    intro="Judge the fault: which of Kela's criteria apply, how severe and how extensive it is. In a terminal it asks "
    "for everything that is left out, with explanations, and shows it to you before it is sent. May be done again "
    "when you know more: duties are added, never dropped.",
    examples="""\
  kantadesk incident triage INC-20261122-7F3K
  kantadesk incident triage INC-20261122-7F3K --severity critical --extensive \\
      --criterion prevents_or_slows=yes --criterion localised_to_kela=unknown \\
      --part safety.suspected=yes --part safety.linked_to_kanta=yes \\
      --criterion privacy=no --criterion locality_unsure_others_affected=no \\
      --criterion outside_kanta_blocks_use=no --reason safety="Doses can't be checked\"""",
)
