"""Is it a breach? Asked question by question, for a data protection officer who was woken for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import click

from starter.breach.role_questions import ask_role, tell_contradictions
from starter.breach.summary import OF_WHOSE_DATA, tell_deadline, to_be_changed
from starter.client.client import clock_of, status_of, talk
from starter.client.configuration import operating_model, settings_in_force
from starter.language import names as named_by
from starter.language.heard import heard
from starter.language.moments import written
from starter.language.words import N_, _, spoken
from starter.law_questions import ask_detected, ask_laws, is_clock_started, switched_on
from starter.sending.kept_answers import kept_are_used
from starter.sending.options import option_name
from starter.sending.values import service_close, services_meant
from starter.terminal import prompts
from starter.terminal.errors import Wrong
from starter.terminal.last_look import looked_at
from workflows.breach.moments import out_of_order
from workflows.incident.messages import IncidentStatus
from workflows.procedure.model import Line, NeededText, Text
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.other_laws import ANSWERS
from workflows.procedure.services import SERVICES, named

NEEDED = ("aware_at", "kinds", "registers", "role", "description")
AWARENESS = (
    N_(
        "You are aware from the moment when you are reasonably certain that personal data were compromised; a short "
        "check whether that is so may come before it (EDPB Guidelines 9/2022)."
    ),
    N_("It counts from when anybody responsible in the organisation knew; no weekend, leave or unread mail moves it."),
)


class Scene(NamedTuple):
    """What is known before the first question. ``at``: the present on the process's own clock."""

    at: datetime
    model: OperatingModel | None
    incident: IncidentStatus | None = None


def assess_the_rest(fields: dict[str, Any], typed: dict[str, Any], *, can_ask: bool) -> None:
    """Complete the assessment. Raises ``Wrong`` where it is not to go, ``click.Abort`` where nobody knows."""
    outcome = fields.get("outcome")
    lacking = missing(fields) if outcome == "suspected" else [] if fields.get("reason") else ["reason"]
    if outcome and not lacking and not (can_ask and kept_are_used()):
        return
    if not can_ask:
        _say_missing(outcome, lacking, typed)
        return
    scene = talk(lambda client, _settings: _scene(client, typed["ref"]))
    _introduce(scene)
    if not outcome:
        fields["outcome"] = _is_it_a_breach(scene)
    if fields["outcome"] == "no_personal_data":
        _ask_why_not(fields)
        return
    if lacking or not outcome:
        ask_suspicion(fields, scene)
    _let_change(fields, scene)


def _ask_why_not(fields: dict[str, Any]) -> None:
    """Why it is no breach, shown once more before it goes."""
    question = _("Why are no personal data concerned? The reason is kept.")
    if not fields.get("reason"):
        fields["reason"] = prompts.text(question, NeededText)
    prompts.tell(_("No breach of personal data: the reason goes into the record of the incident."))
    while looked_at([f"{_('reason')}: {fields['reason']}"]) is not None:
        fields["reason"] = prompts.text(question, NeededText)


def open_the_rest(fields: dict[str, Any], at: datetime, *, can_ask: bool) -> None:
    """Complete the opening of a breach without an incident. Raises as ``assess_the_rest``."""
    lacking = missing(fields)
    if not can_ask or not (lacking or kept_are_used()):
        if lacking:
            raise Wrong(
                _("the breach is not described; add {options} (in a terminal it asks you)", options=_options(lacking))
            )
        return
    prompts.tell(named_by.drill(bool(fields.get("drill"))) + _("A suspected breach of personal data"), strong=True)
    scene = Scene(at, operating_model(settings_in_force()))
    if lacking:
        ask_suspicion(fields, scene)
    _let_change(fields, scene)


def missing(fields: dict[str, Any]) -> list[str]:
    """The fields of a suspicion that are still needed."""
    return [field for field in NEEDED if not fields.get(field)]


def _say_missing(outcome: str | None, lacking: list[str], typed: dict[str, Any]) -> None:
    if typed["file"] and outcome:
        return  # the model says what is wrong with a file
    if not outcome:
        raise Wrong(
            _(
                "the assessment is not complete; add --outcome suspected or --outcome no_personal_data (in "
                "a terminal it "
                "asks you)"
            )
        )
    raise Wrong(
        _("the assessment is not complete; add {options} (in a terminal it asks you)", options=_options(lacking))
    )


def _options(fields: list[str]) -> str:
    return ", ".join(option_name(field) for field in fields)


async def _scene(client: Any, reference: str) -> Scene:
    incident = await status_of(client, reference)
    return Scene(await clock_of(client, reference), operating_model(settings_in_force()), incident)


def _introduce(scene: Scene) -> None:
    if incident := scene.incident:
        reference = incident.reference + named_by.stranger(incident.is_a_strangers)
        prompts.tell(f"{named_by.drill(incident.drill)}{reference}: {incident.title}", strong=True)
        prompts.tell(
            _(
                "Services: {services}. Noticed {noticed_at}.",
                services=named(incident.services, spoken()),
                noticed_at=written(incident.noticed_at),
            )
        )
        if incident.breach:
            prompts.tell(
                _(
                    "A breach is known already ({breach}): what you send now corrects every fact of it.",
                    breach=incident.breach,
                )
            )


def _is_it_a_breach(scene: Scene) -> str:
    prompts.tell()
    prompts.tell(_("Are personal data concerned, or may they be?"), strong=True)
    prompts.tell(
        "     " + _("Lost, destroyed, changed, seen or received without a right to them, or out of reach for long."),
        faint=True,
    )
    answer = prompts.answer("    ")
    if answer == "unknown":
        owed = next((d for d in scene.incident.duties if d.kind == "assess_breach"), None) if scene.incident else None
        until = written(owed.due_at) if owed and owed.due_at else ""
        prompts.tell(
            _("Then find out first: nothing is sent, and the question stays open. Answer it by {until}.", until=until)
            if until
            else _("Then find out first: nothing is sent, and the question stays open. Answer it soon.")
        )
        prompts.tell(_("What you can't rule out is a suspicion: answer yes; it can be corrected later."))
        raise click.Abort
    return "suspected" if answer == "yes" else "no_personal_data"


def ask_suspicion(fields: dict[str, Any], scene: Scene) -> None:
    """Ask for everything about a suspected breach that ``fields`` lacks, and put it there."""
    if fields.get("aware_at"):
        tell_deadline(fields["aware_at"], scene.at)
    else:
        _ask_awareness(fields, scene)
    if "first_noticed_at" not in fields:
        _ask_first_noticed(fields, scene)
    if not fields.get("kinds"):
        _ask_kinds(fields)
    if not fields.get("registers"):
        _ask_registers(fields, scene)
    ask_role(fields, scene.model)
    prompts.tell()
    if not fields.get("description"):
        _ask_text("description", fields)
    for name in ("data", "place"):
        _ask_optional(name, fields)
    prompts.tell("\n" + _("What the papers will ask. Enter leaves out what is not known yet."), strong=True)
    if "began_at" not in fields:
        _ask_began(fields, scene)
    for name in ("cause", "measures_before"):
        _ask_optional(name, fields)
    _ask_switched(fields, scene)


def _let_change(fields: dict[str, Any], scene: Scene) -> None:
    """Show everything; each answer can be changed before it goes. Raises ``Wrong`` where it is not to go."""
    ask_again: dict[str, Callable[[], None]] = {
        "aware_at": lambda: _ask_awareness(fields, scene),
        "first_noticed_at": lambda: _ask_first_noticed(fields, scene),
        "kinds": lambda: _ask_kinds(fields),
        "registers": lambda: _ask_registers(fields, scene),
        "began_at": lambda: _ask_began(fields, scene),
        **{name: partial(_ask_text, name, fields) for name in TEXTS},
    }
    laws = _laws_asked(scene)
    while answer := to_be_changed(fields, scene.at, laws):
        for name in answer.fields:
            fields.pop(name, None)
        if answer.about in ask_again:
            ask_again[answer.about]()
        elif answer.about in OF_WHOSE_DATA:
            ask_role(fields, scene.model)
        if answer.about in ("aware_at", "registers"):
            tell_contradictions(fields, scene.model)
        if answer.about in laws:
            _ask_switched(fields, scene, [answer.about])
        if not is_clock_started(fields):
            fields.pop("detected_at", None)
        elif "detected_at" not in fields:
            ask_detected(fields, scene.at, _first_known(fields, scene))


def _ask_kinds(fields: dict[str, Any]) -> None:
    prompts.tell("\n" + _("What happened to the data?"), strong=True)
    fields["kinds"] = prompts.picked(
        _("Numbers or words, with commas between"),
        {each: _(kind) for each, kind in named_by.BREACH_KINDS.items()},
        meant=prompts.parts_of(
            {each: f"{_(kind)} {named_by.data_kinds([each])}" for each, kind in named_by.BREACH_KINDS.items()}
        ),
    )


def _ask_registers(fields: dict[str, Any], scene: Scene) -> None:
    own = list(scene.incident.services) if scene.incident else []
    enter = " " + _("(Enter: {default})", default=named_by.services(own)) if own else ""
    prompts.tell("\n" + _("Data of which services?"), strong=True)
    names = {str(service.id): service.name.in_(spoken()) for service in SERVICES.values()}
    question = _("Numbers or names, with commas between") + enter
    fields["registers"] = prompts.picked(question, names, own, meant=services_meant, close=service_close)


def _ask_awareness(fields: dict[str, Any], scene: Scene) -> None:
    """The one instant that counts: said back with its day and its deadline, until the person agrees."""
    prompts.tell("\n" + _("When did you become aware?"), strong=True)
    for sentence in AWARENESS:
        prompts.tell(f"     {_(sentence)}", faint=True)
    question = _('Time, as "14:05" or "22.11.2026 14.05" (Finnish time; Enter: now)')
    while True:
        given = prompts.moment(question, scene.at, scene.at) or scene.at
        tell_deadline(given, scene.at)
        if prompts.agree(_("Is this the right day and time?"), default=True):
            break
    fields["aware_at"] = given


def _ask_first_noticed(fields: dict[str, Any], scene: Scene) -> None:
    prompts.tell("\n" + _("When did anybody notice it first? This is only recorded; it moves no clock."), strong=True)
    aware = fields["aware_at"] if isinstance(fields["aware_at"], datetime) else scene.at
    noticed = scene.incident.noticed_at if scene.incident and scene.incident.noticed_at <= aware else None
    enter = _("as the incident, {noticed}", noticed=written(noticed)) if noticed else _("leave out")
    question = _("Time (Finnish time; Enter: {enter})", enter=enter)
    while (given := prompts.moment(question, scene.at, noticed)) and given > aware:
        said = _(
            "This is after you became aware ({aware}). Please give the earlier time, or Enter.", aware=written(aware)
        )
        prompts.tell(f"  {said}")
    if given:
        fields["first_noticed_at"] = given


TEXTS: dict[str, tuple[str, Any]] = {
    "description": (N_("What happened? (no names, identity codes or health data)"), NeededText),
    "data": (N_("Which data, by category (names, prescriptions)? (Enter: not known yet)"), Text),
    "place": (N_("Where: unit, system? (Enter: leave out)"), Line),
    "cause": (N_("What caused it, as far as you know?"), Text),
    "measures_before": (N_("What protected the data before (rights, encryption, logs, instructions)?"), Text),
}
"""What is answered in words, and what the message takes; cause and measures are asked of every role, for the papers."""


def _ask_text(name: str, fields: dict[str, Any]) -> None:
    """Ask for a text; what is left out is not sent, so that nothing on record is emptied."""
    question, kind = TEXTS[name]
    if said := prompts.text(_(question), kind):
        fields[name] = said


def _ask_optional(name: str, fields: dict[str, Any]) -> None:
    if name not in fields:
        _ask_text(name, fields)


def _ask_began(fields: dict[str, Any], scene: Scene) -> None:
    known = {name: at for name in ("first_noticed_at", "aware_at") if isinstance(at := fields.get(name), datetime)}
    while given := prompts.moment(_("When did the breach begin? (Finnish time)"), scene.at):
        if not (why := out_of_order(known | {"began_at": given})):
            fields["began_at"] = given
            return
        prompts.tell("  " + _("{why}. Please give the earlier time, or Enter.", why=heard(why)))


def _laws_asked(scene: Scene) -> list[str]:
    """The questions of other laws that the incident has not answered already."""
    answered = scene.incident.laws.given() if scene.incident else {}
    return [name for name in switched_on(scene.model) if name not in answered]


def _ask_switched(fields: dict[str, Any], scene: Scene, about: Collection[str] = ANSWERS) -> None:
    asked = [name for name in _laws_asked(scene) if name in about]
    ask_laws(fields, scene.model, scene.at, _first_known(fields, scene), about=asked)


def _first_known(fields: dict[str, Any], scene: Scene) -> datetime:
    first = fields.get("first_noticed_at") or fields["aware_at"]
    return first if isinstance(first, datetime) else scene.at
