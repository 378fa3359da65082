"""What is asked of a suspicion that is said in part: what is left out is not sent."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from starter.breach.questions import Scene, ask_suspicion
from starter.breach.role_questions import ask_role
from starter.breach.summary import OF_NOTIFIER, tell_deadline, to_be_changed
from starter.language.words import SPOKEN, Spoken, speak

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SAID = {
    "aware_at": NOW - timedelta(hours=1), "first_noticed_at": NOW - timedelta(hours=2), "kinds": ["loss"],
    "registers": ["PDR"], "role": "controller", "description": "A laptop was lost.", "place": "Ward 3",
}  # fmt: skip


def asked(monkeypatch: pytest.MonkeyPatch, typed: str, **said: Any) -> dict[str, Any]:
    """What is known once somebody has typed these lines."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    fields = SAID | said
    ask_suspicion(fields, Scene(NOW, None))
    return {name: value for name, value in fields.items() if name not in SAID}


def test_enter_leaves_out_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, "\n\n\n\n") == {}


def test_begin_cause_and_earlier_measures_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said = asked(monkeypatch, "names\n20.11.2026 8.00\nA thief\nEncryption\n")
    assert said == {
        "data": "names",
        "began_at": NOW - timedelta(hours=6),
        "cause": "A thief",
        "measures_before": "Encryption",
    }


def test_a_breach_begins_before_anybody_notices_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = asked(monkeypatch, "\n20.11.2026 13.30\n20.11.2026 11.59\n\n\n")
    told = " ".join("".join(capsys.readouterr()).split())
    assert said == {"began_at": datetime(2026, 11, 20, 9, 59, tzinfo=UTC)}
    assert "began_at (Fri 20.11.2026 13:30) lies after first_noticed_at (Fri 20.11.2026 12:00)" in told


def test_the_hours_are_those_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    tell_deadline(NOW, NOW)
    tell_deadline(datetime(2018, 5, 1, tzinfo=UTC), NOW)
    told = "".join(capsys.readouterr())
    assert told.count("72 hours end") == 1


def seen(capsys: pytest.CaptureFixture[str]) -> str:
    """What stands on the screen, in one line."""
    return " ".join("".join(capsys.readouterr()).split())


WHO_NOTIFIES = (
    ({"role": "controller"}, "who notifies the authority: we"),
    ({"role": "processor"}, "who notifies the authority: each controller, not we"),
    ({"role": "joint_controller"}, "who notifies the authority: not agreed: we, until it is"),
    ({"role": "joint_controller", "joint_notifier": "us"}, "who notifies the authority: we, as agreed"),
    (
        {"role": "joint_controller", "joint_notifier": "us", "joint_notifier_name": "Kela"},
        "who notifies the authority: not agreed: we, until it is",
    ),
    (
        {"role": "joint_controller", "joint_notifier": "other", "joint_notifier_name": "Kela",
         "joint_notifier_reason": "Agreement, s. 4"},
        "who notifies the authority: Kela, as agreed (Agreement, s. 4)",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("said", "shown"), WHO_NOTIFIES)
def test_the_summary_says_who_notifies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: dict[str, Any], shown: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert to_be_changed(SAID | said, NOW, ()) is None
    assert f" {shown} " in seen(capsys)


def test_the_summary_says_what_was_answered_of_every_other_law(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    laws = ("significant_deviation", "nis2_significant", "device_hazard")
    to_be_changed(SAID | {"significant_deviation": True, "nis2_significant": False}, NOW, laws)
    told = seen(capsys)
    assert "significant deviation of an information system: yes" in told
    assert "significant incident (NIS2): no" in told
    assert "hazard of a medical device: not known, stays open" in told


@pytest.mark.parametrize("language", SPOKEN)
def test_every_answer_of_the_summary_has_a_number_by_which_it_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: Spoken
) -> None:
    fields = SAID | {"role": "joint_controller", "joint_notifier": "us"}
    speak(language)
    asked: list[tuple[str, ...]] = []
    for number in range(1, 13):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"99\n{number}\n"))
        changed = to_be_changed(fields, NOW, ("nis2_significant",))
        assert changed
        asked.append(changed.fields)
    speak("en")
    assert len({*asked}) == len(asked)
    assert ("aware_at",) in asked
    assert ("role", "controllers", *OF_NOTIFIER) in asked
    assert {each for fields in asked for each in fields} >= {*SAID}
    assert "99" not in seen(capsys)


@pytest.mark.parametrize(
    ("language", "typed", "role"),
    [("fi", "2", "joint_controller"), ("sv", "1", "controller"), ("en", "9\n1", "controller")],
)
def test_a_role_and_who_notifies_are_chosen_by_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: Spoken, typed: str, role: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n1\n"))
    fields = {name: value for name, value in SAID.items() if name != "role"}
    speak(language)
    ask_role(fields, None)
    speak("en")
    assert fields["role"] == role
    assert fields.get("joint_notifier") == ("us" if role == "joint_controller" else None)
    lines = "".join(capsys.readouterr()).splitlines()
    assert [line.split()[0] for line in lines if line.startswith("   ") and line.split()[0].isdecimal()][:3] == [*"123"]
    assert not [line for line in lines if line.strip() == ":"], "a prompt without its question"
