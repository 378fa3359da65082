"""The papers of a breach: what they say, what they refuse, and that they survive everything strangers write."""

from __future__ import annotations

import hashlib
import io
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote, urlparse

import docx
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.breach.papers import BreachPapers
from activities.documents.as_docx import Frame, as_docx
from activities.documents.as_text import as_text
from activities.documents.blocks import Block
from activities.documents.docx_layout import text_width
from activities.evidence.case_folder import CaseFolders
from tests.activities.breach.builder import (
    AWARE,
    TARGET,
    bare_status,
    duty,
    hostile_status,
    operating_model,
    paper,
    risk,
    status,
)
from tests.activities.documents.written_documents import files_in, pdf_text
from tests.activities.fault_report.builder import CODE
from workflows.breach.messages import Awareness, BreachStatus, Controller, Notified
from workflows.breach.ports import BreachPaper
from workflows.procedure.languages import LANGUAGES
from workflows.process.messages import Document
from workflows.process.ports import PERSONAL_DATA_FOUND

Write = Callable[..., Any]
PAPERS: tuple[str, ...] = get_args(BreachPaper.model_fields["paper"].annotation)
PHASES: tuple[str, ...] = get_args(BreachPaper.model_fields["phase"].annotation)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Run the activity as the worker does."""

    async def written(wanted: BreachPaper) -> list[Document]:
        papers = BreachPapers(operating_model, CaseFolders(tmp_path / "cases"))
        answer: list[Document] = await ActivityEnvironment().run(papers.write_breach_paper, wanted)
        return answer

    return written


def path_of(document: Document) -> Path:
    return Path(unquote(urlparse(document.uri).path))


def docx_text(path: Path) -> str:
    """What stands in the body of a docx: paragraphs and tables in their order, each cell once, as rows of the text."""
    document = docx.Document(str(path))
    found: list[str] = []
    for part in document.iter_inner_content():
        if isinstance(part, docx.table.Table):
            seen: set[Any] = set()
            for row in part.rows:
                found.append(": ".join(cell.text for cell in row.cells if cell._tc not in seen))
                seen |= {cell._tc for cell in row.cells}
        else:
            found.append(part.text)
    return "\n".join(found)


async def read(write: Write, **changes: Any) -> str:
    """The text of the paper in its first language."""
    documents = await write(paper(**changes))
    return path_of(documents[1]).read_text(encoding="utf-8")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("made_of", [status, bare_status, hostile_status])
async def test_every_paper_is_written_in_every_language(
    write: Write, kind: str, phase: str, made_of: Callable[[], BreachStatus]
) -> None:
    documents = await write(paper(paper=kind, phase=phase, languages=LANGUAGES, status=made_of()))
    assert [Path(document.name).suffix for document in documents] == [".docx", ".txt"] * 3
    for word_file, text_file in zip(documents[::2], documents[1::2], strict=True):
        text = path_of(text_file).read_text(encoding="utf-8")
        shown = docx_text(path_of(word_file))
        assert "BR-20261023-K3T9" in text
        assert "Tiina Tietosuoja" in text
        assert "None" not in text
        assert "Undefined" not in text
        assert not {"\v", "\x1c", "\x00", "\x1b", "\u202e", "\ufffe"} & set(text + shown)
        assert len(text) < 60_000


@pytest.mark.parametrize("kind", PAPERS)
async def test_docx_and_text_say_the_same(write: Write, kind: str) -> None:
    for language in LANGUAGES:
        documents = await write(paper(paper=kind, languages=(language,), key=language))
        text = path_of(documents[1]).read_text(encoding="utf-8")
        said = [line.removeprefix("- ") for line in text.split("\n") if line.strip("=- ")]
        shown = [line for line in docx_text(path_of(documents[0])).split("\n") if line]
        assert "\n".join(shown).replace(":\n", ": ").split() == "\n".join(said).replace(":\n", ": ").split()


async def test_the_notification_says_what_the_authority_asks(write: Write) -> None:
    text = await read(write, languages=("en",))
    for line in (
        "Supplementary notification, no. 2 · BR-20261023-K3T9",
        "To: Office of the Data Protection Ombudsman",
        "The authority's case number: D 1/2026",
        "Earlier notification: 24.10.2026 at 11:40, preliminary notification, D 1/2026",
        (
            "Data protection officer or other contact point: "
            "Tiina Tietosuoja, +358 9 000 0002, tietosuoja@esimerkkila.example"
        ),
        "Breach began: Not known yet",
        "First noticed: 23.10.2026 at 13:40",
        "We became aware: 23.10.2026 at 15:40",
        "72-hour time limit: 26.10.2026 at 14:40 (the change of the clocks is taken into account)",
        "Cause of the breach: Not known yet",
        "In place before the breach: Not known yet",
        "Kind of breach:\nunauthorised access to data\nunauthorised disclosure of data",
        "Number of data subjects: about 1,200 (estimate)",
        "Risk to the persons: High risk",
        "Taken or planned after the breach:\n- Käyttäjätunnus suljettiin ja lokit otettiin talteen.",
        "Informed: Not yet. The risk is high: they will be informed without undue delay.",
    ):
        assert f"\n{line}\n" in text
    assert "Reasons for the delay" not in text


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


LOGGED = {
    phase: Notified(to="A", at=AWARE + timedelta(hours=hours), by="dpo", phase=phase, reference=f"D {hours}")
    for hours, phase in enumerate(("preliminary", "supplementary", "final"), 1)
}


@pytest.mark.parametrize(
    ("logged", "is_final", "title"),
    [
        ([], False, "Preliminary notification, no. 1"),
        (["preliminary"], False, "Supplementary notification, no. 2"),
        (["preliminary", "supplementary"], False, "Supplementary notification, no. 3"),
        (["preliminary"], True, "Final notification, no. 2"),
        (["preliminary", "final"], True, "Final notification, no. 2"),
    ],
)
async def test_the_phase_is_what_was_logged(write: Write, logged: list[str], title: str, *, is_final: bool) -> None:
    told = tuple(LOGGED[phase] for phase in logged)
    asked: Any = "final" if is_final else "supplementary"  # what runs of the first releases say of a second version
    text = await read(write, languages=("en",), phase=asked, status=status(notifications=told))
    assert f"\n{title} · BR-20261023-K3T9\n" in text
    assert ("Final notification submitted: " in text) is ("final" in logged)
    assert ("The authority's case number: " in text) is bool(logged)


async def test_what_was_not_known_at_first_is_said_when_it_is(write: Write) -> None:
    known = status(began_at=AWARE - timedelta(days=1), cause="A right was left.", measures_before="Logs, training.")
    text = await read(write, languages=("en",), status=known)
    for line in (
        "Breach began: 22.10.2026 at 15:40",
        "Cause of the breach: A right was left.",
        "In place before the breach: Logs, training.",
    ):
        assert f"\n{line}\n" in text
    assert text.split("Still missing:\n")[1].startswith("– informing the data subjects\n")


@pytest.mark.parametrize(
    ("phase", "unknown", "heading"),
    [
        ("preliminary", "Not known yet", "Still missing:"),
        ("supplementary", "Not known yet", "Still missing:"),
        ("final", "Not known", "These points could not be found out:"),
    ],
)
async def test_what_is_not_known_is_said_so_and_listed(write: Write, phase: str, unknown: str, heading: str) -> None:
    text = await read(write, languages=("en",), phase=phase, status=bare_status())
    assert f"\nNumber of data subjects: {unknown}\n" in text
    listed = text.split(heading)[1]
    assert "– the estimated number of data subjects\n– the estimated number of records\n" in listed
    assert "– the likely consequences" in listed
    assert listed.count("– ") == 10


async def test_a_complete_final_notification_promises_nothing_more(write: Write) -> None:
    known = status(began_at=AWARE, cause="An error.", measures_before="Logs.")
    text = await read(write, languages=("en",), phase="final", status=known)
    assert "Nothing: this notification is our final one." in text


async def test_zero_persons_is_a_number_and_not_a_gap(write: Write) -> None:
    text = await read(write, languages=("en",), status=status(risks=(risk(subjects_estimate=0),)))
    assert "Number of data subjects: about 0 (estimate)" in text
    assert "number of data subjects\n" not in text.split("Still missing")[1]


@pytest.mark.parametrize(
    ("notified_after", "made_after", "is_late"),
    [(None, 71, False), (None, 72, False), (None, 73, True), (70, 90, False), (73, 90, True)],
)
async def test_a_first_notification_after_the_deadline_needs_reasons(
    write: Write, notified_after: int | None, made_after: int, *, is_late: bool
) -> None:
    first = [notified_after] if notified_after else []
    earlier = tuple(Notified(to="A", at=AWARE + timedelta(hours=h), by="dpo", phase="preliminary") for h in first)
    changed = status(notifications=earlier, duties=())
    text = await read(write, languages=("en",), made_at=AWARE + timedelta(hours=made_after), status=changed)
    assert ("Reasons for the delay: To be given in the supplement" in text) is is_late
    assert ("– the reasons for the delay" in text) is is_late
    assert (
        "First notification: This is our first notification. The 72-hour time limit ended on 26.10.2026 at 14:40."
        in text
    ) is (is_late and not first)


async def test_reasons_for_a_delay_are_taken_from_the_record(write: Write) -> None:
    late = duty("notify_supervisory_authority", state="met_late", delay_reason="Tutkinta kesti.")
    text = await read(write, made_at=TARGET + timedelta(hours=1), status=status(notifications=(), duties=(late,)))
    assert "Viivästymisen syyt: Tutkinta kesti." in text
    assert "Ei vielä kirjattu\n" not in text
    assert "viivästymisen syyt" not in text


async def test_a_corrected_awareness_shows_both_times(write: Write) -> None:
    earlier = AWARE - timedelta(hours=4)
    entries = (
        Awareness(aware_at=AWARE, recorded_at=AWARE, by="desk", deadline_from=AWARE),
        Awareness(aware_at=earlier, recorded_at=AWARE, by="dpo", reason="Yöhoitaja kertoi.", deadline_from=earlier),
    )
    text = await read(write, status=status(awareness=entries))
    assert "Tullut tietoon: 23.10.2026 klo 11.40" in text
    said = "- 23.10.2026 klo 15.40\n- 23.10.2026 klo 11.40. Yöhoitaja kertoi.\n"
    assert f"Merkinnät tästä ajankohdasta:\n{said}" in text


SUBJECTS: list[tuple[dict[str, Any], str]] = [
    ({"duties": (), "risks": ()}, "Not yet decided: the risk has not been assessed."),
    ({"duties": (), "risks": (risk(risk="risk"),)}, "No. The risk has not been assessed as high."),
    ({"duties": (duty("inform_data_subjects", state="met", met_at=TARGET),)}, "26.10.2026 at 14:40"),
    (
        {"duties": (duty("inform_data_subjects", state="waived", waived_reason="Encrypted."),)},
        "No. Decided and recorded: Encrypted.",
    ),
    ({"notifications": (Notified(to="data subjects", at=AWARE, by="dpo", detail="1,200 by post"),)}, "1,200 by post"),
    (
        {"notifications": (Notified(to="data subjects", at=AWARE, by="dpo", detail="mittkanta: 7"),)},
        "MyKanta, 7 persons",
    ),
]


@pytest.mark.parametrize(("changes", "said"), SUBJECTS, ids=[said for _, said in SUBJECTS])
async def test_whether_the_persons_were_told(write: Write, changes: dict[str, Any], said: str) -> None:
    text = await read(write, languages=("en",), status=status(**changes))
    assert said in text.split("8. Informing the persons concerned")[1]


@pytest.mark.parametrize(
    ("language", "jargon"),
    [
        ("fi", ("artikla", "rekisterinpitäjä", "asetu", "GDPR", "(+03:00)")),
        ("sv", ("artikel", "personuppgiftsansvarig", "förordning", "GDPR", "(+03:00)")),
        ("en", ("Article", "controller", "Regulation", "GDPR", "(+03:00)")),
    ],
)
async def test_the_letter_to_the_persons_is_plain(write: Write, language: str, jargon: tuple[str, ...]) -> None:
    text = await read(write, paper="letter_to_subjects", languages=(language,))
    assert [word for word in jargon if word in text] == []
    assert "23.10.2026" in text
    assert "+358 9 000 0002" in text
    assert "dpo" not in text
    for of_the_assessment in ("Lääkitystä koskevat tiedot", "Työntekijän käyttöoikeudet"):
        assert (of_the_assessment in text) is (language == "fi"), "written for the authority, in one language"
    names = {"fi": "tietoturvaloukkaukse", "sv": "personuppgiftsincident", "en": "personal data breach"}
    assert names[language] in text
    assert "Kela" not in text, "the other controllers are nobody's business"


async def test_the_letter_says_what_was_written_for_it_in_its_own_language(write: Write) -> None:
    words = {
        name: {"fi": f"{name} suomeksi.", "sv": f"{name} på svenska."}
        for name in ("plain_event", "plain_consequences", "plain_measures", "plain_advice")
    }
    first, second = risk(**words), risk(plain_advice={"fi": "Soita meille."})
    for language, spoken in (("fi", "suomeksi"), ("sv", "på svenska")):
        wanted = paper(
            paper="letter_to_subjects", languages=(language,), key=language, status=status(risks=(first, second))
        )
        documents = await write(wanted)
        text = path_of(documents[1]).read_text(encoding="utf-8")
        said = [name for name in words if f"{name} {spoken}." in text]
        assert said == [name for name in words if (name, language) != ("plain_advice", "fi")]
        assert ("Soita meille." in text) is (language == "fi")
        assert "Lääkitystä" not in text
        assert len(list(docx.Document(str(path_of(documents[0]))).comments)) == 1
    standard = await write(
        paper(paper="letter_to_subjects", languages=("en",), key="en", status=status(risks=(first,)))
    )
    assert len(list(docx.Document(str(path_of(standard[0]))).comments)) == 2, "the sender hears that words are lacking"


async def test_advice_follows_the_kind_of_breach_once(write: Write) -> None:
    gone = status(kinds=("loss", "destruction", "unavailability"))
    text = await read(write, paper="letter_to_subjects", languages=("en",), status=gone)
    assert text.count("Keep the papers, instructions and certificates") == 1
    assert "In an emergency call 112." in text or "In an emergency, call 112." in text
    assert "bank codes" not in text


async def test_a_controller_reads_of_its_own_clock_and_of_no_other_controller(write: Write) -> None:
    text = await read(write, paper="controller_notice", languages=("en",), controller="Apteekki Esimerkki")
    assert "Apteekki Esimerkki · BR-20261023-K3T9" in text
    assert "As agreed, you notify the supervisory authority of it." in text, "a joint controller"
    assert "We process personal data on your behalf" not in text
    assert "Toinen hyvinvointialue" not in text
    assert "Risk to the persons: High risk" in text  # who notifies has to say it


async def test_a_notice_to_an_unnamed_controller_supplements_none(write: Write) -> None:
    text = await read(write, paper="controller_notice", languages=("en",), status=status(role="processor"))
    assert "The controller · BR-20261023-K3T9" in text
    assert "We complete our earlier notice" not in text, "what the authority was told is not what a controller was told"


async def test_a_processors_controller_reads_of_its_own_clock_and_of_no_other(write: Write) -> None:
    some = status(role="processor", risks=(), risk=None, joint_notifier="")
    text = await read(write, paper="controller_notice", languages=("en",), controller="Kela", status=some)
    assert "Your own 72 hours to notify the supervisory authority run from when you learn of the breach" in text
    assert "We do not assess the risk" in text
    assert "26.10.2026 at 14:40" not in text
    told = some.model_copy(update={"notifications": (Notified(to="KELA ", at=AWARE, by="dpo"),)})
    again = await read(write, paper="controller_notice", languages=("en",), controller="Kela", key="2", status=told)
    assert "We are supplementing our earlier notice (23.10.2026 at 15:40) of a personal data breach." in again


async def test_kela_is_told_what_its_page_asks(write: Write) -> None:
    text = await read(write, paper="kela_notice", languages=("en",))
    for label in (
        "Which data",
        "How the data were affected",
        "Noticed, date and time",
        "Place",
        "Detailed description",
    ):
        assert f"\n{label}:" in text
    assert "Prescription service (Prescription Centre), Data Management Service" in text


@pytest.mark.parametrize("kind", PAPERS)
async def test_a_drill_is_marked_on_every_page_and_in_the_text(write: Write, kind: str) -> None:
    mark = "HARJOITUS – ÖVNING – DRILL"
    for drill in (True, False):
        word_file, text_file = await write(paper(paper=kind, drill=drill, key=f"drill {drill}"))
        heads = docx.Document(str(path_of(word_file))).sections[0].header.paragraphs
        lines = path_of(text_file).read_text(encoding="utf-8").strip().split("\n")
        assert (heads[0].text == mark) is drill
        assert ([lines[0], lines[-1]] == [f"*** {mark} ***"] * 2) is drill


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


PLACES: list[tuple[dict[str, Any], str]] = [
    ({"status": status(description=f"potilas {CODE} odottaa")}, "description"),
    ({"status": status(place=CODE.replace("-", "\N{NON-BREAKING HYPHEN}"))}, "place"),
    ({"status": status(data="\u200b".join(CODE))}, "data"),
    ({"status": status(conclusion="x" * 20_000 + CODE)}, "conclusion"),
    ({"status": status(joint_notifier=f"a{CODE}")}, "joint_notifier"),
    ({"status": status(cause=CODE)}, "cause"),
    ({"status": status(measures_before=CODE)}, "measures_before"),
    ({"status": status(risks=(risk(plain_advice={"sv": CODE}),))}, "risks.1.plain_advice.sv"),
    ({"status": status(measures=("ok", CODE))}, "measures.2"),
    ({"status": status(risks=(risk().model_copy(update={"consequences": CODE}),))}, "risks.1.consequences"),
    (
        {"status": status(notifications=(Notified(to="A", at=AWARE, by="b", detail=CODE),))},
        "notifications.1.detail",
    ),
    ({"status": status(duties=(duty("document_breach", waived_reason=CODE),))}, "duties.1.waived_reason"),
    (
        {
            "status": status(
                awareness=(Awareness(aware_at=AWARE, recorded_at=AWARE, by="", reason=CODE, deadline_from=AWARE),)
            )
        },
        "awareness.1.reason",
    ),
    ({"controller": CODE}, "controller"),
    ({"status": status(reference=CODE)}, "reference"),
    ({"status": status(controllers=(Controller.model_construct(name=CODE, email=None),))}, "controllers.1.name"),
]


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize(("changes", "field"), PLACES, ids=[field for _, field in PLACES])
async def test_a_personal_identity_code_anywhere_stops_the_paper(
    write: Write, tmp_path: Path, changes: dict[str, Any], field: str, kind: str
) -> None:
    with pytest.raises(ApplicationError) as refused:
        await write(paper(paper=kind, languages=LANGUAGES, **changes))
    assert (refused.value.type, refused.value.non_retryable) == (PERSONAL_DATA_FOUND, True)
    assert field in refused.value.message
    assert CODE not in refused.value.message
    assert files_in(tmp_path) == []


async def test_a_code_that_two_fields_make_together_stops_the_paper(write: Write, tmp_path: Path) -> None:
    risks = (risk(measures="131052"),)
    with pytest.raises(ApplicationError, match="parts of several fields meet"):
        await write(paper(paper="letter_to_subjects", status=status(risks=risks, measures=("308T",))))
    assert files_in(tmp_path) == []


async def test_strangers_text_is_never_layout(write: Write) -> None:
    documents = await write(paper(status=hostile_status(), languages=("en",)))
    shown = docx.Document(str(path_of(documents[0])))
    headings = [one.text for one in shown.paragraphs if one.style and one.style.name == "Heading 1"]
    assert [heading.split(".")[0] for heading in headings] == [str(number) for number in range(1, 11)]
    text = path_of(documents[1]).read_text(encoding="utf-8")
    assert "\n- = not | a row\n- ## not a heading\n" in text
    assert "{{ 7*7 }}" in text
    assert "\U0001f469\u200d\u2695" in text


async def test_a_text_of_full_length_is_kept_and_a_longer_one_cut(write: Write) -> None:
    text = await read(write, languages=("en",), status=status(data="A" * 8000, description="B" * 9000))
    assert "A" * 8000 + "\n" in text
    assert "B" * 8000 + "\n[Shortened." in text
    assert "B" * 8001 not in text


def test_a_table_has_a_width_for_each_column() -> None:
    lines = [Block("title", ("T",)), Block("cells", ("a", "b" * 400, "")), Block("cells", ("c", "d", "e"))]
    content = as_docx(lines, Frame(left="", right="", language="en", is_landscape=True))
    document = docx.Document(io.BytesIO(content))
    widths = [column.width for column in document.tables[0].columns]
    assert len(set(widths)) == 2
    assert sum(width or 0 for width in widths) == pytest.approx(text_width(document), abs=3)
    assert as_text(lines).endswith("a | " + "b" * 400 + " | \nc | d | e\n")


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="needs LibreOffice and pdftotext (libreoffice-writer-nogui, poppler-utils)",
)
@pytest.mark.parametrize(
    ("changes", "words", "most_pages"),
    [
        ({"drill": True}, ["HARJOITUS", "nro 2", "26.10.2026 klo 14.40", "noin 1", "D 1/2026"], 2),
        ({"paper": "letter_to_subjects"}, ["Mitä voit tehdä", "Älä anna"], 1),
        ({"paper": "controller_notice"}, ["yhteisrekisterinpitäjiä olemme"], 2),
        ({"paper": "kela_notice"}, ["Miten tietoja on loukattu"], 2),
        ({"status": hostile_status(), "phase": "final"}, ["7*7", "[Lyhennetty."], 16),
    ],
    ids=["authority", "subjects", "controller", "kela", "hostile"],
)
async def test_libreoffice_opens_it(
    write: Write, tmp_path: Path, changes: dict[str, Any], words: list[str], most_pages: int
) -> None:
    documents = await write(paper(**changes))
    text = pdf_text(path_of(documents[0]), tmp_path)
    assert [word for word in words if word not in text] == []
    assert 1 <= text.count("\f") <= most_pages
    if changes.get("drill"):
        assert text.count("HARJOITUS – ÖVNING – DRILL") == text.count("\f")
