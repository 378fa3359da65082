"""What other laws ask, question by question, for an incident and for a breach alike."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from starter.language.lists import HAZARDS
from starter.language.moments import said_back
from starter.language.names import name
from starter.language.words import Texts, _
from starter.terminal import prompts
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.other_laws import ANSWERS

NAMES: Texts = {
    "significant_deviation": "significant deviation of an information system",
    "device_hazard": "hazard of a medical device",
    "nis2_significant": "significant incident (NIS2)",
    "cer_significant": "disruption of a critical entity (Act 310/2025)",
}
_YES_OR_NO: Texts = {
    "significant_deviation": "Is it a significant deviation of an information system?",
    "nis2_significant": "Is it a significant incident under the Cybersecurity Act (NIS2)?",
    "cer_significant": "May it disrupt an essential service of a critical entity (Act 310/2025)?",
}

HAZARDS_OR_UNKNOWN: Texts = {**HAZARDS, "unknown": "unknown"}


def switched_on(model: OperatingModel | None) -> list[str]:
    """What other laws ask of an organisation with this operating model."""
    if model is None:
        return []
    switches = {
        "significant_deviation": model.switches.significant_deviation,
        "device_hazard": model.switches.device_hazard,
        "nis2_significant": model.switches.nis2,
        "cer_significant": model.switches.cer,
    }
    return [name for name in ANSWERS if switches[name]]


def answer_in_words(answer: Any) -> str:
    """What was answered; nothing: it stays an open question."""
    if answer is None:
        return _("not known, stays open")
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    return name(HAZARDS, str(answer))


def ask_laws(
    fields: dict[str, Any],
    model: OperatingModel | None,
    at: datetime,
    first: datetime,
    *,
    about: Collection[str] = ANSWERS,
) -> None:
    """Ask what the operating model switches on and ``fields`` lack. ``first``: the detection that Enter means."""
    asked = [name for name in switched_on(model) if name in about and name not in fields]
    if not asked:
        return
    prompts.tell(
        "\n" + _("Other laws have clocks of their own. What you answer with u (unknown) stays an open question."),
        strong=True,
    )
    for each in asked:
        _ask(fields, each)
    if is_clock_started(fields) and "detected_at" not in fields:
        ask_detected(fields, at, first)


def is_clock_started(fields: dict[str, Any]) -> bool:
    """Whether an answer starts a clock that counts from the detection."""
    return any(fields.get(each) not in (None, False, "none") for each in ANSWERS)


def ask_detected(fields: dict[str, Any], at: datetime, first: datetime) -> None:
    """Ask from when the clocks of other laws count. ``first``: the detection that Enter means."""
    question = _(
        "When was it detected? These clocks count from there. (Finnish time; Enter: {first})",
        first=said_back(first),
    )
    fields["detected_at"] = prompts.moment(question, at, first)


def _ask(fields: dict[str, Any], law: str) -> None:
    if law == "device_hazard":
        kind = prompts.choice(_("Was a medical device a hazard?"), HAZARDS_OR_UNKNOWN, "unknown")
        fields |= {} if kind == "unknown" else {"device_hazard": kind}
    elif (answer := prompts.answer(_(_YES_OR_NO[law]))) != "unknown":
        fields[law] = answer == "yes"
