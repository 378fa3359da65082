"""The evidence of a case: bundled whole, bundled again, and any change in it found offline and named."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio.testing import ActivityEnvironment

from activities.evidence.bundle import EvidenceFolder
from activities.evidence.case_folder import CaseFolders
from activities.evidence.check import verify_evidence
from activities.evidence.manifest import Manifest, file_of
from tests.builders import NOON
from workflows.process.messages import Document
from workflows.process.ports import EvidenceOrder

REFERENCE = "INC-20261122-0001"
MEMBERS = ["documents/report-1.docx", "journal/*", "messages/1.eml", "record.json", "timeline.json", "timeline.txt"]


def happening(minutes: int, what: str, **fields: str) -> dict[str, str]:
    return {"at": (NOON + timedelta(minutes=minutes)).isoformat(), "what": what, **fields}


def order(*happenings: dict[str, str], key: str = "incident-1/evidence-1", **record: Any) -> EvidenceOrder:
    return EvidenceOrder(
        key=key,
        reference=REFERENCE,
        record=json.dumps({"reference": REFERENCE, "title": "Häiriö 🚑", "documents": []} | record),
        timeline=json.dumps(happenings or [happening(5, "Triage", by="desk", detail="critical\nextensive\u202e")]),
        made_at=NOON + timedelta(hours=1),
    )


def path_of(document: Document) -> Path:
    return Path(unquote(urlsplit(document.uri).path))


async def bundled(root: Path) -> Path:
    """The case folder of a bundled case with a document, a message and a journal."""
    folders = CaseFolders(root)
    document = folders.keep(REFERENCE, "documents", "report-1.docx", b"docx" * 50)
    folders.keep(REFERENCE, "messages", "1.eml", "Subject: häiriö\r\n\r\nText\r\n".encode())
    evidence, run = EvidenceFolder(folders), ActivityEnvironment().run
    await run(evidence.keep_journal, order(happening(0, "Opened"), key="incident-1/journal-1"))
    await run(evidence.bundle_evidence, order(documents=[document.model_dump(mode="json")]))
    return folders.folder(REFERENCE)


@pytest.fixture
async def case(tmp_path: Path) -> Path:
    return await bundled(tmp_path)


@pytest.fixture(scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundled case that nobody changes."""
    return await bundled(tmp_path_factory.mktemp("evidence"))


def archive(folder: Path) -> Path:
    return folder / f"evidence-{REFERENCE}.zip"


def rezipped(folder: Path, contents: dict[str, bytes]) -> Path:
    path = folder / "changed.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in contents.items():
            made.writestr(name, content)
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as made:
        return {name: made.read(name) for name in made.namelist()}


def test_folder_and_zip_hold_everything_and_are_whole(case: Path) -> None:
    manifest = Manifest.model_validate_json((case / "manifest.json").read_bytes())
    names = [file.path for file in manifest.files]
    assert [name if "journal" not in name else "journal/*" for name in names] == MEMBERS
    assert list(members(archive(case))) == ["manifest.json", "chain.jsonl", *names]
    assert (manifest.reference, manifest.process, manifest.faults) == (REFERENCE, "incident", ())
    assert verify_evidence(case) == []
    assert verify_evidence(archive(case)) == []


def test_the_files_are_for_the_owner_only(case: Path) -> None:
    for path in [case, *case.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_timeline_in_plain_words_and_local_time_with_its_older_part(case: Path) -> None:
    assert (case / "timeline.txt").read_text(encoding="utf-8").splitlines() == [
        f"Timeline of {REFERENCE} (times in Europe/Helsinki)",
        "",
        "22.11.2026 12:00 (+02:00)  Opened",
        "22.11.2026 12:05 (+02:00)  Triage – desk",
        "    critical",
        "    extensive\ufffd",
    ]
    assert [entry["what"] for entry in json.loads((case / "timeline.json").read_text())] == ["Opened", "Triage"]
    assert json.loads((case / "record.json").read_text())["title"] == "Häiriö 🚑"


async def test_bundled_again_it_is_the_same_zip_and_a_later_bundle_takes_its_place(case: Path) -> None:
    first = archive(case).read_bytes()
    message = (case / "messages" / "1.eml").stat()
    evidence, run = EvidenceFolder(CaseFolders(case.parent)), ActivityEnvironment().run
    document = json.loads((case / "record.json").read_text())["documents"][0]

    await run(evidence.bundle_evidence, order(documents=[document]))
    assert archive(case).read_bytes() == first

    earlier = {"name": archive(case).name, "uri": "file:///gone", "sha256": "0" * 64}
    later = await run(evidence.bundle_evidence, order(happening(9, "Closed"), documents=[document, earlier]))
    assert path_of(later) == archive(case)
    assert archive(case).read_bytes() != first
    assert "Closed" in (case / "timeline.txt").read_text(encoding="utf-8")
    assert (case / "messages" / "1.eml").stat().st_mtime_ns == message.st_mtime_ns
    assert verify_evidence(case) == verify_evidence(archive(case)) == []


async def test_a_recorded_document_that_is_missing_or_changed_is_named_and_not_hidden(case: Path) -> None:
    documents = [{"name": "report-1.docx", "sha256": "1" * 64}, {"name": "report-2.docx", "sha256": "2" * 64}]
    evidence = EvidenceFolder(CaseFolders(case.parent))
    made = await ActivityEnvironment().run(evidence.bundle_evidence, order(documents=documents))
    faults = verify_evidence(path_of(made))
    assert [fault.split(" (")[0] for fault in faults] == [
        "report-1.docx: is not as it was recorded",
        "report-2.docx: is missing",
    ]


async def test_the_same_part_of_a_journal_is_kept_once(tmp_path: Path) -> None:
    evidence, run = EvidenceFolder(CaseFolders(tmp_path)), ActivityEnvironment().run
    first = await run(evidence.keep_journal, order(happening(0, "Opened"), key="incident-1/journal/1"))
    again = await run(evidence.keep_journal, order(happening(1, "Else"), key="incident-1/journal/1"))
    other = await run(evidence.keep_journal, order(happening(1, "Else"), key="incident-1/journal-1"))
    assert again == first
    assert other.name != first.name
    assert "Opened" in path_of(first).read_text()


async def test_a_breach_of_the_same_reference_has_a_case_of_its_own(case: Path) -> None:
    breach = order(happening(1, "Breach")).model_copy(update={"process": "breach"})
    made = await ActivityEnvironment().run(EvidenceFolder(CaseFolders(case.parent)).bundle_evidence, breach)
    assert path_of(made).parent != case
    assert verify_evidence(path_of(made).parent) == verify_evidence(case) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_any_changed_byte_in_any_member_is_found_and_the_file_named(whole: Path, data: st.DataObject) -> None:
    contents = members(archive(whole))
    name = data.draw(st.sampled_from(sorted(contents)))
    at = data.draw(st.integers(0, len(contents[name]) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = bytearray(contents[name])
    changed[at] ^= flip

    faults = verify_evidence(rezipped(whole.parent, contents | {name: bytes(changed)}))
    assert faults[0].startswith(f"{name}: ")
    if name != "chain.jsonl":  # a line of it that still can be read says something else of other files, too
        assert len(faults) == 1
        assert faults[0].startswith(f"{name}: was changed")

    path = whole / name
    path.write_bytes(bytes(changed))
    try:
        assert verify_evidence(whole) == faults
    finally:
        path.write_bytes(contents[name])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_a_damaged_zip_is_found_damaged_or_still_holds_the_same(whole: Path, data: st.DataObject) -> None:
    content = bytearray(archive(whole).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path = whole.parent / "damaged.zip"
    path.write_bytes(content)
    assert verify_evidence(path) or members(path) == members(archive(whole))


@pytest.mark.parametrize("name", ["documents/report-1.docx", "manifest.json", "timeline.txt"])
def test_a_missing_file_is_named(case: Path, name: str) -> None:
    contents = members(archive(case))
    (case / name).unlink()
    del contents[name]
    for path in (case, rezipped(case.parent, contents)):
        [fault] = verify_evidence(path)
        assert fault.startswith(f"{name}: is missing")


@pytest.mark.parametrize("name", ["documents/more.docx", "messages/deep/2.eml", "notes.txt", "other/x", ".hidden"])
def test_an_extra_file_is_named(case: Path, name: str) -> None:
    (case / name).parent.mkdir(exist_ok=True)
    (case / name).write_text("more")
    changed = rezipped(case.parent, members(archive(case)) | {name: b"more"})
    assert verify_evidence(case) == verify_evidence(changed) == [f"{name}: is not in the manifest"]


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/cron.d/x", "documents/../../x", "a\\..\\b", "C:evil"])
def test_a_name_that_leads_out_of_the_zip_is_refused(case: Path, name: str) -> None:
    changed = rezipped(case.parent, members(archive(case)) | {name: b"x"})
    assert verify_evidence(changed) == [f"{name!r}: leads out of the evidence: refused"]


def test_a_manifest_that_points_outside_is_refused(case: Path) -> None:
    (case.parent / "outside").write_text("x")
    manifest = Manifest.model_validate_json((case / "manifest.json").read_bytes())
    forged = manifest.model_copy(update={"files": (*manifest.files, file_of("../outside", b"x"))}).sealed()
    (case / "manifest.json").write_bytes(forged.written())
    assert verify_evidence(case)[0] == "'../outside': leads out of the evidence: refused"


def test_a_link_in_the_place_of_a_file_or_folder_is_found(case: Path) -> None:
    shutil.move(case / "messages", case.parent / "elsewhere")
    (case / "messages").symlink_to(case.parent / "elsewhere")
    faults = verify_evidence(case)
    assert "messages: is not in the manifest" in faults
    assert "messages/1.eml: is missing" in faults


def test_one_name_twice_in_a_zip_is_found(case: Path) -> None:
    path = rezipped(case.parent, members(archive(case)))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as made:
        made.writestr("record.json", (case / "record.json").read_bytes())
    assert verify_evidence(path) == ["record.json: is there more than once"]


def test_a_truncated_zip_is_said_to_be_one(case: Path) -> None:
    whole = archive(case).read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        archive(case).write_bytes(whole[:length])
        [fault] = verify_evidence(archive(case))
        assert "is not a whole zip file: it was cut off or damaged" in fault


def test_nothing_at_all(tmp_path: Path) -> None:
    assert verify_evidence(tmp_path / "none.zip") == [f"{tmp_path / 'none.zip'}: there is nothing"]
    assert verify_evidence(tmp_path) == ["manifest.json: is missing; without it nothing can be verified"]


def test_a_member_that_unpacks_to_more_than_it_should_is_not_read_to_its_end(case: Path) -> None:
    contents = members(archive(case)) | {"timeline.txt": b"0" * 200_000_000}
    path = case.parent / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in contents.items():
            made.writestr(name, content)
    assert [fault.split(":")[0] for fault in verify_evidence(path)] == ["timeline.txt"]


def test_names_with_control_characters_do_not_reach_a_terminal(case: Path) -> None:
    (case / "\x1b[2J.txt").write_text("x")
    [fault] = verify_evidence(case)
    assert fault.isprintable()
    assert "is not in the manifest" in fault


def test_verifying_needs_no_temporal(case: Path) -> None:
    code = (
        "import sys, pathlib; from activities.evidence.check import verify_evidence as v; "
        "print(v(pathlib.Path(sys.argv[1])), [m for m in sys.modules if m.startswith('temporalio')])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(case)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] []"


async def test_the_evidence_of_a_first_life_stays_whole_beside_that_of_a_second_start(tmp_path: Path) -> None:
    first = await bundled(tmp_path)
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    second = order(happening(60, "Opened again")).model_copy(update={"case": f"{REFERENCE}~ba708483"})
    made = path_of(await ActivityEnvironment().run(EvidenceFolder(CaseFolders(tmp_path)).bundle_evidence, second))
    assert made.parent == tmp_path / f"case-{REFERENCE}~ba708483"
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == before


async def test_a_bundle_made_before_a_reset_stays_beside_the_next_one(tmp_path: Path) -> None:
    first = await bundled(tmp_path) / f"evidence-{REFERENCE}.zip"
    before = first.read_bytes()
    after = order(happening(60, "Set back")).model_copy(update={"life": "ba708483"})
    made = path_of(await ActivityEnvironment().run(EvidenceFolder(CaseFolders(tmp_path)).bundle_evidence, after))
    assert (made.name, made.parent) == (f"evidence-{REFERENCE}~ba708483.zip", first.parent)
    assert first.read_bytes() == before
