"""What the letters about a planned break say, besides what every letter says."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.mail.wording import worded
from activities.maintenance.papers import notice
from tests.activities.mail.post_office import letter, operating_model
from tests.activities.maintenance.sheets import sheet
from workflows.procedure.maintenance.plan import Plan

MODEL = operating_model()
START = datetime(2026, 12, 15, 4, 0, tzinfo=UTC)
END = START + timedelta(hours=12)
WHOLE = {"starts_at": START, "ends_at": END}
PART = {"starts_at": START, "ends_at": START + timedelta(hours=1)}
LATER = {"starts_at": START + timedelta(hours=2), "ends_at": END}


def plan(**changes: Any) -> Plan:
    """A break of twelve hours."""
    return Plan.model_validate({"title": "Uusi versio", "services": ["PDR"], **WHOLE} | changes)


def body(kind: str, language: str = "en", **facts: Any) -> str:
    """What a letter of this kind says."""
    return worded(letter(kind=kind, language=language, services=["PDR"], **{"plan": plan(), **facts}), MODEL).body


def test_one_window_that_is_the_whole_break_is_said_once() -> None:
    whole = plan(windows=[WHOLE])
    assert "Windows:" not in body("maintenance_planned", plan=whole)
    assert body("maintenance_planned", plan=whole).count("06:00–18:00") == 1
    assert "Windows:" not in notice(sheet(plan={**WHOLE, "windows": [WHOLE]}), MODEL, "en")
    assert "Windows:    Tue 15 Dec 2026 06:00–07:00" in body("maintenance_planned", plan=plan(windows=[PART]))


def test_a_moved_end_of_a_break_of_one_window_is_one_change() -> None:
    shorter = {**WHOLE, "ends_at": END - timedelta(hours=2)}
    before, after = plan(windows=[WHOLE]), plan(windows=[shorter], **shorter)
    assert body("maintenance_changed", plan=after, plan_before=before).count("before:") == 1
    assert "Windows\n    before: (nothing)\n" in body(
        "maintenance_changed", plan=plan(windows=[PART, LATER]), plan_before=before
    )


@pytest.mark.parametrize(
    ("language", "changed", "withdrawn"),
    [("fi", "MUUTTUNUT", "PERUTTU"), ("sv", "ÄNDRAT", "INSTÄLLT"), ("en", "CHANGED", "CANCELLED")],
)
def test_whoever_publishes_sees_at_once_what_for(language: str, changed: str, withdrawn: str) -> None:
    moved = plan(ends_at=END + timedelta(hours=1))
    subjects = [
        worded(letter(kind="maintenance_publish", language=language, services=["PDR"], **facts), MODEL).subject
        for facts in ({"plan": plan()}, {"plan": moved, "plan_before": plan()}, {"plan": plan(), "withdrawn": True})
    ]
    assert [changed in subject for subject in subjects] == [False, True, False]
    assert [withdrawn in subject for subject in subjects] == [False, False, True]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_an_open_incident_is_named_in_the_sentence(language: str) -> None:
    said = body("maintenance_overlong", language, text="INC-7, INC-8")
    assert ": INC-7, INC-8\n" in said
    assert "--from-maintenance" not in said
    assert "kantadesk incident open --from-maintenance INC-1" in body("maintenance_overlong", language)


@pytest.mark.parametrize(
    ("language", "by_hand", "promises"),
    [
        ("fi", "poista vanha merkintä itse.", "päivit|poistaa kalenteri"),
        ("sv", "ta bort den gamla posten själv.", "uppdater|tar bort kalender"),
        ("en", "delete the older entry by hand.", "replaces|removes"),
    ],
)
def test_no_letter_promises_what_outlook_does_not_do(language: str, by_hand: str, promises: str) -> None:
    """Outlook adds a second entry where other calendars replace the first, and may keep what was cancelled."""
    for kind in ("maintenance_planned", "maintenance_changed", "maintenance_cancelled"):
        said = body(kind, language, plan_before=plan())
        assert "Outlook" in said
        assert not re.search(promises, said)
        assert (by_hand in said) == (kind != "maintenance_cancelled")
    assert {"fi": "poista se itse.", "sv": "ta bort den själv.", "en": "delete it by hand."}[language] in said


@pytest.mark.parametrize(
    ("language", "each"),
    [
        ("fi", "Joka osalla on oma merkintänsä."),
        ("sv", "Varje del har en egen post."),
        ("en", "Each part has an entry of"),
    ],
)
def test_entries_of_several_windows_are_not_taken_for_doubles(language: str, each: str) -> None:
    for kind in ("maintenance_planned", "maintenance_changed"):
        assert each in body(kind, language, plan=plan(windows=[PART, LATER]), plan_before=plan())
        assert each not in body(kind, language, plan_before=plan())
