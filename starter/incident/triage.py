"""``kantadesk incident triage``: the desk's judgement, by options or, in a terminal, question by question."""

from __future__ import annotations

import sys
from typing import Any

import click

from starter.sending.command import MessageCommand


def _complete(fields: dict[str, Any], typed: dict[str, Any]) -> None:
    """Work out criteria from their parts; ask for what is missing, or say what is."""
    from starter.client.configuration import operating_model, settings_in_force
    from starter.incident.triage_questions import fill_from_parts, gaps, say_gaps
    from workflows.procedure.incident.criteria import DEFAULT_VERSION

    model = operating_model(settings_in_force())
    fields.setdefault("criteria_version", model.criteria_version if model else DEFAULT_VERSION)
    fill_from_parts(fields)
    if not gaps(fields):
        return
    if typed["file"] or not sys.stdin.isatty():
        say_gaps(fields)
    from starter.incident.triage_questions import ask_for_the_rest

    ask_for_the_rest(typed["ref"], fields, typed["language"], model)


triage = MessageCommand(
    "triage",
    "triage",
    complete=_complete,
    extra=(
        click.Option(
            ["--language"],
            type=click.Choice(["fi", "sv", "en"]),
            default="en",
            show_default=True,
            help="Language of the criteria in the questions.",
        ),
    ),
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
