"""The register of breaches: all of the period, every decision with its reason, and nothing a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pytest

from activities.breach.register import COLUMNS, of_period, register_csv, register_docx, register_json
from tests.activities.breach.builder import AWARE, TARGET, bare_status, duty, hostile_status, risk, status
from tests.activities.documents.written_documents import pdf_text
from tests.activities.fault_report.builder import CODE
from workflows.breach.messages import Awareness, BreachStatus, Notified
from workflows.procedure.languages import LANGUAGES, Language

DAY = timedelta(days=1)
PERIOD = (AWARE - DAY, AWARE + DAY)
NOT_NOTIFIED = status(
    reference="BR-2",
    risk="unlikely",
    risks=(risk(risk="unlikely", reasons="Tiedot oli salattu."),),
    notifications=(),
    duties=(
        duty(
            "notify_supervisory_authority",
            id="notify_supervisory_authority-1",
            state="waived",
            waived_reason="Riski on epätodennäköinen.",
            met_at=TARGET,
            by="dpo",
        ),
    ),
)


def rows(content: bytes) -> list[dict[str, str]]:
    """The CSV as a spreadsheet reads it."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def words_of(content: bytes) -> str:
    """Everything that stands in the body of the docx."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_a_breach_belongs_to_the_period_in_which_one_became_aware() -> None:
    found = of_period([status(reference="B"), status(reference="A")], AWARE, AWARE + DAY)
    assert [one.reference for one in found] == ["A", "B"]
    assert of_period([status()], AWARE + timedelta(microseconds=1), AWARE + DAY) == []
    assert of_period([status()], AWARE - DAY, AWARE) == []


def test_a_corrected_awareness_decides_the_period() -> None:
    before = AWARE - 3 * DAY
    corrected = (Awareness(aware_at=before, recorded_at=AWARE, by="dpo", deadline_from=before),)
    assert of_period([status(awareness=corrected)], *PERIOD) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_docx_says_facts_effects_remedies_and_why_nobody_was_notified(language: Language) -> None:
    text = words_of(register_docx([status(), NOT_NOTIFIED, bare_status()], *PERIOD, TARGET, language=language))
    for fact in (
        "Työntekijän tunnuksella on haettu reseptejä",
        "Lääkitystä koskevat tiedot",
        "Käyttäjätunnus suljettiin",
        "Työntekijän käyttöoikeudet on poistettu.",
        "Tiedot oli salattu.",
        "Riski on epätodennäköinen.",
        "D 1/2026",
        "INC-20261023-A7K2",
        "Toinen hyvinvointialue",
    ):
        assert fact in text
    assert "None" not in text.replace("None recorded", "").replace("None: a processor", "")


def test_an_empty_period_is_said_to_be_empty() -> None:
    text = words_of(register_docx([], *PERIOD, TARGET, organisation="Esimerkkilä"))
    assert "Tällä jaksolla ei ole kirjattu loukkauksia." in text
    assert "Loukkauksia: 0." in text
    assert rows(register_csv([], *PERIOD)) == []


@pytest.mark.parametrize("drills", [(), (True,), (True, False)])
def test_a_drill_is_marked_and_marks_no_real_breach(drills: tuple[bool, ...]) -> None:
    some = [status(reference=f"BR-{number}", drill=drill) for number, drill in enumerate(drills)]
    content = register_docx(some, *PERIOD, TARGET)
    head = docx.Document(io.BytesIO(content)).sections[0].header.paragraphs[0].text
    assert ("DRILL" in head) is (drills == (True,))
    assert words_of(content).count("DRILL") == 2 * sum(drills)


def test_the_csv_has_one_row_a_breach() -> None:
    late = Notified(to="A", at=TARGET, by="dpo", phase="final", delay_reason="Tutkinta kesti.", detail="1 by post")
    found = rows(register_csv([status(notifications=(late,)), NOT_NOTIFIED], *PERIOD))
    assert [row["reference"] for row in found] == ["BR-2", "BR-20261023-K3T9"]
    assert tuple(found[0]) == COLUMNS
    assert found[0]["not_done_because"] == "notify_supervisory_authority-1: Riski on epätodennäköinen."
    assert (
        found[1]
        | {
            "aware_at": "2026-10-23T12:40:00+00:00",
            "deadline": "2026-10-26T12:40:00+00:00",
            "kinds": "unauthorised_access\nunauthorised_disclosure",
            "subjects_estimate": "1200",
            "risk": "high",
            "delay_reasons": "Tutkinta kesti.",
            "open_duties": "inform_data_subjects",
            "drill": "no",
            "detected_at": "",
        }
        == found[1]
    )
    assert "2026-10-26T12:40:00+00:00" in found[1]["notifications"]


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "＝1+1", "\u200b=1", "=1\n=2"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    row = rows(register_csv([status(description=text, measures=(text,), conclusion=text, place=text)], *PERIOD))[0]
    for column in ("facts", "conclusion", "place"):
        assert row[column].startswith("'")
    assert not [value for value in row.values() if value[:1] in ("=", "+", "-", "@", "\t", "\r", "＝")]


def test_the_json_holds_everything_under_the_names_of_the_contract() -> None:
    register = json.loads(register_json([status()], *PERIOD, TARGET))
    assert register["basis"] == "GDPR 33(5)"
    assert BreachStatus.model_validate(register["breaches"][0]) == status()


WRITERS: list[Any] = [
    lambda some: words_of(register_docx(some, *PERIOD, TARGET)),
    lambda some: register_csv(some, *PERIOD).decode(),
    lambda some: register_json(some, *PERIOD, TARGET).decode(),
]


@pytest.mark.parametrize("writer", WRITERS, ids=["docx", "csv", "json"])
def test_hostile_texts_are_cleaned_and_identity_codes_masked(writer: Any) -> None:
    some = hostile_status(description=f"potilas {CODE} odottaa", measures=("\u200b".join(CODE),))
    text = writer([some])
    assert "131052" not in text
    assert "potilas *********** odottaa" in text
    assert not {"\x00", "\x1b", "\u202e", "\ufffe"} & set(text)


def test_the_same_breaches_give_the_same_bytes() -> None:
    some = [status(reference=f"BR-{number}") for number in range(3)]
    assert register_docx(some, *PERIOD, TARGET) == register_docx(reversed(some), *PERIOD, TARGET)
    assert register_csv(some, *PERIOD) == register_csv(reversed(some), *PERIOD)
    assert register_json(some, *PERIOD, TARGET) == register_json(reversed(some), *PERIOD, TARGET)


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="needs LibreOffice and pdftotext (libreoffice-writer-nogui, poppler-utils)",
)
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "register.docx"
    path.write_bytes(register_docx([status(), NOT_NOTIFIED, bare_status()], *PERIOD, TARGET))
    text = pdf_text(path, tmp_path)
    assert "Rekisteri henkilötietojen tietoturvaloukkauksista" in text
    assert 3 <= text.count("\f") <= 7
