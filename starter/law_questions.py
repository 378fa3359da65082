"""What other laws ask, question by question, for an incident and for a breach alike."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from starter.language.moments import said_back
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

HAZARDS: Texts = {"serious": "serious", "near_miss": "near miss", "none": "none", "unknown": "unknown"}


def ask_laws(
    fields: dict[str, Any],
    model: OperatingModel | None,
    at: datetime,
    first: datetime,
    *,
    about: Collection[str] = ANSWERS,
) -> None:
    """Ask what the operating model switches on and ``fields`` lack. ``first``: the detection that Enter means."""
    if model is None:
        return
    switches = {
        "significant_deviation": model.switches.significant_deviation,
        "device_hazard": model.switches.device_hazard,
        "nis2_significant": model.switches.nis2,
        "cer_significant": model.switches.cer,
    }
    asked = [name for name in ANSWERS if switches[name] and name in about and name not in fields]
    if not asked:
        return
    prompts.tell(
        "\n" + _("Other laws have clocks of their own. What you answer with u (unknown) stays an open question."),
        strong=True,
    )
    for name in asked:
        _ask(fields, name)
    owed = any(fields.get(name) not in (None, False, "none") for name in ANSWERS)
    if owed and "detected_at" not in fields:
        question = _(
            "When was it detected? These clocks count from there. (Finnish time; Enter: {first})",
            first=said_back(first),
        )
        fields["detected_at"] = prompts.moment(question, at, first)


def _ask(fields: dict[str, Any], name: str) -> None:
    if name == "device_hazard":
        kind = prompts.choice(_("Was a medical device a hazard?"), HAZARDS, "unknown")
        fields |= {} if kind == "unknown" else {"device_hazard": kind}
    elif (answer := prompts.answer(_(_YES_OR_NO[name]))) != "unknown":
        fields[name] = answer == "yes"
