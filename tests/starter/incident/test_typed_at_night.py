"""What a tired person types: a time of yesterday, and a system that nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from starter.incident.systems import say_unknown_systems
from starter.sending import values
from starter.sending.said_back import moments_of, say_back
from starter.sending.values import moment
from starter.terminal import prompts
from starter.terminal.errors import Wrong
from tests.activities.fault_report.builder import operating_model
from tests.starter.conftest import TRIAGE, Desk
from workflows.maintenance.messages import MaintenanceOpening

QUARTER_PAST_SEVEN = datetime(2026, 11, 27, 5, 15, tzinfo=UTC)
KNOWN = "Esimerkki-potilastieto"


@pytest.mark.parametrize("option", ["--noticed-at", "--called-at", "--resolved-at"])
def test_nothing_that_happened_is_silently_of_yesterday(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Wrong, match=f'{option}: 09:40 has not come yet today; .*"yesterday 09:40"'):
        moment("09:40", QUARTER_PAST_SEVEN, option)
    monkeypatch.setattr(values, "may_ask", lambda: True)
    asked: list[str] = []
    answers = ["", "soon", "yesterday 14:30", "10:00", "kyll\u00e4", "n"]

    def line(question: str) -> str:
        asked.append(question)
        return answers.pop(0)

    monkeypatch.setattr(prompts, "line", line)
    assert moment("klo 9.40", QUARTER_PAST_SEVEN, option) == datetime(2026, 11, 26, 7, 40, tzinfo=UTC)
    assert asked == ["09:40 has not come yet today. Did you mean yesterday, Thu 26.11.2026 09:40? [Y/n]"]
    better = moment("09:40", QUARTER_PAST_SEVEN, option)
    assert better == datetime(2026, 11, 26, 12, 30, tzinfo=UTC), "a better time typed there is the answer"
    assert moment("09:40", QUARTER_PAST_SEVEN, option) == datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
    assert "10:00 has not come yet today" in asked[-1], "what is typed there may be of yesterday as well"
    with pytest.raises(Wrong):
        moment("09:40", QUARTER_PAST_SEVEN, option)


def test_every_moment_of_a_message_is_said_back(capsys: pytest.CaptureFixture[str]) -> None:
    spans = ((6, 8), (7, 7))
    windows = [{"starts_at": f"2026-12-01T0{a}:00+02:00", "ends_at": f"2026-12-01T0{b}:30+02:00"} for a, b in spans]
    planned = MaintenanceOpening.model_validate(
        {"reference": "M", "title": "t", "services": ["PDR"], "by": "me", "windows": windows[1:], **windows[0]}
    )
    say_back(moments_of(planned))
    assert capsys.readouterr().out.split("\n")[:-1] == [
        "  starts: Tue 1.12.2026 06:00",
        "  out of use: Tue 1.12.2026 07:00",
        "  out of use: Tue 1.12.2026 07:30",
        "  ends: Tue 1.12.2026 08:30",
    ]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((KNOWN,), ""),
        ((), ""),
        (("Aurora", KNOWN), '"Aurora" is no system of your operating model; it stands in the form by its name only'),
        (("A", "B"), '"A", "B" are no systems of your operating model; they stand in the form by their names only'),
    ],
)
def test_a_system_that_the_model_does_not_know_is_said(
    names: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say_unknown_systems(names, operating_model())
    shown = capsys.readouterr()
    assert shown.out == ""
    assert " ".join(shown.err.split()) == (f"--system: {said}" if said else "")


def test_nothing_is_said_where_the_model_can_not_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    say_unknown_systems(("Aurora",), None)
    assert capsys.readouterr().err == ""


def test_opening_and_judging_say_it(desk: Desk) -> None:
    opened = desk("incident", "open", "--title", "x", "--service", "PDR", "--system", "Aurora", "--json")
    judged = desk("incident", "triage", opened.json["reference"], *TRIAGE, "--system", "Aurora", "--json")
    assert (opened.code, judged.code) == (0, 0)
    for answer in (opened, judged):
        assert "is no system of your operating model" in " ".join(answer.err.split())
