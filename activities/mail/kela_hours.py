"""Whom at Kela to call, as a letter to the desk says it: as of the moment at which the letter was asked for."""

from __future__ import annotations

from typing import Any

from activities.documents.moments import moment_in, weekday_and_moment_in
from activities.documents.text import one_line
from workflows.procedure.kela.support_hours import CALLS_KELA, whom_to_call
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.ports import Letter

_WHERE_A_DUTY_CALLS = ("reminder", "overdue")
_WHERE_A_FAULT_MAY_CALL = ("desk_opened", "notice_ended")


def call_kela(letter: Letter, model: OperatingModel) -> dict[str, Any]:
    """The sentences, and as of when they hold; none in a letter after which nobody calls Kela."""
    if not _may_call(letter):
        return {"call_kela": (), "call_kela_at": ""}
    zone, language = model.organisation.time_zone, letter.language
    said = whom_to_call(
        letter.asked_at,
        language,
        one_line(model.kela.phone),
        lambda moment: weekday_and_moment_in(language, moment, zone),
    )
    return {"call_kela": said, "call_kela_at": moment_in(language, letter.asked_at, zone)}


def _may_call(letter: Letter) -> bool:
    """Reminders of what is owed to Kela, a report that came back or needs a call, what the desk first hears."""
    if letter.kind in _WHERE_A_DUTY_CALLS:
        return letter.duty_kind in CALLS_KELA
    if letter.kind == "not_sent":
        is_report = letter.duty_kind in CALLS_KELA or bool(letter.attachments)
        return is_report and (letter.came_back or letter.extensive or letter.severity == "critical")
    return letter.kind in _WHERE_A_FAULT_MAY_CALL
