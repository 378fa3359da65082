"""The papers of a breach as files: docx and text say the same, remarks to the sender apart, each kept once."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from activities.documents.text import word
from tests.activities.breach.builder import (
    bare_status,
    hostile_status,
    paper,
    status,
)
from tests.activities.breach.written_papers import PAPERS, PHASES, Write, docx_text, path_of, text_of
from tests.activities.fault_report.builder import CODE
from workflows.breach.messages import BreachStatus
from workflows.procedure.languages import LANGUAGES, Language

MADE_OF = [status, bare_status, hostile_status]
NEVER_SHOWN = {"\v", "\x1c", "\x00", "\x1b", "\u202e", "\ufffe"}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("made_of", MADE_OF)
def test_every_paper_says_what_it_says_in_every_phase(
    kind: str, phase: str, made_of: Callable[[], BreachStatus]
) -> None:
    for language in LANGUAGES:
        text = text_of(paper(paper=kind, phase=phase, status=made_of()), language)
        assert "BR-20261023-K3T9" in text
        assert "Tiina Tietosuoja" in text
        assert "None" not in text
        assert "Undefined" not in text
        assert not NEVER_SHOWN & set(text)
        assert len(text) < 60_000


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("made_of", MADE_OF)
async def test_every_paper_is_written_in_every_language(
    write: Write, kind: str, made_of: Callable[[], BreachStatus]
) -> None:
    wanted = paper(paper=kind, languages=LANGUAGES, status=made_of())
    documents = await write(wanted)
    assert [Path(document.name).suffix for document in documents] == [".docx", ".txt"] * 3
    for language, word_file, text_file in zip(LANGUAGES, documents[::2], documents[1::2], strict=True):
        assert path_of(text_file).read_text(encoding="utf-8") == text_of(wanted, language)
        assert not NEVER_SHOWN & set(docx_text(path_of(word_file)))


@pytest.mark.parametrize("kind", PAPERS)
async def test_docx_and_text_say_the_same(write: Write, kind: str) -> None:
    for language in LANGUAGES:
        documents = await write(paper(paper=kind, languages=(language,), key=language))
        text = path_of(documents[1]).read_text(encoding="utf-8")
        said = [line.removeprefix("- ") for line in text.split("\n") if line.strip("=- ")]
        shown = [line for line in docx_text(path_of(documents[0])).split("\n") if line]
        assert "\n".join(shown).replace(":\n", ": ").split() == "\n".join(said).replace(":\n", ": ").split()


@pytest.mark.parametrize("kind", PAPERS)
async def test_remarks_to_the_sender_are_comments_and_no_line_of_the_paper(write: Write, kind: str) -> None:
    remarks = {"fi": "Lähettäjälle: ", "sv": "Till avsändaren: ", "en": "For the sender: "}
    for language, beginning in remarks.items():
        documents = await write(paper(paper=kind, languages=(language,), key=language))
        document = docx.Document(str(path_of(documents[0])))
        comments = [comment.text for comment in document.comments]
        assert comments
        assert all(comment.startswith(beginning) for comment in comments)
        assert beginning not in docx_text(path_of(documents[0])) + path_of(documents[1]).read_text(encoding="utf-8")


async def test_the_sender_hears_that_the_authoritys_form_was_not_seen(write: Write) -> None:
    documents = await write(paper(languages=("en",)))
    remark, translate = docx.Document(str(path_of(documents[0]))).comments
    assert "Translate them before you send" in translate.text
    assert "not all fields of the authority's own form were seen" in remark.text
    assert "layout not verified" in remark.text


@pytest.mark.parametrize("kind", PAPERS)
async def test_a_drill_is_marked_on_every_page_and_in_the_text(write: Write, kind: str) -> None:
    mark = "HARJOITUS – ÖVNING – DRILL"
    for drill in (True, False):
        word_file, text_file = await write(paper(paper=kind, drill=drill, key=f"drill {drill}"))
        heads = docx.Document(str(path_of(word_file))).sections[0].header.paragraphs
        lines = path_of(text_file).read_text(encoding="utf-8").strip().split("\n")
        assert (heads[0].text == mark) is drill
        assert ([lines[0], lines[-1]] == [f"*** {mark} ***"] * 2) is drill


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_a_stranger_has_opened_says_so_on_each_paper(write: Write, kind: str, language: Language) -> None:
    for opened in (True, False):
        word_file, text_file = await write(
            paper(paper=kind, languages=(language,), status=status(is_a_strangers=opened), key=f"{language} {opened}")
        )
        said = word("sender", "draft", language)
        assert (said in docx_text(path_of(word_file))) is opened
        assert (said in path_of(text_file).read_text(encoding="utf-8").split("\n")) is opened


async def test_the_same_key_answers_the_same_documents(write: Write) -> None:
    first = await write(paper())
    again = await write(paper(status=status(description=f"Now {CODE}")))
    other = await write(paper(key="another"))
    assert again == first
    assert [document.uri for document in other] != [document.uri for document in first]
    assert [document.sha256 for document in other] == [document.sha256 for document in first], (
        "same content, same bytes"
    )
    assert first[0].sha256 == hashlib.sha256(path_of(first[0]).read_bytes()).hexdigest()


async def test_what_a_crash_left_out_is_written_by_the_next_try(write: Write) -> None:
    first = await write(paper())
    path_of(first[1]).unlink()
    again = await write(paper())
    assert [document.sha256 for document in again] == [document.sha256 for document in first]


async def test_files_are_private_lie_in_the_case_and_are_named_without_persons(write: Write) -> None:
    for document in await write(paper(reference="breach~BR-20261023-K3T9", controller="Liisa Lääkäri")):
        path = path_of(document)
        assert path.parent.parent.name == "case-breach~BR-20261023-K3T9"
        assert path.name.startswith("authority-notification-BR-20261023-K3T9-supplementary-fi-")
        assert len(path.stem.rsplit("-", 1)[1]) == 8
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_language_asked_for_twice_is_written_once(write: Write) -> None:
    assert len(await write(paper(languages=("sv", "sv")))) == 2
