"""Whether Kela was told of an incident, will be, or why not."""

from __future__ import annotations

from starter.client.open_duties import open_duties
from starter.language import names
from starter.language.heard import heard
from starter.language.moments import written
from starter.language.words import Texts, _
from workflows.incident.messages import IncidentStatus
from workflows.procedure.incident.further_reports import FURTHER

TOLD_LATER: Texts = {"supplement": "supplement", "resolved": "end", "withdrawn": "withdrawal"}


def to_kela(status: IncidentStatus) -> str:
    """Whether Kela has been told, will be, or why not: a report that was made stays one, whatever is said later."""
    reports = [duty for duty in status.duties if duty.kind == "report_to_kela"]
    if open_duties(reports):
        return _("to be reported: {criteria}", criteria=names.criteria(status.criteria_met))
    if made := [duty.met_at for duty in reports if duty.is_met and duty.met_at]:
        return _("reported {moment}", moment=written(max(made))) + _told_later(status)
    if reports:
        why = reports[-1].waived_reason or ""
        return _left_to_other(status, why) or _("not reported, waived: {why}", why=heard(why)) + _told_later(status)
    if status.decisions:
        return _("not reported: {why}", why=heard(status.decisions[-1].why))
    judged = [duty for duty in status.duties if duty.kind == "triage"]
    left = _left_to_other(status, judged[-1].waived_reason or "") if judged and not open_duties(judged) else ""
    return left or _("not decided yet")


def _left_to_other(status: IncidentStatus, why: str) -> str:
    """That a duty is left to the incident that this one follows, and how it stands; empty where it is not."""
    other = status.same_as.reference if status.same_as else ""
    said = f"same fault as {other}, which "
    return (
        _("left to {other}, which {did}", other=other, did=heard(why.removeprefix(said)))
        if other and why.startswith(said)
        else ""
    )


def _told_later(status: IncidentStatus) -> str:
    """What Kela was told after the report, and when; or is still to be told."""
    told = ""
    for duty in status.duties:
        if what := FURTHER.get(duty.kind):
            when = written(duty.met_at) if duty.is_met and duty.met_at else _("not yet")
            when = _("waived: {why}", why=heard(duty.waived_reason or "")) if duty.state == "waived" else when
            told += f"; {_(TOLD_LATER[what])}: {when}"
    return told
