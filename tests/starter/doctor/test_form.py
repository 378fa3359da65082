"""``kantadesk doctor --form``: a form that a person can look at, and the list of its places."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

from activities.fault_report.sample import MARK
from starter.doctor.command import doctor

CASES = Path(__file__).parents[2] / "activities" / "fault_report" / "cases"
EXAMPLE = Path(__file__).parents[3] / "workers" / "example" / "operating-model.toml"
LONGER = '[fields]\norganisation = "Organisaatio"\nphone = "Fax"\nother_information = "Lisätiedot"\n'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a desk whose operating model names a form of its own."""
    for suffix in (".docx", ".toml"):
        (tmp_path / f"form{suffix}").write_bytes((CASES / f"02b-gridbefore{suffix}").read_bytes())
    text = EXAMPLE.read_text(encoding="utf-8")
    named = text.replace('template = "" ', 'template = "form.docx" ').replace('mapping = "" ', 'mapping = "form.toml" ')
    assert named != text
    (tmp_path / "model.toml").write_text(named, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KANTADESK_OPERATING_MODEL", str(tmp_path / "model.toml"))
    monkeypatch.setenv("KANTADESK_DATA_DIR", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(doctor, arguments)


def test_it_writes_the_form_and_lists_each_place_with_its_headings(desk: Path) -> None:
    said = run("--form", "out.docx", "--json")
    assert said.exit_code == 0
    document = json.loads(said.stdout)
    assert (document["ok"], document["form"], document["problems"]) == (True, "out.docx", [])
    organisation, person = document["places"][:2]
    assert (organisation["field"], organisation["name"], organisation["how"]) == (
        "organisation", "Organisaatio", "below",
    )  # fmt: skip
    assert (organisation["table"], organisation["row"], organisation["column"]) == (1, 2, 2)
    assert organisation["column_heading"] == "Organisaatio"
    assert (person["how"], person["row_heading"]) == ("beside", "Yhteyshenkilö")

    written = docx.Document(str(desk / "out.docx"))
    assert written.sections[0].header.paragraphs[0].text == MARK
    rows = [[cell.text for cell in row.cells] for row in written.tables[0].rows]
    assert rows[1][0] == "Esimerkki: Organisaatio"
    assert "Kuvaus: Esimerkki: Kuvaus" in rows[4][1]


def test_people_get_a_table(desk: Path) -> None:
    said = run("--form", "out.docx")
    assert said.exit_code == 0
    wanted = ("1, 2, 2", "in the cell below the label", "Written: out.docx")
    assert [word for word in wanted if word not in said.output] == []
    assert (desk / "out.docx").exists()


def test_a_form_that_can_t_be_filled_is_not_written(desk: Path) -> None:
    (desk / "form.toml").write_text(LONGER, encoding="utf-8")
    said = run("--form", "out.docx", "--json")
    assert said.exit_code == 2
    document = json.loads(said.stdout)
    assert (document["ok"], document["form"]) == (False, None)
    assert "'phone' finds no place" in document["problems"][0]
    assert not (desk / "out.docx").exists()


@pytest.mark.parametrize(
    ("out", "word"),
    [("form.docx", "is what the form is made from"), ("model.toml", "is what the form"), ("no/where.docx", "can't be")],
)
def test_it_writes_over_nothing_that_it_is_made_from(desk: Path, out: str, word: str) -> None:
    before = (desk / "form.docx").read_bytes()
    said = run("--form", out)
    assert (said.exit_code, word in said.output) == (2, True)
    assert (desk / "form.docx").read_bytes() == before


def test_a_form_that_is_no_docx_says_what_to_save_it_as(desk: Path) -> None:
    (desk / "form.docx").write_bytes((CASES / "20-encrypted.docx").read_bytes())
    said = run("--form", "out.docx")
    assert (said.exit_code, "save it as Word Document (*.docx)" in said.output) == (2, True)


@pytest.mark.usefixtures("desk")
def test_without_a_form_of_its_own_the_stand_in_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KANTADESK_OPERATING_MODEL", str(EXAMPLE))
    said = run("--form", "out.docx")
    assert (said.exit_code, "the form that comes with kantadesk" in said.output) == (0, True)
    assert docx.Document(str(tmp_path / "out.docx")).tables
    assert run("--form", "out.docx", "--watch").exit_code == 2
