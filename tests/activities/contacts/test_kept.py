"""How the contacts stand, for whoever sends to them: kept, read beside the file, said with each letter."""

from __future__ import annotations

import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.contacts.kept import KeptStandings, in_words
from activities.contacts.mark import mark_of
from tests.procedure.operating_model.smallest import GOOD
from workflows.contacts.messages import Standings
from workflows.procedure.contacts.standing import KnownContact
from workflows.procedure.operating_model.model import OperatingModel

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def model(**desk: Any) -> OperatingModel:
    """The smallest operating model, with some facts of the desk changed."""
    contacts = GOOD["contacts"] | {"desk": GOOD["contacts"]["desk"] | desk}
    return OperatingModel.model_validate(GOOD | {"contacts": contacts})


def known(**facts: Any) -> Standings:
    """What is kept of the desk."""
    desk = {"contact": "desk", "verified_on": date(2026, 11, 2), "mark": mark_of(model().contacts["desk"])}
    return Standings(contacts=(KnownContact.model_validate(desk | facts),))


def doubted(folder: Path, now: datetime = NOW, **desk: Any) -> dict[str, str]:
    """Who is to be confirmed, and why."""
    return {each.contact: each.doubt.why for each in KeptStandings(folder).among(model(**desk), now)}


def test_without_a_word_of_the_review_the_file_says_it(tmp_path: Path) -> None:
    assert doubted(tmp_path) == {}
    assert doubted(tmp_path, verified_on=date(2026, 5, 1)) == {"desk": "cycle"}
    (tmp_path / "standing.json").write_text("{broken", encoding="utf-8")
    assert doubted(tmp_path, verified_on=date(2026, 5, 1)) == {"desk": "cycle"}


def test_a_confirmation_by_message_holds(tmp_path: Path) -> None:
    confirmed_at = NOW - timedelta(days=10)
    KeptStandings(tmp_path).keep(known(verified_on=date(2026, 1, 1), confirmed_at=confirmed_at))
    assert doubted(tmp_path, verified_on=date(2026, 1, 1)) == {}
    assert doubted(tmp_path, NOW + timedelta(days=173), verified_on=date(2026, 1, 1))["desk"] == "cycle"


def test_what_is_in_doubt_is_so_until_the_file_says_otherwise(tmp_path: Path) -> None:
    KeptStandings(tmp_path).keep(known(doubt="wrong", doubted_at=NOW - timedelta(days=2), channel="phone"))
    assert doubted(tmp_path) == {"desk": "wrong"}
    assert doubted(tmp_path, verified_on=date(2026, 11, 26)) == {}


def test_details_that_were_changed_since_are_seen_before_the_review_looks(tmp_path: Path) -> None:
    KeptStandings(tmp_path).keep(known())
    assert doubted(tmp_path, phone="000") == {"desk": "changed"}


def test_who_has_read_it_once_sees_what_is_kept_later(tmp_path: Path) -> None:
    reader, here = KeptStandings(tmp_path), model()
    assert reader.of("desk", here, NOW) is None
    KeptStandings(tmp_path).keep(known(doubt="wrong", doubted_at=NOW - timedelta(days=2)))
    found = reader.of("desk", here, NOW)
    assert found is not None
    assert found.why == "wrong"
    KeptStandings(tmp_path).keep(known())
    assert reader.of("desk", here, NOW) is None
    assert reader.of("nobody", here, NOW) is None


def test_it_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "contacts"
    KeptStandings(folder).keep(known())
    assert stat.S_IMODE((folder / "standing.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("doubt", "said"),
    [
        ("wrong", "reached nobody on 27.11.2026"),
        ("text_failed", "reached nobody on 27.11.2026"),
        ("changed", "were changed on 27.11.2026 and are not confirmed"),
    ],
)
def test_a_letters_record_says_it(tmp_path: Path, doubt: str, said: str) -> None:
    kept = KeptStandings(tmp_path)
    kept.keep(known(doubt=doubt, doubted_at=NOW))
    found = kept.of("desk", model(), NOW)
    assert found
    assert in_words(found, "Europe/Helsinki") == f"the contact's details {said}"
    assert kept.of("kela", model(), NOW) is None
