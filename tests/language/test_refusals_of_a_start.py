"""Where nothing can be kept, or others may write, a start is refused in the reader's language, and in one line."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from starter.language.heard import heard
from starter.language.words import Spoken, speak
from starter.serve.secured import not_usable, secure_folder
from starter.terminal.errors import Wrong
from workers import data_folder
from workers.settings import Settings, load

OF_OUR_OWN = re.compile(r"chmod [ugorwx+-]+(?: \S+)?|chown -R \d+ \S+|/\S*|KANTADESK_[A-Z_]+|kantadesk\w*", re.ASCII)
"""What stays as it is: commands, places, settings."""
ENGLISH = re.compile(r"\b(?:the|it|is|or|and|another|user|belongs|may|can|be|no|not|as|that|set|run|make|place)\b")
NUMBERS = (
    errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOSPC, errno.EROFS,
    errno.EEXIST, errno.ENAMETOOLONG, errno.EMFILE, errno.ELOOP, errno.EBUSY, errno.EDQUOT, errno.EINVAL,
    errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT, errno.ENETUNREACH,
    errno.EHOSTUNREACH, errno.EPIPE, errno.ENXIO, errno.ETXTBSY, errno.ESTALE,
)  # fmt: skip


@pytest.fixture(params=["fi", "sv"])
def language(request: pytest.FixtureRequest) -> Iterator[Spoken]:
    speak(request.param)
    yield request.param
    speak("en")


def refused(settings: Settings) -> str:
    with pytest.raises(Wrong) as fault:
        secure_folder(settings)
    return str(fault.value)


def is_said(text: str) -> bool:
    """Whether it is one line without a word of English."""
    return "\n" not in text and not ENGLISH.search(OF_OUR_OWN.sub("", text))


@pytest.mark.usefixtures("language")
def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = refused(load({}, data_dir=tmp_path / "file"))
    assert is_said(said)
    assert f"{tmp_path}/file" in said
    assert "KANTADESK_DATA_DIR" in said


@pytest.mark.usefixtures("language")
def test_a_folder_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    tmp_path.chmod(0o700)
    if tmp_path.stat().st_uid == 0:  # what is root's is trusted
        os.chown(tmp_path, 4711, -1)
    said = refused(load({}, data_dir=tmp_path))
    assert is_said(said)
    assert f"chown -R {os.geteuid()} {tmp_path}" in said


@pytest.mark.usefixtures("language")
def test_a_folder_in_which_everybody_may_exchange_ours(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    said = refused(load({}, data_dir=tmp_path / "desk"))
    assert is_said(said)
    assert "chmod o-w" in said


@pytest.mark.usefixtures("language")
def test_a_folder_that_a_group_may_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o770)
    secure_folder(load({}, data_dir=tmp_path))
    said = capsys.readouterr().err
    assert is_said(said.rstrip())
    assert not tmp_path.stat().st_mode & stat.S_IWGRP


@pytest.mark.usefixtures("language")
def test_a_file_that_somebody_else_has_laid_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid = data_folder.OpenToOthers(tmp_path / "x", "user 4711 has laid it there", "look at it, then take it away")
    monkeypatch.setattr(data_folder, "foreign_files", lambda _folder: iter([laid]))
    settings = load({}, data_dir=tmp_path)
    settings.evidence_dir.mkdir(parents=True)
    assert is_said(refused(settings))


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("number", NUMBERS, ids=errno.errorcode.get)
def test_whatever_the_system_says_of_a_file_or_a_port(number: int, tmp_path: Path) -> None:
    assert heard(os.strerror(number)) != os.strerror(number)
    fault = OSError(number, os.strerror(number), str(tmp_path / "desk" / "file"))
    assert is_said(str(not_usable(load({}, data_dir=tmp_path / "desk"), fault)))
