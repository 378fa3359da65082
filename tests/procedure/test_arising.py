"""From a dated rule to a duty: basis, recipient, time, doubts; from the organisation's ladder to its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from workflows.procedure import deadlines
from workflows.procedure.arising import BEFORE_THE_LAW, Arising, Locale, arising, ladder_for
from workflows.procedure.breach.rules import DutyRule
from workflows.procedure.deadlines import hours_allowed
from workflows.procedure.duties import DutyKind, Ladder, Rung
from workflows.procedure.local_time import HELSINKI

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AWARE = datetime(2026, 11, 20, 10, tzinfo=UTC)
PLACE = Locale(HELSINKI, AWARE + 2 * HOUR)
RULE: dict[str, Any] = {
    "kind": "notify_supervisory_authority", "basis": "the Act", "legal": True, "trigger": "always",
    "starts": "awareness", "due": "own", "within": 24 * HOUR, "source": "-", "verified": True,
}  # fmt: skip


def duty(
    counts_from: datetime = AWARE, place: Locale = PLACE, said: dict[str, Any] | None = None, **rule: Any
) -> Arising:
    """The duty of a rule that differs from a plain one."""
    return arising(place, DutyRule.model_validate(RULE | rule), counts_from, **(said or {}))


def test_a_duty_of_a_rule_in_whole() -> None:
    assert duty(recipient="the county", note="By letter.") == Arising(
        kind="notify_supervisory_authority", recipient="the county", basis="the Act", legal=True, counts_from=AWARE,
        due_at=AWARE + 24 * HOUR, due_is_law=False, ladder_kind="notify_supervisory_authority", verified=True,
        note="By letter.",
    )  # fmt: skip
    said = {"subject": "County A", "notes": ["Ask.", ""], "task": "by_hand"}
    other = duty(
        said=said, kind="notify_controller", legal=False, due="law", verified=False, shorter_only=True, note="So."
    )
    assert other == Arising(
        kind="notify_controller", recipient="County A", subject="County A", basis="the Act (unverified)", legal=False,
        counts_from=AWARE, due_at=AWARE + 24 * HOUR, due_is_law=True, ladder_kind="notify_controller", verified=False,
        note="Ask. So.", shorter_only=True, task="by_hand",
    )  # fmt: skip
    assert other.due_after == 24 * HOUR


def test_who_is_told_where_it_is_no_authority() -> None:
    assert duty(said={"subject": "A", "recipient": "B"}, recipient="C").recipient == "B"
    assert duty(said={"subject": "A"}, recipient="C").recipient == "A"
    assert duty(recipient="C").recipient == "C"
    assert (duty().recipient, duty().verified) == ("the controller (not named yet)", True)


def test_the_time_is_that_of_the_rule() -> None:
    assert duty(within=8 * HOUR).due_at == AWARE + 8 * HOUR
    assert duty(within=0 * HOUR).due_at == AWARE, "no time is a time too"
    assert duty(within=None).due_at == AWARE + hours_allowed(date(2026, 11, 20)).within == AWARE + 72 * HOUR
    assert duty(within=None, months=1).due_at == AWARE + 30 * DAY, "20 November to 20 December"
    assert duty(datetime(2026, 10, 31, 22, 30, tzinfo=UTC), within=None, months=1).due_at == datetime(
        2026, 11, 30, 22, 30, tzinfo=UTC
    ), "from 1 November in Helsinki"
    lisbon = duty(datetime(2026, 3, 31, 22, 30, tzinfo=UTC), Locale("Europe/Lisbon", AWARE), within=None, months=1)
    assert lisbon.due_at == datetime(2026, 4, 30, 22, 30, tzinfo=UTC), "the last day of March there, the last of April"


def test_a_change_of_the_72_hours_holds_from_its_first_day_in_the_organisations_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, last = deadlines.AUTHORITY[0], date(2027, 6, 30)
    proposed = {"valid_from": last + DAY, "valid_until": None, "within": 96 * HOUR, "source": "a law to come"}
    periods = (now.model_copy(update={"valid_until": last}), now.model_copy(update=proposed))
    monkeypatch.setattr(deadlines, "AUTHORITY", periods)
    night = datetime(2027, 6, 30, 22, tzinfo=UTC)  # 1 July in Helsinki, still 30 June in Lisbon
    assert duty(night, within=None).due_after == 96 * HOUR
    assert duty(night, Locale("Europe/Lisbon", AWARE), within=None).due_after == 72 * HOUR


@pytest.mark.parametrize(
    ("moment", "bounds", "is_before"),
    [
        (datetime(2018, 5, 24, 20, 59, tzinfo=UTC), {"valid_from": date(2018, 5, 25)}, True),
        (datetime(2018, 5, 24, 21, 0, tzinfo=UTC), {"valid_from": date(2018, 5, 25)}, False),
        (AWARE, {"valid_from": date(2018, 5, 25), "valid_until": date(2020, 1, 1)}, False),
        (AWARE, {}, False),
    ],
)
def test_a_time_before_the_law_says_so_in_place_of_the_law(
    moment: datetime, bounds: dict[str, Any], is_before: bool
) -> None:
    found = duty(moment, **bounds)
    said = f"{BEFORE_THE_LAW.format(day='25.5.2018')} (unverified)"
    assert (found.basis, found.verified) == ((said, False) if is_before else ("the Act", True))


def test_the_day_is_that_of_the_organisation() -> None:
    first = datetime(2018, 5, 24, 21, 0, tzinfo=UTC)  # the 25th in Helsinki, still the 24th in Lisbon
    assert not duty(first, Locale("Europe/Lisbon", AWARE), valid_from=date(2018, 5, 25)).verified


def test_an_authority_is_that_of_the_day_of_opening() -> None:
    old = Locale(HELSINKI, datetime(2019, 12, 1, tzinfo=UTC))
    hazard: dict[str, Any] = {"kind": "report_device_hazard", "authority": "device_hazard"}
    valvira = duty(place=old, counts_from=old.opened_at, **hazard)
    assert valvira.recipient == "Valvira (National Supervisory Authority for Welfare and Health)"
    fimea = duty(counts_from=old.opened_at, **hazard)
    assert (fimea.recipient, fimea.verified, fimea.note) == ("Finnish Medicines Agency Fimea", True, "")


def test_the_day_of_opening_turns_at_local_midnight() -> None:
    night = datetime(2025, 12, 31, 22, 30, tzinfo=UTC)  # 2026 in Helsinki, 2025 in Lisbon
    told = [duty(night, Locale(zone, night), within=HOUR, authority="significant_deviation").recipient
            for zone in (HELSINKI, "Europe/Lisbon")]  # fmt: skip
    assert told == [
        "Finnish Supervisory Agency (LVV)", "Valvira (National Supervisory Authority for Welfare and Health)"
    ]  # fmt: skip


def test_an_authority_that_changes_before_the_due_time_is_named_and_only_then() -> None:
    eve = datetime(2025, 12, 31, 12, tzinfo=UTC)
    then = "From 1.1.2026: Finnish Supervisory Agency (LVV)."
    deviation: dict[str, Any] = {"kind": "report_deviation", "authority": "significant_deviation"}
    assert duty(eve, Locale(HELSINKI, eve), **deviation).note == then
    assert duty(eve, Locale(HELSINKI, eve), **deviation, within=9 * HOUR).note == ""
    assert duty(eve, Locale(HELSINKI, eve), **deviation, within=10 * HOUR).note == then, "midnight in Helsinki"
    assert duty(eve, Locale("Europe/Lisbon", eve), **deviation, within=10 * HOUR).note == ""
    assert duty(eve, Locale(HELSINKI, eve), **deviation, note="Hurry.").note == f"Hurry. {then}"


def test_what_was_due_before_it_was_opened_is_told_to_the_authority_of_today() -> None:
    late = duty(datetime(2019, 6, 1, tzinfo=UTC), authority="device_hazard", kind="report_device_hazard")
    assert (late.recipient, late.note) == ("Finnish Medicines Agency Fimea", "")


def test_what_to_do_where_no_way_to_an_authority_is_known_stands_in_the_note() -> None:
    known, unknown = duty(authority="data_protection"), duty(authority="significant_deviation", note="Soon.")
    assert known.note == "", "there the directory has the ways"
    assert unknown.note.startswith("Soon. Its route for significant deviations was not found: look it up")
    assert duty(authority="nis2_form").verified is False, "an entry that nobody has checked"


def test_an_authority_that_nobody_knows_is_not_made_up() -> None:
    before = datetime(2006, 5, 1, tzinfo=UTC)
    found = duty(before, Locale(HELSINKI, before), authority="data_protection", note="Hurry.")
    assert (found.recipient, found.verified) == ("the competent authority (not known for this day)", False)
    assert found.basis == "the Act (unverified)"
    assert found.note == (
        "Hurry. no authority is known for data_protection on 2006-05-01: see data/authorities.toml."
    )  # fmt: skip


OWN = Ladder(
    due_after=20 * HOUR,
    reminders=(Rung(after=5 * HOUR, to="desk"), Rung(after=15 * HOUR, to="management")),
    overdue_to=("operations",),
    overdue_every=2 * HOUR,
)


def test_an_own_ladder_that_is_longer_than_anothers_legal_time_allows_is_drawn_together() -> None:
    joint = duty(kind="notify_controller", within=12 * HOUR, shorter_only=True)
    assert ladder_for(joint, {"notify_controller": OWN}) == OWN.model_copy(
        update={
            "due_after": 12 * HOUR,
            "reminders": (Rung(after=3 * HOUR, to="desk"), Rung(after=9 * HOUR, to="management")),
        }
    )
    for hours in (20, 21):
        roomy = duty(kind="notify_controller", within=hours * HOUR, shorter_only=True)
        assert ladder_for(roomy, {"notify_controller": OWN}) == OWN, "no longer than the time: it stays as it is"


def test_an_own_ladder_replaces_a_target_and_never_a_legal_time() -> None:
    ladders: dict[DutyKind, Ladder] = {
        "notify_controller": OWN,
        "document_breach": OWN.model_copy(update={"due_after": HOUR}),
    }
    target = duty(kind="notify_controller", within=12 * HOUR)
    assert ladder_for(target, ladders) == OWN
    law = duty(kind="notify_controller", within=12 * HOUR, due="law")
    assert ladder_for(law, ladders) == OWN.model_copy(update={"due_after": 12 * HOUR})


def test_the_ladder_of_another_kind_is_not_taken() -> None:
    usual = ladder_for(duty(within=12 * HOUR), {"notify_controller": OWN})
    assert usual == Ladder(
        due_after=12 * HOUR,
        reminders=(
            Rung(after=4 * HOUR, to="desk"),
            Rung(after=8 * HOUR, to="data_protection_officer"),
            Rung(after=11 * HOUR, to="management"),
        ),
        overdue_to=("data_protection_officer", "management"),
        overdue_every=HOUR,
    )
