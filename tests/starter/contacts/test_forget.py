"""``kantadesk contacts forget`` on a real desk: what goes, what stays and why, and who can't be done without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.starter.conftest import Desk
from tests.starter.contacts.own_desk import desk_of, example_model

CONTACT = "pharmacy-coast"


@pytest.fixture(scope="module")
def forgetting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_of(tmp_path_factory.mktemp("forgetting"), example_model()) as desk:
        yield desk


def test_who_cannot_be_done_without_is_not_forgotten(forgetting: Desk) -> None:
    file = forgetting.data_dir / "operating-model.toml"
    before = file.read_bytes()
    refused = forgetting("contacts", "forget", "duty-officer", "--yes")
    assert refused.code == 2
    assert "nobody else holds the role duty_officer" in refused.err
    assert "deputy-duty-officer stands in so far" in refused.err
    assert forgetting("contacts", "forget", "pharmacy-cost").code == 4
    assert "--yes: nothing was written" in forgetting("contacts", "forget", CONTACT).err
    assert file.read_bytes() == before


def test_a_contact_is_forgotten_and_what_stays_is_said(forgetting: Desk) -> None:
    told = forgetting("contacts", "forget", CONTACT, "--yes")
    assert told.code == 0, told.err
    assert "the evidence of incidents and breaches" in told.out
    assert "unverified" in told.out
    text = (forgetting.data_dir / "operating-model.toml").read_text("utf-8")
    assert f"[contacts.{CONTACT}]" not in text
    assert "# --- Roles: who answers for what" in text
    listed = forgetting("contacts", "list", "--json").json["contacts"]
    assert CONTACT not in [each["contact"] for each in listed], "the review dropped it at once"
    standing = forgetting.data_dir / "contacts" / "standing.json"
    assert CONTACT not in (standing.read_text("utf-8") if standing.exists() else "")
    assert forgetting("contacts", "forget", CONTACT, "--yes").code == 4
    document = forgetting("contacts", "forget", "health-station-coast", "--yes", "--json").json
    assert (document["basis_verified"], document["review_told"]) == (False, True)
    assert {each["what"] for each in document["stays"]} == {"evidence", "sent", "processes", "outbox"}
