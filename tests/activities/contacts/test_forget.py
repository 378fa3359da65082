"""A contact goes out of the operating model, with every place that names it; comments and the rest stay as written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from activities.contacts.forget import forget, lines_that_name, named_at, still_needed
from activities.operating_model.file import OperatingModelFault, load_operating_model
from workers.settings import packaged_operating_model

EXAMPLE = packaged_operating_model().read_text("utf-8")
ANNA = """
[contacts.anna]                           # Anna's own line
name = "Anna Virtanen"
email = "anna@example.org"                # private
groups = [
  "pharmacies",                           # helps out
]
owner = "desk"
verified_on = 2026-10-05

# --- A heading that belongs to what comes next ---
"""
DESK, MANAGEMENT = (
    'deputies = ["duty-officer"]\n\n[roles.duty_officer]',
    'contacts = ["chief-information-officer"]',
)
OTHERS = {
    DESK: DESK.replace('"duty-officer"]', '"duty-officer", "anna"]  # by turns'),
    MANAGEMENT: 'owner = "anna"\ncontacts = [\n  "chief-information-officer",    # first\n  "anna",\n]',
}


def written(folder: Path, added: str = ANNA, *, roles: bool = True) -> Path:
    text = EXAMPLE
    for old, new in OTHERS.items() if roles else ():
        assert old in text
        text = text.replace(old, new)
    head = "# --- Roles: "
    assert text.count(head) == 1
    path = folder / "operating-model.toml"
    path.write_text(text.replace(head, added.lstrip("\n") + "\n" + head), encoding="utf-8")
    load_operating_model(path)
    return path


def test_only_what_names_the_contact_goes_and_every_comment_around_it_stays(tmp_path: Path) -> None:
    path = written(tmp_path)
    model = load_operating_model(path)
    assert still_needed("anna", model) == []
    assert {(each.place, each.left) for each in named_at("anna", model)} == {
        ("roles.desk.deputies", ("duty-officer",)),
        ("roles.management.contacts", ("chief-information-officer",)),
        ("roles.management.owner", ()),
    }
    before = path.read_text("utf-8").splitlines()
    forget(path, "anna")
    after = path.read_text("utf-8").splitlines()
    assert tomllib.loads("\n".join(after)) == tomllib.loads(EXAMPLE)
    gone = [line for line in before if line not in after and "#" in line]
    assert [line.partition("#")[2] for line in gone] == [" Anna's own line", " private", " helps out", " by turns"]
    for kept in ("# --- A heading that belongs to what comes next ---", "# --- Roles: ", "# by turns", "# first"):
        assert kept in "\n".join(after)
    assert lines_that_name("\n".join(after), ("Anna Virtanen", "anna@example.org")) == []


@pytest.mark.parametrize(
    "added",
    [
        ANNA.replace("[contacts.anna]", '[contacts."anna"]'),
        ANNA.replace("[contacts.anna]", "[ contacts . anna ]"),
        ANNA.replace("\n", "\r\n"),
        ANNA.replace('name = "Anna Virtanen"', 'name = "Anna [contacts.anna]"'),
    ],
)
def test_however_its_table_is_written(tmp_path: Path, added: str) -> None:
    path = written(tmp_path, added, roles=False)
    forget(path, "anna")
    assert tomllib.loads(path.read_text("utf-8")) == tomllib.loads(EXAMPLE)
    assert "# --- A heading that belongs to what comes next ---" in path.read_text("utf-8")


def test_a_comment_that_still_names_the_contact_is_found_by_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, ANNA + "# ask Anna Virtanen about this\n")
    forget(path, "anna")
    text = path.read_text("utf-8")
    assert [text.splitlines()[number - 1] for number in lines_that_name(text, ("Anna Virtanen", ""))] == [
        "# ask Anna Virtanen about this"
    ]


def test_the_only_one_of_a_role_or_a_told_group_is_still_needed() -> None:
    model = load_operating_model(packaged_operating_model())
    [needed] = [each for each in still_needed("duty-officer", model) if each.kind == "role"]
    assert (needed.name, needed.others) == ("duty_officer", ("deputy-duty-officer",))
    assert ("group", "communications") in [(each.kind, each.name) for each in still_needed("communications", model)]
    assert still_needed("pharmacy-coast", model) == []


def test_a_file_that_would_not_be_valid_is_not_written(tmp_path: Path) -> None:
    path = written(tmp_path, roles=False)
    before = path.read_bytes()
    with pytest.raises(OperatingModelFault):
        forget(path, "duty-officer")
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
