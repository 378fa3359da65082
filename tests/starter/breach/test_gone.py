"""Breaches that Temporal no longer lists: found in their evidence and in an earlier register."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

from activities.book.port import Happened
from activities.book.sqlite import SqliteBook
from activities.breach.register import LastKnown, known_json, register_csv, register_docx, register_json
from starter.breach.gone import KNOWN, Found, gone_breaches, known_before, with_book
from tests.activities.breach.builder import AWARE, TARGET, status
from workflows.procedure.languages import LANGUAGES
from workflows.procedure.watchdog.book import KnownRun


def kept_folder(root: Path, reference: str, *, record: str | None = None) -> None:
    documents = root / f"case-breach~{reference}" / "documents"
    documents.mkdir(parents=True)
    (documents / "paper.txt").write_text("a paper", encoding="utf-8")
    if record is not None:
        (documents.parent / "record.json").write_text(record, encoding="utf-8")


def gone_from(evidence: Path, out: Path, listed: set[str], *, drills: bool) -> Found:
    return gone_breaches(evidence, known_before(out), listed, drills=drills)


def test_a_breach_is_known_by_its_record_its_folder_or_an_earlier_register(tmp_path: Path) -> None:
    evidence, out = tmp_path / "evidence", tmp_path / "register"
    kept_folder(evidence, "BR-LISTED", record=status(reference="BR-LISTED").model_dump_json())
    kept_folder(evidence, "BR-GONE", record=status(reference="BR-GONE").model_dump_json())
    kept_folder(evidence, "BR-DRILL", record=status(reference="BR-DRILL", drill=True).model_dump_json())
    kept_folder(evidence, "BR-OPEN")
    kept_folder(evidence, "BR-BROKEN", record="{")
    kept_folder(evidence, "BR-BOTH")
    (evidence / "case-INC-1").mkdir()
    out.mkdir()
    earlier = [status(reference=name) for name in ("BR-LISTED", "BR-GONE", "BR-EARLIER", "BR-BOTH")]
    (out / "breach-register.json").write_bytes(register_json(earlier, AWARE, TARGET, TARGET))
    found = gone_from(evidence, out, {"BR-LISTED"}, drills=False)
    assert [one.reference for one in found.statuses] == ["BR-GONE", "BR-BOTH", "BR-EARLIER"]
    assert {name: gone.known_from for name, gone in found.kept.gone.items()} == {
        "BR-GONE": "evidence",
        "BR-EARLIER": "earlier_register",
        "BR-BOTH": "earlier_register",
    }
    assert sorted(found.kept.folder_only) == ["BR-BROKEN", "BR-OPEN"]
    with_drills = gone_from(evidence, out, {"BR-LISTED"}, drills=True)
    assert "BR-DRILL" in with_drills.kept.gone


def test_nothing_is_found_where_nothing_was_kept(tmp_path: Path) -> None:
    found = gone_from(tmp_path / "no-evidence", tmp_path, set(), drills=True)
    assert (found.statuses, found.kept.gone, found.kept.folder_only) == ([], {}, {})


def test_an_earlier_register_that_can_not_be_read_is_passed_over(tmp_path: Path) -> None:
    for content in ("{", "[]", '{"breaches": [{"reference": 1}]}', '{"breaches": 7}'):
        (tmp_path / "breach-register.json").write_text(content, encoding="utf-8")
        assert gone_from(tmp_path, tmp_path, set(), drills=True).statuses == []


def test_an_export_of_another_period_forgets_nothing_and_makes_nothing_newer(tmp_path: Path) -> None:
    early, late = AWARE, AWARE + timedelta(days=400)
    lost, asked = status(reference="BR-LOST"), status(reference="BR-ASKED")
    kept_folder(tmp_path / "evidence", "BR-FOLDER")
    (tmp_path / "breach-register.json").write_bytes(register_json([lost], AWARE, TARGET, early))
    for at in (late, late + timedelta(days=1)):  # two exports of a period in which neither breach lies
        before = known_before(tmp_path)
        found = gone_breaches(tmp_path / "evidence", before, {"BR-ASKED"}, drills=False)
        known = before.known | {"BR-ASKED": LastKnown(asked, at)}
        known |= {one.reference: LastKnown(one, found.kept.gone[one.reference].as_of) for one in found.statuses}
        (tmp_path / "breach-register.json").write_bytes(register_json([asked, lost], late, late, at, found.kept))
        (tmp_path / KNOWN).write_bytes(known_json(known, found.kept.folder_only))
    found = gone_breaches(tmp_path / "no-evidence", known_before(tmp_path), [], drills=False)
    assert {name: one.as_of for name, one in found.kept.gone.items()} == {
        "BR-LOST": early,
        "BR-ASKED": late + timedelta(days=1),
    }
    assert [*found.kept.folder_only] == ["BR-FOLDER"], "also once its folder is gone"


def test_what_is_listed_and_looked_at_takes_the_place_of_what_was_known(tmp_path: Path) -> None:
    (tmp_path / KNOWN).write_bytes(known_json({"BR-1": LastKnown(status(reference="BR-1"), AWARE)}, {"BR-2": AWARE}))
    found = gone_breaches(tmp_path, known_before(tmp_path), ["BR-1", "BR-2"], drills=False)
    assert (found.statuses, found.kept.gone, found.kept.folder_only) == ([], {}, {})


def test_the_book_of_processes_names_what_was_ended_from_outside(tmp_path: Path) -> None:
    """Of one nothing else is left; of the other its evidence. A third is there, and was set back."""
    book, evidence = SqliteBook(tmp_path), tmp_path / "evidence"
    kept_folder(evidence, "BR-LEFT", record=status(reference="BR-LEFT").model_dump_json())
    kept_folder(evidence, "BR-GONE")
    kept_folder(evidence, "BR-LEFT~ba708483")
    for name in ("BR-GONE", "BR-LEFT", "BR-HERE"):
        known = {"workflow_id": f"breach-{name}", "run_id": name, "kind": "DataBreach", "next_due": TARGET}
        run = KnownRun.model_validate(known | {"first_seen": AWARE, "last_seen": AWARE, "counts_from": AWARE})
        book.see([run])
        if name != "BR-HERE":
            book.change(run, state="gone")
    book.write_down(Happened(key="k", kind="was_reset", workflow_id="breach-BR-HERE", at=TARGET))
    found = with_book(gone_from(evidence, tmp_path, {"BR-HERE"}, drills=False), tmp_path, {"BR-HERE"}, drills=False)
    assert list(found.kept.missed) == ["BR-GONE"]
    assert found.kept.folder_only == {}
    here = status(reference="BR-HERE")
    rows = list(csv.DictReader(io.StringIO(
        register_csv([here, *found.statuses], AWARE, TARGET, found.kept).decode("utf-8-sig")), delimiter=";",
    ))  # fmt: skip
    assert {row["reference"]: row["from_outside"].split()[0] for row in rows} == {
        "BR-GONE": "deleted", "BR-LEFT": "deleted", "BR-HERE": "was_reset",
    }  # fmt: skip
    (gone,) = [row for row in rows if row["reference"] == "BR-GONE"]
    assert (gone["aware_at"], gone["deadline"]) == (AWARE.isoformat(), TARGET.isoformat())
    made = json.loads(register_json([here], AWARE, TARGET, TARGET, found.kept))
    assert (list(made["missed"]), made["from_outside"]["BR-HERE"][0]["kind"]) == (["BR-GONE"], "was_reset")
    for language in LANGUAGES:
        assert register_docx([here, *found.statuses], AWARE, TARGET, TARGET, language=language, kept=found.kept)
