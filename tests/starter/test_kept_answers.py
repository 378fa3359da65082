"""No answer is lost: what was answered and not sent is offered again for a day, and lies encrypted meanwhile."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from starter.sending import kept_answers
from starter.sending.kept_answers import Answers, forget_what_was_sent, saying_what_is_kept
from starter.terminal import prompts
from starter.terminal.errors import HoldsACode
from workers.kept_texts import KEPT_FOR, KeptTexts
from workers.keys import ring
from workflows.contract import INCIDENT_MESSAGES

AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
CALL = INCIDENT_MESSAGES["phone_escalation"]
ANSWERED = {"reached": True, "person": "M. Virtanen", "called_at": AT}


@pytest.fixture
def texts(tmp_path: Path) -> KeptTexts:
    return KeptTexts(tmp_path / "answers", ring.generate())


@pytest.fixture(autouse=True)
def night(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    """The clock, which a test may move."""
    clock = [AT]
    monkeypatch.setattr(kept_answers, "now", lambda: clock[0])
    monkeypatch.setattr(prompts, "line", lambda _question: "")
    with click.Context(click.Command("call")):
        yield clock


def test_what_was_not_sent_is_offered_and_what_is_typed_now_wins(texts: KeptTexts) -> None:
    first = Answers(CALL, "call/T-1", texts)
    assert first.offered({"number": "1"}) == {"number": "1"}
    first.keep({"number": "1", "by": "x", "event_id": "e", **ANSWERED})
    again = Answers(CALL, "call/T-1", texts).offered({"person": "K. Laine"})
    assert again == ANSWERED | {"person": "K. Laine"}, "what an option gave is not among them"
    assert Answers(CALL, "call/T-2", texts).offered({}) == {}


def test_what_is_offered_is_shown_first(texts: KeptTexts, monkeypatch: pytest.MonkeyPatch) -> None:
    triage = INCIDENT_MESSAGES["triage"]
    answered = {
        "criteria": {"safety": "unknown"},
        "parts": {"safety": {"suspected": "yes"}},
        "severity": "critical",
        "extensive": False,
        "workaround": "",
    }
    Answers(triage, "triage/T-1", texts).keep(answered)
    told: list[str] = []
    monkeypatch.setattr(prompts, "tell", lambda text="", **_look: told.append(text))
    assert Answers(triage, "triage/T-1", texts).offered({}) == answered
    assert [line.replace("?", ":").rpartition(": ")[2] for line in told] == ["unknown", "critical", "no"]
    assert all(line.startswith("  ") and len(line) > len("  : unknown") for line in told)


def test_what_is_refused_for_an_identity_code_is_not_kept_and_the_rest_is(texts: KeptTexts) -> None:
    answers = Answers(CALL, "call/T-1", texts)
    click.get_current_context().meta[kept_answers.KEPT] = answers
    answers.keep(ANSWERED)
    with pytest.raises(HoldsACode), saying_what_is_kept():
        raise HoldsACode("--person: leave it out", "person")
    assert Answers(CALL, "call/T-1", texts).offered({}) == {"reached": True, "called_at": AT}
    answers.keep({"person": "131052-308T"})
    with pytest.raises(HoldsACode), saying_what_is_kept():
        raise HoldsACode("--person: leave it out", "person")
    assert [*texts.folder.iterdir()] == []


def test_it_lies_encrypted_for_the_owner_only(texts: KeptTexts) -> None:
    Answers(CALL, "call/T-1", texts).keep(ANSWERED)
    [path] = texts.folder.iterdir()
    assert b"Virtanen" not in path.read_bytes()
    assert "T-1" not in path.name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(texts.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("passed", [KEPT_FOR, -timedelta(hours=1)])
def test_after_a_day_it_is_gone(texts: KeptTexts, night: list[datetime], passed: timedelta) -> None:
    Answers(CALL, "call/T-1", texts).keep(ANSWERED)
    night[0] += passed
    assert Answers(CALL, "call/T-2", texts).offered({}) == {}
    assert [*texts.folder.iterdir()] == [], "of every command"


def test_nobody_moves_it_to_another_command_or_age(texts: KeptTexts) -> None:
    Answers(CALL, "call/T-1", texts).keep(ANSWERED)
    [path] = texts.folder.iterdir()
    path.replace(texts._path("call/T-2"))
    assert Answers(CALL, "call/T-2", texts).offered({}) == {}
    Answers(CALL, "call/T-1", texts).keep(ANSWERED)
    content = path.read_bytes().replace(b"\n%d\n" % AT.timestamp(), b"\n%d\n" % (AT.timestamp() - 60))
    path.write_bytes(content)
    assert Answers(CALL, "call/T-1", texts).offered({}) == {}
    Answers(CALL, "call/T-1", texts).keep(ANSWERED)
    assert Answers(CALL, "call/T-1", KeptTexts(texts.folder, ring.generate())).offered({}) == {}


def test_who_does_not_want_it_or_has_sent_it_is_not_offered_it_again(
    texts: KeptTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Answers(CALL, "call/T-1", texts)
    answers.keep(ANSWERED)
    monkeypatch.setattr(prompts, "line", lambda _question: "n")
    assert answers.offered({}) == {}
    assert Answers(CALL, "call/T-1", texts).offered({}) == {}
    answers.keep(ANSWERED)
    click.get_current_context().meta[kept_answers.KEPT] = answers
    forget_what_was_sent()
    assert [*texts.folder.iterdir()] == []


@pytest.mark.parametrize("ending", [click.Abort(), KeyboardInterrupt(), click.ClickException("no connection")])
def test_however_it_ends_that_they_are_kept_is_said(
    ending: BaseException, texts: KeptTexts, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = Answers(CALL, "call/T-1", texts)
    click.get_current_context().meta[kept_answers.KEPT] = answers
    answers.keep(ANSWERED)
    with pytest.raises(type(ending)), saying_what_is_kept():
        raise ending
    assert "kept for a day" in capsys.readouterr().err
    answers.forget()
    with pytest.raises(type(ending)), saying_what_is_kept():
        raise ending
    assert capsys.readouterr().err == ""
