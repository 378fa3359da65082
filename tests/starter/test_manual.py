"""The manual page and the completions that the wheel installs are those of the commands as they are."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.starter.conftest import ROOT
from tests.starter.manual import FOLDER, files

INSTALLED = (
    "share/man/man1/kantadesk.1", "share/bash-completion/completions/kantadesk",
    "share/zsh/site-functions/_kantadesk", "share/fish/vendor_completions.d/kantadesk.fish",
)  # fmt: skip


def test_they_are_of_the_commands_as_they_are() -> None:
    made = files()
    assert {file.name for file in FOLDER.iterdir()} == set(made)
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: run make texts"


def test_roff_takes_it() -> None:
    if (groff := shutil.which("groff")) is None:
        pytest.skip("no groff on this machine")
    shown = subprocess.run(
        [groff, "-man", "-Tutf8", "-ww", str(FOLDER / "kantadesk.1")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert shown.returncode == 0
    assert "kantadesk shift handover" in shown.stdout
    assert "error" not in shown.stderr


def test_a_wheel_installs_them(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(tmp_path), str(ROOT)], check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = {name.partition(".data/data/")[2] for name in wheel.namelist()}
    assert set(INSTALLED) <= names
