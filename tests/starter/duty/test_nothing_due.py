"""Where nothing is due, lists do not read as if nothing were going on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.starter.conftest import Desk
from tests.starter.contacts.own_desk import desk_of, example_model


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own: nothing else is open there."""
    with desk_of(tmp_path_factory.mktemp("quiet"), example_model()) as desk:
        yield desk


def test_an_open_incident_is_said_where_nothing_of_it_is_due(quiet: Desk) -> None:
    assert quiet("duty", "list").out.splitlines()[0] == "Nothing is due."
    reference = quiet.judged()
    for duty in [each["id"] for each in quiet("duty", "list", "--json").json]:
        if quiet("duty", "waive", reference, duty, "--reason", "Not needed").code:
            quiet("duty", "met", reference, duty)  # the report to Kela goes by itself
    quiet.until(lambda rows: not rows, "duty", "list")
    for command in (("duty", "list"), ("board", "--once")):
        assert "Nothing is due. 1 incident or breach is open." in quiet(*command).out
    closed = quiet("incident", "cancel", reference, "--reason", "A user's own cable")
    assert closed.code == 0, closed.err
    quiet.until(lambda rows: not rows, "incident", "list")
    assert "is open" not in quiet("duty", "list").out
