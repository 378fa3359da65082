"""The register of breaches: all of the period, every decision with its reason, and nothing a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest

from activities.breach.register import COLUMNS, Gone, Kept, of_period, register_csv, register_docx, register_json
from activities.documents.moments import days_between, moment_in
from tests.activities.breach.builder import AWARE, TARGET, bare_status, duty, hostile_status, risk, status
from tests.activities.documents.written_documents import pdf_text, words_of
from tests.activities.fault_report.builder import CODE
from workflows.breach.messages import Awareness, BreachStatus, Notified
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.local_time import zone

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


def test_what_a_stranger_has_opened_is_marked_among_the_others() -> None:
    some = [status(reference=f"BR-{number}", is_a_strangers=not number, drill=True) for number in range(2)]
    words = words_of(register_docx(some, *PERIOD, TARGET, language="en"))
    assert words.count("unverified sender") == 2
    assert [row["unverified_sender"] for row in rows(register_csv(some, *PERIOD))] == ["yes", "no"]


def test_the_period_is_written_as_days() -> None:
    year = (datetime(2026, 1, 1, tzinfo=zone()), datetime(2027, 1, 1, tzinfo=zone()))
    content = register_docx([], *year, TARGET)
    assert "\n1.1.–31.12.2026\n" in words_of(content)
    assert docx.Document(io.BytesIO(content)).sections[0].header.paragraphs[0].text.endswith("1.1.–31.12.2026")


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        ((2026, 1, 1), (2027, 1, 1), "1.1.–31.12.2026"),
        ((2025, 12, 1), (2026, 2, 1), "1.12.2025–31.1.2026"),
        ((2026, 5, 4), (2026, 5, 5), "4.5.2026"),
    ],
)
def test_days_between(first: tuple[int, int, int], last: tuple[int, int, int], written: str) -> None:
    assert days_between(datetime(*first, tzinfo=zone()), datetime(*last, tzinfo=zone())) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [("fi", "klo {}.40{}"), ("sv", "kl. {}.40{}"), ("en", "at {}:40{}")],
)
def test_a_moment_has_its_offset_only_where_the_clock_shows_the_hour_twice(language: Language, written: str) -> None:
    autumn = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
    said = [moment_in(language, autumn + timedelta(hours=hours)) for hours in range(3)]
    ends = [written.format("03", " (UTC+03:00)"), written.format("03", " (UTC+02:00)"), written.format("04", "")]
    assert said == [f"25.10.2026 {end}" for end in ends]
    assert moment_in(language, None) == ""


def test_the_register_speaks_one_language() -> None:
    told = (
        Notified(to="Tietosuojavaltuutetun toimisto", at=AWARE, by="dpo", phase="preliminary"),
        Notified(to="Kela", at=AWARE, by="dpo"),
        Notified(to="data subjects", at=AWARE, by="dpo", detail="brev: 7"),
    )
    duties = (
        duty("document_breach", state="met", met_at=TARGET, by="kantadesk", reference="this record"),
        duty("nis2_early_warning", due_at=TARGET),
    )
    some = status(notifications=told, duties=duties, unverified=("nis2_early_warning: Cybersecurity Act 124/2025",))
    text = words_of(register_docx([some], *PERIOD, TARGET, language="sv"))
    for swedish in ("Dataombudsmannens byrå", "FPA", "brev, 7 personer", "detta register", "regeln är inte bekräftad"):
        assert swedish in text
    for other in ("Tietosuojavaltuutetun", "this record", "Cybersecurity", "Kela\n", "(+03:00)"):
        assert other not in text


def test_a_processor_is_shown_no_72_hours() -> None:
    assert "72" in words_of(register_docx([status()], *PERIOD, TARGET))
    assert "72" not in words_of(register_docx([status(role="processor")], *PERIOD, TARGET))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_temporal_no_longer_lists_stands_in_the_register_and_is_shown_as_such(language: Language) -> None:
    kept = Kept({"BR-2": Gone("evidence", TARGET), "BR-OTHER": Gone("earlier_register", TARGET)}, {"BR-OLD": TARGET})
    some = [status(), NOT_NOTIFIED]
    words = {"fi": "Prosessia ei enää ole.", "sv": "Processen finns inte längre.", "en": "The process is gone."}
    text = words_of(register_docx(some, *PERIOD, TARGET, language=language, kept=kept))
    assert text.count(words[language]) == 2, "in the table and in the section"
    assert "BR-OLD" in text
    found = {row["reference"]: row["no_longer_listed"] for row in rows(register_csv(some, *PERIOD, kept))}
    moment = TARGET.isoformat()
    assert found == {"BR-20261023-K3T9": "", "BR-2": f"evidence, {moment}", "BR-OLD": f"folder only, {moment}"}
    register = json.loads(register_json(some, *PERIOD, TARGET, kept))
    assert register["no_longer_listed"] == {"BR-2": {"known_from": "evidence", "as_of": moment}}
    assert register["folder_only"] == {"BR-OLD": moment}


def test_only_folders_are_left() -> None:
    text = words_of(register_docx([], *PERIOD, TARGET, language="en", kept=Kept({}, {"BR-OLD": TARGET})))
    assert "No breach was recorded" not in text
    assert "BR-OLD" in text


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


def test_the_csv_says_which_joint_controller_notifies_and_why() -> None:
    said = {"joint_notifier": "other", "joint_notifier_name": "Kela", "joint_notifier_reason": "Agreement, s. 4"}
    row = rows(register_csv([status(role="joint_controller", **said)], *PERIOD))[0]
    assert {name: row[name] for name in said} == said


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
@pytest.mark.slow
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "register.docx"
    path.write_bytes(register_docx([status(), NOT_NOTIFIED, bare_status()], *PERIOD, TARGET))
    text = pdf_text(path, tmp_path)
    assert "Rekisteri henkilötietojen tietoturvaloukkauksista" in text
    assert 3 <= text.count("\f") <= 7
