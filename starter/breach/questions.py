"""Is it a breach? Asked question by question, for a data protection officer who was woken for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import click

from starter.breach.role_questions import ask_role
from starter.client.client import clock_of, status_of, talk
from starter.client.configuration import operating_model, settings_in_force
from starter.law_questions import NAMES, ask_laws
from starter.sending.options import option_name
from starter.terminal import prompts
from starter.terminal.errors import Wrong
from starter.views.breach import hours_left
from workflows.breach.moments import out_of_order
from workflows.incident.messages import IncidentStatus
from workflows.procedure.breach.roles import WORDS
from workflows.procedure.deadlines import authority_deadlines, hours_in_words
from workflows.procedure.local_time import written
from workflows.procedure.model import Line, NeededText, Text
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.other_laws import ANSWERS
from workflows.procedure.services import SERVICES, named

NEEDED = ("aware_at", "kinds", "registers", "role", "description")
KINDS = {
    "destruction": "data were destroyed",
    "loss": "data, or the only copy of them, were lost",
    "alteration": "data were changed wrongly",
    "unauthorised_disclosure": "data were sent or shown to somebody without a right to them",
    "unauthorised_access": "somebody reached or looked at data without a right to",
    "unavailability": "data were out of reach when they were needed, even for a short time",
}
AWARENESS = (
    (
        "You are aware from the moment when you are reasonably certain that personal data were compromised; a short "
        "check whether that is so may come before it (EDPB Guidelines 9/2022)."
    ),
    "It counts from when anybody responsible in the organisation knew; no weekend, leave or unread mail moves it.",
)


class Scene(NamedTuple):
    """What is known before the first question. ``at``: the present on the process's own clock."""

    at: datetime
    model: OperatingModel | None
    incident: IncidentStatus | None = None


def assess_the_rest(fields: dict[str, Any], typed: dict[str, Any], *, can_ask: bool) -> None:
    """Complete the assessment of an incident. Raises ``click.Abort`` where the person stops, ``Wrong``."""
    outcome = fields.get("outcome")
    lacking = missing(fields) if outcome == "suspected" else [] if fields.get("reason") else ["reason"]
    if outcome and not lacking:
        return
    if not can_ask:
        _say_missing(outcome, lacking, typed)
        return
    scene = talk(lambda client, _settings: _scene(client, typed["ref"]))
    _introduce(scene)
    if not outcome:
        fields["outcome"] = _is_it_a_breach(scene)
    if fields["outcome"] == "no_personal_data":
        fields.setdefault("reason", prompts.text("Why are no personal data concerned? The reason is kept.", NeededText))
        prompts.tell("No breach of personal data: the reason goes into the record of the incident.")
    else:
        ask_suspicion(fields, scene)
        summarise(fields, scene.at)
    if not prompts.agree("Send this?", default=True):
        raise click.Abort


def open_the_rest(fields: dict[str, Any], at: datetime, *, can_ask: bool) -> None:
    """Complete the opening of a breach without an incident. Raises as ``assess_the_rest``."""
    if not can_ask or not missing(fields):
        if lacking := missing(fields):
            raise Wrong(f"the breach is not described; add {_options(lacking)} (in a terminal it asks you)")
        return
    prompts.tell(f"{'DRILL  ' if fields.get('drill') else ''}A suspected breach of personal data", strong=True)
    ask_suspicion(fields, Scene(at, operating_model(settings_in_force())))
    summarise(fields, at)
    if not prompts.agree("Open it?", default=True):
        raise click.Abort


def missing(fields: dict[str, Any]) -> list[str]:
    """The fields of a suspicion that are still needed."""
    return [field for field in NEEDED if not fields.get(field)]


def _say_missing(outcome: str | None, lacking: list[str], typed: dict[str, Any]) -> None:
    if typed["file"] and outcome:
        return  # the model says what is wrong with a file
    if not outcome:
        raise Wrong(
            "the assessment is not complete; add --outcome suspected or --outcome no_personal_data (in a terminal it "
            "asks you)"
        )
    raise Wrong(f"the assessment is not complete; add {_options(lacking)} (in a terminal it asks you)")


def _options(fields: list[str]) -> str:
    return ", ".join(option_name(field) for field in fields)


async def _scene(client: Any, reference: str) -> Scene:
    incident = await status_of(client, reference)
    return Scene(await clock_of(client, reference), operating_model(settings_in_force()), incident)


def _introduce(scene: Scene) -> None:
    if incident := scene.incident:
        prompts.tell(f"{'DRILL  ' if incident.drill else ''}{incident.reference}: {incident.title}", strong=True)
        prompts.tell(f"Services: {named(incident.services, 'en')}. Noticed {written(incident.noticed_at)}.")
        if incident.breach:
            prompts.tell(f"A breach is known already ({incident.breach}): what you send now corrects every fact of it.")


def _is_it_a_breach(scene: Scene) -> str:
    prompts.tell()
    prompts.tell("Are personal data concerned, or may they be?", strong=True)
    prompts.tell(
        "     Lost, destroyed, changed, seen or received without a right to them, or out of reach for long.",
        faint=True,
    )
    answer = prompts.answer("    ")
    if answer == "unknown":
        owed = next((d for d in scene.incident.duties if d.kind == "assess_breach"), None) if scene.incident else None
        until = f" by {written(owed.due_at)}" if owed and owed.due_at else " soon"
        prompts.tell(f"Then find out first: nothing is sent, and the question stays open. Answer it{until}.")
        prompts.tell("What you can't rule out is a suspicion: answer yes; it can be corrected later.")
        raise click.Abort
    return "suspected" if answer == "yes" else "no_personal_data"


def ask_suspicion(fields: dict[str, Any], scene: Scene) -> None:
    """Ask for everything about a suspected breach that ``fields`` lacks, and put it there."""
    _ask_moments(fields, scene)
    if not fields.get("kinds"):
        prompts.tell("\nWhat happened to the data?", strong=True)
        fields["kinds"] = prompts.picked("Numbers, with spaces between", KINDS)
    if not fields.get("registers"):
        own = list(scene.incident.services) if scene.incident else []
        enter = f" (Enter: {', '.join(own)})" if own else ""
        prompts.tell("\nData of which services?", strong=True)
        names = {str(service.id): service.name.en for service in SERVICES.values()}
        fields["registers"] = prompts.picked(f"Numbers, with spaces between{enter}", names, own)
    ask_role(fields, scene.model)
    _ask_texts(fields)
    _ask_how_it_began(fields, scene)
    _ask_switched(fields, scene)


def _ask_moments(fields: dict[str, Any], scene: Scene) -> None:
    if fields.get("aware_at"):
        tell_deadline(fields["aware_at"], scene.at)
    else:
        prompts.tell("\nWhen did you become aware?", strong=True)
        for sentence in AWARENESS:
            prompts.tell(f"     {sentence}", faint=True)
        fields["aware_at"] = _ask_awareness(scene)
    if "first_noticed_at" not in fields and (given := _ask_first_noticed(fields["aware_at"], scene)):
        fields["first_noticed_at"] = given


def _ask_awareness(scene: Scene) -> datetime:
    """The one instant that counts: said back with its day and its deadline, until the person agrees."""
    question = 'Time, as "14:05" or "22.11.2026 14.05" (Finnish time; Enter: now)'
    while True:
        given = prompts.moment(question, scene.at, scene.at) or scene.at
        tell_deadline(given, scene.at)
        if prompts.agree("Is this the right day and time?", default=True):
            return given


def _ask_first_noticed(aware_at: Any, scene: Scene) -> datetime | None:
    prompts.tell("\nWhen did anybody notice it first? This is only recorded; it moves no clock.", strong=True)
    aware = aware_at if isinstance(aware_at, datetime) else scene.at
    noticed = scene.incident.noticed_at if scene.incident and scene.incident.noticed_at <= aware else None
    enter = f"as the incident, {written(noticed)}" if noticed else "leave out"
    while (given := prompts.moment(f"Time (Finnish time; Enter: {enter})", scene.at, noticed)) and given > aware:
        prompts.tell(f"  This is after you became aware ({written(aware)}). Please give the earlier time, or Enter.")
    return given


def _ask_texts(fields: dict[str, Any]) -> None:
    prompts.tell()
    if not fields.get("description"):
        prompts.tell("What happened? No names, identity codes or health data.", strong=True)
        fields["description"] = prompts.text("    ", NeededText)
    asked = {
        "data": ("Which data, by category (names, prescriptions)? (Enter: not known yet)", Text),
        "place": ("Where: unit, system? (Enter: leave out)", Line),
    }
    _ask_optional(fields, asked)


def _ask_optional(fields: dict[str, Any], asked: dict[str, tuple[str, Any]]) -> None:
    """Ask for texts that may stay open: what is left out is not sent, so that nothing on record is emptied."""
    for name, (question, kind) in asked.items():
        if name not in fields and (said := prompts.text(question, kind)):
            fields[name] = said


def _ask_how_it_began(fields: dict[str, Any], scene: Scene) -> None:
    """What the papers ask of every role: begin, cause and earlier measures; each may stay open."""
    prompts.tell("\nWhat the papers will ask. Enter leaves out what is not known yet.", strong=True)
    if "began_at" not in fields and (given := _ask_began(fields, scene)):
        fields["began_at"] = given
    asked = {
        "cause": ("What caused it, as far as you know?", Text),
        "measures_before": ("What protected the data before (rights, encryption, logs, instructions)?", Text),
    }
    _ask_optional(fields, asked)


def _ask_began(fields: dict[str, Any], scene: Scene) -> datetime | None:
    known = {name: at for name in ("first_noticed_at", "aware_at") if isinstance(at := fields.get(name), datetime)}
    while given := prompts.moment("When did the breach begin? (Finnish time)", scene.at):
        if not (why := out_of_order(known | {"began_at": given})):
            return given
        prompts.tell(f"  {why}. Please give the earlier time, or Enter.")
    return None


def _ask_switched(fields: dict[str, Any], scene: Scene) -> None:
    """The questions of other laws that the incident has not answered already."""
    answered = scene.incident.laws.given() if scene.incident else {}
    first = fields.get("first_noticed_at") or fields["aware_at"]
    first = first if isinstance(first, datetime) else scene.at
    ask_laws(fields, scene.model, scene.at, first, about=[name for name in ANSWERS if name not in answered])


def tell_deadline(aware_at: Any, at: datetime) -> None:
    """Say when the hours for notifying the authority end; before there was such a law, only the awareness."""
    if isinstance(aware_at, datetime):
        target, hours = authority_deadlines(aware_at).target, hours_in_words(aware_at)
        ending = f"; {hours} hours end {written(target)}: {hours_left(target, at)}" if hours else ""
        prompts.tell(f"     Aware {written(aware_at)}{ending}")


def summarise(fields: dict[str, Any], at: datetime) -> None:
    """Show a suspicion as it will be sent."""
    shown = {
        "what": ", ".join(kind.replace("_", " ") for kind in fields["kinds"]),
        "whose data": f"{named(tuple(fields['registers']), 'en')}; we are {WORDS[fields['role']]}",
        "controllers": ", ".join(controller["name"] for controller in fields.get("controllers", ())),
        "description": fields["description"],
        "data": fields.get("data", ""),
        "place": fields.get("place", ""),
        "began": _written(fields.get("began_at")),
        "cause": fields.get("cause", ""),
        "protected by": fields.get("measures_before", ""),
        "first noticed": _written(fields.get("first_noticed_at")),
        "detected": _written(fields.get("detected_at")),
        "other laws": ", ".join(text for field, text in NAMES.items() if fields.get(field) not in (None, False)),
    }
    prompts.tell("\nThis will be sent:", strong=True)
    for name, text in shown.items():
        if text:
            prompts.tell(f"  {name:<14} {text}")
    if fields["role"] != "processor":  # the 72 hours are each controller's own
        tell_deadline(fields["aware_at"], at)
    prompts.tell(f"     {_consequence(fields)}")


def _written(moment: Any) -> str:
    return written(moment) if isinstance(moment, datetime) else str(moment or "")


def _consequence(fields: dict[str, Any]) -> str:
    if fields["role"] == "processor":
        return "Each controller is to be told at once; the period for notifying the authority is theirs."
    if fields["role"] == "joint_controller" and str(fields.get("joint_notifier")).casefold() == "other":
        return f"{fields.get('joint_notifier_name')} notifies the authority, as agreed; you make sure that it was done."
    return "The authority is to be notified by then, unless the risk turns out to be unlikely."
