"""The situation report as its readers get it; ``KANTADESK_RETELL=1`` writes the golden texts again: read each."""

from __future__ import annotations

import io
import os
import re
import shutil
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest

from activities.situation.report import READERS, Reader, written_report
from tests.activities.documents.written_documents import pdf_text, words_of
from tests.activities.fault_report.builder import CODE, HOSTILE
from tests.activities.situation.reported import CASES, CONTACTS, MADE, MODEL, PATIENT, in_full_swing, report
from workflows.procedure.identity_codes import identity_codes_in
from workflows.procedure.languages import LANGUAGES, Language

GOLDEN = Path(__file__).parent / "golden"
EVERY = [(case, reader) for case in CASES for reader in READERS if case == "in_full_swing" or reader == "staff"]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def html_words(page: str) -> str:
    reader = _Words()
    reader.feed(page.partition("<body>")[2])
    return " ".join(reader.found)


def bare(text: str) -> list[str]:
    """The words of a text, without the lines that only the plain text has."""
    return re.findall(r"\w+", re.sub(r"^[=-]+$", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("case", "reader"), EVERY)
def test_the_words(case: str, reader: Reader, language: Language) -> None:
    text = written_report(report(case, reader), MODEL, language).text
    golden = GOLDEN / f"{case}-{reader}-{language}.txt"
    if os.environ.get("KANTADESK_RETELL"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
def test_it_is_safe_to_pass_on(reader: Reader, language: Language) -> None:
    written = written_report(report(reader=reader, text=f"Soittaja {CODE} odottaa"), MODEL, language)
    forms = (written.text, html_words(written.html), words_of(written.docx))
    for words in forms:
        assert not identity_codes_in(words)
        for never in (CODE, PATIENT, "Anna Aalto", "anna@example.org", "M. Meikäläinen", "Kelan päivystäjä"):
            assert never not in words
    named = [name for name in CONTACTS.values() if name in written.text]
    assert named == ([CONTACTS["ward-2"]] if reader == "management" else [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_an_authority_reads_whom_to_ask_by_name(language: Language) -> None:
    person = MODEL.organisation.contact_person
    texts = {reader: written_report(report(reader=reader), MODEL, language).text for reader in READERS}
    assert [reader for reader, text in texts.items() if person in text] == ["authority"]


def test_the_staff_reads_nothing_of_a_breach_and_of_duties() -> None:
    staff = written_report(report(reader="staff"), MODEL, "en").text
    management = written_report(report(reader="management"), MODEL, "en").text
    for said in ("What is owed", "personal data are concerned", "suspected breach", "Data Protection Ombudsman"):
        assert said in management
        assert said not in staff


def test_an_authority_reads_nothing_of_the_desks_own_duties() -> None:
    authority = written_report(report(reader="authority"), MODEL, "en").text
    assert "assing on the authority's instruction" not in authority
    assert "Notification to the Data Protection Ombudsman" in authority


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
def test_docx_and_html_say_the_same_as_the_text(reader: Reader, language: Language) -> None:
    written = written_report(report(reader=reader), MODEL, language)
    assert sorted(bare(html_words(written.html))) == sorted(bare(written.text))
    assert set(bare(words_of(written.docx))) == set(bare(written.text))


def test_strangers_text_is_never_layout() -> None:
    hostile = HOSTILE + " <script>alert(1)</script>\n= a | b\n## c\n# d"
    judged = in_full_swing().decisions[-1].model_copy(update={"workaround": hostile})
    written = written_report(report(status=in_full_swing().model_copy(update={"decisions": (judged,)})), MODEL, "en")
    assert "<script>" not in written.html
    assert written.html.count("<h1>") == 1
    assert written.html.count("<h2>") == written.text.count("\n---")
    headings = [
        p.text for p in docx.Document(io.BytesIO(written.docx)).paragraphs if p.style and "Head" in p.style.name
    ]
    assert len(headings) == written.html.count("<h2>")


def test_the_page_asks_nothing_of_the_network() -> None:
    page = written_report(report(), MODEL, "fi").html
    assert not re.search(r"<(script|img|link|iframe|form)|\bsrc=|@import|url\(", page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize(("language", "mark"), [("fi", "HARJOITUS"), ("sv", "ÖVNING"), ("en", "DRILL")])
def test_a_drill_is_marked_in_every_form(language: Language, mark: str) -> None:
    written = written_report(report(status=in_full_swing(drill=True)), MODEL, language)
    assert mark in written.text.split("\n")[0]
    assert mark in html_words(written.html)
    section = docx.Document(io.BytesIO(written.docx)).sections[0]
    assert "HARJOITUS" in "".join(p.text for p in section.header.paragraphs) + words_of(written.docx)


def test_a_notice_is_named_only_where_it_is_about_this_fault() -> None:
    here = in_full_swing()
    for changes in ({"same_as_notice": "unknown"}, {"same_as_notice": "no"}):
        judged = here.decisions[-1].model_copy(update=changes)
        other = here.model_copy(update={"decisions": (judged,)})
        assert "Kela's notice" not in written_report(report(status=other), MODEL, "en").text
    assert here.known_notice
    told = here.model_copy(update={"known_notice": here.known_notice.model_copy(update={"is_unverified": True})})
    assert "Kela's notice" not in written_report(report(status=told), MODEL, "en").text
    assert "Kela's notice: Häiriö Reseptikeskuksessa" in written_report(report(), MODEL, "en").text


def test_of_a_strangers_incident_it_is_said() -> None:
    unverified = in_full_swing().model_copy(update={"is_a_strangers": True})
    assert "without the encryption key" in written_report(report(status=unverified), MODEL, "en").text


def test_equal_reports_are_equal_bytes() -> None:
    assert written_report(report(), MODEL, "sv") == written_report(report(), MODEL, "sv")


def test_who_was_reached_by_one_channel_is_not_missed() -> None:
    failed = next(each for each in in_full_swing().messages if each.state == "failed")
    by_text = failed.model_copy(update={"channel": "text_message", "state": "accepted", "id": "t"})
    reached = in_full_swing(messages=(failed, by_text))
    assert "Not reached" not in written_report(report(reader="management", status=reached), MODEL, "en").text


def test_without_a_time_it_says_that_none_was_set() -> None:
    text = written_report(report(next_update=None), MODEL, "en").text
    assert "No time has been set." in text
    later = written_report(report(next_update=MADE + timedelta(minutes=30)), MODEL, "en").text
    assert "22.11.2026 at 12:10, sooner if the situation changes." in later


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="needs LibreOffice and pdftotext (libreoffice-writer-nogui, poppler-utils)",
)
def test_it_opens_and_is_short(tmp_path: Path) -> None:
    place = tmp_path / "report.docx"
    place.write_bytes(written_report(report(reader="management"), MODEL, "fi").docx)
    shown = pdf_text(place, tmp_path)
    assert shown.count("\f") <= 2
    assert "Mikä toimii ja mikä ei" in shown
