"""Whom a shift means: by address, id or name; what is not certain is nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from icalendar import Calendar

from activities.operating_model.file import load_operating_model
from activities.rota.people import People
from tests.activities.rota.calendars import calendar, event
from workers.settings import packaged_operating_model
from workflows.procedure.operating_model.model import OperatingModel

ADDED = """
[contacts.anna]
name = "Anna Virtanen"
email = "anna.virtanen@example.org"
verified_on = 2026-10-05
[contacts.mikko-1]
name = "Mikko Laine"
email = "On-Call@example.org"
verified_on = 2026-10-05
[contacts.mikko-2]
name = "Mikko Laine"
email = "mikko.laine@example.org"
verified_on = 2026-10-05
[contacts.liisa]
name = "Liisa Virtanen-Koski"
email = "on-call@example.org"
verified_on = 2026-10-05
[contacts.koski]
name = "Liisa Virtanen"
email = "liisa.virtanen@example.org"
verified_on = 2026-10-05
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> OperatingModel:
    file: Path = tmp_path_factory.mktemp("model") / "operating-model.toml"
    file.write_text(packaged_operating_model().read_text("utf-8") + ADDED, encoding="utf-8")
    return load_operating_model(file)


def named(model: OperatingModel, summary: str, *attendees: str, role: tuple[str, ...] = ()) -> tuple[list[str], bool]:
    there = Calendar.from_ical(calendar(event(summary, start=":20261024T190000Z", attendees=attendees)))
    contacts, unmatched = People(model, role).named(there.walk("VEVENT")[0])
    return list(contacts), unmatched


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("anna", ["anna"]),
        ("ANNA VIRTANEN", ["anna"]),
        ("Anna  Virtanen", ["anna"]),
        ("Päivystys: Anna Virtanen", ["anna"]),
        ("Anna Virtanen \N{EN DASH} yö", ["anna"]),
        ("Anna Virtanen (yö)", ["anna"]),
        ("Yövuoro Anna Virtanen klo 22", ["anna"]),
        ("anna.virtanen@example.org", ["anna"]),
        ("anna, duty-officer", ["anna", "duty-officer"]),
        ("Anna Virtanen\\, Liisa Virtanen-Koski", ["anna", "liisa"]),
        ("Yö Liisa Virtanen-Koski", ["liisa"]),  # not Liisa Virtanen, whose name is a part of it
        ("Jour Liisa Virtanen idag", ["koski"]),
        ("Annan vuoro", []),
        ("Joanna Virtanen", []),
        ("annalle", []),
        ("Mikko Laine", []),  # there are two
        ("Mikko", []),
        ("", []),
    ],
)
def test_a_title_means_whom_it_names_whole(model: OperatingModel, summary: str, expected: list[str]) -> None:
    assert named(model, summary) == (expected, not expected)


@pytest.mark.parametrize(
    ("attendees", "expected"),
    [
        ([":mailto:anna.virtanen@example.org"], (["anna"], False)),
        ([":MAILTO:Anna.Virtanen@Example.ORG"], (["anna"], False)),
        ([":mailto:private@example.net", ":mailto:anna.virtanen@example.org"], (["anna"], True)),
        ([";CN=Anna Virtanen:mailto:private@example.net"], (["anna"], False)),
        ([";CN=Liisa Virtanen-Koski:mailto:on-call@example.org"], (["liisa"], False)),  # a mailbox of two
        ([":mailto:on-call@example.org"], ([], True)),
        ([";PARTSTAT=DECLINED:mailto:anna.virtanen@example.org"], ([], True)),
        ([";PARTSTAT=DECLINED:mailto:anna.virtanen@example.org", ":mailto:mikko.laine@example.org"],
         (["mikko-2"], False)),
        ([";CUTYPE=ROOM:mailto:room@example.org", ":mailto:anna.virtanen@example.org"], (["anna"], False)),
        ([";ROLE=NON-PARTICIPANT:mailto:boss@example.org", ":mailto:anna.virtanen@example.org"], (["anna"], False)),
        ([":mailto:stranger@example.net"], ([], True)),
    ],
)  # fmt: skip
def test_attendees_go_before_the_title(
    model: OperatingModel, attendees: list[str], expected: tuple[list[str], bool]
) -> None:
    assert named(model, "Päivystys", *attendees) == expected


def test_where_nobody_invited_is_known_the_title_is_read(model: OperatingModel) -> None:
    assert named(model, "Anna Virtanen", ":mailto:list@example.net") == (["anna"], False)


def test_of_two_of_one_name_the_one_in_the_role_is_meant(model: OperatingModel) -> None:
    assert named(model, "Mikko Laine", role=("mikko-2", "anna")) == (["mikko-2"], False)
    assert named(model, "Mikko Laine", role=("mikko-2", "mikko-1")) == ([], True)
