"""What another user of the machine may write is taken from them, or nothing starts; and then they really can't."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from workers import data_folder
from workers.data_folder import UnsafeFolder, foreign_files, open_to_others, secured
from workers.settings import Settings, load

NOBODY = 65534
OF_THE_CODEC = {"codec_tls_certificate", "codec_tls_key", "codec_client_ca"}
GUARDED = {name for name in Settings.__dataclass_fields__ if name.endswith("_file")} | OF_THE_CODEC
INSIDE = ("evidence", "outbox", "secrets", "sent", "logs", "key-book")


@pytest.fixture
def settings() -> Iterator[Settings]:
    """An installation in a folder that other users can reach, with everything in it open to all."""
    with TemporaryDirectory(prefix="kantadesk-attack-") as root:
        Path(root).chmod(0o755)
        data = Path(root) / "data"
        for folder in (data, *(data / name for name in INSIDE)):
            folder.mkdir()
            folder.chmod(0o777)
        (data / "keys.toml").write_text("x")
        (data / "keys.toml").chmod(0o666)
        yield load({"KANTADESK_DATA_DIR": str(data)}, data_dir=str(data))


def as_nobody(settings: Settings) -> list[str]:
    """Where another OS user manages to write: tried in an OS process of theirs."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.setgroups([])
        os.setuid(NOBODY)
        done = []
        for name in (".", *INSIDE):
            try:
                (settings.data_dir / name / "planted").write_text("x")
                done.append(name)
            except OSError:
                continue
        try:
            settings.key_file.write_text("mine")
            done.append("keys.toml")
        except OSError:
            pass
        os.write(write, " ".join(done).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as said:
        return said.read().split()


def test_what_others_may_write_is_taken_from_them_and_told(settings: Settings) -> None:
    mended = secured(settings)
    assert {place.path.name for place in mended} >= {"data", "keys.toml", *INSIDE}
    assert all(place.is_mended and "every user of this machine may write it" in place.why for place in mended)
    assert list(open_to_others(settings)) == []
    assert secured(settings) == []
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o755


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_every_file_that_holds_a_secret_or_says_whom_to_trust_is_looked_at(tmp_path: Path, name: str) -> None:
    kept = tmp_path / "kept"
    kept.write_text("x")
    kept.chmod(0o666)
    (private := tmp_path / "private").touch(0o600)
    named = {f"KANTADESK_{other.upper()}": str(private) for other in OF_THE_CODEC}  # which belong together
    settings = load(named | {f"KANTADESK_{name.upper()}": str(kept)}, data_dir=str(tmp_path / "data"))

    assert [place.path for place in secured(settings)] == [kept]
    assert stat.S_IMODE(kept.stat().st_mode) & data_folder.OTHERS_WRITE == 0


def test_a_folder_above_that_belongs_to_another_user_is_refused(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root gives folders away")
    above = tmp_path / "above"
    (above / "data").mkdir(parents=True)
    os.chown(above, NOBODY, NOBODY)
    settings = load({}, data_dir=str(above / "data"))

    with pytest.raises(UnsafeFolder, match=f"user {NOBODY}, to whom it belongs, may put another folder"):
        secured(settings)


def test_every_file_of_the_evidence_is_looked_at_however_deep_it_lies(tmp_path: Path) -> None:
    settings = load({}, data_dir=str(tmp_path / "data"))
    deep = settings.evidence_dir / "case-1" / "documents"
    deep.mkdir(parents=True)
    for number in range(5):
        (deep / str(number)).write_text("x")
        (deep / str(number)).chmod(0o666)

    assert [place.path.parent for place in secured(settings)] == [deep] * 3, "the first few are named"
    assert not any(path.stat().st_mode & data_folder.OTHERS_WRITE for path in deep.iterdir())


def test_a_file_in_the_evidence_that_is_another_users_is_refused(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root gives files away")
    settings = load({}, data_dir=str(tmp_path / "data"))
    planted = settings.evidence_dir / "case-1" / "chain.jsonl"
    planted.parent.mkdir(parents=True)
    planted.write_text("x")
    os.chown(planted, NOBODY, NOBODY)

    with pytest.raises(UnsafeFolder, match=r"chain\.jsonl: user 65534 has laid it there"):
        secured(settings)


def test_another_user_really_cannot_write_any_more(settings: Settings) -> None:
    if os.geteuid() == 0:
        assert set(as_nobody(settings)) == {".", *INSIDE, "keys.toml"}
        for planted in settings.data_dir.rglob("planted"):
            planted.unlink()
    secured(settings)
    if os.geteuid() == 0:
        assert as_nobody(settings) == []
    assert not any(path.stat().st_mode & 0o022 for path in [settings.data_dir, *settings.data_dir.rglob("*")])


def test_what_another_user_has_laid_there_is_named_and_nothing_starts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = settings.data_dir / "sent" / "note.json"
    note.write_text("{}")
    monkeypatch.setattr(data_folder, "foreign_files", lambda _: iter([data_folder.OpenToOthers(note, "user 7", "x")]))
    with pytest.raises(UnsafeFolder, match="user 7"):
        secured(settings)


def test_a_folder_of_another_owner_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = settings.data_dir.stat().st_uid
    if owner == 0:
        os.chown(settings.data_dir, NOBODY, NOBODY)
        os.chown(settings.data_dir / "sent", NOBODY, NOBODY)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(UnsafeFolder, match="it belongs to user"):
        secured(settings)
    assert [found.path.name for found in foreign_files(settings.data_dir)][:1] in (["sent"], ["evidence"])


def test_a_folder_that_could_be_exchanged_as_a_whole_is_refused(settings: Settings) -> None:
    settings.data_dir.parent.chmod(0o777)
    with pytest.raises(UnsafeFolder, match="put another folder in the place"):
        secured(settings)
    settings.data_dir.parent.chmod(0o1777)
    secured(settings)
