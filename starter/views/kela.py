"""Whom at Kela to call at this hour, on the screen."""

from __future__ import annotations

from datetime import datetime

from starter.language.moments import said_back
from starter.language.words import spoken
from workflows.procedure.kela.support_hours import whom_to_call
from workflows.procedure.operating_model.model import Kela


def whom_at_kela(at: datetime | None, phone: str = "") -> tuple[str, ...]:
    """The sentences, faults first. ``at``: None where only the hours are to be said; ``phone``: ``kelas_number``."""
    return whom_to_call(at, spoken(), phone or kelas_number(), said_back)


def kelas_number() -> str:
    """The number of Kela's technical support: that of the operating model, else as published."""
    from starter.client.configuration import operating_model, settings_in_force

    model = operating_model(settings_in_force())
    return (model.kela if model else Kela()).phone
