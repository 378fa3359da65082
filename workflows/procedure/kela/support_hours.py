"""Whom at Kela to call at this hour: technical support around the clock, customer service in its hours.

A fault always goes to technical support: no answer here ever sends it to an office. The hours are those of Finland,
also for an organisation that lives by another clock (``data/kela_support.toml``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Literal

from workflows.procedure import rule_data
from workflows.procedure.duties import DutyKind
from workflows.procedure.incident.further_reports import FURTHER
from workflows.procedure.languages import Language, Trilingual
from workflows.procedure.local_time import local, zone
from workflows.procedure.model import Model
from workflows.procedure.working_days import is_free

CALLS_KELA: frozenset[DutyKind] = frozenset({"report_to_kela", "phone_kela", "notify_kela_of_breach", *FURTHER})
"""The duties for which somebody may have to call Kela."""
_DAY = timedelta(days=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SATURDAY = 5


class _Checked(Model):
    source: str
    verified: bool


class _Phone(_Checked):
    to: str


class _Holidays(_Checked):
    closed: bool


class _TechnicalSupport(_Checked):
    around_the_clock: Literal[True]


class OfficeHours(_Checked):
    """On which days and between which hours of Finland an office answers: [opens, closes)."""

    around_the_clock: Literal[False]
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    opens: time
    closes: time
    phone: _Phone
    holidays: _Holidays


_DATA = rule_data.read("kela_support")
TECHNICAL_SUPPORT = _TechnicalSupport.model_validate(_DATA["technical_support"])
CUSTOMER_SERVICE = OfficeHours.model_validate(_DATA["customer_service"])
_WORDS = {name: Trilingual.model_validate(words) for name, words in _DATA["words"].items()}


class Hour(Model):
    """How the customer service stands at a moment. ``changes_at``: when it closes, or when it opens next."""

    is_open: bool
    changes_at: datetime
    rests_on_holidays: bool
    """Whether a holiday that is no weekend has a part in it: that it is closed then, nobody has checked."""


def customer_service_at(at: datetime, hours: OfficeHours = CUSTOMER_SERVICE) -> Hour:
    """Whether the customer service answers at a moment, and when that changes."""
    day = local(at).date()
    if _answers(at, hours):
        return Hour(is_open=True, changes_at=_on(day, hours.closes), rests_on_holidays=False)
    passed: set[bool] = set()
    while (opens := _on(day, hours.opens)) <= at or not _is_office_day(day, hours):
        passed.add(is_free(day) and day.weekday() < _SATURDAY)
        day += _DAY
    return Hour(is_open=False, changes_at=opens, rests_on_holidays=True in passed and hours.holidays.closed)


def _answers(at: datetime, hours: OfficeHours) -> bool:
    there = local(at)
    return _is_office_day(there.date(), hours) and hours.opens <= there.time() < hours.closes


def _is_office_day(day: date, hours: OfficeHours) -> bool:
    is_holiday = hours.holidays.closed and day.weekday() < _SATURDAY and is_free(day)
    return _WEEKDAYS[day.weekday()] in hours.days and not is_holiday


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at, zone())


def whom_to_call(
    at: datetime | None, language: Language, phone: str, said: Callable[[datetime], str]
) -> tuple[str, ...]:
    """Whom at Kela to call, in sentences; faults first. ``phone``: technical support; ``said``: a moment in words.

    Without a moment the hours are said, and not how it stands.
    """
    fault = _WORDS["fault"].in_(language).format(phone=phone)
    office = CUSTOMER_SERVICE.phone
    notes = [] if office.verified else [_WORDS["unverified_phone"].in_(language)]
    if at is None:
        others = _WORDS["hours"].in_(language).format(phone=office.to)
        rests_on_holidays = True
    else:
        hour = customer_service_at(at)
        others = _WORDS["open" if hour.is_open else "closed"].in_(language).format(
            phone=office.to, moment=said(hour.changes_at)
        )  # fmt: skip
        rests_on_holidays = hour.rests_on_holidays
    if rests_on_holidays and not CUSTOMER_SERVICE.holidays.verified:
        notes.append(_WORDS["unverified_holiday"].in_(language))
    return fault, " ".join((others, *notes))
