"""Evidence that somebody without the signing key has taken apart: each way is found; the honest way still verifies."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from activities.evidence import check
from activities.evidence.chain import CHAIN, ChainLine, read_chain
from activities.evidence.check import examine, verify_evidence
from activities.evidence.live import differences
from activities.evidence.manifest import MANIFEST, File, Manifest, read_manifest
from activities.evidence.signature import Signer, fingerprint
from tests.attack.cases import (
    Case,
    bundled,
    chain_lines,
    key_of,
    members,
    relinked,
    resealed,
    with_chain,
    zipped,
)
from tests.builders import NOON
from workers.keys.signing import known_signers, load, rotate

Contents = dict[str, bytes]


@pytest.fixture
async def case(tmp_path: Path) -> Case:
    return await bundled(tmp_path / "evidence")


def test_the_honest_bundle_names_case_counts_signer_and_head(case: Case) -> None:
    for path in (case.zip, case.folder):
        found = examine(path)
        assert found.faults == []
        assert found.manifest is not None
        assert (found.manifest.reference, found.manifest.process) == ("INC-1", "incident")
        kinds = [entry.kind for entry in found.chain.entries]
        assert kinds == ["document", "message", "message", "message", "journal", "record", "timeline", "timeline"]
        assert [fingerprint(key) for key in found.signers] == [known_signers(key_of(case.root))[0].fingerprint]
        assert found.chain.head == case.bundle.chained == found.manifest.chain
    assert differences(case.folder, case.record)[1] == []


def changed(name: str, content: bytes) -> Callable[[Contents], Contents]:
    return lambda contents: resealed(contents | {name: content})


def dropped(name: str) -> Callable[[Contents], Contents]:
    return lambda contents: resealed({path: content for path, content in contents.items() if path != name})


def chain_changed(lines: Callable[[list[bytes]], list[bytes]]) -> Callable[[Contents], Contents]:
    return lambda contents: with_chain(contents, lines(chain_lines(contents)))


def signed_by_a_stranger(contents: Contents) -> Contents:
    """Everything written once more with a key of the forger's own: whole in itself, but by another signer."""
    signer = Signer(Ed25519PrivateKey.generate())
    lines: list[bytes] = []
    for line in relinked(chain_lines(contents)):
        before = ChainLine.model_validate_json(lines[-1]).head().sha256 if lines else "0" * 64
        entry = ChainLine.model_validate_json(line).model_copy(update={"before": before, "signer": signer.public})
        lines.append(entry.model_copy(update={"signature": signer.sign("evidence chain", entry.signed_part())}).line())
    made = with_chain(contents, lines)
    return made | {MANIFEST: read_manifest(made[MANIFEST]).sealed(signer).written()}


FORGERIES: dict[str, tuple[Callable[[Contents], Contents], str]] = {
    "a document changed, with a new manifest": (changed("documents/form.docx", b"other"), "its signature is wrong"),
    "a letter changed": (changed("messages/end.eml", b"other"), "is not the one that the chain names"),
    "the record changed": (changed("record.json", b"{}"), "is not the one that the chain names"),
    "a letter dropped": (dropped("messages/reminder.eml"), "is in the chain, but not in the manifest"),
    "a file added": (changed("messages/more.eml", b"more"), "is not in the chain"),
    "a line dropped": (chain_changed(lambda lines: lines[:2] + lines[3:]), "was changed or damaged at line 3"),
    "a line dropped, linked again": (
        chain_changed(lambda lines: relinked(lines[:2] + lines[3:])), "its signature is wrong",
    ),
    "two lines in another order": (
        chain_changed(lambda lines: [lines[1], lines[0], *lines[2:]]), "something was left out, added or put",
    ),
    "in another order, linked again": (
        chain_changed(lambda lines: relinked([lines[1], lines[0], *lines[2:]])), "its signature is wrong",
    ),
    "cut off at the end": (chain_changed(lambda lines: lines[:-3]), "its signature is wrong"),
    "the head of an earlier time": (
        lambda contents: resealed(contents | {CHAIN: b"\n".join(chain_lines(contents)[:5]) + b"\n"}), "was cut off",
    ),
    "the signatures taken away": (
        chain_changed(
            lambda lines: relinked([
                ChainLine.model_validate_json(line).model_copy(update={"signature": "", "signer": ""}).line()
                if number else line for number, line in enumerate(lines)
            ])
        ),
        "it is not signed",
    ),
    "an unsigned manifest over a signed chain": (
        lambda contents: resealed(contents, signer="", signature=""), "is not signed, though the chain is",
    ),
    "without a chain, as an earlier release": (
        lambda contents: resealed(
            {name: content for name, content in contents.items() if name != CHAIN},
            chain=None, case="", signer="", signature="",
        ),
        "the chain no longer says what it said",
    ),
    "an empty manifest": (
        lambda contents: {MANIFEST: resealed(
            {MANIFEST: contents[MANIFEST]}, chain=None, case="", signer="", signature="",
        )[MANIFEST]},
        "names no record.json, timeline.json, timeline.txt: this is no evidence",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", FORGERIES)
def test_a_forgery_without_the_key_is_found(case: Case, attack: str) -> None:
    forge, told = FORGERIES[attack]
    faults = verify_evidence(zipped(case.root / "forged.zip", forge(members(case.zip))))
    assert any(told in fault for fault in faults), faults


def test_what_a_stranger_has_signed_shows_the_strangers_key_and_is_not_in_the_history(case: Case) -> None:
    found = examine(zipped(case.root / "forged.zip", signed_by_a_stranger(members(case.zip))))
    assert not set(found.signers) & {each.public for each in known_signers(key_of(case.root))}
    assert any("the chain no longer says what it said" in fault for fault in found.faults)


async def test_bundles_that_were_swapped_are_found(case: Case) -> None:
    other = await bundled(case.root, "INC-2")
    case.zip.write_bytes(other.zip.read_bytes())
    [fault] = verify_evidence(case.zip)
    assert fault == "evidence-INC-1.zip: holds the evidence of INC-2: it was swapped or renamed"
    mixed = members(other.zip) | {CHAIN: (case.folder / CHAIN).read_bytes()}
    head = read_chain(mixed[CHAIN]).head
    faults = verify_evidence(zipped(case.root / "mixed.zip", resealed(mixed, chain=head)))
    assert any("is of another case" in fault for fault in faults)


def test_a_manifest_that_lies_about_lengths_is_found_before_anything_is_read(case: Case) -> None:
    contents = members(case.zip)
    manifest = read_manifest(contents[MANIFEST])

    def lying(size: int) -> Path:
        files = tuple(File(path=f.path, sha256=f.sha256, size=size) for f in manifest.files)
        forged = manifest.model_copy(update={"files": files})
        forged = forged.model_copy(update={"digest": forged.own_digest()})
        return zipped(case.root / "lying.zip", contents | {MANIFEST: forged.written()})

    assert any("it was not read" in fault for fault in verify_evidence(lying(7)))
    assert any("names lengths that no evidence has" in fault for fault in verify_evidence(lying(10**12)))
    assert any("names lengths that no evidence has" in fault for fault in verify_evidence(lying(-1)))


def test_a_zip_bomb_is_not_unpacked(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its true length stands in the zip, and no byte of it is read."""
    path = zipped(case.root / "bomb.zip", members(case.zip) | {"record.json": b"0" * 5_000_000})
    opened: list[str] = []
    real = zipfile.ZipFile.open

    def noted(self: zipfile.ZipFile, name: str) -> IO[bytes]:
        opened.append(name)
        return real(self, name)

    monkeypatch.setattr(zipfile.ZipFile, "open", noted)
    assert any(fault.startswith("record.json: was changed (it has 5000000 bytes") for fault in verify_evidence(path))
    assert "record.json" not in opened
    monkeypatch.undo()
    monkeypatch.setattr(check, "_MANIFEST_AT_MOST", 9_000)
    huge = zipped(case.root / "huge.zip", members(case.zip) | {MANIFEST: b" " * 10_000})
    assert verify_evidence(huge) == ["manifest.json: is longer than any manifest; it was not read"]


def test_letters_are_compared_with_the_record_as_documents_are(case: Case) -> None:
    (case.folder / "messages" / "end.eml").write_bytes(b"Subject: nothing happened")
    (case.folder / "documents" / "form.docx").unlink()
    faults = differences(case.folder, case.record)[1]
    assert any(fault.startswith("messages/end.eml: was changed") for fault in faults)
    assert any(fault.startswith("messages: the letter end to desk is not there as it was sent") for fault in faults)
    assert any(fault.startswith("form.docx: is missing") for fault in faults)


async def test_a_file_laid_in_before_the_bundle_is_not_taken_for_evidence(case: Case) -> None:
    (case.folder / "messages" / "planted.eml").write_bytes(b"Subject: we told you")
    assert any("somebody has laid it there" in fault for fault in differences(case.folder, case.record)[1])
    later = await bundled(case.root)
    assert any("messages/planted.eml: was neither chained as it came" in fault for fault in verify_evidence(later.zip))


def test_a_chain_cut_off_in_the_folder_differs_from_what_the_process_was_told(case: Case) -> None:
    record = case.record | {"documents": [*case.record["documents"], case.bundle.model_dump(mode="json")]}
    assert differences(case.folder, record)[1] == []
    lines = (case.folder / CHAIN).read_bytes().splitlines(keepends=True)
    (case.folder / CHAIN).write_bytes(b"".join(lines[:4]))
    for name in ("record.json", "timeline.json", "timeline.txt"):
        (case.folder / name).unlink()
    faults = differences(case.folder, record)[1]
    assert [fault for fault in faults if "the chain no longer says" in fault]


async def test_a_damaged_chain_stops_no_letter_and_is_told(case: Case) -> None:
    with (case.folder / CHAIN).open("ab") as chain:
        chain.write(b"not a line at all\n")
    kept = case.folders.keep("INC-1", "messages", "later.eml", b"Subject: later")
    assert (case.folder / "messages" / "later.eml").exists()
    assert kept.chained is not None
    assert kept.chained.length == 10
    assert any("was changed or damaged at line 9" in fault for fault in verify_evidence(case.folder))


def test_a_line_torn_by_a_crash_was_told_to_nobody_and_is_written_again(case: Case) -> None:
    whole = (case.folder / CHAIN).read_bytes()
    (case.folder / CHAIN).write_bytes(whole + b'{"seq":9,"ca')
    case.folders.keep("INC-1", "messages", "later.eml", b"Subject: later")
    assert examine(case.folder).faults == []
    assert (case.folder / CHAIN).read_bytes().startswith(whole)


def test_a_file_whose_line_a_crash_has_prevented_gets_it_at_the_next_try(case: Case) -> None:
    (case.folder / "messages" / "later.eml").write_bytes(b"Subject: later")
    kept = case.folders.keep("INC-1", "messages", "later.eml", b"Subject: later")
    entry = read_chain((case.folder / CHAIN).read_bytes()).entries[-1]
    assert (entry.path, entry.is_late, entry.head()) == ("messages/later.eml", True, kept.chained)


async def test_after_a_rotation_old_and_new_evidence_are_verified(case: Case) -> None:
    before = load(key_of(case.root)).public
    rotate(key_of(case.root), NOON)
    assert load(key_of(case.root)).public != before
    assert [each.public == before for each in known_signers(key_of(case.root))] == [True, False]
    assert stat.S_IMODE(key_of(case.root).stat().st_mode) == 0o600
    case.folders.keep("INC-1", "messages", "later.eml", b"Subject: later")
    found = examine(case.folder)
    assert (found.faults, found.later, len(found.signers)) == ([], 1, 2)


async def test_a_bundle_of_an_earlier_release_verifies_and_says_that_it_has_no_chain(tmp_path: Path) -> None:
    """Written as 0.2.0 wrote it: its manifest has none of the later fields."""
    contents = {name: json.dumps({"reference": "INC-1"}).encode() for name in ("record.json", "timeline.json")}
    contents["timeline.txt"] = b"Timeline"
    contents["messages/1.eml"] = b"Subject: x"
    listed = [File(path=n, sha256=hashlib.sha256(c).hexdigest(), size=len(c)) for n, c in contents.items()]
    manifest = Manifest(reference="INC-1", process="incident", made_at=NOON, files=tuple(listed)).sealed()
    assert list(json.loads(manifest.written())) == ["reference", "process", "made_at", "files", "faults", "digest"]
    found = examine(zipped(tmp_path / "evidence-INC-1.zip", contents | {MANIFEST: manifest.written()}))
    assert (found.faults, found.is_chained, found.signers) == ([], False, [])
