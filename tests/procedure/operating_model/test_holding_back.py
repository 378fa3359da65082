"""When a message waits: quiet hours over the changes of the clocks, what never waits, what the file may say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.activities.mail.post_office import operating_model
from workflows.procedure.local_time import HELSINKI
from workflows.procedure.operating_model.holding_back import QuietHours, has_risen, may_wait
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.operating_model.references import dangling

NIGHT = QuietHours(begins="22:00", ends="07:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-27T22:00+02:00", "2026-11-28T07:00+02:00"),
        ("2026-11-28T06:59+02:00", "2026-11-28T07:00+02:00"),
        ("2026-11-28T07:00+02:00", None),
        ("2026-11-28T21:59+02:00", None),
        ("2027-03-27T23:00+02:00", "2027-03-28T07:00+03:00"),
        ("2027-10-30T23:00+03:00", "2027-10-31T07:00+02:00"),
    ],
)
def test_a_night_of_quiet_hours(now: str, ends: str | None) -> None:
    assert NIGHT.end_after(at(now)) == (at(ends) if ends else None)


def test_hours_inside_one_day() -> None:
    noon = QuietHours(begins="12:00", ends="13:00")
    assert noon.end_after(at("2026-11-27T12:30+02:00")) == at("2026-11-27T13:00+02:00")
    assert noon.end_after(at("2026-11-27T13:00+02:00")) is None


@pytest.mark.parametrize("clock", ["03:00", "03:30", "04:00"])
@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
def test_an_end_that_the_clocks_leave_out_or_say_twice_still_comes(day: str, clock: str) -> None:
    quiet = QuietHours(begins="22:00", ends=clock)
    now = at(f"{day}T00:30+02:00")
    end = quiet.end_after(now)
    assert end is not None
    assert now < end <= now + timedelta(hours=5)


@given(
    st.integers(0, 2 * 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.times(),
    st.times(),
)
def test_quiet_hours_always_end_within_a_day_and_an_hour(now: datetime, begins: Any, ends: Any) -> None:
    quiet = QuietHours(begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}")
    end = quiet.end_after(now)
    if end is not None:
        assert now < end <= now + timedelta(hours=25)
        assert quiet.end_after(end) is None or quiet.begins == quiet.ends


def waits(kind: str, **facts: Any) -> bool:
    known: dict[str, Any] = {"process": "incident", "severity": "low", "extensive": False, "is_over_law": False} | facts
    return may_wait(kind, **known)


def test_what_is_not_critical_may_wait() -> None:
    assert waits("change")
    assert waits("overdue", severity="high")
    assert waits("maintenance_planned", process="maintenance", severity="")
    assert waits("contacts_to_verify", process="contact_review", severity="")


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("change", {"severity": "critical"}),
        ("change", {"extensive": True}),
        ("reminder", {"severity": ""}),
        ("overdue", {"is_over_law": True}),
        ("instruction", {}),
        ("not_sent", {}),
        ("breach_opened", {"process": "breach"}),
        ("reminder", {"process": "breach"}),
        ("watch_finding", {"process": "watchdog", "severity": ""}),
    ],
)
def test_what_is_critical_unknown_or_set_by_law_never_waits(kind: str, facts: dict[str, Any]) -> None:
    assert not waits(kind, **facts)


def test_a_fault_has_risen_only_where_it_is_worse() -> None:
    assert has_risen("high", "low")
    assert has_risen("low", "")
    assert not has_risen("high", "high")
    assert not has_risen("low", "critical")
    assert not has_risen("", "")


def model(ward: dict[str, Any], **table: Any) -> OperatingModel:
    contents = operating_model().model_dump(mode="json") | {"holding_back": table}
    contents["contacts"]["ward-3"] |= ward
    if table.get("quiet_hours"):
        for name in contents["roles"]["desk"]["contacts"]:
            contents["contacts"][name]["quiet_hours"] = "never"
    return OperatingModel.model_validate(contents)


def test_a_contact_has_the_hours_of_the_house_its_own_or_none() -> None:
    night = {"quiet_hours": "22:00-07:00", "one_message_per": "30min"}
    usual = model({}, **night).manner_of("ward-3")
    own = model({"quiet_hours": "20:00 – 06:00", "one_message_per": "1h"}, **night).manner_of("ward-3")
    none = model({"quiet_hours": "never"}, quiet_hours="22:00-07:00").manner_of("ward-3")
    assert usual is not None
    assert own is not None
    assert (usual.quiet, usual.one_per) == (NIGHT, timedelta(minutes=30))
    assert (own.quiet, own.one_per) == (
        QuietHours(begins="20:00", ends="06:00", time_zone=HELSINKI),
        timedelta(hours=1),
    )
    assert none is None
    assert model({}).manner_of("ward-3") is None


@pytest.mark.parametrize("hours", ["22-07", "22:00", "25:00-07:00", "07:00-07:00", "night"])
def test_hours_that_are_none_are_refused(hours: str) -> None:
    with pytest.raises(ValidationError, match="22:00-07:00"):
        model({"quiet_hours": hours})


@pytest.mark.parametrize("length", ["1s", "2d"])
def test_a_while_out_of_bounds_is_refused(length: str) -> None:
    with pytest.raises(ValidationError, match="between 1 minute and a day"):
        model({"one_message_per": length})


def test_a_desk_that_sleeps_as_a_whole_is_refused() -> None:
    bare = operating_model().model_dump(mode="json") | {"holding_back": {"quiet_hours": "22:00-07:00"}}
    assert [each.place for each in dangling(bare)] == [("roles", "desk", "contacts")]
    with pytest.raises(ValidationError, match="nobody would be alarmed then"):
        OperatingModel.model_validate(bare)
