"""What a message of a breach still lacks, asked in a terminal on the breach's own clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from starter.breach.situation import Situation, situation
from starter.language.moments import written
from starter.language.names import NOTIFICATIONS, drill
from starter.language.words import N_, Texts, _
from starter.sending.ask_missing import answered, in_words_of
from starter.terminal import prompts
from starter.terminal.asking import may_ask
from starter.terminal.errors import Wrong
from starter.terminal.last_look import looked_at
from workflows.contract import BREACH_MESSAGES
from workflows.procedure.deadlines import hours_in_words
from workflows.procedure.model import Line, NeededLine, NeededText, Text

Question = Callable[[Situation], Any]
MEANS: Texts = {
    "preliminary": "not everything is known yet", "supplementary": "more is added", "final": "everything is said",
}  # fmt: skip


def complete(message: str, fields: dict[str, Any], typed: dict[str, Any]) -> None:
    """Ask for what was left out if something needed is missing; where nobody can be asked, say what is missing."""
    can_ask = may_ask() and not typed["file"]
    missing = [field for field in NEEDED.get(message, ()) if field not in fields]
    if message == "controller_notified" and missing and not can_ask and not typed["file"]:
        fields["controller"] = _only_controller(situation(typed["ref"]))
        return
    if missing and not can_ask:
        if "aware_at" in missing and not typed["file"]:  # never taken to be "now", as other moments are
            raise Wrong(_("--aware-at: is missing; say when you became aware"))
        return
    if not missing and not (can_ask and message == "authority_notified" and "delay_reason" not in fields):
        return
    here = situation(typed["ref"])
    if missing:
        prompts.tell(
            _("{drill}Breach {reference}", drill=drill(here.status.drill), reference=here.reference), strong=True
        )
        asked = [field for field in QUESTIONS[message] if field not in fields]
        for field in asked:
            _ask(QUESTIONS[message], field, fields, here)
    if message == "authority_notified":
        _ask_for_delay(fields, typed, here)
    if missing:
        _let_change(message, asked, fields, here)


def _ask(questions: Mapping[str, Question], field: str, fields: dict[str, Any], here: Situation) -> None:
    """Put the answer to a question into the fields; what is left out is not there."""
    fields.pop(field, None)
    if (given := questions[field](here)) not in (None, ""):
        fields[field] = given


def _let_change(message: str, asked: Sequence[str], fields: dict[str, Any], here: Situation) -> None:
    """Show what was answered; each answer can be changed before it goes. Raises ``Wrong`` where it is not to go."""
    model = BREACH_MESSAGES[message]
    while True:
        shown = []
        for field in asked:
            given = fields.get(field, "-")
            shown.append(answered(model, field, in_words_of(model, field, given)))
        if (changed := looked_at(shown)) is None:
            return
        _ask(QUESTIONS[message], asked[changed], fields, here)


def _still_to_be_told(here: Situation) -> list[str]:
    """The controllers that have not been told."""
    owed = [d for d in here.status.duties if d.kind == "notify_controller" and d.state in ("open", "overdue")]
    return [duty.recipient for duty in owed]


def _only_controller(here: Situation) -> str:
    """The one controller that is still to be told. Raises ``Wrong`` where there is none, or several."""
    waiting = _still_to_be_told(here)
    if len(waiting) == 1:
        return waiting[0]
    if waiting:
        raise Wrong(_("--controller: is missing; still to be told: {names}", names="; ".join(waiting)))
    if any(duty.kind == "notify_controller" for duty in here.status.duties):
        raise Wrong(
            _("--controller: is missing, and nobody on record is still to be told; name the one that was told besides")
        )
    raise Wrong(_("--controller: is missing, and no controller is on record here; name the one that was told"))


def _controller(here: Situation) -> str:
    """Which controller was told, of those that are still to be told."""
    numbered = {str(number): name for number, name in enumerate(_still_to_be_told(here), 1)}
    if not numbered:  # one that is told besides
        return prompts.text(_("Which controller was told?"), NeededLine)
    default = [*numbered] if len(numbered) == 1 else []
    question = _("Which controller was told?")
    if default:
        question += " " + _("(Enter: {default})", default=numbered["1"])
    return numbered[prompts.picked(question, numbered, default, prompts.parts_of(numbered))[0]]


def _ask_for_delay(fields: dict[str, Any], typed: dict[str, Any], here: Situation) -> None:
    """After the 72 hours the reasons for the delay go with the notification (GDPR 33(1))."""
    owed = [
        d for d in here.status.duties if d.kind == "notify_supervisory_authority" and d.state in ("open", "overdue")
    ]
    at = here.at if str(typed.get("notified_at") or "now").lower() == "now" else fields.get("notified_at", here.at)
    if owed and owed[0].due_at and at > owed[0].due_at and "delay_reason" not in fields:
        hours = hours_in_words(here.status.awareness[-1].deadline_from)
        after = _("the {hours} hours", hours=hours) if hours else _("the time")
        fields["delay_reason"] = prompts.text(_("This is after {after}. Why was it late?", after=after), NeededText)


def _when(question: str) -> Question:
    return lambda here: prompts.moment(
        _("{question} (Finnish time; Enter: now)", question=_(question)), here.at, here.at
    )


def _text(question: str, kind: Any = NeededText) -> Question:
    return lambda _here: prompts.text(_(question), kind)


def _phase(here: Situation) -> str:
    done = any(notified.phase for notified in here.status.notifications)
    return prompts.choice(
        _("Which notification?"), NOTIFICATIONS, "supplementary" if done else "preliminary", means=MEANS
    )


def _count(_here: Situation) -> int:
    while (count := prompts.number(_("How many persons were told?"))) is None:
        prompts.tell(_("  A number is needed; an estimate is enough."))
    return count


def _earlier(here: Situation) -> datetime:
    prompts.tell(_("  On record now: {aware_at}", aware_at=written(here.status.awareness[-1].aware_at)))
    while (given := prompts.moment(_("When did you really become aware? (Finnish time)"), here.at)) is None:
        prompts.tell(_("  A time is needed."))
    return given


QUESTIONS: dict[str, dict[str, Question]] = {
    "authority_notified": {
        "notified_at": _when(N_("When was the authority notified?")),
        "phase": _phase,
        "reference": _text(N_("The authority's case number (Enter: not known yet)"), Line),
    },
    "controller_notified": {
        "controller": _controller,
        "notified_at": _when(N_("When was the controller told?")),
    },
    "kela_notified": {
        "notified_at": _when(N_("When was Kela told?")),
        "reference": _text(N_("Kela's own case number (Enter: not known yet)"), Line),
    },
    "subjects_informed": {
        "informed_at": _when(N_("When were the persons told?")),
        "channel": _text(N_("How were they told (letter, MyKanta, telephone)?"), NeededLine),
        "count": _count,
    },
    "measures_taken": {"text": _text(N_("What was done against the breach and its effects?"))},
    "conclusion": {"text": _text(N_("What did it come to, and what is learned from it?"))},
    "cancellation": {"reason": _text(N_("Why was it a mistake?"))},
    "awareness_correction": {
        "aware_at": _earlier,
        "reason": _text(N_("How do you know?")),
        "deadline_follows_later": _text(
            N_("A later time moves the deadline only with a reason. Why may it? (Enter: it stays with the earlier)"),
            Text,
        ),
    },
}
NEEDED: dict[str, tuple[str, ...]] = {
    "authority_notified": ("phase",),
    "controller_notified": ("controller",),
    "kela_notified": ("notified_at",),
    "subjects_informed": ("channel", "count"),
    "measures_taken": ("text",),
    "conclusion": ("text",),
    "cancellation": ("reason",),
    "awareness_correction": ("aware_at", "reason"),
}
"""What makes the questions begin. A moment that is left out alone is "now", as in every command."""
