"""A disk that is full or read-only, and files of somebody else, are said in one line before anything starts."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from workers import usable_folder
from workers.settings import load
from workers.usable_folder import unusable

WORDS = {
    errno.ENOSPC: "the disk is full; make room, or set KANTADESK_DATA_DIR",
    errno.EDQUOT: "the disk is full; make room",
    errno.EROFS: "the disk is read-only; have it mounted for writing",
    errno.EACCES: "chmod u+rw",
    errno.EIO: "(Input/output error); set KANTADESK_DATA_DIR",
}


def test_a_folder_that_can_be_used_is_left_as_it_is(tmp_path: Path) -> None:
    settings = load({}, data_dir=tmp_path / "deep" / "desk")
    assert unusable(settings) == ""
    assert [*tmp_path.iterdir()] == []
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "temporal.db").touch()
    assert unusable(settings) == ""
    assert [path.name for path in settings.data_dir.iterdir()] == ["temporal.db"]


@pytest.mark.parametrize(("number", "words"), WORDS.items())
def test_each_way_of_not_taking_a_file_is_said_with_what_to_do(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_given: Any, **_more: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refusing)
    said = unusable(load({}, data_dir=tmp_path))
    assert said.startswith(f"{tmp_path} can't be used")
    assert words in said
    assert "\n" not in said


def test_the_folder_that_lies_elsewhere_is_named_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = unusable(load({}, data_dir=tmp_path, evidence_dir=tmp_path / "file" / "evidence"))
    assert (
        said == f"{tmp_path}/file/evidence can't be used (Not a directory); set KANTADESK_EVIDENCE_DIR to another place"
    )


def test_a_real_disk_that_is_too_small_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More bytes than this machine has."""
    monkeypatch.setattr(usable_folder, "ROOM", 1 << 60)
    assert "can't be used" in unusable(load({}, data_dir=tmp_path))


def test_a_file_that_somebody_else_has_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after one `sudo kantadesk up`: the folder is ours, the lock is root's."""
    lock = tmp_path / "embedded.lock"
    lock.touch()
    owner = lock.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != lock)
    said = unusable(load({}, data_dir=tmp_path))
    assert said.startswith(f"{lock} can't be used: it belongs to user {owner}")
    assert f"(chown -R {owner + 1} {lock})" in said


def test_a_folder_above_is_never_to_be_taken_from_whoever_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`chown -R 0 /sys` would be a bad piece of advice."""

    def refusing(*_given: Any, **_more: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(tempfile, "TemporaryFile", refusing)
    said = unusable(load({}, data_dir=tmp_path / "desk"))
    assert said == (
        f"{tmp_path}/desk can't be made in {tmp_path} (Permission denied); set KANTADESK_DATA_DIR to another place"
    )
