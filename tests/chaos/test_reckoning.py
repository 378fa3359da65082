"""The reckoning can fail: it finds what is lost, doubled or different in a doctored record."""

from __future__ import annotations

from typing import Any

import pytest

from activities.mail import IN_DOUBT
from tests.builders import NOON
from tests.chaos.letter_box import Accepted
from tests.chaos.reckoning import Account, reckon, shape
from tests.chaos.script import SCRIPT, Lived
from workflows.incident_record import IncidentRecord
from workflows.messages import Happening, IncidentOpening, SentMessage

pytestmark = pytest.mark.chaos
UPDATE = next(step for step in SCRIPT if step.phase == "updated")
LETTER = Accepted("a@example.org", "T-0", "Start", at=100.0)
FINE = Account([], [], [], [])


def life(*letters: SentMessage, **changes: Any) -> Lived:
    """An incident that sent some letters and took one update."""
    opening = IncidentOpening.model_validate(SCRIPT[0].payload("T-0/0"))
    status = IncidentRecord.opened(opening, NOON).status().model_copy(update={"messages": letters, **changes})
    return Lived(status, [Happening(at=NOON, what="Situation changed", detail="T-0/4")], {"T-0/4": UPDATE})


def sent(message_id: str = LETTER.message_id, detail: str = "") -> SentMessage:
    return SentMessage(id=message_id, to="ward", state="accepted", purpose="start", detail=detail)


def reckoned(one: Lived, accepted: list[Accepted], kills: tuple[float, ...] = ()) -> Account:
    return reckon([one], accepted, kills, shape(life(sent())))


def test_a_good_record_is_found_good() -> None:
    assert reckoned(life(sent()), [LETTER], kills=(100.5,)) == FINE


def test_a_lost_mail_is_found() -> None:
    assert reckoned(life(sent()), []).lost == ["never accepted: start to ward"]


def test_a_mail_that_nobody_recorded_is_found() -> None:
    stray = LETTER._replace(message_id="b@example.org")
    assert reckoned(life(sent()), [LETTER, stray]).lost == ["accepted but in no record: Start"]


@pytest.mark.parametrize(
    ("detail", "killed_at", "is_excused"),
    [("", 100.5, False), (IN_DOUBT, 98.5, False), (IN_DOUBT, 102.0, False), (IN_DOUBT, 100.5, True)],
)
def test_a_doubled_mail_is_found_and_excused_in_the_window_only(
    detail: str, killed_at: float, is_excused: bool
) -> None:
    account = reckoned(life(sent(detail=detail)), [LETTER, LETTER._replace(at=300.0)], kills=(killed_at,))
    found, other = (account.in_the_window, account.doubled) if is_excused else (account.doubled, account.in_the_window)
    assert (found, other) == (["accepted 2 times: a@example.org"], [])


def test_a_message_that_was_acknowledged_and_is_not_there_is_found() -> None:
    good = life(sent())
    assert reckoned(good._replace(timeline=[]), [LETTER]).lost == ["acknowledged but not applied: T-0/4"]


def test_a_message_applied_twice_is_found() -> None:
    good = life(sent())
    assert reckoned(good._replace(timeline=good.timeline * 2), [LETTER]).doubled == ["applied 2 times: T-0/4"]


def test_a_different_record_is_found() -> None:
    assert reckoned(life(sent(), phase="watch"), [LETTER]).different == ["phase: watch instead of awaiting_triage"]
    assert "timeline" in reckoned(life(sent())._replace(timeline=[]), [LETTER]).different[0]
