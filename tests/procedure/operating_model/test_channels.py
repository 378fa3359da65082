"""The channels of a contact: their order, what is refused at loading, and how long each may take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from activities.contacts.mark import mark_of
from activities.operating_model.file import recipients_of
from tests.activities.mail.post_office import operating_model
from workflows.procedure.operating_model.channels import ChannelRules, Manner
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.operating_model.references import dangling
from workflows.process.ports import Audience

TEAMS = {"teams": "json://host/teams"}


def model(**ward: Any) -> OperatingModel:
    contents = operating_model().model_dump(mode="json")
    contents["contacts"]["ward-3"] |= ward
    return OperatingModel.model_validate(contents)


def test_who_has_no_channels_is_told_as_before() -> None:
    assert model().manner_of("ward-3") is None
    assert model(addresses=TEAMS).manner_of("ward-3") is None
    assert mark_of(model().contacts["ward-3"]) == mark_of(model(channels=["email"]).contacts["ward-3"])


def test_the_order_is_that_of_the_file_and_mail_is_the_last() -> None:
    told = model(addresses=TEAMS, text_message="+358401234567", channels=["teams", "text_message"])
    (ward,) = recipients_of(Audience(contacts=("ward-3",)), told)
    assert ward.manner is not None
    assert ward.manner.channels == ("teams", "text_message", "email")
    assert mark_of(told.contacts["ward-3"]) != mark_of(model(text_message="+358401234567").contacts["ward-3"])


def test_mail_may_be_in_the_middle() -> None:
    told = model(addresses=TEAMS, channels=["email", "teams"]).manner_of("ward-3")
    assert told is not None
    assert told.channels == ("email", "teams")


@pytest.mark.parametrize(
    ("ward", "place", "fault"),
    [
        ({"channels": ["slack"]}, 0, "the contact has no address 'slack': say it under its addresses"),
        ({"channels": ["email", "text_message"]}, 1, "the contact has no text_message: say where text messages go"),
        ({"addresses": TEAMS, "channels": ["teams", "teams"]}, 1, "names 'teams' twice"),
    ],
)
def test_a_channel_that_leads_nowhere_is_named_with_its_place(ward: dict[str, Any], place: int, fault: str) -> None:
    bare = operating_model().model_dump(mode="json")
    bare["contacts"]["ward-3"] |= {"text_message": ""} | ward
    assert [(each.place, each.fault) for each in dangling(bare)] == [(("contacts", "ward-3", "channels", place), fault)]
    with pytest.raises(ValidationError, match=fault.partition(":")[0]):
        OperatingModel.model_validate(bare)


@pytest.mark.parametrize("name", ["email", "text_message", "Teams", "", "a b"])
def test_a_name_that_can_t_be_one_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        model(addresses={name: "json://host/x"})


def test_a_secret_in_an_address_is_refused() -> None:
    with pytest.raises(ValidationError, match="a password stands in it"):
        model(addresses={"teams": "json://user:password@host/x"})


@pytest.mark.parametrize(
    "rules",
    [{"next_after": "1s"}, {"next_after": "2d"}, {"alarms_next_after": "20min"}, {"next_after": "1min"}],
)
def test_times_out_of_bounds_or_alarms_later_than_others_are_refused(rules: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ChannelRules.model_validate(rules)


def test_alarms_and_what_is_critical_go_on_sooner() -> None:
    told = Manner(channels=("teams", "email"))
    assert told.patience("overdue") == told.patience("start", "critical") == timedelta(minutes=2)
    assert told.patience("start", "low") == timedelta(minutes=10)


def test_without_a_channel_mail_stays() -> None:
    told = Manner(channels=("text_message", "email"))
    assert told.without("text_message").channels == told.without("text_message").without("email").channels == ("email",)
