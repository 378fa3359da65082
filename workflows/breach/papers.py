"""Which papers of a breach somebody may have to send now, and in which phase: by what was logged, never by a count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from workflows.breach.messages import NotificationPhase
from workflows.breach.record import BreachRecord
from workflows.procedure.duties import Duty, DutyKind

WRITING = "writing the papers"
Paper = Literal["authority_notification", "letter_to_subjects", "controller_notice", "kela_notice"]


class Due(NamedTuple):
    """One paper to be written. ``controller`` and ``number``: of a controller's notice, whose it is."""

    paper: Paper
    phase: NotificationPhase
    controller: str = ""
    number: int = 1


def due(record: BreachRecord) -> list[Due]:
    """The papers of everything that is owed or was done, as far as nobody has decided against it.

    At the conclusion those who were told get a final one; a letter to the persons is only for those not yet told.
    """
    if record.phase == "cancelled":
        return []
    return [*_to_authority(record), *_to_controllers(record), *_to_kela(record), *_to_persons(record)]


def _to_authority(record: BreachRecord) -> Iterator[Due]:
    if _not_waived(record, "notify_supervisory_authority"):
        yield Due("authority_notification", _phase(record, is_told=any(one.phase for one in record.notifications)))


def _to_controllers(record: BreachRecord) -> Iterator[Due]:
    for number, duty in enumerate(_not_waived(record, "notify_controller"), 1):
        name = record.subjects[duty.id]
        yield Due("controller_notice", _phase(record, is_told=not duty.is_open), name, number)


def _to_kela(record: BreachRecord) -> Iterator[Due]:
    for duty in _not_waived(record, "notify_kela_of_breach")[:1]:
        yield Due("kela_notice", _phase(record, is_told=not duty.is_open))


def _to_persons(record: BreachRecord) -> Iterator[Due]:
    if any(duty.is_open for duty in _not_waived(record, "inform_data_subjects")):
        yield Due("letter_to_subjects", "preliminary")


def _not_waived(record: BreachRecord, kind: DutyKind) -> list[Duty]:
    """The duties of a kind that somebody has met, or has to; by the facts as they are known now it may be none."""
    found = [duty for duty in record.duties.values() if duty.kind == kind and duty.state != "waived"]
    return [duty for duty in found if not (duty.is_open and duty.no_longer_because)]


def _phase(record: BreachRecord, *, is_told: bool) -> NotificationPhase:
    """Final at the conclusion; before it, the first until one was logged, and a supplement from then on."""
    if record.phase == "closed":
        return "final"
    return "supplementary" if is_told else "preliminary"
