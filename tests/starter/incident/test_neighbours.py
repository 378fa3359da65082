"""Which of the open incidents about the same services is proposed: only one that may be followed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from starter.incident.neighbours import Neighbour, say_neighbours, to_follow
from tests.builders import now


def near(reference: str, *, hours: int = 1, **changes: Any) -> Neighbour:
    """A judged incident, opened some hours ago."""
    known = Neighbour(reference, "Old data", "handling", drill=False, opened_at=now() - timedelta(hours=hours))
    return known._replace(**changes)


@pytest.mark.parametrize(
    "no",
    [
        near("DRILL", drill=True, hours=9),
        near("FOLLOWER", follows="X", hours=9),
        near("OVER", phase="watch", hours=9),
        near("YOUNGER", hours=2),
        near("UNJUDGED", phase="awaiting_triage", hours=9),
        near("UNKNOWN", title="", hours=9),
    ],
    ids=lambda no: no.reference,
)
def test_one_that_may_be_followed_is_proposed(no: Neighbour) -> None:
    best = to_follow([no, near("GOOD", hours=3)], drill=False)
    assert best
    assert best.reference == "GOOD"


def test_nothing_is_proposed_that_would_be_refused(capsys: pytest.CaptureFixture[str]) -> None:
    say_neighbours([near("DRILL", drill=True)], "MINE", now(), drill=False)
    say_neighbours([near("GOOD")], "MINE", now(), drill=False, may_follow=False)
    told = capsys.readouterr().out
    assert "also open: DRILL DRILL" in told
    assert "also open: GOOD" in told
    assert "same fault" not in told
    say_neighbours([near("GOOD")], "MINE", now(), drill=False)
    assert "kantadesk incident link MINE --same-as GOOD" in capsys.readouterr().out
