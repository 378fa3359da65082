"""The operating model as rules: names must lead somewhere, ladders must work, people are found by role and group."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.procedure.operating_model.smallest import GOOD
from workflows.procedure.languages import LANGUAGES
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.operating_model.references import dangling, entries

Place = tuple[str | int, ...]


def changed(place: Place, value: Any) -> dict[str, Any]:
    """The good model with one value put in (None: taken out)."""
    model = copy.deepcopy(GOOD)
    inside: Any = model
    for part in place[:-1]:
        inside = inside[part]
    if value is None:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    return model


def faults(model: dict[str, Any]) -> list[tuple[Place, str]]:
    with pytest.raises(ValidationError) as refused:
        OperatingModel.model_validate(model)
    return [(error["loc"], error["msg"]) for error in refused.value.errors()]


@pytest.mark.parametrize(
    ("place", "value", "where", "words"),
    [
        (("roles", "desk", "contacts"), ["desk", "nobody"], ("roles", "desk", "contacts", 1), "no contact 'nobody'"),
        (("roles", "desk", "deputies"), ["nobody"], ("roles", "desk", "deputies", 0), "no contact 'nobody'"),
        (("telling", "end"), ["b", "c"], ("telling", "end", 1), "no contact is in group 'c'"),
        (
            ("roles", "duty_officer"),
            None,
            ("ladders", "triage", "overdue_to", 1),
            "nobody holds the role 'duty_officer'",
        ),
        (("roles", "desk"), None, ("roles", "desk"), "is needed"),
        (("ladders", "triage"), None, ("ladders", "triage"), "is needed"),
        (("criteria_version",), "kanta-1", ("criteria_version",), "use one of kanta-en-current"),
        (
            ("ladders", "triage", "reminders"),
            [{"after": "10min", "to": "desk"}, {"after": "1h", "to": "desk"}],
            ("ladders", "triage", "reminders", 1, "after"),
            "does not lie between",
        ),
        (("ladders", "triage", "overdue_to"), ["management"], ("ladders", "triage", "overdue_to", 0), "nobody holds"),
        (("ladders", "triage", "overdue_every"), "0s", ("ladders", "triage", "overdue_every"), "at least 1min"),
        (("ladders", "triage", "due_after"), "0s", ("ladders", "triage", "due_after"), "longer than nothing"),
        (("organisation", "time_zone"), "Europe/Turku", ("organisation", "time_zone"), "no time zone 'Europe/Turku'"),
        (("organisation", "time_zone"), "../etc", ("organisation", "time_zone"), "no time zone"),
        (("watch",), {"length": timedelta(-1)}, ("watch", "length"), "greater than or equal"),
        (("organisation", "names"), {"de": "Kreis"}, ("organisation", "names", "de", "[key]"), "'fi', 'sv' or 'en'"),
        (("organisation", "units"), {"sv": " "}, ("organisation", "units", "sv"), "at least 1 character"),
    ],
)
def test_a_fault_is_refused_at_its_own_place(place: Place, value: Any, where: Place, words: str) -> None:
    [(found, message)] = faults(changed(place, value))
    assert found == where
    assert words in message


def test_all_names_that_lead_nowhere_are_told_at_once() -> None:
    model = changed(("roles", "desk", "contacts"), ["x"])
    model["telling"]["start"] = ["y"]
    del model["ladders"]["phone_kela"]
    assert [place for place, _ in faults(model)] == [
        ("roles", "desk", "contacts", 0),
        ("telling", "start", 0),
        ("ladders", "phone_kela"),
    ]


@pytest.mark.parametrize("contents", [{}, {"contacts": 7, "roles": [], "telling": "x", "ladders": {"triage": "soon"}}])
def test_contents_of_another_shape_are_looked_through_all_the_same(contents: dict[str, Any]) -> None:
    assert all("no contact" not in fault for _, fault in dangling(contents))


def test_the_model_and_the_bare_contents_are_judged_alike() -> None:
    assert dangling(GOOD) == dangling(OperatingModel.model_validate(GOOD)) == []


def test_entries_follow_any_key() -> None:
    assert list(entries({"a": {"x": [1, 2]}, "b": 3}, "*", "x", "*")) == [(("a", "x", 0), 1), (("a", "x", 1), 2)]


def test_members_and_holders() -> None:
    model = OperatingModel.model_validate(GOOD)
    assert model.members(("b", "a")) == ("desk", "boss")
    assert model.members(("unknown",)) == ()
    assert model.holders(("desk", "duty_officer"), deputies=True) == ("desk", "boss")
    assert model.holders(("desk",)) == ("desk",)
    assert model.holders(("communications",)) == ("desk",), "a role nobody holds falls to the desk"


def test_the_organisation_has_its_name_in_each_language_and_one_where_it_says_no_other() -> None:
    model = OperatingModel.model_validate(changed(("organisation", "names"), {"sv": "Länet"}))
    assert [model.organisation.name_in(language) for language in LANGUAGES] == ["County", "Länet", "County"]
    assert [model.organisation.unit_in(language) for language in LANGUAGES] == ["", "", ""]
    assert (model.rules().organisation, model.rules().organisation_names) == ("County", ("Länet",))
    plain = OperatingModel.model_validate(GOOD)
    assert [plain.organisation.name_in(language) for language in LANGUAGES] == ["County"] * 3
    assert plain.rules().organisation_names == ()


def test_the_rules_hold_no_person_and_no_address() -> None:
    rules = OperatingModel.model_validate(GOOD).rules()
    assert "example.org" not in rules.model_dump_json()
    assert rules.watch_length == timedelta(hours=24)
    assert rules.ladder("verify_contacts").due_after == timedelta(days=28)
    assert rules.ladder("document_breach") == rules.ladders["triage"]


def test_an_instruction_is_for_its_sectors_or_for_everybody() -> None:
    instructions = [
        {"title": "Ohje", "place": "Intranet", "sectors": ["pharmacy"]},
        {"title": "Anvisning", "place": "https://example.org/a", "language": "sv"},
    ]
    ours, everybodys = OperatingModel.model_validate(GOOD | {"instructions": instructions}).instructions
    assert (ours.is_for("pharmacy"), ours.is_for("healthcare"), ours.language) == (True, False, "fi")
    assert everybodys.is_for("pharmacy")
    assert everybodys.is_for("supplier")
    assert faults(GOOD | {"instructions": [{"title": "Ohje"}]})[0][0] == ("instructions", 0, "place")


def test_a_contacts_sector_is_the_organisations_unless_it_has_its_own() -> None:
    contact = next(iter(GOOD["contacts"]))
    assert OperatingModel.model_validate(GOOD).sector_of(contact) == "healthcare"
    assert (
        OperatingModel.model_validate(changed(("organisation", "sector"), "pharmacy")).sector_of(contact) == "pharmacy"
    )
    own = OperatingModel.model_validate(changed(("contacts", contact, "sector"), "social_welfare"))
    assert own.sector_of(contact) == "social_welfare"


def test_nobody_speaks_for_an_organisation_without_the_role() -> None:
    contact = next(iter(GOOD["contacts"]))
    assert not OperatingModel.model_validate(GOOD).speaks_for_us(contact)
    held = OperatingModel.model_validate(changed(("roles", "communications"), {"contacts": [contact]}))
    assert held.speaks_for_us(contact)
